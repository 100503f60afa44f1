"""The law of the house. Total: every request gets an answer, and every ground that applies is named."""

from fairhearing.policy.facts import ExportFacts, Listener, PlayFacts, ProcessFacts
from fairhearing.policy.reasons import Allow, Decision, Deny, Obligations, Reason


def decide(facts: PlayFacts | ProcessFacts | ExportFacts) -> Decision:
    """Allow with obligations, or Deny with all grounds in the order of the closed list."""
    if not facts.found:
        return Deny((Reason.UNKNOWN,))
    match facts:
        case PlayFacts(listener=Listener.SPEAKER):
            grounds, allowed = _own_ears(facts), Obligations(role="speaker")
        case PlayFacts():
            left = facts.plays_most - facts.plays - 1
            grounds, allowed = _reviewer(facts), Obligations(role="reviewer", plays_left=left)
        case ProcessFacts():
            grounds, allowed = _machine(facts), Obligations(role="machine")
        case ExportFacts():
            grounds, allowed = _export(facts), Obligations(role="product")
    denied = tuple(reason for reason in Reason if grounds.get(reason, False))
    return Deny(denied) if denied else Allow(allowed)


def _reviewer(facts: PlayFacts) -> dict[Reason, bool]:
    return {
        Reason.NOT_A_REVIEWER: not facts.reviewing_role,
        Reason.ACCOUNT_CLOSED: not facts.account_active,
        Reason.NOT_A_MEMBER: not facts.member,
        Reason.NOT_YOURS: not facts.assigned_to_listener,
        Reason.ASSIGNMENT_CLOSED: not facts.assignment_open,
        Reason.LEASE_EXPIRED: not facts.lease_running,
        Reason.TOO_MANY_PLAYS: facts.plays >= facts.plays_most,
        Reason.PAUSED: facts.paused,
        Reason.NO_CONSENT: not facts.human_review,
        Reason.WITHDRAWN: facts.withdrawn,
        Reason.MINOR: facts.minor,
        Reason.NOT_READY: not facts.clip_ready,
    }


def _own_ears(facts: PlayFacts) -> dict[Reason, bool]:
    """A speaker hears what is theirs, also when paused, withdrawn or quarantined: it is a right, not a review."""
    return {Reason.NOT_YOURS: not facts.own_channel, Reason.TOO_MANY_PLAYS: facts.plays >= facts.plays_most}


def _machine(facts: ProcessFacts) -> dict[Reason, bool]:
    return {
        Reason.NO_CONSENT: not facts.human_review,
        Reason.WITHDRAWN: facts.withdrawn,
        Reason.MINOR: facts.minor,
    }


def _export(facts: ExportFacts) -> dict[Reason, bool]:
    return {
        Reason.PAUSED: facts.paused,
        Reason.NO_CONSENT: not facts.human_review,
        Reason.WITHDRAWN: facts.withdrawn,
        Reason.MINOR: facts.minor,
        Reason.NOT_READY: not facts.clip_ready,
        Reason.NOT_RELEASABLE: not facts.automatic_improvement,
    }
