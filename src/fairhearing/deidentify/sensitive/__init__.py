"""Sensitive content: what a reviewer should be protected from, and what only trusted desks should hear.

A lexicon with context finds sexual, violent and medical content, children, self-harm and hatred in words.
The answer is a grade and the ids of rules, never the text, and never a decision: nothing is dropped here.
"""

import math
import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from fairhearing.deidentify.sensitive.lexicon import CATEGORIES, Lexicon, Rule, load
from fairhearing.deidentify.words import Word

__all__ = ["CATEGORIES", "Sensitivity", "assess"]

EXCUSE = 12  # words on either side of a hit in which a context excuses it
PAIR = 9  # words between the two halves of a rule of two
WEIGHTS = {1: 0.3, 2: 0.6, 3: 0.85}
MASK = "_"

_WORD = re.compile(r"[^\W_][\w']*")


@dataclass(frozen=True)
class Sensitivity:
    """``grade`` 0 … 3: 0 nothing found, 1 mild, 2 for desks that chose it, 3 with warning and protection.

    ``score`` 0 … 1 grows with every rule that fires. ``categories`` maps each category found to its highest
    grade; an insult to the assistant has a grade and a reason but no category. ``reasons`` are rule ids in
    order. ``known`` is false where the language has no lexicon: nothing was looked for.
    """

    score: float
    grade: int
    categories: dict[str, int]
    reasons: tuple[str, ...]
    known: bool = True


def assess(text: str | Sequence[Word], language: str) -> Sensitivity:
    """Return how sensitive a text, or the words of a recording, is. ``language`` is a tag such as "en-GB".

    Never raises for what a text holds. Time and memory are linear in its length.
    """
    lexicon = load(re.split("[-_]", language.lower(), maxsplit=1)[0])
    if lexicon is None:
        return Sensitivity(0.0, 0, {}, (), known=False)
    said = text if isinstance(text, str) else " ".join(word.text for word in text)
    line = _line(said, lexicon)
    places, whole = _Places(_masked(line, lexicon)), _Places(line)
    fired = [rule for rule in lexicon.rules if _fires(rule, places, whole, lexicon)]
    categories: dict[str, int] = {}
    for rule in fired:
        if rule.category:
            categories[rule.category] = max(rule.grade, categories.get(rule.category, 0))
    score = 1.0 - math.prod(1 - WEIGHTS[rule.grade] for rule in fired)
    grade = max((rule.grade for rule in fired), default=0)
    return Sensitivity(round(score, 3), grade, categories, tuple(rule.id for rule in fired))


def _line(text: str, lexicon: Lexicon) -> str:
    """Return the words in lower case, contractions written out, between single spaces."""
    words = _WORD.findall(text.lower().replace("’", "'"))
    parts: list[str] = []
    for word in words:
        plain = word.strip("'")
        if plain in lexicon.contractions:
            parts.append(lexicon.contractions[plain])
        elif plain.endswith("'s"):
            parts.append(f"{plain[:-2]} 's")
        elif plain:
            parts.append(plain)
    line = f" {' '.join(parts)} "
    return lexicon.spelled.sub(lambda found: f"{lexicon.contractions[found.group().strip()]} ", line)


def _masked(line: str, lexicon: Lexicon) -> str:
    """Return the line without the allowed phrases; each word of them leaves a mark, so that places stay."""
    return lexicon.allow.sub(lambda found: f"{MASK} " * found.group().count(" "), line)


class _Places:
    """Where a line's words begin, so that distances count in words."""

    def __init__(self, line: str) -> None:
        self._line = line
        self._spaces = [at for at, letter in enumerate(line) if letter == " "]

    def of(self, pattern: re.Pattern[str]) -> list[tuple[int, int]]:
        """Return the (first, last) words of each hit, in order."""
        return [
            (bisect_left(self._spaces, found.start()), bisect_left(self._spaces, found.end()) - 1)
            for found in pattern.finditer(self._line)
        ]


def _fires(rule: Rule, places: _Places, whole: _Places, lexicon: Lexicon) -> bool:
    """Return whether a rule fires on the masked line; what excuses it is sought in the whole one."""
    hits = places.of(rule.patterns[0])
    for other in rule.patterns[1:]:
        hits = _pairs(hits, places.of(other)) if hits else []
    if not hits:
        return False
    excuses = sorted(first for name in rule.unless for first, _ in whole.of(lexicon.contexts[name]))
    return any(not _any_within(excuses, first - EXCUSE, last + EXCUSE) for first, last in hits)


def _pairs(hits: list[tuple[int, int]], others: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return those of ``hits`` near which one of ``others`` begins outside of them."""
    begins = [first for first, _ in others]
    return [
        (first, last)
        for first, last in hits
        if _any_within(begins, first - PAIR, first - 1) or _any_within(begins, last + 1, last + PAIR)
    ]


def _any_within(begins: list[int], low: int, high: int) -> bool:
    """Return whether one of ``begins`` (sorted) lies in ``low`` … ``high``."""
    at = bisect_left(begins, low)
    return at < len(begins) and begins[at] <= high
