"""What a speaker last answered."""

from collections.abc import Iterable

from fairhearing.consent.models import ConsentRecord, Purpose
from fairhearing.consent.speaker_key import SpeakerKey


def find_newest(handle: bytes) -> ConsentRecord | None:
    """The record that holds under a handle."""
    return ConsentRecord.objects.filter(handle=handle).order_by("-given_at").first()


def find_newest_of(handles: Iterable[bytes]) -> dict[bytes, ConsentRecord]:
    """The records that hold under handles, by handle."""
    found = ConsentRecord.objects.filter(handle__in=list(handles)).order_by("handle", "-given_at").distinct("handle")
    return {bytes(record.handle): record for record in found}


def holds(key: SpeakerKey, purpose: Purpose) -> bool:
    """Whether the speaker agrees to a purpose now. No answer means no."""
    newest = find_newest(key.consent_handle(purpose))
    return newest is not None and newest.given
