"""A reviewer's work: next, the sealed copy, play, judge, undo, the lease."""

import base64
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from ninja import Field, Router, Schema, Status

from fairhearing.accounts.models import Role
from fairhearing.gate import play, read, seal
from fairhearing.programmes import queries as programmes
from fairhearing.programmes.models import Programme
from fairhearing.review import assign, flags, judge, kinds
from fairhearing.review.models import Assignment, Flag
from fairhearing.web.access import account_of
from fairhearing.web.words import language_name

router = Router(tags=["reviewers"])


Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,80}$")]


class Next(Schema):
    """``holding``: assignments that the page has in hand, so that a reloaded page gets the others again."""

    programme: Name
    holding: list[Name] = Field(default_factory=list, max_length=8)


class Held(Schema):
    """An assignment in somebody's hands."""

    assignment: Name


class Judging(Held):
    """One of choice, text, value, flag and skip. ``heard_s`` is what the page reports.

    ``adequacy`` and ``fluency`` can go with a translation; ``kinds`` and ``span_s`` with the flag ``personal_data``:
    what was heard, and from where to where in the clip.
    """

    choice: int | None = None
    text: str | None = Field(default=None, max_length=judge.TEXT_MOST)
    value: int | None = Field(default=None, ge=0, le=100)
    flag: Flag | None = None
    skip: bool = False
    adequacy: int | None = Field(default=None, ge=0, le=100)
    fluency: int | None = Field(default=None, ge=0, le=100)
    kinds: list[flags.Missed] = Field(default_factory=list, max_length=8)
    span_s: tuple[float, float] | None = None
    why: Literal["", "sensitive"] = ""
    heard_s: float = Field(default=0.0, ge=0, le=3600)


class CandidateOut(Schema):
    """One of the texts to choose from; which engine wrote it is not told."""

    number: int
    text: str
    language: str


class OptionOut(Schema):
    """One of the answers by one key."""

    value: int
    label: str


class ScaleOut(Schema):
    """A rating that can go with the answer."""

    name: str
    lowest: int
    highest: int


class WorkOut(Schema):
    """A clip in a reviewer's hands. ``peaks``: 0 to 100, 50 a second.

    ``options`` and ``question``: what is asked where the answer is no text. ``must_hear_s``: so many seconds of it must
    have been played before an answer counts. ``sensitive``: words for what is in it; the page asks before it plays.
    ``words``: where words begin and end, in seconds, as far as it is known.
    """

    assignment: str
    clip: str
    programme: str
    task: str
    language: str
    language_name: str
    target_language: str | None
    target_language_name: str | None
    guideline: str
    question: str
    options: list[OptionOut]
    scales: list[ScaleOut]
    hypotheses: list[CandidateOut]
    sensitive: str | None
    must_hear_s: float
    words: list[tuple[float, float]]
    sealed_url: str
    peaks: list[int]
    duration_s: float
    sampling_rate: int
    lease_ends_at: str


class PlayOut(Schema):
    """A listen, and the key of the sealed copy (32 bytes in base64)."""

    listen: str
    key: str


class TakenOut(Schema):
    """A judgement; null where a skip left none, or nothing can be undone."""

    judgement: str | None
    undo_until: str | None


class LeaseOut(Schema):
    """Until when the clip is theirs."""

    lease_ends_at: str


class Undoing(Schema):
    """A judgement to be taken back."""

    judgement: Name


@router.post("/next", response={200: WorkOut, 204: None}, url_name="review-next", summary="The next clip")
def next_clip(request: HttpRequest, body: Next) -> HttpResponse | dict[str, Any]:
    """An assignment with a lease, or 204 when nothing waits."""
    programme = programmes.get_programme(body.programme)
    account = account_of(request)
    handed = read.next_work(
        account=account.id,
        programme=programme,
        holding=frozenset(body.holding),
        lead=account.role == Role.LEAD_REVIEWER,
    )
    return HttpResponse(status=204) if handed is None else _shown(programme, handed)


