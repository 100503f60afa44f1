"""From judgements to a supervision: agreement settles, disagreement asks one more person."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from fairhearing import ids, statements
from fairhearing.capture import actions as capture
from fairhearing.capture.models import Clip
from fairhearing.measure import normalise
from fairhearing.measure import settle as agree
from fairhearing.review.assign import place_for
from fairhearing.review.models import QueueItem
from fairhearing.vault import keys, writer

BATCH = 200

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
SELECT q.programme_id, g.grace_seconds, g.judgements_wanted, g.judgements_most, h.key_id, k.epoch, k.wrapped
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
SELECT j.id, j.at, j.flag, j.choice, j.sealed_text, n.sealed
FROM review_judgement j
LEFT JOIN capture_candidate n ON n.clip_id = j.clip_id AND n.number = j.choice
WHERE j.clip_id = %s AND NOT j.undone
  AND NOT EXISTS (SELECT 1 FROM review_judgement later WHERE later.supersedes_id = j.id)
ORDER BY j.at
"""
_SUPERVISED = """
INSERT INTO review_supervision (id, clip_id, programme_id, sealed_text, agreed, judgements, settled_at)
VALUES (%s, %s, %s, %s, %s, %s, now())
"""
_LEAVES = "DELETE FROM review_queueitem WHERE clip_id = %s"


@dataclass(frozen=True, slots=True)
class _Item:
    """A clip that has all its judgements, locked: what its programme asks for, and its channel's wrapped key."""

    clip: str
    programme: str
    grace_seconds: int
    wanted: int
    most: int
    key_id: str
    epoch: str
    wrapped: bytes


@dataclass(frozen=True, slots=True)
class _Live:
    """A judgement that nobody took back, with the candidate that it chose."""

    id: str
    at: datetime
    flag: str
    choice: int | None
    sealed_text: bytes | None
    candidate: bytes | None


def enqueue(*, clips: list[Clip], wanted: int) -> None:
    """Put fresh clips on the ring, what is worth most to be heard first."""
    items = [
        QueueItem(clip=clip, programme_id=clip.programme_id, place=place_for(clip.worth), wanted=wanted)
        for clip in clips
    ]
    QueueItem.objects.bulk_create(items)


def settle_due() -> int:
    """Settle what has all its judgements and no grace time left; gives how many supervisions were made."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [BATCH])
        due = [row[0] for row in cursor.fetchall()]
    return sum(settle(clip=clip) for clip in due)


@transaction.atomic
def settle(*, clip: str) -> bool:
    """Look at one clip's judgements: settle it, ask one more person, or leave it when somebody may still undo.

    Undecided when the most judgements that the programme allows are in: it leaves the queue without a supervision.
    """
    capture.hold_channel(clip)
    row = statements.first(_ITEM, [clip])
    if row is None or statements.first(_OPEN, [clip]) is not None:
        return False
    item = _Item(clip, *row)
    live = [_Live(*one) for one in statements.rows(_LIVE, [clip])]
    if any((timezone.now() - judgement.at).total_seconds() < item.grace_seconds for judgement in live):
        return False
    answers = [judgement for judgement in live if not judgement.flag]
    secret = keys.unwrap_row(item.key_id, item.epoch, bytes(item.wrapped))
    texts = _texts(clip, answers, secret)
    settled = agree(texts, at_least=item.wanted)
    if settled is not None:
        agreed = sum(normalise(text) == normalise(settled) for text in texts)
        _supervise(item, settled, agreed, len(answers), secret)
    elif len(live) < item.most:
        QueueItem.objects.filter(clip_id=clip).update(wanted=1, disputed=True)
        return False
    statements.rows(_LEAVES, [clip])
    return settled is not None


def _texts(clip: str, answers: list[_Live], secret: bytes) -> list[str]:
    texts = []
    for judgement in answers:
        if judgement.sealed_text is not None:
            texts.append(writer.open_text(secret, f"judgement|{judgement.id}", bytes(judgement.sealed_text)))
        elif judgement.candidate is not None:
            texts.append(writer.open_text(secret, f"candidate|{clip}|{judgement.choice}", bytes(judgement.candidate)))
    return texts


def _supervise(item: _Item, text: str, agreed: int, judgements: int, secret: bytes) -> None:
    supervision = ids.new("supervision")
    sealed = writer.seal_text(secret, f"supervision|{supervision}", text)
    statements.rows(_SUPERVISED, [supervision, item.clip, item.programme, sealed, agreed, judgements])
