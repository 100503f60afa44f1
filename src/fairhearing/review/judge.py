"""Taking answers. A judgement is a row that is never changed; undo writes a row that supersedes it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Final

import structlog
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from fairhearing import ids, statements
from fairhearing.capture import actions as capture
from fairhearing.capture.models import Clip, ClipState
from fairhearing.ledger.appender import LedgerUnavailable, append_durably
from fairhearing.ledger.entries import Kind, NewEntry
from fairhearing.review import flags, kinds, known, queries
from fairhearing.review.models import (
    Assignment,
    AssignmentState,
    Flag,
    Judgement,
    Purpose,
    QueueItem,
    Supervision,
)
from fairhearing.vault import keys, writer

log = structlog.get_logger()
TEXT_MOST = 5000
CANDIDATES_MOST = 999  # more than any clip has: a number beyond is no candidate's, and never asked for
FASTEST: Final = 3.0  # times: as fast as the page plays


class Refusal(StrEnum):
    """Why an answer was not taken."""

    NOT_YOURS = "There is no such clip in your hands."
    CLOSED = "This clip is not yours any more: it was judged, skipped or taken back. Nothing was judged twice."
    EXPIRED = "The time for this clip has run out; it goes to somebody else. What you typed is still in the field."
    NOT_HEARD = "Play the clip first: an answer counts when the clip was heard."
    NOT_HEARD_ENOUGH = "Hear more of the clip first: an answer counts when enough of it was heard. Nothing is lost."
    ONE_ANSWER = "Give one of choice, text, value, flag and skip."
    NOT_OF_THIS_KIND = "This programme asks for another kind of answer."
    NO_SUCH_VALUE = "There is no such step on the scale, or no such option."
    NO_SUCH_CANDIDATE = "There is no candidate of this number."
    EMPTY_TEXT = "Your own text is empty or longer than 5,000 characters."
    UNDO_LATE = "It is too late to take this back."
    UNDO_FLAG = "A flag acts at once and is not taken back here: ask who leads the programme."


class JudgementRefused(Exception):
    """The answer was not taken; nothing changed."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Answer:
    """One of five: a candidate's number, a text, an option's value, a flag, a skip.

    ``reported_ms`` is what the page says was heard; ``adequacy`` and ``fluency`` can go with a translation, ``missed``
    (what kinds of personal data were heard) and ``span_s`` (from where to where in the clip) with a flag.
    """

    choice: int | None = None
    text: str | None = None
    value: int | None = None
    flag: Flag | None = None
    skip: bool = False
    adequacy: int | None = None
    fluency: int | None = None
    missed: tuple[flags.Missed, ...] = ()
    span_s: tuple[float, float] | None = None
    reported_ms: int = 0

    def given(self) -> int:
        """How many of the five are given."""
        answers = (self.choice, self.text, self.value, self.flag)
        return sum(one is not None for one in answers) + self.skip


@dataclass(frozen=True, slots=True)
class Taken:
    """A judgement that was taken; ``undo_until`` is None when it cannot be undone."""

    judgement: str | None
    undo_until: datetime | None


@dataclass(frozen=True, slots=True)
class _Held:
    """What is in somebody's hands; ``candidate`` says whether there is one of the number that they chose."""

    assignment: str
    account: str
    clip: str
    state: str
    lease_ends_at: datetime
    since_heard_s: float | None
    must_hear_s: float
    grace_seconds: int
    candidate: bool
    recording: str
    programme: str
    task: str
    scale_labels: str
    purpose: str

    @property
    def kind(self) -> kinds.Kind:
        """What the programme asks."""
        return kinds.kind_of(self.task)


