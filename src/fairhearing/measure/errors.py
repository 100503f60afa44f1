"""How far a transcript is from a reference: word and character error rates."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairhearing.measure.text import characters, tokens


@dataclass(frozen=True, slots=True)
class ErrorRate:
    """Errors of an alignment with the fewest errors, in words or characters. ``+`` pools two of them."""

    substitutions: int = 0
    deletions: int = 0
    insertions: int = 0
    reference_length: int = 0

    @property
    def errors(self) -> int:
        """All errors together."""
        return self.substitutions + self.deletions + self.insertions

    @property
    def rate(self) -> float:
        """Errors over the reference's length (of an empty one: over 1). It can be more than 1."""
        return self.errors / max(1, self.reference_length)

    def __add__(self, other: "ErrorRate") -> "ErrorRate":
        return ErrorRate(
            self.substitutions + other.substitutions,
            self.deletions + other.deletions,
            self.insertions + other.insertions,
            self.reference_length + other.reference_length,
        )


def word_error_rate(reference: str, hypothesis: str) -> ErrorRate:
    """Errors in words, both texts normalised."""
    return count_errors(tokens(reference), tokens(hypothesis))


def character_error_rate(reference: str, hypothesis: str) -> ErrorRate:
    """Errors in characters, both texts normalised, the spaces between words counted."""
    return count_errors(characters(reference), characters(hypothesis))


def pooled_word_error_rate(pairs: Iterable[tuple[str, str]]) -> ErrorRate:
    """Errors in words over many (reference, hypothesis): long texts weigh more than short ones."""
    return sum((word_error_rate(*pair) for pair in pairs), ErrorRate())


def count_errors(reference: Sequence[str], hypothesis: Sequence[str]) -> ErrorRate:
    """Align two sequences with the fewest errors (Levenshtein) and count them by kind.

    Where several alignments have as few, the one with the most substitutions counts, so that the answer is
    one. O(n·m) time, O(m) memory.
    """
    # An insertion or a deletion costs one more than a substitution in a unit too small to outweigh an error,
    # so the cheapest total tells both the errors and how many of them are not substitutions.
    error = len(reference) + len(hypothesis) + 1
    total = _cheapest(*_numbered(reference, hypothesis), substitution=error, gap=error + 1)
    errors, gaps = divmod(total, error)
    longer = len(reference) - len(hypothesis)
    deletions = (gaps + longer) // 2
    return ErrorRate(errors - gaps, deletions, gaps - deletions, len(reference))


Numbers = npt.NDArray[np.int64]


def _numbered(reference: Sequence[str], hypothesis: Sequence[str]) -> tuple[Numbers, Numbers]:
    numbers: dict[str, int] = {}
    rows = [[numbers.setdefault(item, len(numbers)) for item in side] for side in (reference, hypothesis)]
    return np.array(rows[0], dtype=np.int64), np.array(rows[1], dtype=np.int64)


def _cheapest(reference: Numbers, hypothesis: Numbers, *, substitution: int, gap: int) -> int:
    """The edit distance with these costs, a row of the table at a time."""
    gaps = np.arange(len(hypothesis) + 1, dtype=np.int64) * gap
    row = gaps.copy()
    for item in reference:
        above = row + gap
        np.minimum(above[1:], row[:-1] + np.where(hypothesis == item, 0, substitution), out=above[1:])
        # An insertion comes from the left in the same row: the running minimum, each step's cost taken off.
        row = np.minimum.accumulate(above - gaps) + gaps
    return int(row[-1])
