"""What a flag does, at once: no more plays of the clip, no more of the bucket, one more missed."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.utils import timezone
from procrastinate.contrib.django import app as jobs

from fairhearing import statements
from fairhearing.capture import buckets
from fairhearing.capture.models import Channel, Clip, ClipState
from fairhearing.review import assign, exposure, known
from fairhearing.review.models import Flag, Judgement, QueueItem

# These take the clip away from everybody at once; a person looks at it before anybody hears it again.
QUARANTINING: Final = (Flag.PERSONAL_DATA, Flag.TOO_SENSITIVE)
RECUT_TASK: Final = "fairhearing.recut"
LONGEST_S: Final = 3600.0
OPINIONS: Final = 2  # as many must say the same before any other flag does


class Missed(StrEnum):
    """Kinds of personal data that a reviewer heard and the machine missed."""

    NAME = "name"
    NUMBER = "number"
    ADDRESS = "address"
    EMAIL = "email"
    OTHER = "other"


_MISSED = """
INSERT INTO review_misseddata AS m (programme_id, kind, count) VALUES (%s, %s, 1)
ON CONFLICT (programme_id, kind) DO UPDATE SET count = m.count + 1
"""


@dataclass(frozen=True, slots=True)
class Flagged:
    """Whose flag on which clip of which programme."""

    clip: str
    account: str
    programme: str


def act(*, flag: Flag, on: Flagged, missed: Sequence[Missed] = (), span_s: tuple[float, float] | None = None) -> None:
    """Do what the flag asks for, within the transaction that takes it and with the clip's channel held alone.

    ``span_s``: from where to where in the clip there is personal data. Where it is given, a job makes another clip
    without it.
    """
    if flag == Flag.KNOWN_PERSON:
        exposure.recuse(counted=_bucket_of(on))
        return
    if flag == Flag.PERSONAL_DATA:
        _count_missed(on.programme, missed)
        if span_s is not None:
            start, end = (round(1000 * min(max(second, 0.0), LONGEST_S)) for second in sorted(span_s))
            jobs.configure_task(RECUT_TASK, queue="prepare").defer(clip=on.clip, start_ms=start, end_ms=end)
    same = Judgement.objects.filter(clip_id=on.clip, flag=flag).count()
    if flag in QUARANTINING or same >= OPINIONS:
        _take_away(on.clip)


def _take_away(clip: str) -> None:
    assign.end_open(clip_id=clip)
    QueueItem.objects.filter(clip_id=clip).delete()
    known.remove(clip=clip)
    # Waits for plays in flight, which hold the clip's row; none begins afterwards.
    Clip.objects.filter(id=clip).update(state=ClipState.QUARANTINED)


def _count_missed(programme: str, missed: Sequence[Missed]) -> None:
    """One more of each kind that was named; where none was, of ``other``."""
    for kind in sorted(set(missed)) or [Missed.OTHER]:
        statements.rows(_MISSED, [programme, kind.value])


def _bucket_of(on: Flagged) -> exposure.Counted:
    channel = Channel.objects.select_related("recording__programme").get(clips=on.clip)
    sealed = None if channel.bucket_sealed is None else bytes(channel.bucket_sealed)
    return exposure.counted(
        account=on.account,
        programme=channel.recording.programme.slug,
        language=channel.language,
        bucket=buckets.open_sealed(channel=channel.id, sealed=sealed),
        day=timezone.now().date(),
    )
