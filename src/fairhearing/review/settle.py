"""From judgements to a reference: agreement settles, disagreement asks one more person, and at last a lead reviewer.

Where a programme lets fewer judgements settle than it wants, or more are in, the reviewers' reliabilities say how
probable a text is (``measure.consensus``).
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from fairhearing import ids, statements
from fairhearing.capture import actions as capture
from fairhearing.capture.models import Clip
from fairhearing.measure import consensus, normalise
from fairhearing.measure import settle as agree
from fairhearing.review import asking
from fairhearing.review.assign import place_for
from fairhearing.review.kinds import kind_of
from fairhearing.review.models import How, Likeness, Purpose, QueueItem, Supervision
from fairhearing.vault import keys, writer

BATCH = 200
NOTHING_KNOWN = 0.8  # how often somebody is taken to be right whose answers were never compared

# All judgements are in, nobody is working on it, and nobody can take an answer back any more.
_DUE = """
SELECT q.clip_id FROM review_queueitem q
JOIN programmes_programme g ON g.id = q.programme_id
WHERE q.wanted = 0
  AND NOT EXISTS (SELECT 1 FROM review_assignment a WHERE a.clip_id = q.clip_id AND a.state = 'open')
  AND NOT EXISTS (SELECT 1 FROM review_judgement j WHERE j.clip_id = q.clip_id
                  AND j.at > now() - make_interval(secs => g.grace_seconds))
LIMIT %s
"""

_ITEM = """
SELECT q.purpose, q.programme_id, g.task, g.scale_labels, g.grace_seconds, g.judgements_wanted, g.judgements_most,
       g.judgements_least, g.certain_at, g.second_stage, h.key_id, k.epoch, k.wrapped
FROM review_queueitem q
JOIN programmes_programme g ON g.id = q.programme_id
JOIN capture_clip c ON c.id = q.clip_id
JOIN capture_channel h ON h.id = c.channel_id
JOIN vault_datakey k ON k.id = h.key_id
WHERE q.clip_id = %s AND q.wanted = 0
FOR UPDATE OF q SKIP LOCKED
"""
_OPEN = "SELECT 1 FROM review_assignment WHERE clip_id = %s AND state = 'open'"
_LIVE = """
SELECT j.id, j.account_id, a.purpose, j.at, j.flag, j.choice, j.sealed_text, j.value, n.sealed,
       COALESCE(r."right", %s), a.unaided
FROM review_judgement j
JOIN review_assignment a ON a.id = j.assignment_id
LEFT JOIN capture_candidate n ON n.clip_id = j.clip_id AND n.number = j.choice
LEFT JOIN review_reliability r ON r.account_id = j.account_id AND r.programme_id = a.programme_id
WHERE j.clip_id = %s AND NOT j.undone AND a.purpose <> 'known'
  AND NOT EXISTS (SELECT 1 FROM review_judgement later WHERE later.supersedes_id = j.id)
ORDER BY j.at
"""
_SUPERVISED = """
INSERT INTO review_supervision
    (id, clip_id, programme_id, sealed_text, agreed, judgements, how, probability, settled_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, now())
"""
_CANDIDATES = "SELECT number, sealed FROM capture_candidate WHERE clip_id = %s ORDER BY number"
_LEAVES = "DELETE FROM review_queueitem WHERE clip_id = %s"


@dataclass(frozen=True, slots=True)
class _Item:
    """A clip that has all its judgements, locked: what its programme asks for, and its channel's wrapped key."""

    clip: str
    purpose: str
    programme: str
    task: str
    scale_labels: str
    grace_seconds: int
    wanted: int
    most: int
    least: int
    certain_at: float
    second_stage: bool
    key_id: str
    epoch: str
    wrapped: bytes


@dataclass(frozen=True, slots=True)
class _Live:
    """A judgement that nobody took back, with the candidate that it chose, and how reliable its reviewer is."""

    id: str
    account: str
    purpose: str
    at: datetime
    flag: str
    choice: int | None
    sealed_text: bytes | None
    value: int | None
    candidate: bytes | None
    reliability: float
    unaided: bool


@dataclass(frozen=True, slots=True)
class Settled:
    """What a clip's answers come to: the reference, how it came about, and how probable it is, if that is known."""

    text: str
    how: How
    probability: float | None = None


def enqueue(*, clips: list[Clip], wanted: int) -> None:
    """Put fresh clips on the ring, what is worth most to be heard first; some wait for their speaker's yes."""
    items = [
        QueueItem(clip=clip, programme_id=clip.programme_id, place=place_for(clip.worth), wanted=wanted)
        for clip in clips
    ]
    QueueItem.objects.bulk_create(items)
    asking.hold_back_fresh(clips=[clip.id for clip in clips], programmes=sorted({clip.programme_id for clip in clips}))


