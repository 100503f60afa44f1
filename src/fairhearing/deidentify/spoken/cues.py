"""Where a cue stands: phrases that announce what comes, looked up by their first word."""

from collections.abc import Iterable
from dataclasses import dataclass

from fairhearing.deidentify.spoken.language import Cue


@dataclass(frozen=True)
class Found:
    """A cue in the words: ``first`` … ``last`` are word indices."""

    cue: Cue
    first: int
    last: int


def find_cues(words: list[str], cues: Iterable[Cue]) -> list[Found]:
    """Return the cues in ``words``; of overlapping ones the first, and of those the longest."""
    by_word: dict[str, list[Cue]] = {}
    for cue in cues:
        by_word.setdefault(cue.words[0], []).append(cue)
    found: list[Found] = []
    free = 0
    for at, word in enumerate(words):
        if at < free:
            continue
        fitting = [c for c in by_word.get(word, ()) if tuple(words[at : at + len(c.words)]) == c.words]
        if fitting:
            longest = max(len(cue.words) for cue in fitting)
            free = at + longest
            found += [Found(cue, at, at + longest - 1) for cue in fitting if len(cue.words) == longest]
    return found


def find_phrases(words: list[str], phrases: Iterable[tuple[str, ...]]) -> list[tuple[int, int]]:
    """Return where any of ``phrases`` stands, as (first, last) word indices; they may overlap."""
    by_word: dict[str, list[tuple[str, ...]]] = {}
    for phrase in phrases:
        by_word.setdefault(phrase[0], []).append(phrase)
    return [
        (at, at + len(phrase) - 1)
        for at, word in enumerate(words)
        for phrase in by_word.get(word, ())
        if tuple(words[at : at + len(phrase)]) == phrase
    ]
