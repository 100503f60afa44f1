"""Sound at arbitrary instants, and the slices around them."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from fairhearing.watermark.grid import Floats, Ints, Reals

TAPS, PHASES = 32, 1024


def _table() -> Floats:
    """Return a Kaiser-windowed sinc for each fraction of a sample, shape (PHASES + 1, TAPS)."""
    fraction = np.arange(PHASES + 1)[:, None] / PHASES
    distance = np.arange(TAPS)[None] - (TAPS // 2 - 1) - fraction
    inside = np.clip(1 - (distance / (TAPS / 2)) ** 2, 0, None)
    return (np.sinc(distance) * np.i0(8.0 * np.sqrt(inside)) / np.i0(8.0)).astype(np.float32)


TABLE = _table()


def at(samples: Floats, instants: Reals) -> Floats:
    """Return the band-limited values of ``samples`` (n,) at fractional ``instants`` (m,); 0 outside."""
    half = TAPS // 2
    padded = np.concatenate([np.zeros(half, np.float32), samples, np.zeros(half + 1, np.float32)])
    inside = (instants >= -1) & (instants <= samples.size)
    kept = np.where(inside, instants, -1.0)
    whole = np.floor(kept).astype(np.int64)
    phase = np.rint((kept - whole) * PHASES).astype(np.int64)
    around = sliding_window_view(padded, TAPS)[whole + 1]
    values = np.einsum("ij,ij->i", around, TABLE[phase])
    return np.where(inside, values, 0).astype(np.float32)


def slices(samples: Floats, starts: Ints, length: int) -> Floats:
    """Return rows of ``length`` samples from each of ``starts``, (rows, length); zeros outside the sound."""
    low = min(0, int(starts.min()))
    high = max(samples.size, int(starts.max()) + length)
    padded = np.zeros(high - low, dtype=np.float32)
    padded[-low : samples.size - low] = samples
    return sliding_window_view(padded, length)[starts - low]


def fast_length(least: int) -> int:
    """Return the least number of the form 2^a·3^b, b ≤ 2, not under ``least``: a quick length of a transform."""
    return int(min((3**b << max(0, (-(-least // 3**b) - 1).bit_length())) for b in range(3)))
