"""Words with times, and what anything that hears them must offer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

RATE = 16_000  # hertz: every sample position in this package counts at this rate

Samples = NDArray[np.float32]


@dataclass(frozen=True)
class Word:
    """A heard word: ``text`` in lower case, ``start`` and ``end`` in samples at 16 kHz (end exclusive).

    ``confidence`` is 0 … 1, or ``None`` where the recogniser states none.
    """

    text: str
    start: int
    end: int
    confidence: float | None = None


class Recogniser(Protocol):
    """Turns speech into timed words."""

    name: str
    version: str

    def words(self, samples: Samples) -> list[Word]:
        """Return the words in ``samples``, mono float32 of shape (n,) at 16 kHz, in order of time."""


def check_samples(samples: Samples) -> None:
    """Raise ``ValueError`` unless ``samples`` is mono float32 of shape (n,) and finite."""
    if samples.ndim != 1 or samples.dtype != np.float32:
        raise ValueError(f"samples are {samples.dtype} of shape {samples.shape}, expected float32 of (n,)")
    if not np.isfinite(samples).all():
        raise ValueError("samples hold NaN or infinity, expected numbers within ±1")


def joined(spans: Sequence[tuple[int, int]], *, gap: int = 0) -> list[tuple[int, int]]:
    """Return the (start, end) spans sorted, with those merged that overlap or lie at most ``gap`` apart."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(span for span in spans if span[1] > span[0]):
        if merged and start <= merged[-1][1] + gap:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged
