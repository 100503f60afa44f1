"""The finder: words in, spans of personal data out."""

from collections.abc import Sequence
from dataclasses import dataclass

from fairhearing.deidentify.spoken import codes, dates, online, people, places
from fairhearing.deidentify.spoken.language import CLITIC, load
from fairhearing.deidentify.spoken.reading import Found, Reading
from fairhearing.deidentify.spoken.tokens import Token, of_words, tokenise

# Where two readings overlap, the earlier type here wins; a code inside an address is part of it.
PRIORITY = (
    *("EMAIL", "ONLINE", "DATE_OF_BIRTH", "CARD", "BANK"),
    *("SECRET", "PHONE", "ADDRESS", "ID_NUMBER", "NAME"),
)
_RANK = {kind: at for at, kind in enumerate(PRIORITY)}


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

    The text may be in spoken form, as a recogniser gives it, written, or mixed. A possessive ending and outer
    punctuation stay outside a span. Raises :class:`UnknownLanguage` for a language without a data file.
    """
    known = load(language)
    tokens = tokenise(text, known)
    return spans_of(tokens, analyse(Reading(tokens, known)))


def find_words(words: list[str], language: str) -> list[WordSpan]:
    """Return the personal data in ``words``, whole words each, in order, not overlapping.

    Raises :class:`UnknownLanguage` for a language without a data file.
    """
    known = load(language)
    tokens = of_words(words, known)
    return word_spans_of(tokens, analyse(Reading(tokens, known)))


def analyse(reading: Reading) -> list[Found]:
    """Return all that is found in a reading, as (first, last, type) of its tokens, settled where it overlapped."""
    if not reading.tokens:
        return []
    return _resolved(
        [
            *online.written(reading),
            *online.spoken(reading),
            *online.phrases(reading),
            *dates.births(reading),
            *codes.codes(reading),
            *places.addresses(reading),
            *people.names(reading),
        ]
    )


def spans_of(tokens: Sequence[Token], found: Sequence[Found]) -> list[Span]:
    """Return ``found`` by character offsets."""
    return [
        Span(tokens[first].start, tokens[last].end - _possessive(tokens[last], kind), kind)
        for first, last, kind in found
    ]


def word_spans_of(tokens: Sequence[Token], found: Sequence[Found]) -> list[WordSpan]:
    """Return ``found`` by the words that the tokens came from; two that share a word are one."""
    spans: list[WordSpan] = []
    for first, last, kind in found:
        begin, end = tokens[first].first, tokens[last].last
        if spans and begin <= spans[-1].last:
            before = spans.pop()
            spans.append(WordSpan(before.first, max(end, before.last), before.type))
        else:
            spans.append(WordSpan(begin, end, kind))
    return spans


def _possessive(token: Token, kind: str) -> int:
    return len(CLITIC) if kind == "NAME" and token.plain.endswith(CLITIC) and len(token.plain) > len(CLITIC) else 0


def _resolved(found: list[Found]) -> list[Found]:
    """Settle overlaps: same type merges, another type yields to the one of higher priority."""
    kept: list[Found] = []
    for cluster in _clusters(found):
        kept += _settle(cluster) if len(cluster) > 1 else cluster
    return kept


def _clusters(found: list[Found]) -> list[list[Found]]:
    """Return what overlaps, directly or by way of others, in groups, in order."""
    groups: list[list[Found]] = []
    reach = -1
    for one in sorted(found):
        if groups and one[0] <= reach:
            groups[-1].append(one)
        else:
            groups.append([one])
        reach = max(reach, one[1])
    return groups


def _settle(cluster: list[Found]) -> list[Found]:
    kept: list[Found] = []
    for first, last, kind in sorted(cluster, key=lambda one: (_RANK[one[2]], one[0] - one[1])):
        clash = [one for one in kept if one[0] <= last and first <= one[1]]
        if not clash:
            kept.append((first, last, kind))
        elif all(one[2] == kind for one in clash) or (
            kind == "ADDRESS" and first <= clash[0][0] and last > clash[0][1] and clash[0][2] in _WITHIN_ADDRESS
        ):
            merged = (min(first, *(c[0] for c in clash)), max(last, *(c[1] for c in clash)), kind)
            kept = [one for one in kept if one not in clash] + [merged]
    return sorted(kept)


_WITHIN_ADDRESS = ("PHONE", "ID_NUMBER", "SECRET", "BANK", "CARD", "ADDRESS")
