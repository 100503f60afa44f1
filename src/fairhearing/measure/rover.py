"""One text out of several, word by word: recogniser output voting error reduction (ROVER).

J. G. Fiscus, "A post-processing system to yield reduced word error rates: Recognizer Output Voting Error Reduction
(ROVER)", IEEE ASRU 1997. The texts are aligned one after another into a network of slots; each slot holds the words
that compete for one place, NULL among them; the heaviest wins. Reviewers' weights stand for the paper's confidences.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from fairhearing.measure.errors import count_errors
from fairhearing.measure.text import normalise, tokens

NULL = ""
# The costs of the alignment; a gap is cheaper than a wrong pair, and cheaper still where somebody left one before.
_PAIR, _GAP, _KNOWN_GAP = 4, 3, 1
_SURFACE = re.compile(r"\(\([^()]*\)\)|\[[^\[\]]+\]|\S+")  # as in text.py: a tag is one word
_SPACELESS = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")


@dataclass(frozen=True, slots=True)
class Word:
    """A word as written, its comparable form (never empty), and whether a space goes before it."""

    surface: str
    form: str
    apart: bool = True


def combine(texts: Sequence[str], weights: Sequence[float]) -> str:
    """The text that the weights vote for, word by word, in the spelling that weighs most.

    Every text votes in every slot, with NULL where it has no word. The first text of the alignment is the one that is
    nearest to all others; of equally heavy words its own wins. The order of the texts changes nothing but the spelling.
    Scripts that write without spaces (Chinese, Japanese, Thai …) are voted on character by character.

    Raises:
        ValueError: no text, not one weight a text, or a weight that is not above 0.
    """
    if not texts or len(texts) != len(weights) or min(weights) <= 0:
        raise ValueError(f"{len(texts)} texts with weights {list(weights)}, expected one above 0 for each")
    lines = [_Line(split(text), weight) for text, weight in zip(texts, weights, strict=True)]
    base, *others = sorted(lines, key=lambda line: (line.far_from(lines), -line.weight, line.forms))
    others.sort(key=lambda line: (-line.weight, line.forms))
    slots = [_Slot.of(word, base.weight) for word in base.words]
    heard = base.weight
    for line in others:
        slots = _joined(slots, line, heard)
        heard += line.weight
    return _written(slot.winner() for slot in slots)


def split(text: str) -> list[Word]:
    """The words of a text in order, what has no comparable form (a dash alone) left out."""
    found = []
    for match in _SURFACE.finditer(text):
        for number, piece in enumerate(_pieces(match.group())):
            form = normalise(piece)
            if form:
                found.append(Word(piece, form, apart=number == 0))
    return found


def forms(text: str) -> tuple[str, ...]:
    """The comparable words by which texts are aligned: tokens, or characters where a script has no spaces."""
    return tuple(piece for token in tokens(text) for piece in _pieces(token))


def _pieces(word: str) -> list[str]:
    """The word itself, or its characters, each with the marks that belong to it."""
    if word[0] in "([" or not any(_spaceless(sign) for sign in word):
        return [word]
    found: list[str] = []
    for sign in word:
        latin_run = bool(found) and not _spaceless(sign) and not _spaceless(found[-1][0])
        if found and (unicodedata.category(sign)[0] == "M" or latin_run):
            found[-1] += sign
        else:
            found.append(sign)
    return found


def _spaceless(sign: str) -> bool:
    return sign > "\u0e00" and unicodedata.name(sign, "").startswith(_SPACELESS)


@dataclass(frozen=True, slots=True)
class _Line:
    words: list[Word]
    weight: float

    @property
    def forms(self) -> tuple[str, ...]:
        return tuple(word.form for word in self.words)

    def far_from(self, lines: Sequence["_Line"]) -> float:
        """Word errors to all lines, each by its weight; rounded, so that the order of adding does not decide."""
        return round(sum(line.weight * count_errors(self.forms, line.forms).errors for line in lines), 9)


@dataclass(slots=True)
class _Slot:
    """What competes for one place: votes for each form, for each way of writing it, and which form came first."""

    first: str
    votes: dict[str, float] = field(default_factory=dict)
    spellings: dict[Word, float] = field(default_factory=dict)

    @classmethod
    def of(cls, word: Word, weight: float, *, missed: float = 0.0) -> "_Slot":
        slot = cls(NULL if missed else word.form, {NULL: missed} if missed else {})
        slot.vote(word, weight)
        return slot

    def vote(self, word: Word | None, weight: float) -> None:
        form = NULL if word is None else word.form
        self.votes[form] = self.votes.get(form, 0.0) + weight
        if word is not None:
            self.spellings[word] = self.spellings.get(word, 0.0) + weight

    def winner(self) -> Word | None:
        form = max(self.votes, key=lambda one: (round(self.votes[one], 9), one == self.first, one))
        if form == NULL:
            return None
        alike = [word for word in self.spellings if word.form == form]
        return max(alike, key=lambda word: round(self.spellings[word], 9))


def _joined(slots: list[_Slot], line: _Line, heard: float) -> list[_Slot]:
    """The network with one more line in it: votes added to slots, and new slots where it says more than all before."""
    joined = []
    for slot, word in _aligned(slots, line.words):
        if slot is not None:
            slot.vote(word, line.weight)
            joined.append(slot)
        elif word is not None:
            joined.append(_Slot.of(word, line.weight, missed=heard))
    return joined


def _aligned(slots: list[_Slot], words: list[Word]) -> list[tuple[_Slot | None, Word | None]]:
    """The cheapest pairing, in order; None stands for a gap. O(n·m) time and memory."""
    skip = [_KNOWN_GAP if NULL in slot.votes else _GAP for slot in slots]
    table = [[number * _GAP for number in range(len(words) + 1)]]
    for slot, gap in zip(slots, skip, strict=True):
        above, row = table[-1], [table[-1][0] + gap]
        for at, word in enumerate(words):
            pair = above[at] + (0 if word.form in slot.votes else _PAIR)
            row.append(min(pair, above[at + 1] + gap, row[at] + _GAP))
        table.append(row)
    return list(_traced(table, slots, words, skip))[::-1]


def _traced(
    table: list[list[int]], slots: list[_Slot], words: list[Word], skip: list[int]
) -> Iterator[tuple[_Slot | None, Word | None]]:
    """The way back through the table, from its end."""
    row, column = len(slots), len(words)
    while row or column:
        here = table[row][column]
        if row and column:
            slot, word = slots[row - 1], words[column - 1]
            if here == table[row - 1][column - 1] + (0 if word.form in slot.votes else _PAIR):
                yield slot, word
                row, column = row - 1, column - 1
                continue
        if row and here == table[row - 1][column] + skip[row - 1]:
            yield slots[row - 1], None
            row -= 1
        else:
            yield None, words[column - 1]
            column -= 1


def _written(words: Iterator[Word | None]) -> str:
    text = ""
    for word in words:
        if word is not None:
            text += (" " if text and word.apart else "") + word.surface
    return text
