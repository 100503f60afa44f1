"""The spectral envelope as 28 mel cepstra: measured without the pitch, and turned back into a filter."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from fairhearing.audio import spectra
from fairhearing.deidentify.voice import front_end
from fairhearing.deidentify.words import RATE, Samples

ORDER = 28
POINTS = 64
LOW_HZ, HIGH_HZ = 40.0, 7900.0
WINDOW, FFT = 480, 1024
UNVOICED_HZ = 180.0  # how wide to smooth where no pitch is
FLOOR = np.float32(1e-9)

Frames = NDArray[np.float32]


@cache
def _points() -> NDArray[np.float64]:
    ends = front_end.hertz_to_mel(LOW_HZ), front_end.hertz_to_mel(HIGH_HZ)
    return front_end.mel_to_hertz(np.linspace(*ends, POINTS))


@cache
def _basis() -> NDArray[np.float64]:
    """Return the first 28 cosines over 64 mel points, orthonormal, shape (64, 28)."""
    basis = np.cos(np.pi / POINTS * np.outer(np.arange(POINTS) + 0.5, np.arange(ORDER))) * np.sqrt(2.0 / POINTS)
    basis[:, 0] /= np.sqrt(2.0)
    return np.asarray(basis)


def cepstra(samples: Samples, first: int, stop: int, hertz: Frames) -> Frames:
    """Return the mel cepstra of the log power envelope of frames ``first`` … ``stop``, shape (stop − first, 28).

    The spectrum is smoothed by a box as wide as the fundamental frequency ``hertz`` (0 where unvoiced), which
    removes the harmonics (after WORLD's CheapTrick, Morise 2015).
    """
    window = np.blackman(WINDOW).astype(np.float32)
    width = np.asarray(np.where(hertz > 0, hertz, UNVOICED_HZ) / (RATE / FFT), dtype=np.float32)
    parts = []
    for start in range(first, stop, front_end.BLOCK):
        end = min(stop, start + front_end.BLOCK)
        spectrum = spectra.rfft(front_end.cut(samples, WINDOW, start, end) * window, FFT)
        power = np.asarray(spectrum.real**2 + spectrum.imag**2, dtype=np.float32)
        smooth = _smoothed(power, width[start - first : end - first])
        parts.append(np.log(smooth + FLOOR) @ _basis().astype(np.float32))
    return np.concatenate(parts)


def _smoothed(power: Frames, width: Frames) -> Frames:
    """Return the mean power within ``width`` bins around each mel point, shape (n, 64)."""
    centre = (_points() / (RATE / FFT)).astype(np.float32) + 0.5
    total = np.concatenate((np.zeros((len(power), 1)), np.cumsum(power, axis=1, dtype=np.float64)), axis=1)

    def up_to(edge: NDArray[np.floating]) -> NDArray[np.float64]:
        edge = np.clip(edge, 0, power.shape[1])
        whole = np.minimum(edge.astype(np.intp), power.shape[1] - 1)
        below = np.take_along_axis(total, whole, axis=1)
        return np.asarray(below + (edge - whole) * np.take_along_axis(power, whole, axis=1), dtype=np.float64)

    low, high = centre - width[:, None] / 2, centre + width[:, None] / 2
    span = np.minimum(high, power.shape[1]) - np.maximum(low, 0)
    return np.asarray((up_to(high) - up_to(low)) / span, dtype=np.float32)


@cache
def minimum_phase(fft: int) -> NDArray[np.complex64]:
    """Return the matrix (28, fft/2 + 1) that takes mel cepstra to the complex log spectrum of a minimum-phase filter.

    All steps are linear: log power at 64 mel points, interpolated to the bins, halved to log magnitude, its real
    cepstrum folded onto positive times, and back (Oppenheim and Schafer 1989, section 12.7).
    """
    bins = np.asarray(np.fft.rfftfreq(fft, 1 / RATE), dtype=np.float64)
    mel = front_end.hertz_to_mel(_points())
    weights = np.stack([np.interp(front_end.hertz_to_mel(bins), mel, one) for one in np.eye(POINTS)])
    cepstrum = np.fft.irfft(_basis().T @ weights / 2, fft)
    cepstrum[:, 1 : fft // 2] *= 2
    cepstrum[:, fft // 2 + 1 :] = 0
    return np.asarray(np.fft.rfft(cepstrum), dtype=np.complex64)
