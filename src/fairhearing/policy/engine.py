"""The law as Cedar reads it: parsed once a process, asked once for each set of facts.

Source: Cedar, https://docs.cedarpolicy.com. A rule that fails while it is evaluated is skipped by Cedar, which may then
allow; here an answer with such a failure is none (``Verdict.failed``). A request that does not fit the schema is none
either.
"""

import json
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

from cedarpy import Decision, Entities, PolicySet, Schema, is_authorized, policies_to_json_str, validate_policies

HERE: Final = Path(__file__).parent


class LawBroken(ValueError):
    """A policy text cannot be held to: it does not parse, does not fit the schema, or names a rule twice."""


@dataclass(frozen=True, slots=True)
class Question:
    """One request: may such a principal do this to such a resource (types of the schema), in this context (JSON)?"""

    principal: str
    action: str
    resource: str
    context: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Cedar's answer. ``rules``: the @id of each rule that decided it. ``failed``: what could not be evaluated."""

    allowed: bool
    rules: tuple[str, ...]
    failed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class House:
    """The law of the house: its rules, and the @reason of each by its @id."""

    policies: PolicySet
    reasons: dict[str, str]


@cache
def house() -> House:
    """The law of the house, parsed and checked against its whole schema.

    Raises:
        LawBroken: the files of this package do not fit together.
    """
    text = (HERE / "house.cedar").read_text(encoding="utf-8")
    reject_unfit(text, _whole_schema())
    return House(PolicySet.from_str(text), {rule["id"]: rule["reason"] for rule in annotations(text)})


@cache
def _whole_schema() -> Schema:
    return Schema.from_str("\n".join((HERE / name).read_text(encoding="utf-8") for name in _SCHEMAS))


@cache
def controllers_schema() -> Schema:
    """What a controller's rules may speak of: everything but own ears and traces."""
    return Schema.from_str((HERE / _SCHEMAS[0]).read_text(encoding="utf-8"))


_SCHEMAS: Final = ("house.cedarschema", "own_ears.cedarschema", "tracing.cedarschema")
_NO_ENTITIES: Final = Entities.from_json_str("[]")


def annotations(text: str) -> list[dict[str, str]]:
    """The annotations of each rule of a text.

    Raises:
        ValueError: it does not parse; the message is Cedar's.
    """
    return [rule.get("annotations", {}) for rule in parse(text)["staticPolicies"].values()]


def parse(text: str) -> dict[str, dict[str, Any]]:
    """A policy text in Cedar's JSON form: ``staticPolicies`` and ``templates`` by their place.

    Raises:
        ValueError: it does not parse; the message is Cedar's.
    """
    found: dict[str, dict[str, Any]] = json.loads(policies_to_json_str(text))
    return found


def reject_unfit(text: str, schema: Schema) -> None:
    """Refuse what does not fit a schema.

    Raises:
        LawBroken: with Cedar's words, one problem a line.
    """
    result = validate_policies(text, schema)
    if not result.validation_passed:
        raise LawBroken("\n".join(error.error for error in result.errors) or "it does not fit the schema")


@lru_cache(maxsize=16)
def with_rules(texts: tuple[str, ...]) -> PolicySet:
    """The law of the house with a controller's rules added.

    Raises:
        LawBroken: one of them does not hold, or two have one @id. ValueError: one of them does not parse.
    """
    policies, taken = house().policies, set(house().reasons)
    for text in texts:
        reject_unfit(text, controllers_schema())
        found = parse(text)
        rules = list(found["staticPolicies"].values())
        names = [rule.get("annotations", {}).get("id", "") for rule in rules]
        if len(names) != 1 or names[0] in taken or rules[0]["effect"] != "forbid" or found["templates"]:
            raise LawBroken(f"rules {names}: expected one forbid, with an @id that no other rule has")
        taken.update(names)
        policies = policies.with_added_str(text)
    return policies


def ask(question: Question, texts: tuple[str, ...] = ()) -> Verdict:
    """Put a question to the law of the house and a controller's rules.

    Raises:
        ValueError: the law cannot be held to (``LawBroken``), or Cedar could not read the question.
    """
    answer = is_authorized(
        {
            "principal": {"type": question.principal, "id": "one"},
            "action": {"type": "Action", "id": question.action},
            "resource": {"type": question.resource, "id": "this"},
            "context": question.context,
        },
        with_rules(texts),
        _NO_ENTITIES,
        _whole_schema(),
    )
    said = answer.diagnostics
    named = said.id_annotations_by_reason
    return Verdict(
        allowed=answer.decision is Decision.Allow,
        rules=tuple(sorted(named.get(policy, policy) for policy in said.reasons)),
        failed=tuple(said.errors),
    )
