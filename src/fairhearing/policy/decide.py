"""Facts in, a decision out. Total: every request gets an answer, and every ground that applies is named.

What is decided stands in ``house.cedar``. Here the facts are put as a question to it and the answer is read: nothing
but an Allow without any failure is a yes.
"""

import json
from functools import lru_cache

from fairhearing.policy import engine
from fairhearing.policy.facts import Act, DrillFacts, ExportFacts, Listener, PlayFacts, ProcessFacts, TraceFacts
from fairhearing.policy.reasons import Allow, Decision, Deny, Obligations, Reason

Facts = PlayFacts | ProcessFacts | ExportFacts | TraceFacts | DrillFacts

# The attributes of each action, as its context in the schema has them; the circumstances come on top.
_WILL = ("human_review", "withdrawn", "minor")
_STATE = ("paused", "clip_ready")
_LISTENING = (
    "reviewing_role", "account_active", "member", "assigned_to_listener", "assignment_open", "lease_running",
    "plays", "plays_most", "heard_before", "neighbour_heard", "recused", "bucket_clips", "bucket_clips_most",
    "skilled", "distressing", "distress_s", "distress_s_most", "clip_agreed",
    *_WILL, *_STATE,
)  # fmt: skip
_OWN_EARS = ("own_channel", "plays", "plays_most")
_EXPORTING = (*_WILL, "automatic_improvement", *_STATE)
_TRACING = ("people", "people_needed")
_DRILLING = ("planted",)
_CIRCUMSTANCES = ("vendor", "country", "programme", "product", "region", "language", "trigger", "hour")
_REMEMBERED = 4096


def decide(facts: Facts) -> Decision:
    """Allow with obligations, or Deny with all grounds in the order of the closed list."""
    try:
        return _decide(facts)
    except Exception:  # whatever it was, nobody said yes
        return Deny((Reason.UNDECIDED,))


@lru_cache(maxsize=_REMEMBERED)
def _decide(facts: Facts) -> Decision:
    """The same facts have the same answer, so it is remembered."""
    reached = _reached_by_rules(facts)
    verdict = engine.ask(_question(facts), reached.rules.texts if reached else ())
    if verdict.allowed and not verdict.failed:
        return Allow(_obligations(facts))
    grounds = {Reason.UNDECIDED} if verdict.failed or verdict.allowed or not verdict.rules else set()
    reasons = engine.house().reasons
    broken = () if verdict.allowed else verdict.rules
    grounds |= {Reason(reasons[rule]) for rule in broken if rule in reasons}
    if Reason.UNKNOWN in grounds:
        return Deny((Reason.UNKNOWN,))  # of what is not there, nothing else can be said
    own_rules = tuple(rule for rule in broken if rule not in reasons)
    if own_rules:
        grounds.add(Reason.HOUSE_RULE)
    return Deny(tuple(reason for reason in Reason if reason in grounds), own_rules)


def _reached_by_rules(facts: Facts) -> PlayFacts | ProcessFacts | ExportFacts | None:
    """The facts, where a controller's rules reach them: not own ears, and nothing that finds out who leaked."""
    match facts:
        case PlayFacts(listener=Listener.SPEAKER) | TraceFacts() | DrillFacts():
            return None
        case _:
            return facts


def _question(facts: Facts) -> engine.Question:
    names: tuple[str, ...]
    match facts:
        case PlayFacts(listener=Listener.SPEAKER):
            who, action, what, names = "Speaker", "hear_own", "Clip", _OWN_EARS
        case PlayFacts():
            who, action, what, names = "Reviewer", facts.act.value, "Clip", _LISTENING
        case ProcessFacts():
            who, action, what, names = "Machine", "process", "Original", _WILL
        case ExportFacts():
            who, action, what, names = "Product", "export", "Clip", _EXPORTING
        case TraceFacts():
            who, action, what, names = "Tracer", "trace", "Clip", _TRACING
        case DrillFacts():
            who, action, what, names = "Tracer", "drill", "Clip", _DRILLING
    context = {name: getattr(facts, name) for name in names}
    reached = _reached_by_rules(facts)
    if reached:
        context |= {name: getattr(reached.circumstances, name) for name in _CIRCUMSTANCES}
    resource = what if facts.found else "Nothing"
    return engine.Question(who, action, resource, json.dumps(context))


def _obligations(facts: Facts) -> Obligations:
    match facts:
        case PlayFacts(listener=Listener.SPEAKER):
            return Obligations(role="speaker")
        case PlayFacts(act=Act.READ):
            return Obligations(role="reviewer", plays_left=max(0, facts.plays_most - facts.plays))
        case PlayFacts():
            return Obligations(role="reviewer", marked=True, plays_left=facts.plays_most - facts.plays - 1)
        case ProcessFacts() | TraceFacts():
            return Obligations(role="machine")
        case ExportFacts():
            return Obligations(role="product")
        case DrillFacts():
            return Obligations(role="machine", marked=True)
