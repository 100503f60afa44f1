"""A speaker lets nobody listen for a while: nothing of theirs is assigned, played or released until it ends.

Unlike a withdrawal it leaves the consent as it is, and what waits in the queue keeps its place there. It ends when the
speaker says so, or by the first upkeep of the day from which on people may listen again.
"""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from fairhearing.capture import actions as capture
from fairhearing.capture import queries as captured
from fairhearing.capture.queries import Owned
from fairhearing.consent import actions as consent
from fairhearing.home.stop_journal import Stop
from fairhearing.ledger.entries import Kind
from fairhearing.operations import journal, receipts
from fairhearing.operations.deadlocks import again_after_deadlock
from fairhearing.programmes import scopes
from fairhearing.review import asking as review


@again_after_deadlock
@transaction.atomic
def pause(*, channels: Sequence[Owned], until: date | None) -> receipts.Receipt:
    """Pause channels of a speaker until a day, or for None until they end it. Meets plays as a withdrawal does."""
    scopes.hold_alone()
    wanted = sorted(channel.id for channel in channels)
    clips = capture.lock_channels(wanted)
    capture.pause_channels(channels=wanted, until=until)
    review.follow_speakers(clips=clips)
    journal.write_marks(Stop.SPEAKER_PAUSED, wanted)
    return receipts.append(Kind.SPEAKER_PAUSED, _recordings(channels))


@again_after_deadlock
@transaction.atomic
def end(*, channels: Sequence[Owned]) -> receipts.Receipt:
    """End the pause of channels: what waited in the queue is given out again."""
    wanted = sorted(channel.id for channel in channels)
    clips = capture.lock_channels(wanted)
    capture.end_pauses(channels=wanted)
    review.follow_speakers(clips=clips)
    journal.write_marks(Stop.SPEAKER_RESUMED, wanted)
    return receipts.append(Kind.SPEAKER_RESUMED, _recordings(channels))


@again_after_deadlock
@transaction.atomic
def end_past(*, today: date) -> int:
    """End every pause whose day has come; gives of how many channels. One entry in the log, over all speakers."""
    consent.forget_past_pauses(today)
    channels = captured.list_pauses_past(today)
    if channels:
        end(channels=channels)
    return len(channels)


def _recordings(channels: Sequence[Owned]) -> list[str]:
    return sorted({channel.recording_id for channel in channels})
