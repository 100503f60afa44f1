"""Where a leak lies on its clip, to a sample and a millionth of speed. Nothing here sees a key.

Short pieces of the leak are correlated with the clip around where they are expected; the correlations are stacked
along straight lines of lag against time (a small Radon transform), whose best line corrects speed and offset.
"""

from dataclasses import dataclass

import numpy as np

from fairhearing.watermark.grid import Floats, Ints
from fairhearing.watermark.resampling import at, fast_length, slices

PASS_HZ = (180.0, 3600.0)
EVERY = 1024  # samples from piece to piece


@dataclass(frozen=True)
class Line:
    """Leak sample n is clip instant ``offset + rate·n``; ``peak``: mean correlation of the pieces along it."""

    rate: float
    offset: float
    peak: float


def emphasised(samples: Floats) -> Floats:
    """Return ``samples`` pre-emphasised and limited to 180–3,600 Hz."""
    size = fast_length(samples.size)
    hertz = np.fft.rfftfreq(size, 1 / 16_000)
    rise = np.clip((hertz - PASS_HZ[0]) / 60, 0, 1) * np.clip((PASS_HZ[1] - hertz) / 200, 0, 1)
    spectrum = np.fft.rfft(samples, size) * (rise * np.hypot(1, hertz / 300))
    return np.fft.irfft(spectrum, size)[: samples.size].astype(np.float32)


def refine(leak: Floats, clip: Floats, line: Line) -> Line:
    """Return ``line`` refined in three steps; both sounds as :func:`emphasised` makes them."""
    for piece, reach, slope, step, finer in (
        (2048, 480, 3.5e-3, 1e-4, 1),
        (4096, 96, 8e-4, 2e-5, 4),
        (4096, 24, 6e-5, 3e-6, 16),
    ):
        line = _stacked(leak, clip, line, piece, reach, slope, step, finer)
    return line


def corrected(leak: Floats, expected: Floats, line: Line, first: int) -> Line:
    """Return ``line`` after ``leak``, as laid on the clip from its instant ``first``, was held against ``expected``.

    ``expected`` is what the channel makes of the clip there. Echoes that pull a comparison with the clip itself are in
    both, so what is left is how far the clock was off.
    """
    still = Line(1.0, 0.0, 0.0)
    change = _stacked(emphasised(leak), emphasised(expected), still, 4096, 24, 2e-4, 1e-5, 4)
    offset = first + change.offset + change.rate * (line.offset - first)
    return Line(line.rate * change.rate, offset, change.peak)


def on_clip(leak: Floats, line: Line, first: int, last: int) -> Floats:
    """Return the leak resampled to the clip's instants ``first`` … ``last`` − 1."""
    return at(leak, (np.arange(first, last) - line.offset) / line.rate)


def correlations(leak: Floats, clip: Floats, starts: Ints, expected: Ints, length: int, reach: int) -> Floats:
    """Return normalised correlations (pieces, 2·reach + 1) of pieces of ``leak`` with ``clip``.

    Piece i is ``leak[starts[i] : + length]``; lag 0, in the middle, is ``clip[expected[i] :]``.
    """
    pieces = slices(leak, starts, length)
    around = slices(clip, expected - reach, length + 2 * reach)
    size = fast_length(length + 2 * reach)
    product = np.fft.rfft(around, size, axis=1) * np.fft.rfft(pieces, size, axis=1).conj()
    cross = np.fft.irfft(product, size, axis=1)[:, : 2 * reach + 1]
    summed = np.concatenate([np.zeros((len(around), 1)), np.cumsum(around.astype(np.float64) ** 2, axis=1)], axis=1)
    theirs = summed[:, length:] - summed[:, : 2 * reach + 1]
    ours = np.sum(pieces.astype(np.float64) ** 2, axis=1, keepdims=True)
    floor = 1e-6 * float(ours.max(initial=0)) + 1e-12
    return np.asarray(cross / np.sqrt((theirs + floor) * (ours + floor)), dtype=np.float32)


def _stacked(
    leak: Floats, clip: Floats, line: Line, piece: int, reach: int, slope: float, step: float, finer: int
) -> Line:
    first = max(0, int(np.floor(line.offset)))
    last = min(clip.size, int(line.offset + line.rate * leak.size))
    if last - first < piece:
        return Line(line.rate, line.offset, 0.0)
    here = on_clip(leak, line, first, last)
    starts = np.arange(0, last - first - piece + 1, EVERY)
    found = correlations(here, clip, starts, starts + first, piece, reach)
    energy = np.sum(slices(here, starts, piece) ** 2, axis=1)
    weight = (energy / (energy.max() + 1e-20)) ** 0.25
    found = _interpolated(found * (weight / (weight.sum() + 1e-20))[:, None], finer)
    slopes = np.arange(-slope, slope + step / 2, step)
    middle = starts - starts.mean()
    shift = np.rint(finer * slopes[:, None] * middle[None]).astype(np.int64)
    lags = np.arange(found.shape[1])
    sums = np.zeros((slopes.size, lags.size), dtype=np.float32)
    for row in range(len(starts)):  # one piece at a time: the whole would not fit a cache
        sums += found[row][np.clip(lags[None] + shift[:, row, None], 0, lags[-1])]
    at_slope, at_lag = np.unravel_index(int(np.argmax(sums)), sums.shape)
    lag = (at_lag + _vertex(sums[at_slope], int(at_lag))) / finer - reach
    steeper = float(slopes[at_slope]) + step * _vertex(sums[:, at_lag], int(at_slope))
    # Clip instant first + s (as believed) is really at first + s + lag + steeper·(s − middle).
    centre = first + float(starts.mean()) + piece / 2
    offset = line.offset + lag + steeper * (line.offset - centre)
    return Line(line.rate * (1 + steeper), offset, float(sums[at_slope, at_lag]))


def _interpolated(rows: Floats, finer: int) -> Floats:
    """Return band-limited ``rows`` (pieces, lags) at ``finer`` times as many lags."""
    if finer == 1:
        return rows
    count = rows.shape[1]
    wanted = np.arange((count - 1) * finer + 1) / finer
    return np.asarray(rows @ np.sinc(wanted[None] - np.arange(count)[:, None]).astype(np.float32))


def _vertex(values: Floats, best: int) -> float:
    """Return how far from index ``best`` the parabola through it and its neighbours is highest."""
    if not 0 < best < values.size - 1:
        return 0.0
    left, middle, right = (float(v) for v in values[best - 1 : best + 2])
    bend = left - 2 * middle + right
    return float(np.clip((left - right) / (2 * bend), -0.5, 0.5)) if bend < 0 else 0.0
