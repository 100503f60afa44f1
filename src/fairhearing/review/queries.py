"""What is shown to a reviewer, and the figures of a programme."""

import json
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from fairhearing import statements
from fairhearing.review.models import Assignment, AssignmentState, Judgement, QueueItem, Supervision
from fairhearing.vault import keys, writer

_WORK = """
SELECT c.id, c."end" - c.start, c.peaks_sealed, h.language, h.key_id, k.epoch, k.wrapped,
       n.number, n.language, n.sealed
FROM review_assignment a
JOIN capture_clip c ON c.id = a.clip_id
JOIN capture_channel h ON h.id = c.channel_id
JOIN vault_datakey k ON k.id = h.key_id
LEFT JOIN capture_candidate n ON n.clip_id = c.id
WHERE a.id = %s
ORDER BY n.number
"""


class WorkGone(Exception):
    """The clip was erased while it was being handed out."""


@dataclass(frozen=True, slots=True)
class ShownCandidate:
    """A candidate as a reviewer sees it: the engine is not named, so that nobody is swayed by it."""

    number: int
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Work:
    """A clip as a reviewer sees it before it is played."""

    clip: str
    language: str
    duration_s: float
    peaks: list[int]
    candidates: list[ShownCandidate]


def get_work(assignment: str) -> Work:
    """What goes with an assignment: texts and waveform, opened for this answer alone.

    Raises:
        WorkGone: it was erased meanwhile.
    """
    rows = statements.rows(_WORK, [assignment])
    if not rows:
        raise WorkGone(f"the clip of {assignment} was erased")
    clip, samples, peaks, language, key_id, epoch, wrapped = rows[0][:7]
    candidates = [row[7:] for row in rows if row[7] is not None]
    secret = keys.unwrap_row(key_id, epoch, bytes(wrapped))
    return Work(
        clip=clip,
        language=language,
        duration_s=samples / 16000,
        peaks=json.loads(writer.open_text(secret, f"peaks|{clip}", bytes(peaks))),
        candidates=[
            ShownCandidate(number, writer.open_text(secret, f"candidate|{clip}|{number}", bytes(sealed)), spoken)
            for number, spoken, sealed in candidates
        ],
    )


def count_waiting(programme: str) -> int:
    """Clips of a programme (by id) that want a judgement."""
    return QueueItem.objects.filter(programme_id=programme, wanted__gt=0).count()


def counts(programme: str) -> dict[str, int]:
    """Assignments, judgements and supervisions of a programme (by id)."""
    assignments = Assignment.objects.filter(programme_id=programme).aggregate(
        all=Count("id"), open=Count("id", filter=Q(state=AssignmentState.OPEN))
    )
    return {
        "assignments": assignments["all"],
        "open_assignments": assignments["open"],
        "judgements": Judgement.objects.filter(
            assignment__programme_id=programme, undone=False, superseded_by=None
        ).count(),
        "supervisions": Supervision.objects.filter(programme_id=programme).count(),
    }


def list_supervised(programme: str) -> list[Supervision]:
    """Settled clips of a programme (by id), in the order of their ids, without planted ones."""
    settled = Supervision.objects.filter(programme_id=programme, clip__channel__recording__planted=False)
    return list(settled.select_related("clip__channel").order_by("clip_id"))


def numbers_of(account: str) -> dict[str, int]:
    """A reviewer's own numbers: answers that count, and minutes of speech that they reported to have heard."""
    mine = Judgement.objects.filter(account_id=account, undone=False, superseded_by=None)
    heard = sum(mine.values_list("reported_ms", flat=True))
    return {"judgements": mine.count(), "minutes": round(heard / 60000)}


@dataclass(frozen=True, slots=True)
class Answered:
    """That somebody answered, when, and how (chosen, own_text, undone, or the flag's name); never what."""

    at: datetime
    how: str


@dataclass(frozen=True, slots=True)
class Worked:
    """One reviewer's assignment of a clip: its state, its plays, the copy's hash (hex, or empty), their answers."""

    account: str
    state: str
    plays: int
    first_played_at: datetime | None
    lease_ends_at: datetime
    served_sha256: str
    answers: list[Answered]


@dataclass(frozen=True, slots=True)
class Settled:
    """When a clip was settled, and how many of how many judgements agreed."""

    at: datetime
    agreed: int
    judgements: int


def list_worked(clip: str) -> list[Worked]:
    """Who was given a clip and what became of it, in the order of their leases."""
    answers: dict[str, list[Answered]] = {}
    given = Judgement.objects.filter(clip_id=clip).order_by("at")
    for assignment, at, undone, flag, choice in given.values_list("assignment_id", "at", "undone", "flag", "choice"):
        how = "undone" if undone else flag or ("own_text" if choice is None else "chosen")
        answers.setdefault(assignment, []).append(Answered(at, how))
    return [
        Worked(
            account=one.account_id,
            state=one.state,
            plays=one.plays,
            first_played_at=one.first_played_at,
            lease_ends_at=one.lease_ends_at,
            served_sha256=one.served_sha256,
            answers=answers.get(one.id, []),
        )
        for one in Assignment.objects.filter(clip_id=clip).order_by("lease_ends_at", "id")
    ]


def find_settled(clip: str) -> Settled | None:
    """The settling of a clip, without its text; None while it is not settled."""
    row = Supervision.objects.filter(clip_id=clip).values_list("settled_at", "agreed", "judgements").first()
    return Settled(*row) if row else None
