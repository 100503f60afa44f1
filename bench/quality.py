"""How a marked clip sounds beside the one without the mark: segmental SNR, ESTOI, PESQ."""

from importlib.util import find_spec

import numpy as np
import soxr
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Samples = NDArray[np.float32]
Doubles = NDArray[np.float64]

RATE = 16_000
NEEDED = "pesq==0.0.4"


def segmental_snr(clean: Samples, marked: Samples) -> float:
    """Return the mean SNR in dB of 32 ms stretches within −10 … 35 dB; those 45 dB under the loudest left out."""
    size = clean.size // 512 * 512
    host = np.sum(clean[:size].reshape(-1, 512).astype(np.float64) ** 2, axis=1)
    mark = np.sum((marked - clean)[:size].reshape(-1, 512).astype(np.float64) ** 2, axis=1)
    heard = host > host.max() * 10**-4.5
    return float(np.mean(np.clip(10 * np.log10(host[heard] / (mark[heard] + 1e-20)), -10, 35)))


def pesq(clean: Samples, marked: Samples) -> float | None:
    """Return wide-band PESQ (P.862.2), or None where the package is not installed or finds no speech."""
    if find_spec("pesq") is None:
        return None
    import pesq as package  # type: ignore[import-not-found,unused-ignore]

    try:
        return float(package.pesq(RATE, clean, marked, "wb"))
    except package.NoUtterancesError:
        return None


def estoi(clean: Samples, marked: Samples) -> float:
    """Return extended short-time objective intelligibility (Jensen and Taal 2016), at most 1."""
    pair = [soxr.resample(s.astype(np.float64), RATE, 10_000) for s in (clean, marked)]
    window = np.hanning(258)[1:-1]
    cut = [sliding_window_view(s, 256)[::128] * window for s in pair]
    energy = 20 * np.log10(np.linalg.norm(cut[0], axis=1) + 1e-20)
    heard = energy > energy.max() - 40
    spectra = [np.abs(np.fft.rfft(_joined(c[heard]), 512, axis=1)) ** 2 for c in cut]
    bands = _third_octaves()
    envelopes = [np.sqrt(s @ bands.T) for s in spectra]
    if len(envelopes[0]) < 30:
        return float("nan")
    first, second = (_normal(sliding_window_view(e, 30, axis=0)) for e in envelopes)
    return float(np.mean(np.sum(first * second, axis=1)))


def _joined(pieces: Doubles) -> Doubles:
    """Return frames (n, 256) of the overlapped sum of ``pieces``: what is left when silence was taken out."""
    whole = np.zeros((len(pieces) + 1) * 128)
    for at, piece in enumerate(pieces):
        whole[at * 128 : at * 128 + 256] += piece
    return np.asarray(sliding_window_view(whole, 256)[::128] * np.hanning(258)[1:-1])


def _third_octaves() -> Doubles:
    hertz = np.arange(257) * 10_000 / 512
    centres = 150 * 2 ** (np.arange(15) / 3)
    return np.array([(hertz >= c * 2 ** (-1 / 6)) & (hertz < c * 2 ** (1 / 6)) for c in centres], dtype=np.float64)


def _normal(segments: Doubles) -> Doubles:
    """Return (segments, 15, 30) with rows, then columns, of mean 0 and norm 1."""
    rows = segments - segments.mean(axis=2, keepdims=True)
    rows = rows / (np.linalg.norm(rows, axis=2, keepdims=True) + 1e-20)
    columns = rows - rows.mean(axis=1, keepdims=True)
    return np.asarray(columns / (np.linalg.norm(columns, axis=1, keepdims=True) + 1e-20))
