"""Clips whose answer is known, mixed in unseen: how well somebody hears. It is told to them and disputed by them, and
is never a verdict on the person.

How often they come follows the record: four times the programme's share for somebody of whom nothing is known, towards
the share itself the surer it is that they are right.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection, transaction
from django.db.models import Count, Q
from django.utils import timezone

from fairhearing import statements
from fairhearing.capture import actions as capture
from fairhearing.capture.models import Clip, ClipState
from fairhearing.measure import normalise, wilson
from fairhearing.programmes.models import Programme
from fairhearing.review import queries
from fairhearing.review.kinds import kind_of
from fairhearing.review.models import KnownAnswer, QueueItem, Supervision, Verdict
from fairhearing.vault import keys, writer

RECORD: Final = 50  # verdicts that count as somebody's record: the newest
EAGER: Final = 4.0  # times the share, for somebody without a record
MOST: Final = 0.5  # of all clips, whatever the record says
WORDS_MOST: Final = 1000

_RECORD = """
SELECT count(*), count(*) FILTER (WHERE v."right") FROM (
    SELECT "right" FROM review_verdict WHERE account_id = %s AND programme_id = %s ORDER BY at DESC LIMIT %s
) v
"""


class NotKnown(ValueError):
    """The clip cannot be a known one; the words say why."""


class DisputeRefused(ValueError):
    """There is no such verdict of theirs, or it was disputed or ruled on before."""


@dataclass(frozen=True, slots=True)
class Disputed:
    """A verdict that its reviewer disputes, with both answers and the reviewer's words, opened for this look."""

    judgement: str
    clip: str
    account: str
    given: str
    known: str
    words: str
    disputed_at: datetime


@dataclass(frozen=True, slots=True)
class Compared:
    """A known clip, and how many of the answers to it were right."""

    clip: str
    answers: int
    right: int


def rate(*, account: str, programme: Programme) -> float:
    """The share of clips that are known ones for this reviewer now, 0 to 1."""
    if not programme.known_share:
        return 0.0
    trials, right = statements.first(_RECORD, [account, programme.id, RECORD])
    sure = wilson(right, trials).low if trials else 0.0
    return min(MOST, programme.known_share * (EAGER - (EAGER - 1) * sure))


@transaction.atomic
def add(*, clip: str, by: str, text: str | None = None, value: int | None = None) -> KnownAnswer:
    """Keep the answer to a clip: the given one, or else the clip's reference. It is mixed in from now on.

    Raises:
        NotKnown: it cannot be heard, is being judged, has no reference, or the answer is not of the programme's kind.
    """
    capture.hold_channel(clip)
    found = Clip.objects.select_related("programme", "channel").filter(id=clip, state=ClipState.READY).first()
    if found is None or found.channel.withdrawn:
        raise NotKnown(f"{clip}: there is no such clip that can be heard")
    if QueueItem.objects.filter(clip=found).exists():
        raise NotKnown(f"{clip}: it is being judged; a clip becomes a known one once it is settled")
    kind = kind_of(found.programme.task)
    labels = found.programme.scale_labels.splitlines()
    secret = keys.unwrap(found.channel.key_id)
    if text is None and value is None:
        text, value = _reference(found, secret)
    if kind.texts != (text is not None):
        raise NotKnown(f"{clip}: the answer must be {'a text' if kind.texts else 'one of the options'}")
    if value is not None and value not in {option.value for option in kind.options(labels)}:
        raise NotKnown(f"{clip}: there is no option {value}")
    made, _ = KnownAnswer.objects.update_or_create(
        clip=found,
        defaults={
            "programme": found.programme,
            "sealed_text": None if text is None else writer.seal_text(secret, f"known|{clip}", text),
            "value": value,
            "place": secrets.randbelow(1 << 62) + 1,
            "made_by": by,
        },
    )
    return made


def remove(*, clip: str) -> bool:
    """Mix it in no more; the verdicts stay. False when it was none."""
    return KnownAnswer.objects.filter(clip_id=clip).delete()[0] > 0


def list_known(programme: Programme) -> list[Compared]:
    """A programme's known clips, that with the fewest right answers first: its answer may be the wrong one."""
    verdicts = Count("clip__verdict"), Count("clip__verdict", filter=Q(clip__verdict__right=True))
    found = KnownAnswer.objects.filter(programme=programme).annotate(answers=verdicts[0], right=verdicts[1])
    rows = [Compared(*row) for row in found.values_list("clip_id", "answers", "right")]
    return sorted(rows, key=lambda one: (one.right / one.answers if one.answers else 1.0, one.clip))


def note_verdict(
    *, judgement: str, clip: str, account: str, programme: str, text: str | None, value: int | None
) -> None:
    """Compare an answer to a known clip, within the transaction that takes it; nothing when it is none any more."""
    known = KnownAnswer.objects.select_related("clip__channel").filter(clip_id=clip).first()
    if known is None:
        return
    if known.sealed_text is None:
        right = value == known.value
    else:
        right = text is not None and normalise(text) == normalise(_text_of(known))
    whose = {"clip_id": clip, "account_id": account, "programme_id": programme}
    Verdict.objects.create(judgement_id=judgement, right=right, **whose)


