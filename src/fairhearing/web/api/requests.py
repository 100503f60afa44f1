"""What a product hands on from its speakers about one recording: correct a text, restrict, object; and how it stands.

Privacy-request software calls these, ``/erasures``, ``/withdrawals`` and ``/speaker-links`` with the speaker's key.
"""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from fairhearing.consent.speaker_key import SpeakerKey
from fairhearing.speakers import requests
from fairhearing.speakers.actions import NotYours
from fairhearing.web import problems
from fairhearing.web.api.products import Speaker

router = Router(tags=["products"])


class Asking(Speaker):
    """What is asked: ``correction`` (with ``clip`` and ``words``: what was said), ``restriction`` or ``objection``."""

    kind: str
    recording: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,80}$")]
    clip: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{0,80}$")] = ""
    words: Annotated[str, Field(max_length=requests.WORDS_MOST)] = ""


class RequestOut(Schema):
    """A request: ``open``, ``done`` or ``refused``; the days (UTC) on which it was asked, is due, was answered."""

    request: str
    recording: str
    clip: str
    kind: str
    state: str
    asked: str
    due: str
    answered: str | None
    answer: str


class RequestsOut(Schema):
    """All requests of a speaker, the newest first."""

    requests: list[RequestOut]


@router.post("/requests", response={201: RequestOut}, url_name="requests", summary="Correct, restrict, object")
def ask(request: HttpRequest, body: Asking) -> Any:
    """Restriction and objection hold when this answers; a correction waits for a controller."""
    key = SpeakerKey.from_hex(body.speaker_key)
    try:
        made = requests.ask(key=key, kind=body.kind, recording=body.recording, clip=body.clip, words=body.words)
    except NotYours as error:
        return problems.response(404, "No such recording", str(error), field="recording")
    except requests.RequestRefused as error:
        return problems.response(422, "Not taken", str(error))
    return Status(201, _out(made))


@router.post("/requests/state", response=RequestsOut, url_name="requests-state", summary="How requests stand")
def state(request: HttpRequest, body: Speaker) -> Any:
    """What the speaker asked, with states and days."""
    return {"requests": [_out(one) for one in requests.list_own(SpeakerKey.from_hex(body.speaker_key))]}


def _out(one: requests.Told) -> dict[str, Any]:
    return {
        "request": one.id,
        "recording": one.recording,
        "clip": one.clip,
        "kind": one.kind,
        "state": one.state,
        "asked": one.asked.isoformat(),
        "due": one.due.isoformat(),
        "answered": one.answered.isoformat() if one.answered else None,
        "answer": one.answer,
    }
