"""What a speaker last answered."""

from fairhearing.consent.models import ConsentRecord, Purpose
from fairhearing.consent.speaker_key import SpeakerKey


def find_newest(handle: bytes) -> ConsentRecord | None:
    """The record that holds under a handle."""
    return ConsentRecord.objects.filter(handle=handle).order_by("-given_at").first()


def holds(key: SpeakerKey, purpose: Purpose) -> bool:
    """Whether the speaker agrees to a purpose now. No answer means no."""
    newest = find_newest(key.consent_handle(purpose))
    return newest is not None and newest.given
