"""What speakers do: withdraw, erase, hear."""

from django.db import transaction

from fairhearing.capture import queries as capture
from fairhearing.capture.models import Clip
from fairhearing.consent import actions as consent
from fairhearing.consent.models import Purpose
from fairhearing.consent.speaker_key import SpeakerKey
from fairhearing.gate import play
from fairhearing.operations import erase as operations
from fairhearing.operations.deadlocks import again_after_deadlock
from fairhearing.operations.receipts import Receipt


class NotYours(LookupError):
    """There is no such recording of this speaker."""


@again_after_deadlock
@transaction.atomic
def withdraw(*, key: SpeakerKey) -> Receipt:
    """End the consent to people listening, and close every recording of the speaker. Nothing plays afterwards."""
    consent.withdraw(key=key, purpose=Purpose.HUMAN_REVIEW)
    return operations.close(channels=capture.list_owned(key))


def erase(*, key: SpeakerKey, recording: str | None = None) -> Receipt:
    """Erase one recording of the speaker (their channel of it), or all.

    Raises:
        NotYours: the recording is unknown or another's: the same answer.
    """
    channels = capture.list_owned(key)
    if recording is not None:
        channels = [channel for channel in channels if channel.recording_id == recording]
        if not channels:
            raise NotYours(f"recording {recording}: there is none of this name for this speaker")
    return operations.erase(channels=channels)


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
