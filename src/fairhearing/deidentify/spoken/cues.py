"""Where phrases stand: a table looked up by the first word, built once a language."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Cue:
    """A phrase that announces a type: ``words`` in order, and the fewest and most symbols that it announces."""

    words: tuple[str, ...]
    type: str
    fewest: int = 0
    most: int = 99


@dataclass(frozen=True)
class Found:
    """A cue in the words: ``first`` … ``last`` are word indices."""

    cue: Cue
    first: int
    last: int


class Phrases:
    """A set of cues that can be found in words in time proportional to the words."""

    def __init__(self, cues: Iterable[Cue]) -> None:
        self._by_word: dict[str, list[Cue]] = {}
        for cue in cues:
            if cue.words:
                self._by_word.setdefault(cue.words[0], []).append(cue)
        for group in self._by_word.values():
            group.sort(key=lambda cue: -len(cue.words))

    def longest(self, words: Sequence[str]) -> list[Found]:
        """Return the cues in ``words``; of overlapping ones the first, and of those all the longest."""
        found: list[Found] = []
        free = 0
        table = self._by_word
        for at, word in enumerate(words):
            if at < free or word not in table:
                continue
            length = 0
            for cue in table[word]:
                size = len(cue.words)
                if size < length:
                    break
                if size == 1 or tuple(words[at : at + size]) == cue.words:
                    length = size
                    found.append(Found(cue, at, at + size - 1))
            free = at + length if length else free
        return found

    def all(self, words: Sequence[str]) -> list[Found]:
        """Return every cue in ``words``; they may overlap."""
        table = self._by_word
        return [
            Found(cue, at, at + len(cue.words) - 1)
            for at, word in enumerate(words)
            if word in table
            for cue in table[word]
            if len(cue.words) == 1 or tuple(words[at : at + len(cue.words)]) == cue.words
        ]
