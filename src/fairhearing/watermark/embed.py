"""Putting the mark in: a keyed gain of a decibel or two, up on one cell of a pair and down on the other.

A gain follows the speech and hides under it, and survives what keeps speech intelligible. Weaker cells of a column
take more of it, which tells more after a room at the same signal-to-noise ratio; but not those so weak that noise would
drown them: there it tells nothing. No cell takes more than 2 dB. What a pair's one cell gains the other loses, so
that bands as wide as an ear's or a recogniser's keep about their energy.
"""

from dataclasses import dataclass

import numpy as np

from fairhearing.watermark import grid, keys
from fairhearing.watermark.grid import Complexes, Floats

SNR_DB = 27.0
DEEPEST = float(2.0 * np.log(10) / 20)  # nepers: 2 dB
QUIETEST = 1e-4  # of the loudest cell: below it a column counts as silence
SLOPE = 0.3  # of depth against how far below the column's strongest a cell's power lies, both logarithms
DROWNED_DB = 25.0  # under the sound of the 3 s around: pink noise of this level is thought of as in the way
AROUND = 125  # columns


@dataclass(frozen=True)
class Prepared:
    """What is computed once a clip of ``size`` samples, needs no key, and can be stored beside the clip.

    ``spectra`` (frames, 257); ``depth`` (columns, 56) in nepers: the gain of a cell is e^±depth.
    """

    size: int
    spectra: Complexes
    depth: Floats


def prepare(samples: Floats, *, snr_db: float = SNR_DB) -> Prepared:
    """Return what marking needs of a clip, mono float32 (n,) at 16 kHz; the mark will lie ``snr_db`` under it.

    Raises ``ValueError`` for samples of another shape or that are not finite.
    """
    checked = check(samples)
    spectra = grid.spectrum(checked)
    return Prepared(checked.size, spectra, _depth(spectra, checked.size, snr_db))


def embed(prepared: Prepared, key: bytes) -> Floats:
    """Return the clip with the mark of ``key`` (see :func:`.keys.mark_key`): float32 of the clip's length.

    Samples near full scale may come out beyond ±1; whoever rounds them to integers clips them.
    """
    columns = prepared.depth.shape[0]
    if not columns:
        return np.zeros(prepared.size, dtype=np.float32)
    signs = keys.signs([key], columns).reshape(columns, grid.PAIRS)
    return apply(prepared, np.exp(grid.of_pairs(signs.astype(np.float32)) * prepared.depth))


def apply(prepared: Prepared, gains: Floats) -> Floats:
    """Return the clip with each cell multiplied by its gain, (columns, 56)."""
    frames = len(prepared.spectra)
    inside = slice(grid.LOWEST, grid.HIGHEST + 1)
    spread = np.repeat(gains[:, grid.BAND_OF], grid.FRAMES, axis=0)[:frames]
    marked = prepared.spectra.copy()
    marked[:, inside] *= spread
    return grid.sound(marked, prepared.size)


def check(samples: Floats) -> Floats:
    """Return ``samples`` as float32. Raises ``ValueError`` unless they are one-dimensional and finite."""
    if samples.ndim != 1 or not np.isfinite(samples).all():
        raise ValueError(f"samples have shape {samples.shape}, expected (n,) of finite numbers")
    return samples.astype(np.float32, copy=False)


def cell_powers(spectra: Complexes, size: int) -> Floats:
    """Return the mean power of each cell, (columns, 56)."""
    if not size:
        return np.zeros((0, grid.BANDS), dtype=np.float32)
    summed = np.add.reduceat(grid.power(spectra), np.arange(0, len(spectra), grid.FRAMES), axis=0)
    return np.asarray(grid.in_bands(summed) / (np.diff(grid.EDGES) * grid.FRAMES), dtype=np.float32)


def _depth(spectra: Complexes, size: int, snr_db: float) -> Floats:
    level = cell_powers(spectra, size)
    loudest = float(level.max(initial=0))
    if loudest <= 1e-12:
        return np.zeros_like(level)
    strongest = np.maximum(level.max(axis=1, keepdims=True), loudest * QUIETEST)
    shape = (strongest / np.maximum(level, loudest * 1e-12)) ** SLOPE * level / (level + _drowning(level))
    energies = level * np.diff(grid.EDGES)
    # What neighbouring frames share smooths some 3 dB of the mark away.
    allowed = float(grid.power(spectra).sum()) / grid.FRAMES * 10 ** (-(snr_db - 3.0) / 10)
    return np.asarray(np.minimum(_scale(shape, energies, allowed) * shape, DEEPEST), dtype=np.float32)


def _scale(shape: Floats, energies: Floats, allowed: float) -> float:
    """Return how many nepers a cell of shape 1 gets so that all cells together spend ``allowed``; DEEPEST at most.

    What is spent grows about with the square of it, and less where cells are at their deepest already: the power
    between two tries leads to the next, and halving keeps the answer between two bounds.
    """
    low, high, power = 0.0, DEEPEST, 2.0
    tried, last, before = DEEPEST, 0.0, 0.0
    for _ in range(30):
        spent = float(np.sum(energies * np.expm1(np.minimum(np.float32(tried) * shape, DEEPEST)) ** 2))
        if abs(spent - allowed) <= 1e-6 * allowed or (spent < allowed and tried == DEEPEST):
            break
        low, high = (tried, high) if spent < allowed else (low, tried)
        if before:
            power = float(np.clip(np.log(spent / before) / np.log(tried / last), 0.25, 2.5))
        last, before = tried, spent
        tried *= float((allowed / spent) ** (1 / power))
        if not low < tried < high:
            tried = (low + high) / 2
    return tried


def _drowning(level: Floats) -> Floats:
    """Return the mean power, (columns, 56), of pink noise DROWNED_DB under the sound around each column."""
    widths = np.diff(grid.EDGES)
    summed = np.concatenate([[0.0], np.cumsum((level * widths).sum(axis=1), dtype=np.float64)])
    at = np.arange(len(level))
    first, last = np.maximum(at - AROUND // 2, 0), np.minimum(at + AROUND // 2 + 1, len(level))
    around = (summed[last] - summed[first]) / (last - first)
    pink = grid.in_bands(np.float32(1) / np.arange(1, grid.WINDOW // 2 + 2, dtype=np.float32)[None]) / widths
    pink *= 10 ** (-DROWNED_DB / 10) / (pink * widths).sum()
    return np.asarray(around[:, None] * pink + 1e-20, dtype=np.float32)