def _shown(programme: Programme, handed: read.Handed) -> dict[str, Any]:
    work = handed.work
    kind = kinds.kind_of(programme.task)
    options = kind.options(programme.scale_labels.splitlines())
    return {
        "assignment": handed.assignment,
        "clip": work.clip,
        "programme": programme.slug,
        "task": programme.task,
        "language": work.language,
        "language_name": language_name(work.language),
        "target_language": programme.target_language or None,
        "target_language_name": language_name(programme.target_language) if programme.target_language else None,
        "guideline": programme.guideline,
        "question": gettext(kinds.question_of(programme)),
        "options": [{"value": one.value, "label": gettext(one.label)} for one in options],
        "scales": [{"name": one.name, "lowest": one.lowest, "highest": one.highest} for one in kind.scales],
        "sensitive": gettext("content that can distress") if work.sensitive else None,
        "words": [(start / 1000, end / 1000) for start, end in work.words_ms],
        "must_hear_s": round(programme.must_hear_share * work.duration_s, 2),
        "hypotheses": [{"number": one.number, "text": one.text, "language": one.language} for one in work.candidates],
        "sealed_url": reverse("api:review-sealed", args=[handed.assignment]),
        "peaks": work.peaks,
        "duration_s": work.duration_s,
        "sampling_rate": 16000,
        "lease_ends_at": handed.lease_ends_at.isoformat().replace("+00:00", "Z"),
    }


@router.get("/sealed/{assignment}", url_name="review-sealed", summary="The clip, encrypted")
def sealed(request: HttpRequest, assignment: str) -> HttpResponse:
    """12-byte IV ‖ AES-256-GCM of a WAV, bound to the assignment's id. Its key comes from ``plays`` alone."""
    content = seal.seal(assignment=assignment, account=account_of(request).id)
    return HttpResponse(content, content_type="application/octet-stream")


@router.post("/plays", response=PlayOut, url_name="review-plays", summary="Hear it")
def plays(request: HttpRequest, body: Held) -> dict[str, str]:
    """The key of the sealed copy, once the listen is in the log. Each replay asks again."""
    released = play.for_reviewer(assignment=body.assignment, account=account_of(request).id)
    return {"listen": released.listen, "key": base64.b64encode(released.content).decode()}


@router.post("/judgements", response={201: TakenOut}, url_name="review-judgements", summary="Judge, flag or skip")
def judgements(request: HttpRequest, body: Judging) -> Any:
    """201; ``undo_until`` is null where nothing can be taken back."""
    answer = judge.Answer(
        choice=body.choice,
        text=body.text,
        value=body.value,
        flag=body.flag,
        skip=body.skip,
        adequacy=body.adequacy,
        fluency=body.fluency,
        missed=tuple(body.kinds),
        span_s=body.span_s,
        reported_ms=round(body.heard_s * 1000),
    )
    taken = judge.judge(assignment=body.assignment, account=account_of(request).id, answer=answer)
    until = taken.undo_until
    return Status(
        201,
        {
            "judgement": taken.judgement,
            "undo_until": until.isoformat().replace("+00:00", "Z") if until else None,
        },
    )


@router.post("/undo", response=WorkOut, url_name="review-undo", summary="Take the last answer back")
def undo(request: HttpRequest, body: Undoing) -> dict[str, Any]:
    """The clip is open again, shaped as ``next``."""
    handed = read.undo(judgement=body.judgement, account=account_of(request).id)
    held = Assignment.objects.select_related("programme").get(id=handed.assignment)
    return _shown(held.programme, handed)


@router.post("/leases", response=LeaseOut, url_name="review-leases", summary="Go on working")
def leases(request: HttpRequest, body: Held) -> Any:
    """The lease begins anew."""
    until = assign.renew(assignment=body.assignment, account=account_of(request).id)
    if until is None:
        raise judge.JudgementRefused(judge.Refusal.EXPIRED)
    return {"lease_ends_at": until.isoformat().replace("+00:00", "Z")}
