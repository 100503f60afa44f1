"""Whether a leak of a known clip carries one of given marks, and how surely.

The clip is at hand, so the leak is laid on it, the clip is taken out, and what is left is compared with each key's
signs. All that comes before the comparison sees no key; the signs of a key that is not in the leak are therefore fair
coins, and a score beyond t has probability at most exp(−t²/2) (Hoeffding), whatever the leak is and whatever was
done to it. The threshold is what makes all comparisons together wrong with probability ALPHA at most.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from fairhearing.watermark import align, channel, features, grid, keys, statistics, warp
from fairhearing.watermark.align import Line
from fairhearing.watermark.channel import MARGIN, Channel, Pair
from fairhearing.watermark.embed import Prepared, check, prepare
from fairhearing.watermark.grid import Floats, Ints

ALPHA = 1e-6
LEAST_S = 1.0  # of leak: shorter ones are not judged
UNEXPLAINED = 0.3  # of a leak's whitened energy: below it a straight line is the answer
CORRECTIONS, STEADY = 3, 5e-6  # of a line; a change of rate too small to matter
NEARLY = 2e-3  # the clip's own speed: further off, a line is believed
BLOCK_KEYS = 1 << 14


@dataclass(frozen=True)
class Evidence:
    """What a leak says of a clip's pairs: ``rows`` (tests, columns·28), each of norm 1 at most, blind to keys.

    ``residual`` is how much of the leak the clip does not explain (0 … 1) at the best of the alignments tried.
    """

    rows: Floats
    columns: int
    residual: float


@dataclass(frozen=True)
class Named:
    """Key number ``key`` of those asked for; ``score``, and the chance at most of any such answer being wrong."""

    key: int
    score: float
    p_false: float


class Clip:
    """A clip's side of detection; what is computed once for all its leaks."""

    def __init__(self, samples: Floats, prepared: Prepared | None = None) -> None:
        self.samples = check(samples)
        self.prepared = prepared or prepare(samples)
        self.rough = features.Clip(self.samples)

    @cached_property
    def emphasised(self) -> Floats:
        """For fine alignment."""
        return align.emphasised(self.samples)

    @cached_property
    def power(self) -> Floats:
        """The power of each frame in each band, (frames, 56)."""
        return grid.in_bands(grid.power(self.prepared.spectra))


def threshold(tests: int, alpha: float = ALPHA) -> float:
    """Return the score that none of ``tests`` comparisons with wrong keys passes but with probability ``alpha``.

    Hoeffding 1963, theorem 2: P(Σ aᵢ·sᵢ ≥ t) ≤ exp(−t²/2) for fair independent signs and ‖a‖ ≤ 1.
    """
    return math.sqrt(2 * math.log(max(tests, 1) / alpha))


def evidence(leak: Floats, clip: Clip) -> Evidence:
    """Return what ``leak``, mono float32 (n,) at 16 kHz, says of the clip's cells. Never sees a key.

    A leak under a second, or silent, says nothing: no rows. Raises ``ValueError`` for samples that are not finite.
    """
    heard = check(leak)
    columns = len(clip.prepared.depth)
    nothing = Evidence(np.zeros((0, columns * grid.PAIRS), np.float32), columns, 1.0)
    if min(heard.size, clip.samples.size) < LEAST_S * grid.RATE or not heard.any() or not clip.samples.any():
        return nothing
    heard = heard / np.float32(np.sqrt(np.mean(heard**2)))
    rows, residual = [], 1.0
    for found in _alignments(heard, clip):
        rows += _statistics(found, clip)
        residual = min(residual, found.fitted.residual)
    return Evidence(np.stack(rows), columns, residual) if rows else nothing


def scores(found: Evidence, candidates: Sequence[bytes]) -> Floats:
    """Return the best score of each key, (keys,)."""
    return np.concatenate([np.zeros(0, np.float32), *_scores(found, candidates)])


def detect(leak: Floats, clip: Clip, candidates: Sequence[bytes], *, clips: int = 1) -> list[Named]:
    """Return the keys whose mark ``leak`` carries, best first; none where nothing is certain enough.

    ``candidates`` are the keys of all that this clip was played to; ``clips`` is on how many clips this leak is
    tried with as many keys. The answer as a whole is wrong with probability :data:`ALPHA` at most.
    """
    found = evidence(leak, clip)
    tests = max(1, len(found.rows)) * len(candidates) * clips
    best = scores(found, candidates)
    passed = np.flatnonzero(best >= threshold(tests))
    named = [Named(int(k), float(best[k]), min(1.0, tests * math.exp(-(float(best[k]) ** 2) / 2))) for k in passed]
    return sorted(named, key=lambda one: -one.score)


def _scores(found: Evidence, candidates: Sequence[bytes]) -> Iterator[Floats]:
    used = np.flatnonzero(found.rows.any(axis=0)) if len(found.rows) else np.zeros(0, np.int64)
    rows = np.ascontiguousarray(found.rows[:, used].T)
    for start in range(0, len(candidates), BLOCK_KEYS):
        block = candidates[start : start + BLOCK_KEYS]
        if not used.size:
            yield np.zeros(len(block), dtype=np.float32)
            continue
        yield (keys.signs(block, found.columns)[:, used].astype(np.float32) @ rows).max(axis=1)


