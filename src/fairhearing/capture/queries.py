"""Looking recordings, channels and clips up."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count

from fairhearing import statements
from fairhearing.capture import pauses
from fairhearing.capture.intake import known_handles
from fairhearing.capture.models import Channel, Clip, Hypothesis, Recording
from fairhearing.consent.speaker_key import SpeakerKey, find_count, handles
from fairhearing.vault import keys, writer

BATCH = 5000
_OWNED = "SELECT id, recording_id, handle FROM capture_channel WHERE handle = ANY(%s::bytea[])"
# Times are kept to the day on which a recording was made, where the product said so, and the hour in which it came in.
_OWNED_OF_DAYS = """
SELECT h.id, h.recording_id, h.handle FROM capture_channel h JOIN capture_recording r ON r.id = h.recording_id
WHERE h.handle = ANY(%s::bytea[])
  AND COALESCE(r.captured_day, (r.received_hour AT TIME ZONE 'UTC')::date) BETWEEN %s AND %s
"""
_OWNED_SINCE = """
SELECT h.id, h.recording_id, h.handle FROM capture_channel h JOIN capture_recording r ON r.id = h.recording_id
WHERE h.handle = ANY(%s::bytea[]) AND r.received_hour >= %s
"""


@dataclass(frozen=True)
class GivenHypothesis:
    """A hypothesis as the product sent it, opened; words are (word, start, end) in seconds."""

    engine: str
    language: str
    text: str
    words: list[tuple[str, float, float]] | None


@dataclass(frozen=True, slots=True)
class Owned:
    """A channel of a speaker, with as much as finding, taking back and erasing it needs."""

    id: str
    recording_id: str
    handle: bytes


def find_channels(key: SpeakerKey) -> list[Channel]:
    """All channels of a speaker, by the handles computed from their key: O(own recordings)."""
    found: list[Channel] = []
    for part in _handles(key):
        found += Channel.objects.filter(handle__in=part).select_related("recording__programme")
    return found


def find_calls(recordings: Iterable[str]) -> set[str]:
    """Those of the recordings that have a channel of another party, too."""
    sides = Channel.objects.filter(recording__in=list(recordings)).values("recording").annotate(sides=Count("id"))
    return set(sides.filter(sides__gt=1).values_list("recording", flat=True))


def list_owned(key: SpeakerKey) -> list[Owned]:
    """The same without their rows' contents, for those who have very many."""
    return _owned(_OWNED, key)


def list_owned_of_days(key: SpeakerKey, first: date, last: date) -> list[Owned]:
    """Channels of a speaker that were collected on these days (UTC), both included; by the day of coming in where the
    product did not say when they were made.
    """
    return _owned(_OWNED_OF_DAYS, key, first, last)


def list_owned_since(key: SpeakerKey, hour: datetime) -> list[Owned]:
    """Channels of a speaker that came in within this hour (UTC) or later."""
    return _owned(_OWNED_SINCE, key, hour)


def _owned(statement: str, key: SpeakerKey, *more: date) -> list[Owned]:
    return [
        Owned(channel, recording, bytes(handle))
        for part in _handles(key)
        for channel, recording, handle in statements.rows(statement, [part, *more])
    ]


def list_under_notice(notice: str) -> list[Owned]:
    """Channels whose speakers agreed under a notice, in the order of ids."""
    found = "SELECT id, recording_id, handle FROM capture_channel WHERE notice = %s AND NOT withdrawn ORDER BY id"
    return [Owned(channel, recording, bytes(handle)) for channel, recording, handle in statements.rows(found, [notice])]


def list_run_out(today: date) -> list[Owned]:
    """Channels that are open though the consent to them has run out, in the order of ids."""
    found = (
        "SELECT id, recording_id, handle FROM capture_channel WHERE consent_until <= %s AND NOT withdrawn ORDER BY id"
    )
    return [Owned(channel, recording, bytes(handle)) for channel, recording, handle in statements.rows(found, [today])]