# Locked in this order, the channel first, as everybody does (``capture.actions.hold_channel``).
_HELD = """
SELECT a.id, a.account_id, a.clip_id, a.state, a.lease_ends_at,
       EXTRACT(EPOCH FROM clock_timestamp() - a.first_played_at)::double precision,
       g.must_hear_share * (c."end" - c.start) / 16000.0, g.grace_seconds,
       NOT a.unaided AND EXISTS (
           SELECT 1 FROM capture_candidate n WHERE n.clip_id = a.clip_id AND n.number = %(choice)s::integer
       ),
       h.recording_id, g.id, g.task, g.scale_labels, a.purpose
FROM review_assignment a
JOIN programmes_programme g ON g.id = a.programme_id
JOIN capture_clip c ON c.id = a.clip_id
JOIN capture_channel h ON h.id = c.channel_id
WHERE a.id = %(assignment)s AND a.account_id = %(account)s
FOR SHARE OF h FOR NO KEY UPDATE OF a
"""
_WRITE = """
WITH closed AS (UPDATE review_assignment SET state = 'judged' WHERE id = %(assignment)s)
INSERT INTO review_judgement
    (id, assignment_id, clip_id, account_id, choice, sealed_text, value, adequacy, fluency, flag, undone, reported_ms,
     at)
VALUES (%(id)s, %(assignment)s, %(clip)s, %(account)s, %(choice)s::smallint, %(sealed)s::bytea, %(value)s::smallint,
        %(adequacy)s::smallint, %(fluency)s::smallint, %(flag)s, FALSE, %(reported_ms)s::integer, clock_timestamp())
RETURNING at
"""


@transaction.atomic
def judge(*, assignment: str, account: str, answer: Answer) -> Taken:
    """Take a reviewer's answer to the clip in their hands.

    Raises:
        JudgementRefused: with the reason; nothing changed.
    """
    if answer.flag is not None:
        _meet_alone(assignment)
    held = _held(assignment, account, answer.choice)
    if answer.given() != 1:
        raise JudgementRefused(Refusal.ONE_ANSWER)
    if answer.skip:
        Assignment.objects.filter(id=held.assignment).update(state=AssignmentState.SKIPPED)
        _give_back(held)
        return Taken(None, None)
    if answer.flag is None:
        answer = _checked(held, answer)
    judgement, at = _write(held, answer)
    transaction.on_commit(partial(_log_heard, held, _reported_ms(answer)))
    if answer.flag is not None:
        on = flags.Flagged(held.clip, held.account, held.programme)
        flags.act(flag=answer.flag, on=on, missed=answer.missed, span_s=answer.span_s)
        if answer.flag == Flag.KNOWN_PERSON:
            _give_back(held)
        return Taken(judgement, None)
    if held.purpose == Purpose.KNOWN:
        _compare(held, judgement, answer)
    return Taken(judgement, at + timedelta(seconds=held.grace_seconds))


@transaction.atomic
def undo(*, judgement: str, account: str) -> str:
    """Take an answer back within its grace time; gives the assignment, which is open again.

    Raises:
        JudgementRefused: too late, a flag, or not theirs.
    """
    taken = (
        Judgement.objects.select_related("assignment__programme")
        .filter(id=judgement, account_id=account, undone=False, superseded_by=None)
        .first()
    )
    if taken is None:
        raise JudgementRefused(Refusal.NOT_YOURS)
    capture.hold_channel(taken.clip_id)
    held = Assignment.objects.select_for_update(no_key=True).get(id=taken.assignment_id)
    if taken.flag:
        raise JudgementRefused(Refusal.UNDO_FLAG)
    if not Clip.objects.filter(id=taken.clip_id, state=ClipState.READY, channel__withdrawn=False).exists():
        raise JudgementRefused(Refusal.CLOSED)
    programme = taken.assignment.programme
    late = timezone.now() > taken.at + timedelta(seconds=programme.grace_seconds)
    # A known clip was settled long ago, and must not be told from others by that.
    settled = held.purpose != Purpose.KNOWN and Supervision.objects.filter(clip_id=taken.clip_id).exists()
    if late or settled or held.state != AssignmentState.JUDGED:
        raise JudgementRefused(Refusal.UNDO_LATE)
    known.forget_verdict(judgement=taken.id)
    Judgement.objects.create(
        id=ids.new("judgement"),
        assignment=held,
        clip_id=taken.clip_id,
        account_id=account,
        undone=True,
        supersedes=taken,
    )
    held.state = AssignmentState.OPEN
    held.lease_ends_at = timezone.now() + timedelta(seconds=programme.lease_seconds)
    held.save(update_fields=["state", "lease_ends_at"])
    return held.id


def _meet_alone(assignment: str) -> None:
    """A flag can end other people's assignments on the clip: of two who flag at once, one comes after the other."""
    clip = Assignment.objects.filter(id=assignment).values_list("clip_id", flat=True).first()
    if clip is not None:
        capture.hold_channel(clip, alone=True)


