"""PocketSphinx's own features: mel cepstra every 10 ms, their motion, and a mel scale that can be stretched."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from fairhearing.audio import spectra
from fairhearing.deidentify.words import RATE, Samples

HOP = 160  # samples: a hundred frames a second, each centred on its instant
WINDOW = 410
FFT = 512
FILTERS = 25
COEFFICIENTS = 13
LOW_HZ, HIGH_HZ = 130.0, 6800.0
PRE_EMPHASIS = np.float32(0.97)
FLOOR = np.float32(1e-4)
BLOCK = 2000  # frames analysed at once: bounds the memory of long recordings

Frames = NDArray[np.float32]


def count(samples: Samples) -> int:
    """Return how many frames a recording has: one at its first sample and one each 10 ms."""
    return samples.size // HOP + 1


def cut(samples: Samples, window: int, first: int, stop: int) -> Frames:
    """Return frames ``first`` … ``stop`` of ``window`` samples each, shape (stop − first, window).

    A frame is centred on its instant; beyond the ends of the recording there is silence.
    """
    begin, end = first * HOP - window // 2, (stop - 1) * HOP - window // 2 + window
    inside = samples[max(0, begin) : max(0, min(samples.size, end))]
    padded = np.pad(inside, (max(0, -begin), end - begin - max(0, -begin) - inside.size))
    return np.lib.stride_tricks.sliding_window_view(padded, window)[::HOP]


def hertz_to_mel(hertz: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Return the mel scale of O'Shaughnessy (1987)."""
    return np.asarray(2595.0 * np.log10(1.0 + np.asarray(hertz) / 700.0))


def mel_to_hertz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the inverse of :func:`hertz_to_mel`."""
    return np.asarray(700.0 * (10.0 ** (mel / 2595.0) - 1.0))


@cache
def filters(warp: float = 1.0) -> Frames:
    """Return the mel filters, shape (257, 25): triangles of unit area whose edges are rounded to FFT bins.

    ``warp`` multiplies every edge, as a shorter (> 1) or longer (< 1) vocal tract moves its formants (Lee and
    Rose 1996); only at 1 are these PocketSphinx's filters to the digit.
    """
    width = RATE / FFT
    edges = mel_to_hertz(np.linspace(hertz_to_mel(LOW_HZ), hertz_to_mel(HIGH_HZ), FILTERS + 2))
    edges = np.floor(edges / width + 0.5) * width if warp == 1.0 else np.minimum(edges * warp, RATE / 2)
    hertz = np.arange(FFT // 2 + 1)[:, None] * width
    left, centre, right = edges[:-2], edges[1:-1], edges[2:]
    rise, fall = (hertz - left) / (centre - left), (right - hertz) / (right - centre)
    return np.asarray(np.maximum(0.0, np.minimum(rise, fall)) * 2.0 / (right - left), dtype=np.float32)


@cache
def _cosines() -> Frames:
    k, i = np.arange(COEFFICIENTS), np.arange(FILTERS)
    basis = np.cos(np.pi / FILTERS * np.outer(i + 0.5, k)) * np.sqrt(2.0 / FILTERS)
    basis[:, 0] /= np.sqrt(2.0)
    return np.asarray(basis * (1.0 + 11.0 * np.sin(np.pi * k / 22.0)), dtype=np.float32)


def power(samples: Samples, first: int, stop: int) -> Frames:
    """Return the power spectra of frames ``first`` … ``stop``, shape (stop − first, 257), in PCM units squared."""
    frames = cut(samples, WINDOW + 1, first, stop) * np.float32(32768)
    emphasised = (frames[:, 1:] - PRE_EMPHASIS * frames[:, :-1]) * np.hamming(WINDOW).astype(np.float32)
    spectrum = spectra.rfft(emphasised, FFT)
    return np.asarray(spectrum.real**2 + spectrum.imag**2, dtype=np.float32)


def cepstra(powers: Frames, warp: float = 1.0) -> Frames:
    """Return 13 liftered mel cepstra a frame from power spectra, as PocketSphinx's ``-transform dct`` has them."""
    return np.asarray(np.log(powers @ filters(warp) + FLOOR) @ _cosines(), dtype=np.float32)


def motion(cepstra: Frames) -> tuple[Frames, Frames]:
    """Return the first and second differences of (n, 13) cepstra over time, as PocketSphinx's ``1s_c_d_dd``."""
    n = len(cepstra)
    padded = np.pad(cepstra, ((3, 3), (0, 0)), mode="edge")

    def at(offset: int) -> Frames:
        return padded[3 + offset : 3 + offset + n]

    return at(2) - at(-2), (at(3) - at(-1)) - (at(1) - at(-3))


def smoothed(rows: Frames, width: int) -> Frames:
    """Return (n, d) rows averaged over time under a Hann window of ``width`` frames (odd) that sums to one."""
    weights = np.hanning(width + 2)[1:-1]
    weights /= weights.sum()
    half = width // 2
    padded = np.pad(rows, ((half, half), (0, 0)), mode="edge")
    out = np.zeros_like(rows)
    for offset, weight in enumerate(weights):
        out += np.float32(weight) * padded[offset : offset + len(rows)]
    return out
