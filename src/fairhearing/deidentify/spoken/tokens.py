"""Text to tokens: whole words with their places, written forms taken apart, acronyms said letter by letter joined."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from fairhearing.deidentify.spoken.language import Language

CHUNK = re.compile(r"\S+")
OUTER = '.,;:!?"()[]{}<>«»“”„¿¡…–—*`'
SENTENCE_END = ".!?…"
WHOLE = re.compile(
    r"\S+@\S+|https?://\S+|www\.\S+|[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7}|[\d().+-][\d().,:/+-]*"
)  # never taken apart
INNER = re.compile(r"[,;:!?()\[\]<>«»“”…–—=]+")


@dataclass(frozen=True, slots=True)
class Token:
    """A word: ``plain`` in lower case without outer punctuation, at characters ``start`` to ``end`` (exclusive).

    ``first`` and ``last`` are the indices of the whitespace-separated words that it covers. ``ends`` says that a
    sentence ends after it, ``comma`` that a comma or the like follows.
    """

    plain: str
    start: int
    end: int
    first: int
    last: int
    ends: bool = False
    comma: bool = False


def tokenise(text: str, language: Language) -> list[Token]:
    """Return the tokens of a text."""
    found: list[Token] = []
    for at, match in enumerate(CHUNK.finditer(text)):
        _split(match[0], match.start(), at, found)
    return _joined(found, language)


def of_words(words: Sequence[str], language: Language) -> list[Token]:
    """Return the tokens of a list of words; their characters count as if joined by single spaces."""
    found: list[Token] = []
    place = 0
    for at, word in enumerate(words):
        _split(word, place, at, found)
        place += len(word) + 1
    return _joined(found, language)


def _split(chunk: str, place: int, at: int, found: list[Token]) -> None:
    if chunk.isalpha() and chunk.islower():
        found.append(Token(chunk, place, place + len(chunk), at, at))
        return
    inner = chunk.strip(OUTER)
    if WHOLE.fullmatch(inner) or not INNER.search(inner):
        _add(chunk, place, at, found)
        return
    begin = 0
    for mark in INNER.finditer(chunk):
        if mark.start() > begin:
            _add(chunk[begin : mark.end()], place + begin, at, found)
        begin = mark.end()
    if begin < len(chunk):
        _add(chunk[begin:], place + begin, at, found)


def _add(piece: str, place: int, at: int, found: list[Token]) -> None:
    inner = piece.strip(OUTER)
    if not inner:
        if found:  # a lone mark belongs to the word before it
            found[-1] = _ended(found[-1], piece)
        return
    left = piece.index(inner)
    opens = left > 0 and piece[left - 1] == "(" and inner[0].isdigit() and ")" in piece  # "(020)" begins a number
    start = place + left - opens
    token = Token(inner.lower().replace("’", "'"), start, place + left + len(inner), at, at)
    found.append(_ended(token, piece[left + len(inner) :]))


def _ended(token: Token, after: str) -> Token:
    if not after:
        return token
    ends = any(mark in SENTENCE_END for mark in after)
    comma = any(mark in ",;:" for mark in after)
    return Token(token.plain, token.start, token.end, token.first, token.last, token.ends or ends, token.comma or comma)


def _joined(tokens: list[Token], language: Language) -> list[Token]:
    """Join "d o b", "i d" and "x ray" where they are words, not spelling: no single letter stands beside them."""
    joins = language.joins
    result: list[Token] = []
    at = 0
    while at < len(tokens):
        size = _join_size(tokens, at, joins.get(tokens[at].plain))
        if size:
            group = tokens[at : at + size]
            plain = "".join(one.plain for one in group)
            last = group[-1]
            result.append(Token(plain, group[0].start, last.end, group[0].first, last.last, last.ends, last.comma))
            at += size
        else:
            result.append(tokens[at])
            at += 1
    return result


def _join_size(tokens: list[Token], at: int, tails: tuple[tuple[str, ...], ...] | None) -> int:
    if not tails or (at and len(tokens[at - 1].plain) == 1 and tokens[at - 1].plain != "a"):
        return 0
    for tail in tails:
        end = at + 1 + len(tail)
        here = [one.plain for one in tokens[at + 1 : end]]
        if tuple(here[:-1]) != tail[:-1] or not here or here[-1] not in (tail[-1], tail[-1] + "'s"):
            continue
        if end < len(tokens) and len(tokens[end].plain) == 1 and len(tail[-1]) == 1 and tokens[end].plain.isalpha():
            continue
        return len(tail) + 1
    return 0