def _held(assignment: str, account: str, choice: int | None) -> _Held:
    possible = choice if choice is not None and 0 < choice <= CANDIDATES_MOST else None
    row = statements.first(_HELD, {"assignment": assignment, "account": account, "choice": possible})
    if row is None:
        raise JudgementRefused(Refusal.NOT_YOURS)
    held = _Held(*row)
    if held.state == AssignmentState.EXPIRED:
        raise JudgementRefused(Refusal.EXPIRED)
    if held.state != AssignmentState.OPEN:
        raise JudgementRefused(Refusal.CLOSED)
    if held.lease_ends_at <= timezone.now():
        raise JudgementRefused(Refusal.EXPIRED)
    return held


def _checked(held: _Held, answer: Answer) -> Answer:
    """The answer as it is to be kept: a lead reviewer's pick of a reviewer's text becomes that text."""
    if held.since_heard_s is None:
        raise JudgementRefused(Refusal.NOT_HEARD)
    if held.since_heard_s * FASTEST < held.must_hear_s:
        raise JudgementRefused(Refusal.NOT_HEARD_ENOUGH)
    if held.kind.texts != (answer.value is None):
        raise JudgementRefused(Refusal.NOT_OF_THIS_KIND)
    if answer.text is not None and not 0 < len(answer.text.strip()) <= TEXT_MOST:
        raise JudgementRefused(Refusal.EMPTY_TEXT)
    _check_values(held, answer)
    if answer.choice is not None and not held.candidate:
        picked = queries.find_given(held.clip, answer.choice) if held.purpose == Purpose.LEAD else None
        if picked is None:
            raise JudgementRefused(Refusal.NO_SUCH_CANDIDATE)
        return replace(answer, choice=None, text=picked)
    return answer


def _check_values(held: _Held, answer: Answer) -> None:
    options = held.kind.options(held.scale_labels.splitlines())
    if answer.value is not None and answer.value not in {option.value for option in options}:
        raise JudgementRefused(Refusal.NO_SUCH_VALUE)
    scales = {scale.name: scale for scale in held.kind.scales}
    for name in ("adequacy", "fluency"):
        rated = getattr(answer, name)
        if rated is not None and (name not in scales or not scales[name].fits(rated)):
            raise JudgementRefused(Refusal.NO_SUCH_VALUE)


def _write(held: _Held, answer: Answer) -> tuple[str, datetime]:
    """Add the judgement and close its assignment; gives the judgement's id and time."""
    judgement, sealed = ids.new("judgement"), None
    if answer.text is not None:
        key_id = Clip.objects.values_list("channel__key_id", flat=True).get(id=held.clip)
        label = f"judgement|{judgement}"
        sealed = writer.seal_text(keys.unwrap(key_id), label, answer.text.strip().replace("\0", ""))
    written = {
        "id": judgement,
        "assignment": held.assignment,
        "clip": held.clip,
        "account": held.account,
        "choice": answer.choice,
        "sealed": sealed,
        "value": answer.value,
        "adequacy": answer.adequacy,
        "fluency": answer.fluency,
        "flag": answer.flag or "",
        "reported_ms": _reported_ms(answer),
    }
    (at,) = statements.first(_WRITE, written)
    return judgement, at


def _compare(held: _Held, judgement: str, answer: Answer) -> None:
    """With the known answer. Nothing of it is told here: the page must not tell a known clip from another."""
    known.note_verdict(
        judgement=judgement,
        clip=held.clip,
        account=held.account,
        programme=held.programme,
        text=queries.get_given_text(judgement) if held.kind.texts else None,
        value=answer.value,
    )


def _reported_ms(answer: Answer) -> int:
    return max(0, min(answer.reported_ms, 3_600_000))


def _log_heard(held: _Held, reported_ms: int) -> None:
    """How long the page says that it sounded. The answer stands, also where this cannot be written."""
    facts = NewEntry(
        kind=Kind.HEARD,
        recording=held.recording,
        clip=held.clip,
        account=held.account,
        role="reviewer",
        purpose="human_review",
        duration_ms=reported_ms,
    )
    try:
        append_durably(facts)
    except LedgerUnavailable as error:
        log.warning("heard was not logged", kind=str(error))


def _give_back(held: _Held) -> None:
    QueueItem.objects.filter(clip_id=held.clip, purpose=held.purpose).update(wanted=F("wanted") + 1)
