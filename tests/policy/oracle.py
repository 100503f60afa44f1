"""The law again, in plain Python: written from docs/policy.md and not from the rules. Random requests for both."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from random import Random
from typing import Any

from fairhearing.policy import (
    Act,
    Circumstances,
    DrillFacts,
    ExportFacts,
    Listener,
    PlayFacts,
    ProcessFacts,
    Rules,
    TraceFacts,
)

Reached = PlayFacts | ProcessFacts | ExportFacts  # a controller's rules can speak of these
Facts = Reached | TraceFacts | DrillFacts

# What each fact is when it speaks for hearing, and the ground when it does not.
REVIEWERS_LAW: dict[str, tuple[bool, str]] = {
    "reviewing_role": (True, "not_a_reviewer"),
    "account_active": (True, "account_closed"),
    "member": (True, "not_a_member"),
    "assigned_to_listener": (True, "not_yours"),
    "assignment_open": (True, "assignment_closed"),
    "lease_running": (True, "lease_expired"),
    "paused": (False, "paused"),
    "human_review": (True, "no_consent"),
    "clip_agreed": (True, "clip_not_agreed"),
    "withdrawn": (False, "withdrawn"),
    "minor": (False, "minor"),
    "clip_ready": (True, "not_ready"),
    "neighbour_heard": (False, "neighbour_heard"),
    "recused": (False, "recused"),
    "skilled": (True, "other_language"),
}
MACHINES_LAW = {name: REVIEWERS_LAW[name] for name in ("human_review", "withdrawn", "minor")}
RELEASES_LAW = {
    **MACHINES_LAW,
    "clip_ready": REVIEWERS_LAW["clip_ready"],
    "paused": REVIEWERS_LAW["paused"],
    "automatic_improvement": (True, "not_releasable"),
}


@dataclass(frozen=True)
class Sample:
    """A controller's rule in Cedar, and what it means."""

    name: str
    text: str
    forbids: Callable[[Reached], bool]


def _sample(name: str, scope: str, condition: str, forbids: Callable[[Reached], bool]) -> Sample:
    return Sample(name, f'@id("{name}")\n@reason("a sample")\nforbid ({scope})\n{condition};\n', forbids)


def _is(facts: Reached, act: Act) -> bool:
    return isinstance(facts, PlayFacts) and facts.act is act


ANYTHING = "principal, action, resource"
SAMPLES = [
    _sample(
        "no-nights", ANYTHING, "when { context.hour < 6 || context.hour > 21 }",
        lambda facts: facts.circumstances.hour < 6 or facts.circumstances.hour > 21,
    ),
    _sample(
        "tarn-hears-no-german", 'principal is Reviewer, action == Action::"play", resource',
        'when { context.vendor == "tarn" && context.language == "de" }',
        lambda facts: _is(facts, Act.PLAY)
        and (facts.circumstances.vendor, facts.circumstances.language) == ("tarn", "de"),
    ),
    _sample(
        "calls-stay-in-ireland", 'principal is Reviewer, action in [Action::"play", Action::"read"], resource is Clip',
        'when { context.trigger == "call" } unless { context.country == "IE" }',
        lambda facts: isinstance(facts, PlayFacts)
        and facts.circumstances.trigger == "call" and facts.circumstances.country != "IE",
    ),
    _sample(
        "nothing-of-hearth-leaves", 'principal is Product, action == Action::"export", resource',
        'when { ["hearth", "stove"].contains(context.product) }',
        lambda facts: isinstance(facts, ExportFacts) and facts.circumstances.product in ("hearth", "stove"),
    ),
    _sample(
        "two-plays", 'principal, action == Action::"play", resource', "when { context.plays >= 2 }",
        lambda facts: _is(facts, Act.PLAY) and isinstance(facts, PlayFacts) and facts.plays >= 2,
    ),
    _sample(
        "regions-like", ANYTHING, 'when { context.region like "E*" && context.programme != "assistant" }',
        lambda facts: facts.circumstances.region.startswith("E") and facts.circumstances.programme != "assistant",
    ),
]  # fmt: skip
BY_TEXT = {sample.text: sample for sample in SAMPLES}


