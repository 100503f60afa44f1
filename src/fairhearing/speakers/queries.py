"""What speakers see: everything that is held of them, and who heard it."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from fairhearing.capture import queries as capture
from fairhearing.capture.models import Candidate, Channel, Clip
from fairhearing.consent import queries as consent
from fairhearing.consent.speaker_key import SpeakerKey
from fairhearing.datasets import queries as datasets
from fairhearing.ledger import queries as ledger
from fairhearing.ledger.models import Record
from fairhearing.programmes.models import Asks
from fairhearing.review.models import Supervision
from fairhearing.vault import keys, writer
from fairhearing.vendors.models import Vendor


@dataclass(frozen=True)
class Heard:
    """One listen, as its speaker is told of it: never whose ears, always which vendor, where, when, how long."""

    listen: str
    index: int  # of its entry in the log
    role: str
    vendor: str
    country: str
    when: str
    seconds: float


@dataclass(frozen=True)
class OwnClip:
    """A clip of the speaker: what reviewers hear and read."""

    id: str
    duration_s: float
    text: str
    heard: list[Heard]
    heard_by_people: bool | None = None  # what the speaker said of this clip


@dataclass(frozen=True)
class OwnRecording:
    """A recording of the speaker (their channel of it)."""

    id: str
    product: str
    collected: str
    language: str
    state: str
    human_review: bool
    withdrawn: bool
    paused: bool  # by its speaker, for a while
    original_kept: bool
    of_a_call: bool  # its channel of a recording with another party
    asks_every_clip: bool  # nobody hears a clip without its speaker's yes
    clips: list[OwnClip] = field(default_factory=list)
    releases: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class OwnPause:
    """A speaker lets nobody listen; from ``until`` on people may again, or for None when the speaker says so."""

    until: date | None


def find_pause(key: SpeakerKey) -> OwnPause | None:
    """The speaker's pause that holds now."""
    found = consent.find_pauses([key])
    return OwnPause(found[key]) if key in found else None


def list_own(key: SpeakerKey) -> list[OwnRecording]:
    """All recordings of the speaker, newest first."""
    channels = capture.find_channels(key)
    clips = capture.list_clips(channels)
    heard = _heard([clip.id for clip in clips])
    releases = datasets.releases_of([clip.id for clip in clips])
    texts = texts_of(channels, clips)
    calls = capture.find_calls(channel.recording_id for channel in channels)
    by_channel: dict[str, list[Clip]] = defaultdict(list)
    for clip in clips:
        by_channel[clip.channel_id].append(clip)
    channels.sort(key=lambda channel: channel.recording.received_hour, reverse=True)
    return [
        OwnRecording(
            id=channel.recording_id,
            product=channel.recording.product,
            collected=day_of(channel),
            language=channel.language,
            state=channel.recording.state,
            human_review=channel.human_review,
            withdrawn=channel.withdrawn,
            paused=channel.paused,
            original_kept=bool(channel.original_object),
            of_a_call=channel.recording_id in calls,
            asks_every_clip=channel.recording.programme.asks == Asks.EVERY_CLIP,
            clips=[
                OwnClip(
                    id=clip.id,
                    duration_s=round(clip.duration_s, 1),
                    text=texts.get(clip.id, ""),
                    heard=heard.get(clip.id, []),
                    heard_by_people=clip.heard_by_people,
                )
                for clip in by_channel[channel.id]
            ],
            releases=sorted({name for clip in by_channel[channel.id] for name in releases.get(clip.id, [])}),
        )
        for channel in channels
    ]


def day_of(channel: Channel) -> str:
    """The day on which it was collected, as far as it is known."""
    return (channel.recording.captured_day or channel.recording.received_hour.date()).isoformat()


def _heard(clips: list[str]) -> dict[str, list[Heard]]:
    vendors = {vendor.slug: vendor.name for vendor in Vendor.objects.all()}
    found: dict[str, list[Heard]] = defaultdict(list)
    for record in ledger.list_heard(clips=clips):
        if record.clip is not None:
            found[record.clip].append(_told(record, vendors))
    return found


def _told(record: Record, vendors: dict[str, str]) -> Heard:
    return Heard(
        listen=record.id,
        index=record.index,
        role={"reviewer": "reviewer", "speaker": "you", "product": "dataset"}.get(record.role or "", record.role or ""),
        vendor=vendors.get(record.vendor or "", record.vendor or ""),
        country=record.country or "",
        when=record.hour.strftime("%Y-%m-%d %H:00 UTC"),
        seconds=round((record.duration_ms or 0) / 1000, 1),
    )


def texts_of(channels: list[Channel], clips: list[Clip]) -> dict[str, str]:
    """The settled text of each clip, or else its first candidate: what reviewers read, with what was cut."""
    opened = keys.unwrap_many(channel.key_id for channel in channels)
    secrets = {channel.id: opened[channel.key_id] for channel in channels}
    by_id = {clip.id: clip for clip in clips}
    texts = {}
    for row in Candidate.objects.filter(clip__in=clips, number=1):
        secret = secrets[by_id[row.clip_id].channel_id]
        texts[row.clip_id] = writer.open_text(secret, f"candidate|{row.clip_id}|1", bytes(row.sealed))
    for settled in Supervision.objects.filter(clip__in=clips):
        secret = secrets[by_id[settled.clip_id].channel_id]
        texts[settled.clip_id] = writer.open_text(secret, f"supervision|{settled.id}", bytes(settled.sealed_text))
    return texts
