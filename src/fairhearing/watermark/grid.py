"""The mark's grid: short-time spectra, 56 bands from 156 to 7,000 Hz, cells of 24 ms.

Every sound is cut into Hann frames of 512 samples, 128 apart, the first of which begins 384 samples before it; so frame
``f`` is centred on sample 128·f − 128. Three frames of one band are a cell; three frames of all bands are a column. Two
neighbouring cells of a column, an even one and the odd one above it, are a pair: one rises by what the other falls.
"""

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from fairhearing.audio import spectra

Floats = NDArray[np.float32]
Reals = NDArray[np.floating[Any]]
Complexes = NDArray[np.complex64]
Ints = NDArray[np.int64]

RATE = 16_000
WINDOW, HOP = 512, 128
PAD = WINDOW - HOP
FRAMES = 3  # a cell
LOWEST, HIGHEST, BANDS = 5, 224, 56  # bins of 31.25 Hz
PAIRS = BANDS // 2
OVERLAP = 1.5  # the sum of squared Hann windows a quarter apart

HANN: Floats = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)).astype(np.float32)


def _edges() -> list[int]:
    """Return 57 bins: bands three bins wide at the bottom, then growing by the factor that gives 56 of them."""
    low, high = 0.01, 0.2
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if len(_grown(middle)) > BANDS + 1 else (low, middle)
    return [*_grown(high)[:BANDS], HIGHEST + 1]


def _grown(growth: float) -> list[int]:
    edges = [LOWEST]
    while edges[-1] <= HIGHEST:
        edges.append(edges[-1] + max(3, round(growth * edges[-1])))
    return edges


EDGES: Ints = np.array(_edges(), dtype=np.int64)
BAND_OF: Ints = np.concatenate([np.full(b - a, i, dtype=np.int64) for i, (a, b) in enumerate(pairwise(_edges()))])


def frames_of(size: int) -> int:
    """Return how many frames a sound of ``size`` samples has."""
    return -(-size // HOP) + 3 if size else 0


def columns_of(size: int) -> int:
    """Return how many columns of cells a sound of ``size`` samples has."""
    return -(-frames_of(size) // FRAMES)


def spectrum(samples: Floats) -> Complexes:
    """Return the frames' spectra, shape (frames, 257), of mono samples (n,)."""
    frames = frames_of(samples.size)
    if not frames:
        return np.zeros((0, WINDOW // 2 + 1), dtype=np.complex64)
    padded = np.zeros((frames - 1) * HOP + WINDOW, dtype=np.float32)
    padded[PAD : PAD + samples.size] = samples
    cut = sliding_window_view(padded, WINDOW)[::HOP]
    return spectra.rfft(cut * HANN, WINDOW)


def sound(frames: Complexes, size: int) -> Floats:
    """Return the sound (size,) of spectra as :func:`spectrum` makes them; its inverse."""
    if not size:
        return np.zeros(0, dtype=np.float32)
    pieces = spectra.irfft(frames, WINDOW)
    pieces *= HANN / np.float32(OVERLAP)
    parts = WINDOW // HOP
    pieces = pieces.reshape(len(frames), parts, HOP)
    out = np.zeros((len(frames) + parts - 1, HOP), dtype=np.float32)
    for part in range(parts):
        out[part : part + len(frames)] += pieces[:, part]
    return out.reshape(-1)[PAD : PAD + size]


def in_bands(power: Floats) -> Floats:
    """Return sums over each band, shape (frames, 56), of values (frames, 257)."""
    return np.add.reduceat(power[:, : EDGES[-1]], EDGES[:-1], axis=1)


def in_columns(values: Floats, columns: Ints, count: int) -> Floats:
    """Return sums over the frames of each column, shape (count, 56), of values (frames, 56).

    ``columns`` (frames,) says which column each frame belongs to; frames of a negative one are left out.
    """
    out = np.zeros((count, values.shape[1]), dtype=np.float32)
    used = (columns >= 0) & (columns < count)
    np.add.at(out, columns[used], values[used])
    return out


def in_pairs(cells: Floats) -> Floats:
    """Return even less odd ones, (columns, 28), of values of cells (columns, 56)."""
    return cells[:, 0::2] - cells[:, 1::2]


def of_pairs(signs: Floats) -> Floats:
    """Return the sign of each cell, (columns, 56), of signs of pairs (columns, 28): the odd one's is the other."""
    return np.stack([signs, -signs], axis=2).reshape(len(signs), BANDS)


def power(bins: Complexes) -> Floats:
    """Return squared magnitudes in the shape of ``bins``."""
    return np.asarray(bins.real**2 + bins.imag**2, dtype=np.float32)
