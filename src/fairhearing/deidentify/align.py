"""Which heard word a written word is: alignment by edit distance, and times for words that came without."""

from collections.abc import Sequence
from dataclasses import dataclass

from fairhearing.deidentify.words import Word

OUTER = '.,;:!?"()[]{}«»“”¿¡…'


@dataclass(frozen=True)
class Token:
    """A word of a text: characters ``begin`` … ``stop``, said from ``start`` to ``end`` in samples.

    ``exact`` says that the time is that of an equal heard word and not a guess from its neighbours.
    """

    text: str
    begin: int
    stop: int
    start: int
    end: int
    exact: bool


def pieces(text: str) -> list[tuple[int, int]]:
    """Return the (begin, stop) characters of the words of ``text``."""
    found: list[tuple[int, int]] = []
    at = 0
    for word in text.split():
        begin = text.index(word, at)
        at = begin + len(word)
        found.append((begin, at))
    return found


def timed_tokens(text: str, words: Sequence[Word], end: int) -> list[Token]:
    """Return the words of ``text`` with times taken from ``words``; gaps are shared out evenly.

    Where as many words came as the text has, they correspond one to one. ``end`` is the recording's length.
    """
    spans = pieces(text)
    plain = [_plain(text[begin:stop]) for begin, stop in spans]
    heard = [_plain(word.text) for word in words]
    if len(plain) == len(heard):
        matched: list[int | None] = list(range(len(plain)))
    else:
        matched = match(plain, heard)
    times = _filled(matched, words, end)
    return [
        Token(text[begin:stop], begin, stop, start, finish, at is not None)
        for (begin, stop), at, (start, finish) in zip(spans, matched, times, strict=True)
    ]


def _plain(word: str) -> str:
    return word.strip(OUTER).lower()


def match(left: Sequence[str], right: Sequence[str]) -> list[int | None]:
    """Return, for each of ``left``, the index of the equal word of ``right`` on a cheapest path, or ``None``.

    Edit distance with unit costs (Wagner and Fischer 1974); the table is len(left) × len(right).
    """
    rows = [list(range(len(right) + 1))]
    for i, one in enumerate(left, 1):
        above = rows[-1]
        row = [i]
        for j, other in enumerate(right, 1):
            row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (one != other)))
        rows.append(row)
    matched: list[int | None] = [None] * len(left)
    i, j = len(left), len(right)
    while i and j:
        if rows[i][j] == rows[i - 1][j - 1] + (left[i - 1] != right[j - 1]):
            i, j = i - 1, j - 1
            matched[i] = j if left[i] == right[j] else None
        elif rows[i][j] == rows[i - 1][j] + 1:
            i -= 1
        else:
            j -= 1
    return matched


def _filled(matched: list[int | None], words: Sequence[Word], end: int) -> list[tuple[int, int]]:
    times: list[tuple[int, int]] = []
    at = 0
    before = words[0].start if words else 0
    finish = words[-1].end if words else end
    while at < len(matched):
        index = matched[at]
        if index is not None:
            times.append((words[index].start, words[index].end))
            before = words[index].end
            at += 1
            continue
        stop = at
        while stop < len(matched) and matched[stop] is None:
            stop += 1
        following = matched[stop] if stop < len(matched) else None
        after = words[following].start if following is not None else finish
        after = max(before, after)
        step = (after - before) / (stop - at)
        times += [(int(before + step * k), int(before + step * (k + 1))) for k in range(stop - at)]
        at = stop
    return times
