"""Clips that speakers are asked for one by one: what waits for their answer, and what they answered."""

from typing import Annotated, Any, Final

from django.http import HttpRequest
from ninja import Field, Router, Schema

from fairhearing.capture.incoming import FieldInvalid
from fairhearing.consent.speaker_key import SpeakerKey
from fairhearing.speakers import asked
from fairhearing.speakers.actions import NotYours
from fairhearing.web import problems
from fairhearing.web.api.products import Speaker

router = Router(tags=["products"])

ANSWERS_MOST: Final = 500  # in one request


class HearerOut(Schema):
    """Who would listen."""

    vendor: str
    country: str


class PendingOut(Schema):
    """A clip that waits for its speaker's answer. ``text``: what reviewers would read."""

    clip: str
    recording: str
    seconds: float
    text: str
    language: str
    who_listens: list[HearerOut]


class PendingsOut(Schema):
    """At most a hundred at once, the oldest first; ``waiting`` says how many there are."""

    clips: list[PendingOut]
    waiting: int


class AnswerIn(Schema):
    """Whether people may hear a clip."""

    clip: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,80}$")]
    heard_by_people: bool


class AnswersIn(Speaker):
    """What the speaker answered: each clip once."""

    answers: Annotated[list[AnswerIn], Field(min_length=1, max_length=ANSWERS_MOST)]


class AnsweredOut(Schema):
    """How many answers were yes and no, and the receipt to hand to the speaker."""

    yes: int
    no: int
    receipt: str


@router.post("/clips/pending", response=PendingsOut, url_name="clips-pending", summary="Which clips wait for a yes")
def pending(request: HttpRequest, body: Speaker) -> Any:
    """Clips of programmes that ask for every clip, which the speaker has not answered. No answer means no."""
    key = SpeakerKey.from_hex(body.speaker_key)
    hearers = [{"vendor": one.vendor, "country": one.country} for one in asked.list_hearers()]
    clips = [
        {
            "clip": one.clip,
            "recording": one.recording,
            "seconds": one.seconds,
            "text": one.text,
            "language": one.language,
            "who_listens": hearers,
        }
        for one in asked.list_pending(key)
    ]
    return {"clips": clips, "waiting": asked.count_pending(key)}


@router.post("/clips/answers", response=AnsweredOut, url_name="clips-answers", summary="What a speaker said of clips")
def answers(request: HttpRequest, body: AnswersIn) -> Any:
    """Keep them; with a no, nobody hears the clip after the answer. All of them, or none where one is not theirs."""
    said = {one.clip: one.heard_by_people for one in body.answers}
    if len(said) != len(body.answers):
        raise FieldInvalid("answers", f"{len(body.answers)} answers to {len(said)} clips", "one for each clip")
    try:
        receipt = asked.answer(key=SpeakerKey.from_hex(body.speaker_key), answers=said)
    except NotYours as error:
        return problems.response(404, "No such clip", str(error), field="answers")
    yes = sum(said.values())
    return {"yes": yes, "no": len(said) - yes, "receipt": receipt.text()}
