"""The closed list of grounds for a refusal, and what a decision looks like."""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why something is refused. The sentence is for whoever was refused."""

    UNKNOWN = "unknown"
    NOT_A_REVIEWER = "not_a_reviewer"
    ACCOUNT_CLOSED = "account_closed"
    NOT_A_MEMBER = "not_a_member"
    NOT_YOURS = "not_yours"
    ASSIGNMENT_CLOSED = "assignment_closed"
    LEASE_EXPIRED = "lease_expired"
    TOO_MANY_PLAYS = "too_many_plays"
    PAUSED = "paused"
    NO_CONSENT = "no_consent"
    CLIP_NOT_AGREED = "clip_not_agreed"
    WITHDRAWN = "withdrawn"
    MINOR = "minor"
    NOT_READY = "not_ready"
    NOT_RELEASABLE = "not_releasable"
    NEIGHBOUR_HEARD = "neighbour_heard"
    RECUSED = "recused"
    BUCKET_SPENT = "bucket_spent"
    OTHER_LANGUAGE = "other_language"
    DISTRESS_SPENT = "distress_spent"
    ONE_PERSON = "one_person"
    NOT_A_CANARY = "not_a_canary"
    HOUSE_RULE = "house_rule"
    UNDECIDED = "undecided"

    @property
    def sentence(self) -> str:
        """What it means, and what to do next."""
        return _SENTENCES[self]


_SENTENCES = {
    Reason.UNKNOWN: "There is nothing of this name for you.",
    Reason.NOT_A_REVIEWER: "Only reviewers hear clips.",
    Reason.ACCOUNT_CLOSED: "Your account is closed. Ask your vendor.",
    Reason.NOT_A_MEMBER: "You do not work for a vendor of this programme at the moment. Ask your vendor.",
    Reason.NOT_YOURS: "This clip was given to somebody else.",
    Reason.ASSIGNMENT_CLOSED: "This clip is not yours any more: judged, skipped or taken back. Go on to the next.",
    Reason.LEASE_EXPIRED: "The time for this clip has run out. Go on to the next.",
    Reason.TOO_MANY_PLAYS: "You have played this clip as often as the programme allows. Judge it or skip it.",
    Reason.PAUSED: "Listening is paused here. What you typed is kept; go on when the pause ends.",
    Reason.NO_CONSENT: "The speaker has not agreed to people listening.",
    Reason.CLIP_NOT_AGREED: "The speaker has not said yes to people hearing this clip. Go on to the next.",
    Reason.WITHDRAWN: "The speaker has taken this recording back. Go on to the next.",
    Reason.MINOR: "The speaker may be a child.",
    Reason.NOT_READY: "This clip is not cleared for listening.",
    Reason.NOT_RELEASABLE: "The speaker has not agreed to their recording improving the product.",
    Reason.NEIGHBOUR_HEARD: "You have heard what comes just before or after this clip. Go on to the next.",
    Reason.RECUSED: "You know somebody whose voice this may be, as you said. Go on to the next.",
    Reason.BUCKET_SPENT: "You have heard enough of these voices this week. Go on to the next.",
    Reason.OTHER_LANGUAGE: "This needs a language that is not on your list. Ask your vendor to put it there.",
    Reason.DISTRESS_SPENT: "You have heard enough of what can distress for one day. Other clips wait for you.",
    Reason.ONE_PERSON: "A trace needs two investigators: one who asks and another who approves.",
    Reason.NOT_A_CANARY: "A drill takes a planted clip, never a speaker's.",
    Reason.HOUSE_RULE: "A rule of the controller's forbids this here and now. Go on to the next.",
    Reason.UNDECIDED: "This could not be decided, so the answer is no. Tell whoever runs this platform.",
}


@dataclass(frozen=True, slots=True)
class Obligations:
    """The conditions of an Allow. ``marked``: the served copy carries a mark of its listener."""

    role: str
    marked: bool = False
    plays_left: int | None = None


@dataclass(frozen=True, slots=True)
class Allow:
    """Yes, under these conditions."""

    obligations: Obligations


@dataclass(frozen=True, slots=True)
class Deny:
    """No, on these grounds (at least one). ``rules``: the @id of each controller's rule behind ``HOUSE_RULE``."""

    reasons: tuple[Reason, ...]
    rules: tuple[str, ...] = ()


Decision = Allow | Deny
