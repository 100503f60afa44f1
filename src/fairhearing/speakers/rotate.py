"""A product's secret changed, and with it its speakers' keys: what is kept under an old key goes under the new one.

(1) Hold both keys: nothing of theirs comes in, and no consent changes, before this is done.
(2) The channels get the new key's next free numbers, in a shuffled order; who erases meanwhile comes before or after.
(3) Consent records and the pause get the new key's handles; of who ever had a recording, the old key's content mark
    is kept sealed under the new one, so that what was erased is not taken in again.
(4) Exposure buckets follow from the key: the channels move to the new one, and who knows somebody in the old one is
    taken to know somebody in the new one.

Called again it finds nothing left under the old key. Two old keys may go under one new one.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from fairhearing.accounts import queries as accounts
from fairhearing.capture import actions as capture
from fairhearing.capture import buckets, intake, queries
from fairhearing.capture.models import Channel
from fairhearing.consent import actions as consent
from fairhearing.consent import former
from fairhearing.consent.queries import find_pauses
from fairhearing.consent.speaker_key import SpeakerKey, find_count
from fairhearing.home.stop_journal import Stop
from fairhearing.ledger import log as ledger
from fairhearing.ledger.entries import Kind, NewEntry
from fairhearing.operations import journal
from fairhearing.operations.deadlocks import again_after_deadlock
from fairhearing.review import exposure


class KeysAreEqual(ValueError):
    """The old key and the new one are the same."""


@dataclass(frozen=True)
class Rotated:
    """Of how many speakers something was kept, and how many recordings they have."""

    speakers: int
    recordings: int


def rotate(*, pairs: Sequence[tuple[SpeakerKey, SpeakerKey]]) -> Rotated:
    """Put what is kept under each old key under its new one. Each speaker is a transaction of their own; one entry.

    Raises:
        KeysAreEqual: of one pair; then nothing is done.
    """
    if any(old == new for old, new in pairs):
        raise KeysAreEqual("a new speaker key is the old one")
    numbers = [_rotate(old, new) for old, new in pairs]
    found = [number for number in numbers if number is not None]
    if found:
        detail: dict[str, str | int] = {"speakers": len(found), "recordings": sum(found)}
        with transaction.atomic():
            ledger.append(NewEntry(kind=Kind.KEYS_ROTATED, detail=detail))
    return Rotated(len(found), sum(found))


@again_after_deadlock
@transaction.atomic
def _rotate(old: SpeakerKey, new: SpeakerKey) -> int | None:
    """How many recordings went along; None where nothing is kept under the old key."""
    consent.hold(old, new)  # (1)
    owned = queries.list_owned(old)
    capture.lock_channels([channel.id for channel in owned])
    channels = list(Channel.objects.select_related("recording__programme").filter(id__in=[one.id for one in owned]))
    random.SystemRandom().shuffle(channels)
    first = find_count(new, intake.known_handles)  # (2)
    for number, channel in enumerate(channels, start=first):
        channel.handle = new.recording_handle(number)
    pause = find_pauses([old])
    moved = consent.change_key(old=old, new=new)  # (3)
    if find_count(old, intake.known_handles):
        former.remember(old=old, new=new)
    if pause:
        journal.write(Stop.SPEAKER_PAUSED, new.pause_handle().hex())
        journal.write(Stop.SPEAKER_RESUMED, old.pause_handle().hex())
    _change_buckets(channels, new)  # (4)
    Channel.objects.bulk_update(channels, ["handle", "bucket_sealed"], batch_size=queries.BATCH)
    return len({channel.recording_id for channel in channels}) if channels or moved else None


def _change_buckets(channels: Sequence[Channel], new: SpeakerKey) -> None:
    changes = set()
    for channel in channels:
        programme = channel.recording.programme
        before = _bucket_of(channel)
        channel.bucket_sealed = intake.seal_bucket(new, channel.id, programme, channel.language)
        changes.add((programme.slug, channel.language, before, _bucket_of(channel)))
    people = accounts.list_reviewing() if changes else []
    for programme_slug, language, before, after in sorted(changes):
        exposure.carry_recusals(
            accounts=people, programme=programme_slug, language=language, before=before, after=after
        )


def _bucket_of(channel: Channel) -> int:
    sealed = channel.bucket_sealed
    return buckets.open_sealed(channel=channel.id, sealed=None if sealed is None else bytes(sealed))