def grounds(facts: Facts) -> set[str]:
    """What speaks against it; nothing means yes."""
    if not facts.found:
        return {"unknown"}
    if isinstance(facts, TraceFacts):
        return {"one_person"} if facts.people < facts.people_needed else set()
    if isinstance(facts, DrillFacts):
        return set() if facts.planted else {"not_a_canary"}
    if isinstance(facts, PlayFacts) and facts.listener is Listener.SPEAKER:
        against = set() if facts.own_channel else {"not_yours"}
        return against | ({"too_many_plays"} if facts.plays >= facts.plays_most else set())
    law = REVIEWERS_LAW
    against = {"house_rule"} if house_rules(facts) else set()
    if isinstance(facts, ProcessFacts):
        law = MACHINES_LAW
    elif isinstance(facts, ExportFacts):
        law = RELEASES_LAW
    else:
        if facts.act is Act.PLAY and facts.plays >= facts.plays_most:
            against.add("too_many_plays")
        if facts.bucket_clips >= facts.bucket_clips_most and not facts.heard_before:
            against.add("bucket_spent")
        if facts.distressing and not facts.heard_before and facts.distress_s >= facts.distress_s_most:
            against.add("distress_spent")
    return against | {ground for name, (good, ground) in law.items() if getattr(facts, name) is not good}


def house_rules(facts: Facts) -> set[str]:
    """The controller's rules that forbid it; none reaches own ears, or what is not there."""
    if isinstance(facts, TraceFacts | DrillFacts) or not facts.found:
        return set()
    if isinstance(facts, PlayFacts) and facts.listener is Listener.SPEAKER:
        return set()
    return {BY_TEXT[text].name for text in facts.rules.texts if BY_TEXT[text].forbids(facts)}


_CHOICES: dict[str, list[Any]] = {
    "vendor": ["", "tarn", "other"],
    "country": ["", "IE", "PT"],
    "programme": ["assistant", "calls"],
    "product": ["hearth", "stove", "translator"],
    "region": ["", "EU", "ES", "US"],
    "language": ["en", "de"],
    "trigger": ["", "call", "wake_word"],
    "hour": list(range(24)),
}
_GOOD = {
    "found": True,
    "own_channel": True,
    "heard_before": False,
    "distressing": False,
    "planted": True,
    **{name: good for name, (good, _) in (REVIEWERS_LAW | RELEASES_LAW).items()},
}
_KINDS = [PlayFacts] * 6 + [ProcessFacts, ExportFacts, TraceFacts, DrillFacts]


def random_facts(chance: Random, rules: list[Rules]) -> Facts:
    """Facts of any kind. In half of them most things are in order, so that a yes is not rare."""
    kind = chance.choice(_KINDS)
    bad = chance.choice((0.04, 0.5))
    values: dict[str, Any] = {}
    for field in fields(kind):
        if field.name == "listener":
            values[field.name] = chance.choice((Listener.REVIEWER, Listener.REVIEWER, Listener.SPEAKER))
        elif field.name == "act":
            values[field.name] = chance.choice(list(Act))
        elif field.name == "circumstances":
            values[field.name] = Circumstances(**{name: chance.choice(some) for name, some in _CHOICES.items()})
        elif field.name == "rules":
            values[field.name] = chance.choice(rules)
        elif field.name.startswith(("plays", "bucket_clips", "distress_s", "people")):
            values[field.name] = chance.choice((0, 1, 2, 3, 50, 2**31))
        else:
            values[field.name] = _GOOD[field.name] if chance.random() >= bad else not _GOOD[field.name]
    return kind(**values)


def some_rules() -> list[Rules]:
    """Nothing (mostly), each sample alone, and all together."""
    alone = [Rules(texts=(sample.text,)) for sample in SAMPLES]
    return [Rules()] * 6 + [*alone, Rules(texts=tuple(sample.text for sample in SAMPLES))]