def settle_due() -> int:
    """Settle what has all its judgements and no grace time left; gives how many supervisions were made."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [BATCH])
        due = [row[0] for row in cursor.fetchall()]
    return sum(settle(clip=clip) for clip in due)


@transaction.atomic
def settle(*, clip: str) -> bool:
    """Look at one clip's judgements: settle it, ask one more person, or leave it when somebody may still undo.

    Undecided when the most judgements that the programme allows are in, or where it wants a second look: a lead
    reviewer is asked, who sees what was answered, and whose answer stands.
    """
    capture.hold_channel(clip)
    row = statements.first(_ITEM, [clip])
    if row is None or statements.first(_OPEN, [clip]) is not None:
        return False
    item = _Item(clip, *row)
    live = [_Live(*one) for one in statements.rows(_LIVE, [NOTHING_KNOWN, clip])]
    if any((timezone.now() - judgement.at).total_seconds() < item.grace_seconds for judgement in live):
        return False
    secret = keys.unwrap_row(item.key_id, item.epoch, bytes(item.wrapped))
    answers = [_Answer(one, _said(item, one, secret)) for one in live if not one.flag]
    settled = _by_lead(answers) if item.purpose == Purpose.LEAD else _by_reviewers(item, answers, len(live), secret)
    if settled is None or (item.second_stage and item.purpose != Purpose.LEAD):
        undecided = len(live) >= item.most or settled is not None or item.purpose == Purpose.LEAD
        _ask(clip, Purpose.LEAD if undecided else Purpose.JUDGING)
        return False
    _supervise(item, settled, answers, secret)
    statements.rows(_LEAVES, [clip])
    return True


@transaction.atomic
def correct(*, clip: str, text: str) -> None:
    """Put a text in the place of a clip's settled one, or settle it so; nobody is asked about the clip any more."""
    capture.hold_channel(clip)
    channel, programme = Clip.objects.values_list("channel__key_id", "programme_id").get(id=clip)
    Supervision.objects.filter(clip_id=clip).delete()
    supervision = ids.new("supervision")
    sealed = writer.seal_text(keys.unwrap(channel), f"supervision|{supervision}", text)
    statements.rows(_SUPERVISED, [supervision, clip, programme, sealed, 0, 0, How.SPEAKER, None])
    statements.rows(_LEAVES, [clip])


@dataclass(frozen=True, slots=True)
class _Answer:
    """A judgement with what it says: a text, or the name of an option."""

    given: _Live
    said: str


def _said(item: _Item, one: _Live, secret: bytes) -> str:
    if one.value is not None:
        return kind_of(item.task).named(one.value, item.scale_labels.splitlines())
    if one.sealed_text is not None:
        return writer.open_text(secret, f"judgement|{one.id}", bytes(one.sealed_text))
    return writer.open_text(secret, f"candidate|{item.clip}|{one.choice}", bytes(one.candidate or b""))


def _by_lead(answers: list[_Answer]) -> Settled | None:
    """What the lead reviewer said last; None when they only skipped or flagged."""
    said = [answer.said for answer in answers if answer.given.purpose == Purpose.LEAD]
    return Settled(said[-1], How.LEAD) if said else None


def _by_reviewers(item: _Item, answers: list[_Answer], asked: int, secret: bytes) -> Settled | None:
    kind = kind_of(item.task)
    if not kind.texts:
        values = [answer.given.value for answer in answers]
        value = kind.agree(values, at_least=item.wanted, last=asked >= item.most)
        return None if value is None else Settled(kind.named(value, item.scale_labels.splitlines()), How.AGREED)
    decision = consensus.decide(
        [
            consensus.Heard(one.said, one.given.reliability, one.given.choice is not None, not one.given.unaided)
            for one in answers
        ],
        candidates=_candidates(item.clip, secret),
        rules=consensus.Rules(item.least or item.wanted, item.most, item.certain_at),
    )
    agreed = agree([answer.said for answer in answers], at_least=item.wanted)
    if agreed is not None:  # so many people who did not know of one another settle it, whoever they are
        same = decision.text is not None and normalise(agreed) == normalise(decision.text)
        return Settled(agreed, How.AGREED, decision.probability if same else None)
    if decision.step is not consensus.Step.SETTLED or decision.text is None:
        return None
    return Settled(decision.text, How.WORDS if decision.by_words else How.AGREED, decision.probability)


def _candidates(clip: str, secret: bytes) -> list[consensus.Candidate]:
    rows = statements.rows(_CANDIDATES, [clip])
    return [
        consensus.Candidate(writer.open_text(secret, f"candidate|{clip}|{number}", bytes(sealed)))
        for number, sealed in rows
    ]


def _ask(clip: str, purpose: Purpose) -> None:
    """One more person, before fresh clips are given out."""
    QueueItem.objects.filter(clip_id=clip).update(wanted=1, disputed=True, purpose=purpose)


def _supervise(item: _Item, settled: Settled, answers: list[_Answer], secret: bytes) -> None:
    supervision = ids.new("supervision")
    sealed = writer.seal_text(secret, f"supervision|{supervision}", settled.text)
    numbers = _alike([answer.said for answer in answers], settled.text)
    _note_likeness(item, answers, numbers)
    agreed = numbers.count(0)
    row = [supervision, item.clip, item.programme, sealed, agreed, len(answers), settled.how, settled.probability]
    statements.rows(_SUPERVISED, row)


def _alike(said: list[str], reference: str) -> list[int]:
    """Equal numbers for equal answers: 0 for those that say what the reference says, then in the order given."""
    known = {normalise(reference): 0}
    return [known.setdefault(normalise(one), len(known)) for one in said]


def _note_likeness(item: _Item, answers: list[_Answer], numbers: list[int]) -> None:
    Likeness.objects.bulk_create(
        Likeness(
            judgement_id=answer.given.id,
            clip_id=item.clip,
            account_id=answer.given.account,
            programme_id=item.programme,
            number=number,
        )
        for answer, number in zip(answers, numbers, strict=True)
        if answer.given.purpose == Purpose.JUDGING
    )
