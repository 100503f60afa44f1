"""What speakers ask of one recording: correct a text, restrict its use, object to it (GDPR Art. 16, 18, 21).

Restriction and objection hold at once: the recording is closed as a withdrawal closes all, and with an objection it
leaves the releases too. A correction waits for a controller, who answers within a month of the request (Art. 12(3)).
"""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from fairhearing import ids
from fairhearing.capture import actions as capture
from fairhearing.capture import queries as captured
from fairhearing.capture.models import Clip, Request, RequestKind, RequestState
from fairhearing.capture.queries import Owned
from fairhearing.consent.speaker_key import SpeakerKey
from fairhearing.operations import erase as operations
from fairhearing.operations.deadlocks import again_after_deadlock
from fairhearing.review import queries as reviewed
from fairhearing.review import settle
from fairhearing.review.kinds import kind_of
from fairhearing.speakers.actions import NotYours
from fairhearing.vault import keys, writer

WORDS_MOST: Final = 4000
OPEN_MOST: Final = 5  # for one recording at a time
SOON: Final = timedelta(days=7)  # before the day by which an answer is due


class RequestRefused(ValueError):
    """The words say what does not fit."""


@dataclass(frozen=True)
class Told:
    """A request as its speaker, or a controller, reads it. ``due``: by the end of that day an answer is owed."""

    id: str
    recording: str
    clip: str
    kind: RequestKind
    state: RequestState
    asked: date
    due: date
    answered: date | None
    words: str
    answer: str
    settled: str = ""  # the text as it stands; for controllers

    @property
    def overdue(self) -> bool:
        """Nobody answered in time."""
        return self.state == RequestState.OPEN and self.due < timezone.now().date()

    @property
    def due_soon(self) -> bool:
        """A week is left, or less."""
        return self.state == RequestState.OPEN and self.due - SOON <= timezone.now().date()


def month_after(day: date) -> date:
    """The same day of the next month, or that month's last (Regulation (EEC, Euratom) 1182/71, Art. 3(2)(c))."""
    year, month = day.year + day.month // 12, day.month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


@again_after_deadlock
@transaction.atomic
def ask(*, key: SpeakerKey, kind: str, recording: str, clip: str = "", words: str = "") -> Told:
    """Keep a request of a speaker about one of their recordings; restriction and objection hold when this returns.

    ``clip`` and ``words``: for a correction, whose text is wrong and what was said.

    Raises:
        NotYours: the recording is unknown or another's: the same answer. RequestRefused: the rest does not fit.
    """
    own = next((own for own in captured.list_owned(key) if own.recording_id == recording), None)
    if own is None:
        raise NotYours(f"recording {recording}: there is none of this name for this speaker")
    if kind not in RequestKind.values:
        raise RequestRefused(f"kind is {kind!r}, expected one of {', '.join(RequestKind.values)}")
    words = words.replace("\0", "").strip()
    if len(words) > WORDS_MOST:
        raise RequestRefused(f"{len(words)} characters, expected {WORDS_MOST} at most")
    if kind == RequestKind.CORRECTION:
        _check_correction(own, clip, words)
    else:
        _close(own, RequestKind(kind))
    today = timezone.now().date()
    done = {} if kind == RequestKind.CORRECTION else {"state": RequestState.DONE, "answered_day": today}
    made = Request(id=ids.new("request"), channel_id=own.id, clip_id=clip, kind=kind, asked_day=today, **done)
    made.sealed_words = writer.seal_text(_secret(made), f"request|{made.id}", words)
    made.save(force_insert=True)
    return _told(made)


def _check_correction(own: Owned, clip: str, words: str) -> None:
    found = Clip.objects.filter(id=clip, channel_id=own.id).select_related("programme").first()
    if found is None:
        raise RequestRefused(f"clip is {clip!r}, expected one of this recording")
    if not kind_of(found.programme.task).texts:
        raise RequestRefused(f"clip {clip} has no text that could be corrected")
    if not words:
        raise RequestRefused("words are empty, expected what was said")
    if Request.objects.filter(channel_id=own.id, state=RequestState.OPEN).count() >= OPEN_MOST:
        raise RequestRefused(f"{OPEN_MOST} requests about this recording wait for an answer already")


def _close(own: Owned, kind: RequestKind) -> None:
    operations.close(channels=[own])
    if kind == RequestKind.OBJECTION:
        capture.end_improvement(channel=own.id)
        _recall(list(Clip.objects.filter(channel_id=own.id).values_list("id", flat=True)))


def _recall(clips: list[str]) -> None:
    operations.log_recall(operations.recall(clips))


@again_after_deadlock
@transaction.atomic
def answer(*, request: str, accept: bool, words: str) -> None:
    """Answer a correction, once. Accepted, the speaker's words are the clip's settled text; releases lose the old one.

    Raises:
        RequestRefused: there is no such request that waits, or the answer is empty or too long.
    """
    words = words.replace("\0", "").strip()
    if not 0 < len(words) <= WORDS_MOST:
        raise RequestRefused(f"an answer has 1 to {WORDS_MOST} characters")
    asked = Request.objects.filter(id=request, state=RequestState.OPEN).first()
    if asked is None:
        raise RequestRefused("there is no such request that waits for an answer")
    if accept:
        settle.correct(clip=asked.clip_id, text=_words(asked))
        _recall([asked.clip_id])
    state = RequestState.DONE if accept else RequestState.REFUSED
    sealed = writer.seal_text(_secret(asked), f"answer|{asked.id}", words)
    given = {"state": state, "answered_day": timezone.now().date(), "sealed_answer": sealed}
    if not Request.objects.filter(id=request, state=RequestState.OPEN).update(**given):
        raise RequestRefused("there is no such request that waits for an answer")


def list_own(key: SpeakerKey) -> list[Told]:
    """What a speaker asked, the newest first."""
    channels = [own.id for own in captured.list_owned(key)]
    asked = Request.objects.filter(channel__in=channels).select_related("channel")
    return [_told(one) for one in asked.order_by("-asked_day", "id")]


def list_open() -> list[Told]:
    """What waits for a controller, the most urgent first, each with the text as it stands."""
    waiting = Request.objects.filter(state=RequestState.OPEN).select_related("channel").order_by("asked_day", "id")
    return [_told(one, settled=_settled(one)) for one in waiting[:200]]


def _settled(asked: Request) -> str:
    """Nothing of a speaker who took it back is opened."""
    return "" if asked.channel.withdrawn else reviewed.find_settled_text(asked.clip_id) or ""


def _told(asked: Request, *, settled: str = "") -> Told:
    return Told(
        id=asked.id,
        recording=asked.channel.recording_id,
        clip=asked.clip_id,
        kind=RequestKind(asked.kind),
        state=RequestState(asked.state),
        asked=asked.asked_day,
        due=month_after(asked.asked_day),
        answered=asked.answered_day,
        words=_words(asked),
        answer=_opened(asked, "answer", asked.sealed_answer),
        settled=settled,
    )


def _words(asked: Request) -> str:
    return _opened(asked, "request", asked.sealed_words)


def _opened(asked: Request, label: str, sealed: bytes | memoryview | None) -> str:
    return writer.open_text(_secret(asked), f"{label}|{asked.id}", bytes(sealed)) if sealed else ""


def _secret(asked: Request) -> bytes:
    return keys.unwrap(asked.channel.key_id)
