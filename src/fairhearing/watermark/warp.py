"""Where a leak lies on its clip when its tempo was changed and its pitch kept: not on a line, but on a path.

What changes tempo in the time domain (WSOLA) repeats or drops pieces of some 10 ms; between two jumps the lag stays as
it is. The path is the one along which short frames correlate best; staying is free and jumping dear (Viterbi).
"""

from dataclasses import dataclass

import numpy as np

from fairhearing.watermark.align import correlations
from fairhearing.watermark.features import Rough
from fairhearing.watermark.grid import Floats, Ints
from fairhearing.watermark.resampling import slices

FRAME, HOP, REACH = 768, 128, 480  # 48 ms, 8 ms, 30 ms
DRIFT = 8  # samples a hop, at a small price
JUMP = 0.35
PIECE = 256


@dataclass(frozen=True)
class Path:
    """Clip instants (samples) of the leak's instants 64, 192, 320 …; ``agreement``: energy-weighted squared NCC."""

    instants: Ints
    agreement: float


def follow(leak: Floats, clip: Floats, rough: Rough) -> Path:
    """Return the best path near a rough line; both sounds as :func:`.align.emphasised` makes them."""
    middles = np.arange(HOP // 2, leak.size, HOP)
    expected = np.rint(rough.offset + rough.rate * middles).astype(np.int64)
    found = correlations(leak, clip, middles - FRAME // 2, expected - FRAME // 2, FRAME, REACH)
    energy = np.sum(slices(leak, middles - FRAME // 2, FRAME) ** 2, axis=1)
    worth = (energy / (energy.max() + 1e-20)) ** 0.25
    lags = _best(found * worth[:, None], np.diff(expected, prepend=expected[0]))
    along = np.take_along_axis(found, lags[:, None], axis=1)[:, 0]
    agreement = float(np.sum(energy * along * np.abs(along)) / (energy.sum() + 1e-20))
    return Path(expected + lags - REACH, agreement)


def warped(clip: Floats, path: Path, size: int) -> Floats:
    """Return the clip laid on the leak's timeline (size,) along ``path``: overlapping Hann pieces of 16 ms."""
    pieces = slices(clip, path.instants - PIECE // 2, PIECE) * np.hanning(PIECE + 1)[:-1].astype(np.float32)
    out = np.zeros((len(pieces) + 1, HOP), dtype=np.float32)
    out[:-1] += pieces[:, :HOP]
    out[1:] += pieces[:, HOP:]
    laid = np.zeros(size, dtype=np.float32)
    flat = out.reshape(-1)[HOP // 2 :][:size]  # the first piece begins 64 samples before the leak
    laid[: flat.size] = flat
    return laid


def _best(worth: Floats, advance: Ints) -> Ints:
    """Return the lag's index at each frame on the path that is worth most.

    A lag is relative to the line, on which frames advance by ``advance``: what goes on in the clip as in the leak
    (by HOP samples) changes its lag by HOP − advance.
    """
    frames, lags = worth.shape
    moves = np.arange(-DRIFT, DRIFT + 1)
    price = np.where(moves == 0, 0.0, 0.02 + 0.04 * np.sqrt(np.abs(moves))).astype(np.float32)
    came = np.zeros((frames, lags), dtype=np.int32)
    total = worth[0].copy()
    index = np.arange(lags)
    for frame in range(1, frames):
        stay = HOP - int(advance[frame])
        best = np.full(lags, total.max() - JUMP, dtype=np.float32)
        origin = np.full(lags, int(total.argmax()), dtype=np.int32)
        for move, cost in zip(moves, price, strict=True):
            shift = int(move) + stay
            low, high = max(0, shift), min(lags, lags + shift)
            moved = total[low - shift : high - shift] - cost
            better = moved > best[low:high]
            best[low:high][better] = moved[better]
            origin[low:high][better] = (index[low:high] - shift)[better]
        total = best + worth[frame]
        came[frame] = origin
    path = np.empty(frames, dtype=np.int64)
    path[-1] = int(total.argmax())
    for frame in range(frames - 1, 0, -1):
        path[frame - 1] = came[frame, path[frame]]
    return path
