"""Which of very many clips a leak may be: fingerprints of 100 bytes a second, and a search that reads all of them.

A fingerprint is how log energy changes over nine bands and over time, every 80 ms, a byte each: differences are far
less alike from clip to clip than energies are. A leak is slid over all fingerprints at once (as one long row, by
Fourier transform), at several speeds and tempos; a score is a correlation, whatever the channel's loudness and tone. It
names candidates only: that it is one of them is for the alignment and the mark to say.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fairhearing.audio import spectra
from fairhearing.watermark.embed import check
from fairhearing.watermark.features import Bands
from fairhearing.watermark.grid import Floats

STEP = 1280  # samples: 80 ms
BANDS = 8  # differences of nine
LIMITS_HZ = np.geomspace(300.0, 3400.0, BANDS + 2)
BEFORE = 0.6  # of the frame before is taken off
SCALE = 24.0  # steps a neper
RATES = (0.956, 0.978, 1.0, 1.022, 1.044)
LONGEST = 75  # frames of leak compared at once: 6 s
SHORTEST = 10
BLOCK, BLOCKS = 2048, 32  # frames a transform, transforms at a time

Print = NDArray[np.int8]


@dataclass(frozen=True)
class Match:
    """Clip number ``clip`` of the index, and how alike it is to the leak, at most 1."""

    clip: int
    score: float


def fingerprint(samples: Floats) -> Print:
    """Return the fingerprint, (frames, 8), of a clip: mono float32 (n,) at 16 kHz.

    Raises ``ValueError`` for samples of another shape or that are not finite.
    """
    changes = np.rint(_changes(Bands(check(samples)), 1.0, 1.0) * SCALE)
    return np.asarray(np.clip(changes, -127, 127), dtype=np.int8)


class Index:
    """Fingerprints of many clips in one row of bytes, numbered in the order in which they came."""

    def __init__(self, prints: Sequence[Print]) -> None:
        sizes = np.array([len(one) for one in prints], dtype=np.int64)
        self.starts = np.concatenate([[0], np.cumsum(sizes)])
        self.row = np.concatenate([np.zeros((0, BANDS), np.int8), *prints])

    def search(self, leak: Floats, most: int = 20) -> list[Match]:
        """Return the ``most`` clips likest to a leak, mono float32 (n,) at 16 kHz, best first."""
        bands = Bands(check(leak))
        asked = [(rate, pitch) for rate in RATES for pitch in sorted({rate, 1.0})]
        logs = [_changes(bands, rate, pitch) for rate, pitch in asked]
        length = min(LONGEST, *(len(log) for log in logs))
        if length < SHORTEST or len(self.row) < length or not leak.any():
            return []
        best = self._scores(np.stack([_unit(log[:length]) for log in logs]), length)
        # A clip owns the places at which the middle of the leak falls into it.
        clips = np.searchsorted(self.starts, np.arange(best.size) + length // 2, side="right") - 1
        top = np.zeros(len(self.starts) - 1, dtype=np.float32)
        np.maximum.at(top, clips, best)
        order = np.argsort(-top)[:most]
        return [Match(int(clip), float(top[clip])) for clip in order if top[clip] > 0]

    def _scores(self, queries: Floats, length: int) -> Floats:
        """Return the best correlation over all ``queries`` (hypotheses, length, 8) from each frame of the row on."""
        hop = BLOCK - length + 1
        wanted = spectra.rfft(queries, BLOCK, axis=1).conj().transpose(1, 2, 0)
        places = len(self.row) - length + 1
        out = np.empty(places, dtype=np.float32)
        for first in range(0, places, hop * BLOCKS):
            count = min(BLOCKS, -(-(places - first) // hop))
            rows = np.zeros(((count - 1) * hop + BLOCK, BANDS), dtype=np.float32)
            piece = self.row[first : first + len(rows)]
            rows[: len(piece)] = piece
            cut = np.lib.stride_tricks.sliding_window_view(rows, BLOCK, axis=0)[::hop]  # (count, bands, BLOCK)
            heard = spectra.rfft(cut, BLOCK, axis=2)
            product = np.matmul(heard.transpose(2, 0, 1), wanted)  # (frequencies, count, hypotheses)
            cross = spectra.irfft(product, BLOCK, axis=0)[:hop].max(axis=2)
            scores = cross.T.reshape(-1) / _norms(rows, length)[: count * hop]
            out[first : first + count * hop] = scores[: places - first]
        return out


def _changes(bands: Bands, rate: float, pitch: float) -> Floats:
    log = np.diff(bands.log(LIMITS_HZ, rate=rate, pitch=pitch, step=STEP), axis=1)
    log[1:] -= BEFORE * log[:-1].copy()
    return np.asarray(log, dtype=np.float32)


def _unit(log: Floats) -> Floats:
    centred = log - log.mean(axis=0)
    return np.asarray(centred / (np.sqrt(np.sum(centred**2)) + 1e-9), dtype=np.float32)


def _norms(rows: Floats, length: int) -> Floats:
    """Return the norm of each window of ``length`` rows, the mean of each band taken out."""
    summed = np.cumsum(np.pad(rows, ((1, 0), (0, 0))), axis=0, dtype=np.float64)
    squares = np.cumsum(np.pad(np.sum(rows**2, axis=1), (1, 0)), dtype=np.float64)
    means = np.sum((summed[length:] - summed[:-length]) ** 2, axis=1) / length
    return np.asarray(np.sqrt(np.maximum(squares[length:] - squares[:-length] - means, 1.0)), dtype=np.float32)
