"""The finder: words in, spans of personal data out."""

import re
from dataclasses import dataclass

from fairhearing.deidentify.spoken import codes, dates, online, people, places
from fairhearing.deidentify.spoken.language import Language, load
from fairhearing.deidentify.spoken.runs import runs
from fairhearing.deidentify.spoken.units import units

WORD = re.compile(r"\S+")
OUTER = '.,;:!?"()[]{}«»“”¿¡…'
# Where two readings overlap, the earlier type here wins; a code inside an address is part of it.
PRIORITY = (
    *("EMAIL", "ONLINE", "DATE_OF_BIRTH", "CARD", "BANK"),
    *("SECRET", "PHONE", "ADDRESS", "ID_NUMBER", "NAME"),
)


@dataclass(frozen=True)
class Span:
    """Personal data of ``type`` in a text, by character offsets, end exclusive."""

    start: int
    end: int
    type: str


@dataclass(frozen=True)
class WordSpan:
    """Personal data of ``type`` in a list of words, ``first`` to ``last``, both inclusive."""

    first: int
    last: int
    type: str


def find(text: str, language: str) -> list[Span]:
    """Return the personal data in ``text``, in order, not overlapping.

    A possessive ending and outer punctuation stay outside a span. Raises :class:`UnknownLanguage` for a
    language without a data file.
    """
    pieces = [(match.start(), match.end()) for match in WORD.finditer(text)]
    words = [text[start:end] for start, end in pieces]
    return [
        Span(
            pieces[one.first][0] + _left(words[one.first]),
            pieces[one.last][1] - _right(words[one.last], possessive=one.type == "NAME"),
            one.type,
        )
        for one in find_words(words, language)
    ]


def find_words(words: list[str], language: str) -> list[WordSpan]:
    """Return the personal data in ``words``, whole words each, in order, not overlapping."""
    known = load(language)
    plain = [_plain(word) for word in words]
    found = _all(plain, known)
    return [WordSpan(*one) for one in _resolved(found)]


def _plain(word: str) -> str:
    return word.strip(OUTER).lower().replace("’", "'") or word


def _left(word: str) -> int:
    return len(word) - len(word.lstrip(OUTER))


def _right(word: str, *, possessive: bool) -> int:
    outer = len(word) - len(word.rstrip(OUTER))
    inner = word[: len(word) - outer].replace("’", "'")
    return outer + (2 if possessive and inner.endswith("'s") else 0)


def _all(words: list[str], language: Language) -> list[tuple[int, int, str]]:
    parts = units(words, language)
    typed = codes.classify(words, runs(parts, language), language)
    return [
        *online.written(words),
        *online.spoken(words, parts, language),
        *online.phrases(words, parts, language),
        *dates.births(words, parts, language),
        *((one.run.first, one.run.last, one.type) for one in typed),
        *places.addresses(words, parts, language),
        *people.names(words, parts, language),
    ]


def _resolved(found: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Settle overlaps: same type merges, another type yields to the one of higher priority."""
    kept: list[tuple[int, int, str]] = []
    for first, last, kind in sorted(found, key=lambda one: (PRIORITY.index(one[2]), one[0] - one[1])):
        clash = [one for one in kept if one[0] <= last and first <= one[1]]
        if not clash:
            kept.append((first, last, kind))
        elif all(one[2] == kind for one in clash) or (
            kind == "ADDRESS" and first <= clash[0][0] and last > clash[0][1]
        ):
            merged = (min(first, *(c[0] for c in clash)), max(last, *(c[1] for c in clash)), kind)
            kept = [one for one in kept if one not in clash] + [merged]
    return sorted(kept)
