"""Sound like speech, without speech: voiced syllables with moving formants, pauses, a little noise."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
Samples = NDArray[np.float32]


@cache
def babbling(number: int, seconds: float) -> Samples:
    """Another one for each ``number``, (n,) at 16 kHz."""
    chance = np.random.default_rng(number)
    size = int(seconds * RATE)
    syllables = int(seconds * 5) + 2

    def curve(low: float, high: float) -> NDArray[np.float64]:
        return np.interp(
            np.arange(size) * syllables / size, np.arange(syllables + 1), chance.uniform(low, high, syllables + 1)
        )

    pitch = curve(90, 160)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    formants = [curve(300, 800), curve(900, 2200), curve(2400, 3200), curve(3400, 5500)]
    out = np.zeros(size)
    for harmonic in range(1, 60):
        hertz = harmonic * pitch
        strength = sum(np.exp(-(((hertz - one) / 150) ** 2)) / (1 + rank) for rank, one in enumerate(formants))
        out += (strength + 0.01) * np.sin(harmonic * phase + chance.uniform(0, 6)) * (hertz < 7500)
    loud = np.clip(np.sin(np.pi * np.arange(size) / RATE * 4 + chance.uniform(0, 3)) + 0.6, 0, 1) * curve(0.3, 1)
    out = out * loud + 0.002 * chance.standard_normal(size)
    return np.asarray(0.3 * out / np.abs(out).max(), dtype=np.float32)
