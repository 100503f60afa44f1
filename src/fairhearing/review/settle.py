"""From judgements to a supervision: agreement settles, disagreement asks one more person."""

from django.db import connection, transaction
from django.utils import timezone

from fairhearing import ids
from fairhearing.capture import actions as capture
from fairhearing.capture.models import Candidate, Clip
from fairhearing.measure import normalise
from fairhearing.measure import settle as agree
from fairhearing.review.assign import place_for
from fairhearing.review.models import Assignment, AssignmentState, Judgement, QueueItem, Supervision
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
    item = (
        QueueItem.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("programme", "clip__channel")
        .filter(clip_id=clip, wanted=0)
        .first()
    )
    if item is None or Assignment.objects.filter(clip_id=clip, state=AssignmentState.OPEN).exists():
        return False
    live = _live(clip)
    grace = item.programme.grace_seconds
    if any((timezone.now() - judgement.at).total_seconds() < grace for judgement in live):
        return False
    answers = [judgement for judgement in live if not judgement.flag]
    secret = keys.unwrap(item.clip.channel.key_id)
    texts = _texts(clip, answers, secret)
    settled = agree(texts, at_least=item.programme.judgements_wanted)
    if settled is not None:
        agreed = sum(normalise(text) == normalise(settled) for text in texts)
        _supervise(item, settled, agreed, len(answers), secret)
    elif len(live) < item.programme.judgements_most:
        QueueItem.objects.filter(clip_id=clip).update(wanted=1, disputed=True)
        return False
    item.delete()
    return settled is not None


def _live(clip: str) -> list[Judgement]:
    return list(Judgement.objects.filter(clip_id=clip, undone=False, superseded_by=None).order_by("at"))


def _texts(clip: str, answers: list[Judgement], secret: bytes) -> list[str]:
    candidates = {
        row.number: writer.open_text(secret, f"candidate|{clip}|{row.number}", bytes(row.sealed))
        for row in Candidate.objects.filter(clip_id=clip)
    }
    texts = []
    for judgement in answers:
        if judgement.sealed_text is not None:
            texts.append(writer.open_text(secret, f"judgement|{judgement.id}", bytes(judgement.sealed_text)))
        elif judgement.choice is not None:
            texts.append(candidates[judgement.choice])
    return texts


def _supervise(item: QueueItem, text: str, agreed: int, judgements: int, secret: bytes) -> None:
    supervision = Supervision(
        id=ids.new("supervision"),
        clip_id=item.clip_id,
        programme=item.programme,
        agreed=agreed,
        judgements=judgements,
    )
    supervision.sealed_text = writer.seal_text(secret, f"supervision|{supervision.id}", text)
    supervision.save(force_insert=True)
