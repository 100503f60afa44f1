"""What a decision is made from. Collected by ``gate`` in one snapshot, under lock; never by a caller."""

from dataclasses import dataclass
from enum import StrEnum


class Listener(StrEnum):
    """Whose ears."""

    REVIEWER = "reviewer"
    SPEAKER = "speaker"


class Act(StrEnum):
    """What a listener wants: to hear a clip, or to read the texts that go with it."""

    PLAY = "play"
    READ = "read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a controller's rules can speak of beside the law's own facts; empty where there is none.

    ``vendor`` and ``country`` are the listener's; ``hour`` is the hour of the day, 0 to 23, in UTC.
    """

    vendor: str = ""
    country: str = ""
    programme: str = ""
    product: str = ""
    region: str = ""
    language: str = ""
    trigger: str = ""
    hour: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """A controller's rules in force: their texts, each one Cedar ``forbid`` that was checked (``rules.check``)."""

    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayFacts:
    """Everything that a play (or the seal before it) depends on. ``found`` is False when there is no such clip."""

    found: bool
    listener: Listener
    act: Act = Act.PLAY
    reviewing_role: bool = False
    account_active: bool = False
    member: bool = False
    assigned_to_listener: bool = False
    assignment_open: bool = False
    lease_running: bool = False
    plays: int = 0
    plays_most: int = 0
    heard_before: bool = False
    neighbour_heard: bool = True
    recused: bool = True
    bucket_clips: int = 0
    bucket_clips_most: int = 0
    skilled: bool = False
    distressing: bool = True
    distress_s: int = 0
    distress_s_most: int = 0
    clip_ready: bool = False
    human_review: bool = False
    clip_agreed: bool = False
    withdrawn: bool = True
    minor: bool = True
    paused: bool = True
    own_channel: bool = False
    circumstances: Circumstances = Circumstances()
    rules: Rules = Rules()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessFacts:
    """Everything that machine processing of an original depends on."""

    found: bool
    human_review: bool = False
    withdrawn: bool = True
    minor: bool = True
    circumstances: Circumstances = Circumstances()
    rules: Rules = Rules()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportFacts:
    """Everything that putting a clip into a release depends on."""

    found: bool
    clip_ready: bool = False
    human_review: bool = False
    automatic_improvement: bool = False
    withdrawn: bool = True
    minor: bool = True
    paused: bool = True
    circumstances: Circumstances = Circumstances()
    rules: Rules = Rules()


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceFacts:
    """Everything that comparing a leak with a clip depends on. ``people``: different investigators behind it."""

    found: bool
    people: int = 0
    people_needed: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillFacts:
    """Everything that taking a marked copy for a drill depends on."""

    found: bool
    planted: bool = False
