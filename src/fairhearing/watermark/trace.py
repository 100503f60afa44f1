"""From a leak to whoever heard it: which clips it may hold, then which of those clips' marks it carries.

1. The leak is cut into stretches of 6 s; each is looked for among all fingerprints.
2. The likest clips' evidence is taken. Neither step sees a key.
3. Only then are the keys asked for. The threshold counts every comparison: stretch, clip, alignment, statistic, key.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fairhearing.watermark import detect
from fairhearing.watermark.embed import check
from fairhearing.watermark.fingerprint import Index, Match
from fairhearing.watermark.grid import RATE, Floats

STRETCH, EVERY = 6 * RATE, 3 * RATE
CLOSEST = 3  # clips a stretch
ALIKE = 0.6  # of the likest clip's score


@dataclass(frozen=True)
class Found:
    """The leak carries the mark of key number ``key`` of clip ``clip``; wrong with probability ``p_false`` at most."""

    clip: int
    key: int
    score: float
    p_false: float


@dataclass(frozen=True)
class Traced:
    """All that was found, best first, and what it took: clips tried, comparisons made, and their threshold."""

    found: list[Found]
    clips: int
    tests: int
    threshold: float


def trace(
    leak: Floats,
    index: Index,
    *,
    clip_of: Callable[[int], Floats],
    keys_of: Callable[[int], Sequence[bytes]],
    alpha: float = detect.ALPHA,
    on_stretch: Callable[[int, int], None] | None = None,
) -> Traced:
    """Return which marks ``leak``, mono float32 (n,) at 16 kHz of any length, carries.

    ``index`` holds the fingerprints; ``clip_of`` gives a clip's samples as marked copies were made of, ``keys_of`` the
    keys of all to whom it was played. The whole answer is wrong with probability ``alpha`` at most.
    ``on_stretch`` is told after each stretch how many are done, of how many.
    Raises ``ValueError`` for samples of another shape or that are not finite.
    """
    heard = check(leak)
    clips: dict[int, detect.Clip] = {}
    taken: list[tuple[int, detect.Evidence]] = []
    starts = range(0, max(1, heard.size - EVERY), EVERY)
    for done, start in enumerate(starts, start=1):
        stretch = heard[start : start + STRETCH]
        for match in _likely(index.search(stretch, CLOSEST)):
            if match.clip not in clips:
                clips[match.clip] = detect.Clip(clip_of(match.clip))
            taken.append((match.clip, detect.evidence(stretch, clips[match.clip])))
        if on_stretch:
            on_stretch(done, len(starts))
    keys = {number: keys_of(number) for number in clips}
    tests = sum(len(evidence.rows) * len(keys[number]) for number, evidence in taken)
    limit = detect.threshold(tests, alpha)
    best: dict[tuple[int, int], float] = {}
    for number, evidence in taken:
        for key, one in enumerate(detect.scores(evidence, keys[number])):
            best[number, key] = max(best.get((number, key), 0.0), float(one))
    found = [
        Found(number, key, score, min(1.0, tests * math.exp(-(score**2) / 2)))
        for (number, key), score in best.items()
        if score >= limit
    ]
    return Traced(sorted(found, key=lambda one: -one.score), len(clips), tests, limit)


def _likely(matches: Sequence[Match]) -> list[Match]:
    return [one for one in matches if one.score >= ALIKE * matches[0].score]
