"""What a decision is made from. Collected by ``gate`` in one snapshot, under lock; never by a caller."""

from dataclasses import dataclass
from enum import StrEnum


class Listener(StrEnum):
    """Whose ears."""

    REVIEWER = "reviewer"
    SPEAKER = "speaker"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayFacts:
    """Everything that a play (or the seal before it) depends on. ``found`` is False when there is no such clip."""

    found: bool
    listener: Listener
    reviewing_role: bool = False
    account_active: bool = False
    member: bool = False
    assigned_to_listener: bool = False
    assignment_open: bool = False
    lease_running: bool = False
    plays: int = 0
    plays_most: int = 0
    clip_ready: bool = False
    human_review: bool = False
    withdrawn: bool = True
    minor: bool = True
    paused: bool = True
    own_channel: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessFacts:
    """Everything that machine processing of an original depends on."""

    found: bool
    human_review: bool = False
    withdrawn: bool = True
    minor: bool = True


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
