"""The small language in which a lexicon says what it looks for, compiled to regular expressions.

A pattern is a row of words, each of which may be ``stem*`` (any ending), ``@class`` (a list of the lexicon),
``(one|or another)``, ``[at will]`` or ``~3`` (up to three words of any kind, nine at most); ``^`` and ``$``
tie it to the start and end of the text. Texts come as words parted and enclosed by single spaces. Every
gap is bounded, so that a search is linear in the length of the text.
"""

import re
from collections.abc import Mapping, Sequence

_PIECE = re.compile(r"\^|\$|[()|\[\]]|~\d|@[a-z_]+|[^\s()|\[\]@^$~]+")
_ENDING = r"[^ ]{0,12}"


class BadPattern(ValueError):
    """A pattern of a lexicon cannot be read; the message names the pattern."""


def compile_patterns(patterns: Sequence[str], classes: Mapping[str, Sequence[str]]) -> re.Pattern[str]:
    """Return one expression that finds any of ``patterns`` in `` word word … ``. Raises ``BadPattern``."""
    parts = [expression(pattern, classes) for pattern in patterns]
    return re.compile(r"(?<= )(?:" + "|".join(parts) + ")")


def expression(pattern: str, classes: Mapping[str, Sequence[str]], depth: int = 0) -> str:
    """Return ``pattern`` as the text of a regular expression. Raises ``BadPattern``."""
    if depth > 4:
        raise BadPattern(f"classes of {pattern!r} hold one another, expected at most four levels")
    parts: list[str] = []
    closing: list[str] = []
    for piece in _PIECE.findall(pattern.lower()):
        if piece in "([":
            parts.append("(?:")
            closing.append(")" if piece == "(" else "]")
        elif piece in ")]":
            if not closing or closing.pop() != piece:
                raise BadPattern(f"brackets of {pattern!r} do not match")
            parts.append(")" if piece == ")" else ")?")
        else:
            parts.append(_piece(piece, pattern, classes, depth))
    if closing or not parts:
        raise BadPattern(f"{pattern!r} is empty or a bracket of it is open")
    return "".join(parts)


def _piece(piece: str, pattern: str, classes: Mapping[str, Sequence[str]], depth: int) -> str:
    if piece in "|":
        return "|"
    if piece == "^":
        return r"(?<=\A )"
    if piece == "$":
        return r"\Z"
    if piece.startswith("~"):
        return rf"(?:[^ ]+ ){{0,{piece[1:]}}}"
    if piece.startswith("@"):
        if piece[1:] not in classes:
            raise BadPattern(f"{pattern!r} names the class {piece!r}, which the lexicon does not have")
        return "(?:" + "|".join(expression(word, classes, depth + 1) for word in classes[piece[1:]]) + ")"
    return "".join(_ENDING if part == "*" else re.escape(part) for part in re.split(r"(\*)", piece)) + " "
