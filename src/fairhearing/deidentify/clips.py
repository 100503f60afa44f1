"""Splitting a recording into clips of at most 15 s, at pauses, never within a word whose times are known."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fairhearing.deidentify.words import RATE, Samples, Word, joined

LONGEST = 15 * RATE
ROOM = RATE * 15 // 100
TOGETHER = RATE  # a shorter pause does not end a clip
QUIET = RATE * 20 // 1000
STEP = RATE * 5 // 1000


@dataclass(frozen=True)
class ClipSpan:
    """A clip of the recording, ``start`` to ``end`` in samples at 16 kHz, end exclusive."""

    start: int
    end: int


def split(
    samples: Samples,
    speech: Sequence[tuple[int, int]],
    words: Sequence[Word] = (),
    *,
    longest: int = LONGEST,
) -> list[ClipSpan]:
    """Return the clips of ``samples``, mono float32 of shape (n,), in order and not overlapping.

    ``speech`` are the regions of speech; ``words`` with known times are never split. Each clip is at most
    ``longest`` samples with the room on both sides; silence between clips is dropped.
    """
    size = samples.size
    spoken = joined([*speech, *((word.start, word.end) for word in words)])
    inside = [(max(0, start), min(size, end)) for start, end in spoken if start < size]
    pieces = [piece for region in inside for piece in _pieces(samples, region, words, longest - 2 * ROOM)]
    return _with_room(_grouped(pieces, longest - 2 * ROOM), size)


def _grouped(pieces: list[tuple[int, int]], longest: int) -> list[tuple[int, int]]:
    groups: list[tuple[int, int]] = []
    for start, end in pieces:
        if groups and start - groups[-1][1] <= TOGETHER and end - groups[-1][0] <= longest:
            groups[-1] = (groups[-1][0], end)
        else:
            groups.append((start, end))
    return groups


def _with_room(groups: list[tuple[int, int]], size: int) -> list[ClipSpan]:
    clips: list[ClipSpan] = []
    for at, (start, end) in enumerate(groups):
        before = groups[at - 1][1] if at else 0
        after = groups[at + 1][0] if at + 1 < len(groups) else size
        left = min(ROOM, (start - before) // 2 if at else start)
        right = min(ROOM, (after - end) // 2 if at + 1 < len(groups) else size - end)
        clips.append(ClipSpan(start - left, end + right))
    return clips


def _pieces(samples: Samples, region: tuple[int, int], words: Sequence[Word], longest: int) -> list[tuple[int, int]]:
    pieces: list[tuple[int, int]] = []
    start, end = region
    while end - start > longest:
        at = _best_split(samples, start + longest // 2, start + longest, words)
        pieces.append((start, at))
        start = at
    return [*pieces, (start, end)]


def _best_split(samples: Samples, low: int, high: int, words: Sequence[Word]) -> int:
    """Return the quietest place between ``low`` and ``high`` that lies in no word; any place where all do."""
    places = np.arange(low, high, STEP)
    energy = np.concatenate(([0.0], np.cumsum(np.square(samples[low - QUIET : high + QUIET], dtype=np.float64))))
    last = energy.size - 1
    loudness = energy[np.minimum(places - low + 2 * QUIET, last)] - energy[places - low]
    allowed = np.ones(places.size, dtype=bool)
    for word in words:
        allowed &= (places <= word.start) | (places >= word.end)
    if not allowed.any():
        allowed[:] = True
    return int(places[np.argmin(np.where(allowed, loudness, np.inf))])
