"""What is shown to a reviewer, and the figures of a programme."""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Q, QuerySet

from fairhearing import statements
from fairhearing.measure import normalise
from fairhearing.review.models import Assignment, AssignmentState, Judgement, Purpose, QueueItem, Supervision
from fairhearing.vault import keys, writer

# How sensitive a channel is (``deidentify.sensitive``), as its recording's report says; 0 where it says nothing.
GRADE: Final = "COALESCE((r.report -> h.number::text #>> '{sensitive,grade}')::int, 0)"
WARNED_FROM: Final = 2  # the grade from which on the page warns
_WORK = f"""
SELECT c.id, c."end" - c.start, c.peaks_sealed, h.language, h.key_id, k.epoch, k.wrapped, a.unaided, a.purpose,
       {GRADE}, c.words_sealed,
       n.number, n.language, n.sealed
FROM review_assignment a
JOIN capture_clip c ON c.id = a.clip_id
JOIN capture_channel h ON h.id = c.channel_id
JOIN capture_recording r ON r.id = h.recording_id
JOIN vault_datakey k ON k.id = h.key_id
LEFT JOIN capture_candidate n ON n.clip_id = c.id
WHERE a.id = %s
ORDER BY n.number
"""  # noqa: S608 - our own names
# The answers to a clip that nobody took back, the oldest first; with a candidate that was chosen, and the key's row.
_GIVEN = """
SELECT j.id, j.clip_id, j.choice, j.sealed_text, n.sealed, n.language, h.language, h.key_id, k.epoch, k.wrapped
FROM review_judgement j
JOIN review_assignment a ON a.id = j.assignment_id
JOIN capture_clip c ON c.id = j.clip_id
JOIN capture_channel h ON h.id = c.channel_id
JOIN vault_datakey k ON k.id = h.key_id
LEFT JOIN capture_candidate n ON n.clip_id = j.clip_id AND n.number = j.choice
WHERE {which} AND NOT j.undone AND j.flag = '' AND j.value IS NULL
  AND NOT EXISTS (SELECT 1 FROM review_judgement later WHERE later.supersedes_id = j.id)
ORDER BY j.at
"""
_GIVEN_TO_CLIP = _GIVEN.format(which="j.clip_id = %s AND a.purpose = 'judging'")
_GIVEN_AS = _GIVEN.format(which="j.id = %s")
_CANDIDATES = "SELECT number FROM capture_candidate WHERE clip_id = %s ORDER BY number DESC LIMIT 1"


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
    """A clip as a reviewer sees it before it is played. ``sensitive``: the page asks before it plays.

    ``words_ms``: where words begin and end, where that is known.
    """

    clip: str
    language: str
    duration_s: float
    peaks: list[int]
    candidates: list[ShownCandidate]
    sensitive: bool = False
    words_ms: list[tuple[int, int]] = field(default_factory=list)


def get_work(assignment: str) -> Work:
    """What goes with an assignment: texts and waveform, opened for this answer alone.

    Raises:
        WorkGone: it was erased meanwhile.
    """
    rows = statements.rows(_WORK, [assignment])
    if not rows:
        raise WorkGone(f"the clip of {assignment} was erased")
    clip, samples, peaks, language, key_id, epoch, wrapped, unaided, purpose, grade, words = rows[0][:11]
    secret = keys.unwrap_row(key_id, epoch, bytes(wrapped))
    shown = [
        ShownCandidate(number, writer.open_text(secret, f"candidate|{clip}|{number}", bytes(sealed)), spoken)
        for number, spoken, sealed in (row[11:] for row in rows if row[11] is not None and not unaided)
    ]
    return Work(
        clip=clip,
        language=language,
        duration_s=samples / 16000,
        peaks=json.loads(writer.open_text(secret, f"peaks|{clip}", bytes(peaks))),
        candidates=_with_given(clip, shown) if purpose == Purpose.LEAD else shown,
        sensitive=grade >= WARNED_FROM,
        words_ms=[] if words is None else json.loads(writer.open_text(secret, f"words|{clip}", bytes(words))),
    )


def _with_given(clip: str, candidates: list[ShownCandidate]) -> list[ShownCandidate]:
    """What a lead reviewer chooses from: the candidates, then what reviewers wrote, without their names."""
    texts, language = _own_texts(clip)
    first = max((one.number for one in candidates), default=0) + 1
    return candidates + [ShownCandidate(number, text, language) for number, text in enumerate(texts, start=first)]


def find_given(clip: str, number: int) -> str | None:
    """The reviewers' text that a lead reviewer was shown under a number beyond the candidates'; None: there is none."""
    last = statements.first(_CANDIDATES, [clip])
    at = number - (last[0] if last else 0) - 1
    texts, _ = _own_texts(clip)
    return texts[at] if 0 <= at < len(texts) else None


def get_given_text(judgement: str) -> str:
    """The text that somebody chose or wrote.

    Raises:
        LookupError: there is no such judgement, or it is no text.
    """
    row = statements.first(_GIVEN_AS, [judgement])
    if row is None:
        raise LookupError(f"{judgement}: there is no text of this judgement")
    return _text_of(row, keys.unwrap_row(row[7], row[8], bytes(row[9])))


def _own_texts(clip: str) -> tuple[list[str], str]:
    """What reviewers wrote themselves, each once: that which most wrote first, then the oldest; and the language."""
    rows = [row for row in statements.rows(_GIVEN_TO_CLIP, [clip]) if row[3] is not None]
    if not rows:
        return [], ""
    secret = keys.unwrap_row(rows[0][7], rows[0][8], bytes(rows[0][9]))
    texts = [_text_of(row, secret) for row in rows]
    counted = Counter(normalise(text) for text in texts)
    spelt: dict[str, str] = {}
    for text in texts:
        spelt.setdefault(normalise(text), text)
    return [spelt[form] for form, _ in counted.most_common()], rows[0][6]


def _text_of(row: tuple[Any, ...], secret: bytes) -> str:
    judgement, clip, choice, own, candidate = row[:5]
    if own is not None:
        return writer.open_text(secret, f"judgement|{judgement}", bytes(own))
    return writer.open_text(secret, f"candidate|{clip}|{choice}", bytes(candidate))


def _waiting(programme: str) -> QuerySet[QueueItem]:
    """What wants a judgement and can be given to somebody: not what waits for its speaker's yes."""
    return QueueItem.objects.filter(programme_id=programme, wanted__gt=0, awaits_speaker=False)


def count_waiting(programme: str) -> int:
    """Clips of a programme (by id) that want a judgement."""
    return QueueItem.objects.filter(
        programme_id=programme, wanted__gt=0, awaits_speaker=False, purpose=Purpose.JUDGING
    ).count()


def count_for_lead(programme: str) -> int:
    """Clips of a programme (by id) that wait for a lead reviewer."""
    return QueueItem.objects.filter(
        programme_id=programme, wanted__gt=0, awaits_speaker=False, purpose=Purpose.LEAD
    ).count()


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


def find_settled_text(clip: str) -> str | None:
    """The text that was settled for a clip (by id), opened; None where nothing is settled yet."""
    settled = Supervision.objects.filter(clip_id=clip).select_related("clip__channel").first()
    if settled is None:
        return None
    secret = keys.unwrap(settled.clip.channel.key_id)
    return writer.open_text(secret, f"supervision|{settled.id}", bytes(settled.sealed_text))


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
    written = given.annotate(own=Q(sealed_text__isnull=False))
    for assignment, at, undone, flag, own in written.values_list("assignment_id", "at", "undone", "flag", "own"):
        how = "undone" if undone else flag or ("own_text" if own else "chosen")
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
