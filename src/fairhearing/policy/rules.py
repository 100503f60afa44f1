"""Rules of a controller's: one ``forbid`` a text, checked before it holds (docs/policy.md).

A rule can take away and never give: there is no ``permit`` among them, and own ears are not in their schema.
"""

import re
from dataclasses import dataclass
from typing import Any, Final

from fairhearing.policy import engine

TEXT_MOST: Final = 4000
REASON_MOST: Final = 200
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_UNFINISHED: Final = "unexpected end of input"


class RuleRefused(ValueError):
    """A rule does not hold; the sentence names the rule, the place and what was expected."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A checked rule: its @id, its @reason, and the text as it came."""

    name: str
    reason: str
    text: str


def check(text: str) -> Rule:
    """The rule that a text holds.

    Raises:
        RuleRefused: it does not parse; is not exactly one ``forbid`` with @id and @reason; does not fit the schema.
    """
    if len(text) > TEXT_MOST:
        raise RuleRefused(f"a rule of {len(text)} characters: expected at most {TEXT_MOST}")
    parsed = _parse(text)
    said: dict[str, str] = parsed.get("annotations", {})
    name = _name(said.get("id"), text)
    if parsed["effect"] != "forbid":
        line = _line_of(r"\bpermit\b", text)
        raise RuleRefused(f"rule {name}, line {line}: a permit; expected forbid: a controller takes away, never gives")
    reason = (said.get("reason") or "").strip()
    if not 0 < len(reason) <= REASON_MOST:
        raise RuleRefused(f'rule {name}: @reason("…") holds {len(reason)} characters; expected 1 to {REASON_MOST}')
    strange = sorted(set(said) - {"id", "reason"})
    if strange:
        line = _line_of(rf"@{strange[0]}\b", text)
        raise RuleRefused(f"rule {name}, line {line}: the annotation @{strange[0]}; expected @id and @reason alone")
    try:
        engine.reject_unfit(text, engine.controllers_schema())
    except engine.LawBroken as error:
        raise RuleRefused(_unfit(name, text, str(error))) from None
    return Rule(name, reason, text)


def _parse(text: str) -> dict[str, Any]:
    try:
        found = engine.parse(text)
    except ValueError as error:
        line = _breaking_line(text)
        raise RuleRefused(f"line {line}: {error}; expected one rule in Cedar's language") from None
    if found["templates"]:
        raise RuleRefused("a template (?principal, ?resource): expected one rule that is whole")
    rules = list(found["staticPolicies"].values())
    if len(rules) != 1:
        raise RuleRefused(f"{len(rules)} rules: expected exactly one, so that each can be taken away alone")
    rule: dict[str, Any] = rules[0]
    return rule


def _name(given: str | None, text: str) -> str:
    if given is None:
        line = _line_of(r"\b(forbid|permit)\b", text)
        raise RuleRefused(f'the rule at line {line} has no name: expected @id("…") before it')
    if not _NAME.fullmatch(given):
        line = _line_of(r"@id\b", text)
        raise RuleRefused(f"rule {given!r}, line {line}: expected an @id of small letters, digits and -, at most 60")
    if given in engine.house().reasons:
        line = _line_of(r"@id\b", text)
        raise RuleRefused(f"rule {given}, line {line}: a rule of the house has this name; choose another")
    return given


def _unfit(name: str, text: str, words: str) -> str:
    """Cedar's words, with the line where what they name first stands; without a name, where the condition begins."""
    problem = words.splitlines()[0].removeprefix("for policy `policy0`, ")
    named = re.search(r"`([^`]+)`", problem)
    place = rf"(?<!\w){re.escape(named[1])}(?!\w)" if named else ""
    line = _line_of(place if named and re.search(place, text) else r"\b(when|unless)\b", text)
    return f"rule {name}, line {line}: {problem}; docs/policy.md lists what a rule can speak of"


def _line_of(pattern: str, text: str) -> int:
    found = re.search(pattern, text)
    return text.count("\n", 0, found.start()) + 1 if found else 1


def _breaking_line(text: str) -> int:
    """The first line with which the text cannot be continued to a rule; Cedar's messages tell no place."""
    lines = text.split("\n")
    for number in range(1, len(lines)):
        try:
            engine.parse("\n".join(lines[:number]))
        except ValueError as error:
            if _UNFINISHED not in str(error):
                return number
    return len(lines)