def list_paused(channels: Sequence[Owned]) -> list[Owned]:
    """Those of the channels that their speaker lets nobody listen to for a while."""
    paused = set(Channel.objects.filter(id__in=[one.id for one in channels], paused=True).values_list("id", flat=True))
    return [one for one in channels if one.id in paused]


def list_pauses_past(today: date) -> list[Owned]:
    """Channels whose pause has ended by itself, in the order of ids; held until the transaction's end."""
    found = "SELECT id, recording_id, handle, pause_sealed FROM capture_channel WHERE paused ORDER BY id FOR UPDATE"
    return [
        Owned(channel, recording, bytes(handle))
        for channel, recording, handle, sealed in statements.rows(found)
        if pauses.is_over(channel=channel, sealed=sealed and bytes(sealed), today=today)
    ]


def list_ids(*, paused: bool = True) -> list[str]:
    """The ids of all channels: for whoever looks for a few of them by something computed from the id.

    ``paused``: also of those that their speakers let nobody listen to for a while.
    """
    return [row[0] for row in statements.rows("SELECT id FROM capture_channel WHERE NOT paused OR %s", [paused])]


def by_product(recordings: Iterable[str]) -> dict[str, list[str]]:
    """Recordings (by id) by the product that sent them; those that are not there any more are left out."""
    found: dict[str, list[str]] = defaultdict(list)
    for product, recording in Recording.objects.filter(id__in=list(recordings)).values_list("product", "id"):
        found[product].append(recording)
    return dict(found)


def recordings_of(clips: Iterable[str]) -> set[str]:
    """The recordings (ids) that clips (by id) are of."""
    return set(Clip.objects.filter(id__in=list(clips)).values_list("channel__recording_id", flat=True))


def list_clips_not_refused() -> list[str]:
    """The ids of all clips to which their speaker has not said no."""
    return [row[0] for row in statements.rows("SELECT id FROM capture_clip WHERE heard_by_people IS NOT FALSE")]


def list_by_ids(channels: Sequence[str], *, open_only: bool = False) -> list[Owned]:
    """Channels by their ids, in the order of ids; ``open_only``: those that were not taken back."""
    found = (
        "SELECT id, recording_id, handle FROM capture_channel WHERE id = ANY(%s) AND NOT (withdrawn AND %s) ORDER BY id"
    )
    rows = statements.rows(found, [list(channels), open_only])
    return [Owned(channel, recording, bytes(handle)) for channel, recording, handle in rows]


def _handles(key: SpeakerKey) -> Iterator[list[bytes]]:
    count = find_count(key, known_handles)
    wanted = list(handles(key, count))
    return (wanted[at : at + BATCH] for at in range(0, count, BATCH))


def list_hypotheses(channel: Channel) -> list[GivenHypothesis]:
    """What the product sent for a channel.

    Raises:
        keys.KeyShredded: the original was shredded, and with it what came with it.
    """
    secret = keys.unwrap(channel.original_key_id)
    found = []
    for row in Hypothesis.objects.filter(channel=channel).order_by("number"):
        content = json.loads(writer.open_text(secret, f"hypothesis|{row.id}", bytes(row.sealed)))
        words = content["words"]
        times = None if words is None else [(word, start, end) for word, start, end in words]
        found.append(GivenHypothesis(row.engine, row.language, content["text"], times))
    return found


def list_clips(channels: Iterable[Channel]) -> list[Clip]:
    """Clips of channels, in the order of time."""
    return list(Clip.objects.filter(channel__in=list(channels)).order_by("channel_id", "start"))


def count_states(programme: str) -> dict[str, int]:
    """Recordings of a programme (by id) in each state."""
    rows = Recording.objects.filter(programme_id=programme).values_list("state").annotate(number=Count("id"))
    return dict(rows.values_list("state", "number"))


def count_clips(programme: str) -> int:
    """Clips of a programme (by id)."""
    return Clip.objects.filter(programme_id=programme).count()


def list_quarantined(most: int = 50) -> list[Recording]:
    """Recordings that a person must look into."""
    return list(
        Recording.objects.filter(state="quarantined").select_related("programme").order_by("-received_hour")[:most]
    )
