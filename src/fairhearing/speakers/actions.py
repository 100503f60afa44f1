"""What speakers do: withdraw, pause, erase, hear.

When somebody spoke is kept coarsely, so that times link no recordings: the day, where the product said when a recording
was made, and the hour in which it came in. Erasing what was said at some time is rounded outwards to these: rather too
much goes than too little.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from fairhearing.capture import queries as capture
from fairhearing.capture.models import Clip
from fairhearing.consent import actions as consent
from fairhearing.consent.models import Purpose
from fairhearing.consent.speaker_key import SpeakerKey
from fairhearing.gate import play
from fairhearing.home.stop_journal import Stop
from fairhearing.operations import erase as operations
from fairhearing.operations import journal, pausing
from fairhearing.operations.deadlocks import again_after_deadlock
from fairhearing.operations.receipts import Receipt

PAUSE_MOST: Final = timedelta(days=366)


class PauseRefused(ValueError):
    """Until such a day nobody can be kept from listening."""

    def __init__(self, until: date, today: date) -> None:
        expected = f"a day after {today} and within {PAUSE_MOST.days} days"
        self.got_and_expected = (until.isoformat(), expected)
        super().__init__(f"until is {until}, expected {expected}")


class NotYours(LookupError):
    """There is no such recording of this speaker."""


@dataclass(frozen=True)
class Lately:
    """An erasure of what came in lately, and the hour (UTC) from whose beginning on everything went."""

    receipt: Receipt
    hour: datetime


@again_after_deadlock
@transaction.atomic
def withdraw(*, key: SpeakerKey) -> Receipt:
    """End the consent to people listening, and close every recording of the speaker. Nothing plays afterwards."""
    consent.withdraw(key=key, purpose=Purpose.HUMAN_REVIEW)
    return operations.close(channels=capture.list_owned(key))


@again_after_deadlock
@transaction.atomic
def pause(*, key: SpeakerKey, until: date | None) -> Receipt:
    """Let nobody listen until a day (UTC), or for None until ``end_pause``; what comes in meanwhile is paused too.

    A pause that holds is replaced. The consent stays as it is.

    Raises:
        PauseRefused: the day is not after today, or more than a year away.
    """
    today = timezone.now().date()
    if until is not None and not today < until <= today + PAUSE_MOST:
        raise PauseRefused(until, today)
    consent.hold(key)
    consent.pause(handle=key.pause_handle(), until=until)
    journal.write(Stop.SPEAKER_PAUSED, key.pause_handle().hex())
    return pausing.pause(channels=capture.list_owned(key), until=until)


@again_after_deadlock
@transaction.atomic
def end_pause(*, key: SpeakerKey) -> Receipt:
    """Let people listen again, as far as the speaker agreed to it. Without a pause it changes nothing."""
    consent.hold(key)
    consent.end_pause(handle=key.pause_handle())
    journal.write(Stop.SPEAKER_RESUMED, key.pause_handle().hex())
    return pausing.end(channels=capture.list_paused(capture.list_owned(key)))


def erase(*, key: SpeakerKey, recording: str | None = None) -> Receipt:
    """Erase one recording of the speaker (their channel of it), or all.

    Raises:
        NotYours: the recording is unknown or another's: the same answer.
    """
    if recording is not None:
        return erase_recordings(key=key, recordings=[recording])
    return operations.erase(channels=capture.list_owned(key))


def erase_recordings(*, key: SpeakerKey, recordings: Collection[str]) -> Receipt:
    """Erase recordings of the speaker (by id; their channels of them).

    Raises:
        NotYours: one is unknown or another's: the same answer, and nothing is erased.
    """
    channels = [channel for channel in capture.list_owned(key) if channel.recording_id in set(recordings)]
    own = {channel.recording_id for channel in channels}
    strange = next((recording for recording in recordings if recording not in own), None)
    if strange is not None:
        raise NotYours(f"recording {strange}: there is none of this name for this speaker")
    return operations.erase(channels=channels)


def erase_days(*, key: SpeakerKey, first: date, last: date) -> Receipt:
    """Erase what was collected on these days (UTC), both included."""
    return operations.erase(channels=capture.list_owned_of_days(key, first, last))


def erase_lately(*, key: SpeakerKey, minutes: int) -> Lately:
    """Erase what came in within so many minutes, and what else came in within the hour in which they began.

    What was said then and comes in later is not reached.
    """
    begun = timezone.now().astimezone(UTC) - timedelta(minutes=minutes)
    hour = begun.replace(minute=0, second=0, microsecond=0)
    return Lately(operations.erase(channels=capture.list_owned_since(key, hour)), hour)


def hear(*, key: SpeakerKey, clip: str) -> play.Released:
    """Let speakers hear what reviewers hear of them: a listen like any other, logged as theirs.

    Raises:
        fairhearing.gate.denied.PlayDenied: it is not theirs.
    """
    return play.for_speaker(clip=clip, handle=_own_handle(key, clip))


def hear_original(*, key: SpeakerKey, recording: str) -> play.Released:
    """Let speakers hear their own channel of a recording as it came, where it is kept: logged as theirs.

    Raises:
        fairhearing.gate.denied.PlayDenied: it is not theirs, or not kept any more: the same answer.
    """
    own = next((own for own in capture.list_owned(key) if own.recording_id == recording), None)
    return play.original_for_speaker(channel=own.id if own else "", handle=own.handle if own else None)


def _own_handle(key: SpeakerKey, clip: str) -> bytes | None:
    """The handle of the clip's channel when this key makes it."""
    channel = Clip.objects.filter(id=clip).values_list("channel_id", flat=True).first()
    if channel is None:
        return None
    return next((own.handle for own in capture.list_owned(key) if own.id == channel), None)
