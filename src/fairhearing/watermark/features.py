"""Log band energies at any speed and tempo, and where two of them agree: the rough alignment, blind to keys."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from fairhearing.audio import spectra
from fairhearing.watermark import grid
from fairhearing.watermark.grid import HANN, RATE, WINDOW, Floats, Reals
from fairhearing.watermark.resampling import fast_length

STEP = 160  # 10 ms
LIMITS_HZ = np.geomspace(250.0, 3500.0, 21)
SPEEDS = tuple(round(1 + 0.005 * k, 3) for k in range(-11, 12))
TEMPOS = tuple(round(1 + 0.01 * k, 3) for k in range(-6, 7) if k)
LEAST_S = 1.0  # of overlap


@dataclass(frozen=True)
class Rough:
    """Leak instant 0 lies at ``offset`` of the clip (samples); the clip passes ``rate`` times as fast in the leak.

    ``pitched``: pitch follows the rate (a change of speed), else it is kept (a change of tempo). ``score``: how
    alike the two are, at most about 1.
    """

    rate: float
    pitched: bool
    offset: float
    score: float


class Bands:
    """Cumulated power spectra of a sound (n,) at 16 kHz, out of which bands of any width are read."""

    def __init__(self, samples: Floats) -> None:
        frames = max(1, samples.size // STEP)
        padded = np.zeros((frames - 1) * STEP + WINDOW, dtype=np.float32)
        used = min(samples.size, padded.size)
        padded[:used] = samples[:used]
        power = grid.power(spectra.rfft(sliding_window_view(padded, WINDOW)[::STEP] * HANN, WINDOW))
        self.cumulated = np.concatenate([np.zeros((frames, 1), np.float32), np.cumsum(power, axis=1)], axis=1)

    def log(self, limits_hz: Reals, *, rate: float = 1.0, pitch: float = 1.0, step: int = STEP) -> Floats:
        """Return log energies (frames, bands), mean of each band removed, as the clip would have had them.

        ``rate`` and ``pitch`` undo a change of tempo and of pitch; a frame is ``step`` samples of the clip.
        """
        edges = limits_hz * pitch / (RATE / WINDOW) + 0.5
        low = np.floor(edges).astype(np.int64)
        part = (edges - low).astype(np.float32)
        sums = self.cumulated[:, low] * (1 - part) + self.cumulated[:, low + 1] * part
        energy = np.maximum(np.diff(sums, axis=1), 0).astype(np.float32, copy=False)  # sums are rounded
        if rate != 1.0 or step != STEP:
            energy = _resampled(energy, step / STEP / rate)
        energy = np.log(energy + 1e-4 * energy.mean(axis=0) + 1e-12)
        return np.asarray(energy - energy.mean(axis=0), dtype=np.float32)


def _resampled(energy: Floats, step: float) -> Floats:
    """Return rows of ``energy`` averaged over stretches of ``step`` rows (or interpolated, below one)."""
    count = max(1, int(len(energy) / step))
    summed = np.concatenate([np.zeros((1, energy.shape[1])), np.cumsum(energy, axis=0, dtype=np.float64)])
    edges = np.minimum(np.arange(count + 1) * step, len(energy))
    low = np.minimum(edges.astype(np.int64), len(energy) - 1)
    part = (edges - low)[:, None]
    at_edges = summed[low] * (1 - part) + summed[low + 1] * part
    return np.asarray(np.maximum(np.diff(at_edges, axis=0) / step, 0), dtype=np.float32)


class Clip:
    """A clip's side of the rough alignment."""

    def __init__(self, samples: Floats) -> None:
        self.bands = Bands(samples)

    @cached_property
    def log(self) -> Floats:
        """Its features, (frames, 20)."""
        return self.bands.log(LIMITS_HZ)


def rough(leak: Bands, clip: Clip, hypotheses: list[tuple[float, bool]]) -> list[Rough]:
    """Return the best offset for each (rate, pitched), best score first."""
    found = [_best_offset(leak, clip, rate, pitched) for rate, pitched in hypotheses]
    return sorted(found, key=lambda one: -one.score)


def _best_offset(leak: Bands, clip: Clip, rate: float, pitched: bool) -> Rough:
    ours = leak.log(LIMITS_HZ, rate=rate, pitch=rate if pitched else 1.0)
    theirs = clip.log
    size = fast_length(len(ours) + len(theirs))
    cross = _correlated(theirs, ours, size)
    one, two = np.ones((len(ours), 1), np.float32), np.ones((len(theirs), 1), np.float32)
    our_energy = _correlated(two, np.sum(ours**2, axis=1, keepdims=True), size)
    their_energy = _correlated(np.sum(theirs**2, axis=1, keepdims=True), one, size)
    overlap = _correlated(two, one, size)
    least = min(len(ours), len(theirs), RATE // STEP * LEAST_S)
    share = np.sqrt(np.clip(overlap / min(len(ours), len(theirs)), 0, 1))
    score = np.where(overlap >= least - 0.5, cross * share, 0) / np.sqrt(np.maximum(our_energy * their_energy, 1e-3))
    best = int(np.argmax(score))
    frames = best if best < len(theirs) else best - size
    return Rough(rate, pitched, float(frames * STEP), float(score[best]))


def _correlated(first: Floats, second: Floats, size: int) -> Floats:
    """Return Σ over bands of first[t + lag]·second[t] for lag 0 … size − 1, negative lags at the end."""
    product = np.fft.rfft(first, size, axis=0) * np.fft.rfft(second, size, axis=0).conj()
    return np.fft.irfft(product.sum(axis=1), size).astype(np.float32)
