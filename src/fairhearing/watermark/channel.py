"""What a leak's way did to the clip: a filter fitted by least squares, so that the clip itself can be taken out.

Both sounds are whitened by the clip's own linear prediction, which leaves the filter as it is and lets every frequency
count. Three quarters of the blocks are fitted, the others choose among lengths; the rest is what the mark is sought in.
"""

from dataclasses import dataclass

import numpy as np

from fairhearing.watermark.grid import Floats, Reals
from fairhearing.watermark.resampling import fast_length

ORDER = 20
BLOCK = 1600  # 100 ms
# taps, of which so many look ahead, ridge
FILTERS = ((96, 32, 3e-3), (1024, 200, 3e-3), (3900, 700, 1e-3), (3900, 700, 1e-2))
ENOUGH = 10 ** (-14 / 10)
CLEAR = 0.3  # of the energy: where more is left, a longer filter can be best though a shorter one is worse than none
GROWTH = 400.0  # taps: echoes weaken, so the ridge grows with the square of their delay
STEPS = 16, 30
CONVERGED = 1e-12


@dataclass(frozen=True)
class Channel:
    """``taps``, the first of which look ``ahead`` samples ahead; ``residual``: held-out energy left, 0 … about 1."""

    taps: Floats
    ahead: int
    residual: float


@dataclass(frozen=True)
class Pair:
    """A leak (n,) and the clip on its timeline with ``margin`` samples more at either side, (n + 2·margin,)."""

    leak: Floats
    clip: Floats
    margin: int


MARGIN = 3900


def fit(pair: Pair) -> Channel:
    """Return the filter that predicts blocks of the leak best that it has not seen."""
    prediction = _prediction(pair.clip)
    white = Pair(_filtered(pair.leak, prediction), _filtered(pair.clip, prediction), pair.margin)
    blocks = np.arange(white.leak.size) // BLOCK
    seen = (blocks % 4 != 2).astype(np.float32)
    held = 1 - seen
    total = float(np.sum(held * white.leak**2)) + 1e-20
    best, least = FILTERS[0], np.inf
    for choice in FILTERS:
        taps = _solve(white, seen, *choice, STEPS[0])
        left = white.leak - _through(white, taps, choice[1])
        residual = float(np.sum(held * left**2)) / total
        if residual < least:
            best, least = choice, residual
        if least < ENOUGH or (least < CLEAR and residual > least):
            break
    taps = _solve(white, np.ones_like(seen), *best, STEPS[1])
    return Channel(taps, best[1], float(least))


def through(pair: Pair, channel: Channel) -> Floats:
    """Return the clip as the channel passes it on, (n,)."""
    return _through(pair, channel.taps, channel.ahead)


def back(channel: Channel, sound: Floats, pair: Pair) -> Floats:
    """Return ``sound`` (n,) gathered back to where it came from: the transpose of :func:`through`, (n,)."""
    return _transposed(pair, sound, channel.taps, channel.ahead)


def _span(pair: Pair, taps: int, ahead: int) -> Floats:
    """Return the clip from where the last tap reads for the first sample, to where the first does for the last."""
    begin = pair.margin + ahead - taps + 1
    return pair.clip[begin : pair.margin + ahead + pair.leak.size]


def _through(pair: Pair, taps: Floats, ahead: int) -> Floats:
    span = _span(pair, taps.size, ahead)
    size = fast_length(span.size)
    out = np.fft.irfft(np.fft.rfft(span, size) * np.fft.rfft(taps, size), size)
    return np.asarray(out[taps.size - 1 : taps.size - 1 + pair.leak.size], dtype=np.float32)


def _transposed(pair: Pair, sound: Floats, taps: Floats, ahead: int) -> Floats:
    size = fast_length(sound.size + taps.size)
    out = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(taps, size).conj(), size)
    at = np.arange(sound.size) - ahead
    return np.asarray(out[at % size], dtype=np.float32)


def _solve(pair: Pair, weight: Floats, count: int, ahead: int, ridge: float, steps: int) -> Floats:
    """Return ``count`` taps by conjugate gradients on the ridge's normal equations."""
    span = _span(pair, count, ahead)
    size = fast_length(span.size)
    spectrum = np.fft.rfft(span, size)
    conjugate = spectrum.conj()
    window = slice(count - 1, count - 1 + pair.leak.size)
    room = np.zeros(size, dtype=np.float32)

    def correlated(values: Reals) -> Floats:
        room[window] = values
        return np.fft.irfft(np.fft.rfft(room) * conjugate, size)[:count].astype(np.float32)

    delay = (np.arange(count) - ahead) / GROWTH
    energy = float(np.sum(span**2)) + 1e-12
    penalty = (ridge * energy * (0.05 + delay**2)).astype(np.float32)
    precondition = 1 / (energy + penalty)
    taps = np.zeros(count, dtype=np.float32)
    left = correlated(weight * pair.leak)
    direction = precondition * left
    before = float(left @ direction)
    enough = CONVERGED * before
    for _ in range(steps):
        if before <= enough:  # also where there was nothing to fit
            break
        passed = np.fft.irfft(spectrum * np.fft.rfft(direction, size), size)[window]
        product = correlated(weight * passed) + penalty * direction
        move = before / float(direction @ product)
        taps += np.float32(move) * direction
        left -= np.float32(move) * product
        scaled = precondition * left
        now = float(left @ scaled)
        direction = scaled + np.float32(now / before) * direction
        before = now
    return taps


def _prediction(samples: Floats) -> Floats:
    """Return the whitening filter (21,) of ``samples`` by Levinson's recursion."""
    size = fast_length(samples.size + ORDER)
    spectrum = np.fft.rfft(samples, size)
    lags = np.fft.irfft(spectrum.real**2 + spectrum.imag**2, size)[: ORDER + 1].astype(np.float64)
    lags[0] = lags[0] * 1.0001 + 1e-9
    taps = np.zeros(ORDER + 1)
    taps[0], error = 1.0, lags[0]
    for order in range(1, ORDER + 1):
        reflection = -float(taps[:order] @ lags[order:0:-1]) / error
        taps[1 : order + 1] += reflection * taps[order - 1 :: -1][:order]
        error *= 1 - reflection**2
    return taps.astype(np.float32)


def _filtered(samples: Floats, taps: Floats) -> Floats:
    return np.convolve(samples, taps)[: samples.size].astype(np.float32)