def forget_verdict(*, judgement: str) -> None:
    """The answer was taken back: it tells nothing of anybody."""
    Verdict.objects.filter(judgement_id=judgement).delete()


def list_verdicts(account: str, programme: Programme) -> list[Verdict]:
    """A reviewer's verdicts in a programme, the newest first."""
    mine = Verdict.objects.filter(account_id=account, programme=programme)
    return list(mine.select_related("judgement").order_by("-at")[:200])


@transaction.atomic
def dispute(*, judgement: str, account: str, words: str) -> None:
    """A reviewer says that their answer was right; a person looks at it.

    Raises:
        DisputeRefused: it is not theirs, or was disputed before, or there are no words, or too many.
    """
    words = words.strip().replace("\0", "")
    if not 0 < len(words) <= WORDS_MOST:
        raise DisputeRefused(f"say in 1 to {WORDS_MOST} characters why the answer was right")
    found = (
        Verdict.objects.select_for_update(of=("self",))
        .select_related("clip__channel")
        .filter(judgement_id=judgement, account_id=account, right=False, disputed_at=None)
        .first()
    )
    if found is None:
        raise DisputeRefused("there is no verdict of yours that could be disputed")
    secret = keys.unwrap(found.clip.channel.key_id)
    found.sealed_dispute = writer.seal_text(secret, f"dispute|{judgement}", words)
    found.disputed_at = timezone.now()
    found.save(update_fields=["sealed_dispute", "disputed_at"])


@transaction.atomic
def rule(*, judgement: str, upheld: bool, by: str) -> None:
    """Decide a dispute. Upheld: the reviewer was right, and the clip is a known one no more, since its answer is not.

    Raises:
        DisputeRefused: nothing of the kind is disputed, or the reviewer would rule on themselves.
    """
    found = (
        Verdict.objects.select_for_update()
        .filter(judgement_id=judgement, disputed_at__isnull=False, ruled_at=None)
        .exclude(account_id=by)
        .first()
    )
    if found is None:
        raise DisputeRefused("there is no such dispute that you could rule on")
    found.right, found.ruled_at, found.ruled_by = upheld, timezone.now(), by
    found.save(update_fields=["right", "ruled_at", "ruled_by"])
    if upheld:
        KnownAnswer.objects.filter(clip_id=found.clip_id).delete()


def list_disputed(programme: Programme) -> list[Disputed]:
    """What waits for a ruling, the oldest first; nothing of a speaker who took it back, or pauses, is opened."""
    waiting = Verdict.objects.filter(
        programme=programme,
        disputed_at__isnull=False,
        ruled_at=None,
        clip__channel__withdrawn=False,
        clip__channel__paused=False,
    )
    related = ("judgement", "clip__channel", "clip__programme")
    return [_disputed(one) for one in waiting.select_related(*related).order_by("disputed_at")[:100]]


def _disputed(verdict: Verdict) -> Disputed:
    secret = keys.unwrap(verdict.clip.channel.key_id)
    known = KnownAnswer.objects.filter(clip_id=verdict.clip_id).first()
    sealed = bytes(verdict.sealed_dispute or b"")
    return Disputed(
        judgement=verdict.judgement_id,
        clip=verdict.clip_id,
        account=verdict.account_id,
        given=_answer_of(verdict),
        known="" if known is None else _shown(known, secret),
        words=writer.open_text(secret, f"dispute|{verdict.judgement_id}", sealed),
        disputed_at=verdict.disputed_at or verdict.at,
    )


def _answer_of(verdict: Verdict) -> str:
    judgement, programme = verdict.judgement, verdict.clip.programme
    if judgement.value is not None:
        return kind_of(programme.task).named(judgement.value, programme.scale_labels.splitlines())
    return queries.get_given_text(judgement.id)


def _shown(known: KnownAnswer, secret: bytes) -> str:
    if known.sealed_text is not None:
        return writer.open_text(secret, f"known|{known.clip_id}", bytes(known.sealed_text))
    programme = known.programme
    return kind_of(programme.task).named(known.value or 0, programme.scale_labels.splitlines())


def _text_of(known: KnownAnswer) -> str:
    return _shown(known, keys.unwrap(known.clip.channel.key_id))


def _reference(clip: Clip, secret: bytes) -> tuple[str | None, int | None]:
    supervision = Supervision.objects.filter(clip=clip).first()
    if supervision is None:
        raise NotKnown(f"{clip.id}: it has no reference; say what its answer is")
    text = writer.open_text(secret, f"supervision|{supervision.id}", bytes(supervision.sealed_text))
    kind = kind_of(clip.programme.task)
    if kind.texts:
        return text, None
    options = kind.options(clip.programme.scale_labels.splitlines())
    return None, next((option.value for option in options if option.name == text), None)


def forget_clips(clips: Sequence[str]) -> None:
    """Delete what is known of clips, with the verdicts. Call within the erasure's transaction."""
    with connection.cursor() as cursor:
        for table in ("review_verdict", "review_knownanswer", "review_likeness"):
            cursor.execute(f"DELETE FROM {table} WHERE clip_id = ANY(%s)", [list(clips)])  # noqa: S608 - our own names
