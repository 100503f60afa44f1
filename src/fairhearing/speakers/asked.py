"""What speakers are asked of single clips, and what they answer. No answer means no."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import Q, QuerySet
from django.utils import timezone

from fairhearing.capture import queries as capture
from fairhearing.capture.models import Clip, ClipState
from fairhearing.consent.speaker_key import SpeakerKey
from fairhearing.operations import asking
from fairhearing.operations.receipts import Receipt
from fairhearing.speakers import queries
from fairhearing.speakers.actions import NotYours
from fairhearing.vendors import queries as vendors

ASKED_AT_ONCE: Final = 100  # clips; the others are asked for when these are answered


@dataclass(frozen=True)
class Pending:
    """A clip that waits for its speaker's answer: ``text`` is what reviewers would read, with what was cut."""

    clip: str
    recording: str
    product: str
    collected: str
    language: str
    seconds: float
    text: str


@dataclass(frozen=True)
class Hearer:
    """Who would listen: a vendor for which somebody works now, and its country."""

    vendor: str
    country: str


def count_pending(key: SpeakerKey) -> int:
    """How many clips wait for an answer of this speaker."""
    return _waiting(key).count()


def list_pending(key: SpeakerKey) -> list[Pending]:
    """Clips that wait for an answer of this speaker, the oldest first; at most ``ASKED_AT_ONCE``."""
    in_order = _waiting(key).order_by("channel__recording__received_hour", "channel_id", "start")
    clips = list(in_order.select_related("channel__recording")[:ASKED_AT_ONCE])
    texts = queries.texts_of(list({clip.channel_id: clip.channel for clip in clips}.values()), clips)
    return [
        Pending(
            clip=clip.id,
            recording=clip.channel.recording_id,
            product=clip.channel.recording.product,
            collected=queries.day_of(clip.channel),
            language=clip.channel.language,
            seconds=round(clip.duration_s, 1),
            text=texts.get(clip.id, ""),
        )
        for clip in clips
    ]


def list_hearers() -> list[Hearer]:
    """Who would listen, by name."""
    return [Hearer(vendor.name, vendor.country) for vendor in vendors.list_at_work()]


def answer(*, key: SpeakerKey, answers: Mapping[str, bool]) -> Receipt:
    """Keep whether people may hear clips (by id) of this speaker. A later answer replaces an earlier one.

    Raises:
        NotYours: a clip is unknown or another's: the same answer, and nothing is kept.
    """
    own = {channel.id for channel in capture.list_owned(key)}
    channels = dict(Clip.objects.filter(id__in=list(answers)).values_list("id", "channel_id"))
    strange = next((clip for clip in answers if channels.get(clip) not in own), None)
    if strange is not None:
        raise NotYours(f"clip {strange}: there is none of this name for this speaker")
    return asking.answer(answers=answers)


def _waiting(key: SpeakerKey) -> QuerySet[Clip]:
    """Ready clips that somebody should hear, that their speaker agreed to in general, and did not answer for."""
    own = [channel.id for channel in capture.list_owned(key)]
    holds = Q(channel__consent_until=None) | Q(channel__consent_until__gt=timezone.now().date())
    return Clip.objects.filter(
        holds,
        channel__in=own,
        channel__human_review=True,
        channel__withdrawn=False,
        channel__paused=False,
        heard_by_people=None,
        state=ClipState.READY,
        queueitem__awaits_speaker=True,
        queueitem__wanted__gt=0,
    )
