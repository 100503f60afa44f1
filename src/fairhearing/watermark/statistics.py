"""What a leak says of each pair of cells of its clip, before any key is looked at.

Two kinds of evidence: *coherent*, the rest after the clip was taken out, correlated with each cell's sound as the
channel passes it on; *level*, how much louder or softer each cell came than the clip says, which survives what
destroys phase.
"""

import numpy as np

from fairhearing.watermark import channel, grid
from fairhearing.watermark.channel import Channel, Pair
from fairhearing.watermark.grid import Floats, Ints, Reals

SMOOTH = (13, 5)  # frames × bins over which the rest's power is taken as even
MOST = 1.5  # times the root mean square: no pair counts for more


def coherent(pair: Pair, fitted: Channel, columns: Ints, depth: Floats) -> Floats:
    """Return coherent evidence, (columns, 28), of unit norm (or nothing but zeros)."""
    rest = grid.spectrum(pair.leak - channel.through(pair, fitted))
    noise = _smoothed(grid.power(rest))
    noise += 1e-4 * float(noise.mean()) + 1e-20
    weighted = grid.sound(rest / noise, pair.leak.size)
    gathered = grid.spectrum(channel.back(fitted, weighted, pair))
    host = grid.spectrum(pair.clip[pair.margin : pair.margin + pair.leak.size])
    agreement = grid.in_bands(np.asarray((host.conj() * gathered).real, dtype=np.float32))
    return _bounded(grid.in_pairs(depth * grid.in_columns(agreement, columns, len(depth))))


def level(leak: Floats, clip_power: Floats, columns: Ints, depth: Floats) -> Floats:
    """Return level evidence, (columns, 28), of unit norm (or nothing but zeros).

    ``clip_power`` (frames, 56) is the clip's at each frame of the leak.
    """
    out = np.zeros((len(depth), grid.BANDS), dtype=np.float32)
    used = np.bincount(columns[columns >= 0], minlength=len(depth))[: len(depth)] >= 2
    if used.sum() < 4:
        return grid.in_pairs(out)
    heard = grid.in_columns(grid.in_bands(grid.power(grid.spectrum(leak))), columns, len(depth))[used] + 1e-12
    known = grid.in_columns(clip_power, columns, len(depth))[used] + 1e-12
    gain, noise = _gain_and_noise(heard, known)
    share = gain * known / (gain * known + noise)
    change = np.log(heard / (gain * known + noise))
    weight = share**2
    for _ in range(2):  # what moves a whole column or band is the channel's doing, not the mark's
        change -= _mean(change, weight, axis=1)
        change -= _mean(change, weight, axis=0)
    spread = np.sqrt(_mean(change**2, weight, axis=0)) + 1e-6
    change = np.clip(change, -2.5 * spread, 2.5 * spread)
    unrest = np.sqrt(_mean((change / spread) ** 2, weight, axis=1)) + 0.1
    out[used] = change * weight * depth[used] / spread**2 / unrest
    return _bounded(grid.in_pairs(out))


def _gain_and_noise(heard: Reals, known: Reals) -> tuple[Reals, Reals]:
    """Return gain and noise floor of each band, (1, 56) each: heard ≈ gain·known + noise, errors relative."""
    heard, known = heard.astype(np.float64), known.astype(np.float64)
    gain: Reals = np.median(heard / known, axis=0, keepdims=True)
    noise: Reals = np.full_like(gain, 1e-12)
    for _ in range(8):
        weight = 1 / (gain * known + noise) ** 2
        a, b, c = ((weight * v).sum(axis=0, keepdims=True) for v in (known**2, known, np.ones_like(known)))
        d, e = ((weight * v * heard).sum(axis=0, keepdims=True) for v in (known, np.ones_like(known)))
        determinant = np.maximum(a * c - b * b, 1e-12 * a * c)
        noise = np.maximum((a * e - b * d) / determinant, 1e-12)
        gain = np.maximum((d - b * noise) / a, 1e-9)
    return gain, noise


def _mean(values: Reals, weight: Reals, axis: int) -> Reals:
    mean = (values * weight).sum(axis=axis, keepdims=True) / (weight.sum(axis=axis, keepdims=True) + 1e-12)
    return np.asarray(mean)


def _bounded(evidence: Floats) -> Floats:
    used = evidence[evidence != 0]
    if not used.size:
        return evidence
    most = MOST * float(np.sqrt(np.mean(used**2)))
    return unit(np.clip(evidence, -most, most))


def unit(evidence: Floats) -> Floats:
    """Return ``evidence`` scaled to norm 1, or as it is where it is zero."""
    norm = float(np.sqrt(np.sum(evidence.astype(np.float64) ** 2)))
    return np.asarray(evidence / norm if norm > 0 else evidence, dtype=np.float32)


def _smoothed(values: Floats) -> Floats:
    """Return the mean over a box of SMOOTH around each value, (frames, bins)."""
    for axis, width in enumerate(SMOOTH):
        half = width // 2
        pad = [(half + 1, half) if a == axis else (0, 0) for a in (0, 1)]
        summed = np.cumsum(np.pad(values, pad, mode="edge"), axis=axis, dtype=np.float64)
        count = values.shape[axis]
        ahead, behind = np.arange(width, width + count), np.arange(count)
        values = ((summed.take(ahead, axis) - summed.take(behind, axis)) / width).astype(np.float32)
    return values
