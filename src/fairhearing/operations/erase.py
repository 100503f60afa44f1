"""Erasing and withdrawing, over every domain at once.

(1) A row's lock is not fair: plays of one recording that overlap could keep it shared for ever. The lock of the scopes
is (who waits alone is next), so both meet the plays in flight there, as a pause does, and take the rows after it.
"""

from collections.abc import Sequence

from django.db import transaction

from fairhearing.capture import actions as capture
from fairhearing.capture import queries as captured
from fairhearing.capture.queries import Owned
from fairhearing.datasets import actions as datasets
from fairhearing.datasets import queries as releases
from fairhearing.home.stop_journal import Stop
from fairhearing.ledger import actions as ledger
from fairhearing.ledger import log as ledger_log
from fairhearing.ledger.entries import Kind, NewEntry
from fairhearing.operations import journal, receipts
from fairhearing.operations.deadlocks import again_after_deadlock
from fairhearing.programmes import scopes
from fairhearing.review import erase as review
from fairhearing.tracing import actions as tracing
from fairhearing.webhooks import actions as webhooks
from fairhearing.webhooks.actions import EventType


@again_after_deadlock
@transaction.atomic
def erase(*, channels: Sequence[Owned]) -> receipts.Receipt:
    """Erase channels and, where no other party's is left, their recordings.

    Keys, objects, texts, judgements, queue, the speaker's part of the log's records; rows in releases are recalled.
    What stays: tombstones that link to nothing, and the log's entries, which open no more. The answer comes after the
    last play in flight, and no play begins after it.
    """
    scopes.hold_alone()  # (1)
    wanted = sorted(channel.id for channel in channels)
    recordings = sorted({channel.recording_id for channel in channels})
    clips = capture.lock_channels(wanted)
    webhooks.emit(event=EventType.ERASED, recordings=lambda: captured.by_product(recordings))
    review.forget_clips(clips)
    recalled = recall(clips)
    tracing.forget_clips(clips)
    forgotten = capture.forget_channels(channels=wanted)
    ledger.forget_speakers(recordings=forgotten.recordings, clips=forgotten.clips)
    journal.write_marks(Stop.ERASED, wanted)  # the last thing but the log: before the commit, so before the answer
    log_recall(recalled)
    return receipts.append(Kind.ERASED, recordings)


def recall(clips: Sequence[str]) -> int:
    """Take clips (by id) out of the releases, within a transaction, and tell their products; gives how many rows."""
    webhooks.emit(
        event=EventType.RECALLED,
        recordings=lambda: captured.by_product(captured.recordings_of(releases.releases_of(clips))),
    )
    return datasets.recall(clips=clips)


def log_recall(rows: int) -> None:
    """The entry of a recall, where there was one. Takes the log's lock: late."""
    if rows:
        ledger_log.append(NewEntry(kind=Kind.RECALLED, purpose="release", detail={"rows": rows}))


@again_after_deadlock
@transaction.atomic
def close(*, channels: Sequence[Owned], kind: Kind = Kind.WITHDRAWN) -> receipts.Receipt:
    """Take channels back from people's ears: nothing of them is assigned, played, prepared or released any more.

    ``kind``: what the log is told, where it was not the speaker who ended it.
    """
    scopes.hold_alone()  # (1)
    wanted = sorted(channel.id for channel in channels)
    clips = capture.lock_channels(wanted)
    review.close_clips(clips)
    capture.close_channels(channels=wanted)
    recordings = sorted({channel.recording_id for channel in channels})
    webhooks.emit(event=EventType.WITHDRAWN, recordings=lambda: captured.by_product(recordings))
    journal.write_marks(Stop.WITHDRAWN, wanted)
    return receipts.append(kind, recordings)
