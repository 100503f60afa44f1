"""Fundamental frequency: autocorrelation candidates, and the smoothest path through them.

Candidates from the autocorrelation divided by that of its window (Boersma 1993); a Viterbi search over
candidates and "unvoiced" weighs them against jumps.
"""

import numpy as np
from numpy.typing import NDArray

from fairhearing.audio import spectra
from fairhearing.deidentify.voice import front_end
from fairhearing.deidentify.words import RATE, Samples

WINDOW = 640
FFT = 1024  # more than the window, the longest lag and what the low-pass smears: nothing wraps around
LOWEST_HZ, HIGHEST_HZ = 65.0, 400.0
CANDIDATES = 5
JUMP, CHANGE = 1.2, 0.14
UNVOICED, QUIET_DB = 0.45, 30.0

Frames = NDArray[np.float32]


def track(samples: Samples, first: int, stop: int) -> Frames:
    """Return the fundamental frequency in Hz of frames ``first`` … ``stop``, 0 where unvoiced, float32."""
    strengths, lags, level = _candidates(samples, first, stop)
    quiet = np.clip((np.quantile(level, 0.95) - QUIET_DB - level) / 20.0, 0.0, 0.5)
    path = _best_path(strengths - 0.0006 * (lags - RATE / HIGHEST_HZ), np.log2(lags), UNVOICED + quiet)
    hertz = np.zeros(len(path), np.float32)
    voiced = path < CANDIDATES
    hertz[voiced] = RATE / lags[voiced, path[voiced]]
    return hertz


def _candidates(samples: Samples, first: int, stop: int) -> tuple[Frames, Frames, Frames]:
    window = np.hanning(WINDOW).astype(np.float32)
    low, high = int(RATE / HIGHEST_HZ), int(RATE / LOWEST_HZ) + 2
    gain = (1 / (1 + (np.fft.rfftfreq(FFT, 1 / RATE) / 1000.0) ** 6)).astype(np.float32)
    own = np.fft.irfft(np.abs(np.fft.rfft(window, FFT)) ** 2)[low - 1 : high + 1]
    own = (own / np.sum(window**2)).astype(np.float32)
    parts = []
    for start in range(first, stop, front_end.BLOCK):
        frames = front_end.cut(samples, WINDOW, start, min(stop, start + front_end.BLOCK))
        frames = (frames - frames.mean(axis=1, keepdims=True)) * window
        spectrum = spectra.rfft(frames, FFT) * gain
        power = np.asarray(spectrum.real**2 + spectrum.imag**2, dtype=np.float32)
        whole = spectra.irfft(power, FFT)[:, : high + 1]
        level = 10 * np.log10(whole[:, :1] + 1e-9)
        share = np.asarray(whole[:, low - 1 :] / (whole[:, :1] + 1e-9) / own, dtype=np.float32)
        parts.append((*_peaks(share, low - 1), level))
    strengths, lags, level = (np.concatenate(part) for part in zip(*parts, strict=True))
    return strengths, lags, level[:, 0]


def _peaks(correlation: Frames, offset: int) -> tuple[Frames, Frames]:
    """Return height and lag of the highest peaks of each row, refined by a parabola, shape (n, 5) each."""
    left, middle, right = correlation[:, :-2], correlation[:, 1:-1], correlation[:, 2:]
    height = np.where((middle > left) & (middle >= right), middle, np.float32(-1))
    best = np.argpartition(-height, CANDIDATES, axis=1)[:, :CANDIDATES]
    a, b, c = (np.take_along_axis(part, best, axis=1) for part in (left, middle, right))
    shift = np.clip(0.5 * (a - c) / np.minimum(a - 2 * b + c, -1e-9), -1, 1)
    strength = np.where(np.take_along_axis(height, best, axis=1) < 0, np.float32(-1), b)
    return np.minimum(strength, 1).astype(np.float32), (best + 1 + offset + shift).astype(np.float32)


def _best_path(gains: Frames, octaves: Frames, unvoiced: Frames) -> NDArray[np.intp]:
    """Return the state of each frame: a candidate's index, or ``CANDIDATES`` for unvoiced."""
    n = len(gains)
    all_gains = np.concatenate((gains, unvoiced[:, None]), axis=1)
    came = np.empty((n, CANDIDATES + 1), dtype=np.intp)
    costs = np.zeros((n, CANDIDATES + 1, CANDIDATES + 1), np.float32)
    costs[1:, :-1, :-1] = JUMP * np.abs(octaves[1:, :, None] - octaves[:-1, None, :])
    costs[:, -1, :-1] = costs[:, :-1, -1] = CHANGE
    total = all_gains[0]
    rows = np.arange(CANDIDATES + 1)
    for at in range(1, n):
        options = total - costs[at]
        came[at] = options.argmax(axis=1)
        total = options[rows, came[at]] + all_gains[at]
    path = np.empty(n, dtype=np.intp)
    path[-1] = total.argmax()
    for at in range(n - 1, 0, -1):
        path[at - 1] = came[at, path[at]]
    return path
