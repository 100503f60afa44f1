"""A language's lexicon of sensitive content: ``data/sensitive_xx.json``, read once, its patterns compiled."""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fairhearing.deidentify.sensitive.patterns import compile_patterns

DATA = Path(__file__).resolve().parents[1] / "data"
NEVER = "^ $ _"  # a pattern that no text has
CATEGORIES = ("sexual", "violent", "medical", "minors", "self_harm", "hate")


@dataclass(frozen=True)
class Rule:
    """What speaks of ``category`` at ``grade``, unless one of the contexts ``unless`` is near.

    ``patterns`` is one expression, or two of which a hit of each must be near the other.
    """

    id: str
    category: str
    grade: int
    patterns: tuple[re.Pattern[str], ...]
    unless: tuple[str, ...]


@dataclass(frozen=True)
class Lexicon:
    """What a file of data holds.

    ``spelled`` finds those contractions that are several words ("h i v"), ``allow`` the titles, names and turns
    of phrase that are taken out before any rule is tried.
    """

    language: str
    version: str
    contractions: dict[str, str]
    spelled: re.Pattern[str]
    allow: re.Pattern[str]
    contexts: dict[str, re.Pattern[str]]
    rules: tuple[Rule, ...]


@cache
def load(language: str) -> Lexicon | None:
    """Return the lexicon of a language ("en"), or ``None`` where there is none.

    Raises ``BadPattern``, ``KeyError`` or ``ValueError`` for a file that is not one: a fault of the
    installation, not of a recording.
    """
    path = DATA / f"sensitive_{language}.json"
    if not re.fullmatch(r"[a-z]{2,3}", language) or not path.is_file():
        return None
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    classes = data["classes"]
    rules = [
        Rule(
            one["id"],
            one["category"],
            one["grade"],
            tuple(compile_patterns(group, classes) for group in one.get("near") or [one["patterns"]]),
            tuple(one["unless"]),
        )
        for one in data["rules"]
    ]
    contexts = {name: compile_patterns(patterns, classes) for name, patterns in data["contexts"].items()}
    for rule in rules:
        if rule.category not in (*CATEGORIES, "") or not 1 <= rule.grade <= 3:
            raise ValueError(f"rule {rule.id} of {path.name}: category or grade is not one of the known")
        if unknown := [name for name in rule.unless if name not in contexts]:
            raise ValueError(f"rule {rule.id} of {path.name} names unknown contexts {unknown}")
    return Lexicon(
        language=data["language"],
        version=data["version"],
        contractions=data["contractions"],
        spelled=compile_patterns([one for one in data["contractions"] if " " in one] or [NEVER], {}),
        allow=compile_patterns(data["allow"], classes),
        contexts=contexts,
        rules=tuple(rules),
    )
