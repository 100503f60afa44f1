"""Calls of two synthesised voices, by their parts: what is whose is known to the sample."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from fairhearing.audio import resample
from fairhearing.demo.voices import Line, speak

RATE = 16_000
DELAY = 0.12  # seconds: an echo
Sound = NDArray[np.float32]


@dataclass(frozen=True)
class Call:
    """Voices, each float32 of shape (n,), and where in seconds each speaks alone and both speak."""

    first: Sound
    second: Sound
    first_alone: tuple[float, float]
    second_alone: tuple[float, float]
    both: tuple[float, float]

    def sound(self, echo_db: float | None = None, seed: int = 1) -> Sound:
        """Both channels, shape (2, n), with noise; ``echo_db``: how loud the first party is on the second's."""
        noise = np.random.default_rng(seed).normal(0, 1e-4, (2, self.first.size))
        echo = self.echo(echo_db) if echo_db is not None else np.zeros_like(self.first)
        return (np.stack([self.first, self.second + echo]) + noise).astype(np.float32)

    def echo(self, echo_db: float) -> Sound:
        """The first party as the second's channel has them: later, fainter, through a small loudspeaker."""
        small = np.convolve(self.first, [0.2, 0.7, -0.5, 0.1])[: self.first.size]
        later = np.concatenate([np.zeros(round(DELAY * RATE)), small])[: small.size]
        return np.asarray(later * 10 ** (echo_db / 20), dtype=np.float32)


def between(samples: Sound, seconds: tuple[float, float]) -> Sound:
    """The samples of a stretch."""
    return samples[..., round(seconds[0] * RATE) : round(seconds[1] * RATE)]


def energy(samples: Sound) -> float:
    """The sum of squares."""
    return float(np.sum(samples.astype(np.float64) ** 2))


@cache
def call() -> Call:
    """The first speaks, then the second, then both."""
    lines = [
        Line("The harvest was late that year and the barns stood half empty.", "en-us"),
        Line("She walked along the river until the light was gone.", "en-us+f3", pitch=70),
        Line("They carried the table out into the garden.", "en-us"),
        Line("Nobody had ever seen such a large ship.", "en-us+f3", pitch=70),
    ]
    spoken = [resample.to_16k(one.samples, one.sampling_rate) for one in speak(lines)]
    one, other, together, also = spoken
    gap = RATE
    starts = (gap, 2 * gap + one.size, 3 * gap + one.size + other.size)
    length = starts[2] + max(together.size, also.size) + gap
    first, second = np.zeros(length, np.float32), np.zeros(length, np.float32)
    first[starts[0] :][: one.size] = one
    second[starts[1] :][: other.size] = other
    first[starts[2] :][: together.size] = together
    second[starts[2] :][: also.size] = also
    return Call(
        first,
        second,
        (starts[0] / RATE, (starts[0] + one.size) / RATE),
        (starts[1] / RATE, (starts[1] + other.size) / RATE),
        (starts[2] / RATE, (starts[2] + min(together.size, also.size)) / RATE),
    )