@dataclass(frozen=True)
class _Aligned:
    """A leak and its clip on one timeline; ``frames`` are the clip's at each frame of the leak, −1 for none."""

    pair: Pair
    fitted: Channel
    frames: Ints


def _statistics(found: _Aligned, clip: Clip) -> list[Floats]:
    depth = clip.prepared.depth
    columns = np.where(found.frames >= 0, found.frames // grid.FRAMES, -1)
    phase = statistics.coherent(found.pair, found.fitted, columns, depth)
    loudness = statistics.level(found.pair.leak, clip.power[np.maximum(found.frames, 0)], columns, depth)
    three = (phase, loudness, statistics.unit(phase + loudness))
    return [one.reshape(-1) for one in three if one.any() and np.isfinite(one).all()]


def _alignments(leak: Floats, clip: Clip) -> list[_Aligned]:
    """Return the alignments worth testing."""
    bands = features.Bands(leak)
    emphasised = align.emphasised(leak)
    speeds = features.rough(bands, clip.rough, [(rate, True) for rate in features.SPEEDS])
    plain = next(one for one in speeds if one.rate == 1.0)
    lines = [align.refine(emphasised, clip.emphasised, Line(r.rate, r.offset, 0.0)) for r in (plain, *speeds[:2])]
    best = max(lines, key=lambda one: one.peak)
    found = _settled(leak, clip, best)
    alignments = [found] if found else []
    if not found or found.fitted.residual > UNEXPLAINED:
        tempos = features.rough(bands, clip.rough, [(rate, False) for rate in features.TEMPOS])
        paths = [warp.follow(emphasised, clip.emphasised, rough) for rough in tempos[:2]]
        alignments.append(_bent(leak, clip, max(paths, key=lambda one: one.agreement)))
    return alignments


def _settled(leak: Floats, clip: Clip, line: Line) -> _Aligned | None:
    """Return the leak laid along ``line``, and where much is left, along a line that leaves less.

    In a room the first line can be off by more than its channel shows; most clocks are nearly right, so the clip's own
    speed is tried beside it.
    """
    found = _corrected(leak, clip, line)
    if found and found.fitted.residual > channel.ENOUGH and STEADY < abs(line.rate - 1) < NEARLY:
        middle = line.offset + line.rate * leak.size / 2
        straight = Line(1.0, middle - leak.size / 2, line.peak)
        other = _laid(leak, clip, straight)
        if other and other.fitted.residual < found.fitted.residual:
            return _corrected(leak, clip, straight)
    return found


def _corrected(leak: Floats, clip: Clip, line: Line) -> _Aligned | None:
    """Return the leak laid along ``line`` as the channel so found corrects it, while that leaves less."""
    found = _laid(leak, clip, line)
    for _ in range(CORRECTIONS):
        if not found or found.fitted.residual < channel.ENOUGH:
            break
        better = align.corrected(found.pair.leak, channel.through(found.pair, found.fitted), line, _first(line))
        moved = abs(better.rate / line.rate - 1)
        again = _laid(leak, clip, better) if moved > STEADY else None
        if not again or again.fitted.residual >= found.fitted.residual:
            break
        found, line = again, better
    return found


def _first(line: Line) -> int:
    """Return the first instant of the clip, on a frame's edge, at which the leak is there."""
    return max(0, -(-math.floor(line.offset) // grid.HOP) * grid.HOP)


def _laid(leak: Floats, clip: Clip, line: Line) -> _Aligned | None:
    """Return the leak resampled to the clip's time, from a frame's edge, with the channel fitted."""
    first = _first(line)
    last = min(clip.samples.size, math.floor(line.offset + line.rate * leak.size))
    if last - first < LEAST_S * grid.RATE / 2:
        return None
    around = np.zeros(last - first + 2 * MARGIN, dtype=np.float32)
    low, high = max(0, first - MARGIN), min(clip.samples.size, last + MARGIN)
    around[low - first + MARGIN : high - first + MARGIN] = clip.samples[low:high]
    pair = Pair(align.on_clip(leak, line, first, last), around, MARGIN)
    frames = np.arange(grid.frames_of(last - first)) + first // grid.HOP
    return _Aligned(pair, channel.fit(pair), np.where(frames < len(clip.power), frames, -1))


def _bent(leak: Floats, clip: Clip, path: warp.Path) -> _Aligned:
    """Return the clip laid on the leak's time along ``path``, with the channel fitted."""
    laid = np.pad(warp.warped(clip.samples, path, leak.size), MARGIN)
    pair = Pair(leak, laid, MARGIN)
    middles = np.arange(grid.frames_of(leak.size)) * grid.HOP - grid.HOP
    at = np.clip((middles - warp.HOP // 2) // warp.HOP, 0, len(path.instants) - 1)
    instants = path.instants[at] + middles - (at * warp.HOP + warp.HOP // 2)
    frames = np.rint((instants + grid.HOP) / grid.HOP).astype(np.int64)
    return _Aligned(pair, channel.fit(pair), np.where((frames >= 0) & (frames < len(clip.power)), frames, -1))
