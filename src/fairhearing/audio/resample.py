"""Change of sampling rate by soxr (band-limited, linear phase, no delay)."""

import numpy as np
import soxr
from numpy.typing import NDArray

SPEECH_RATE = 16_000  # hertz: what recognition, cutting and marking work at


def to_16k(samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """Return ``samples``, of shape (n,) or (channels, n) at ``rate`` Hz, at 16 kHz in the same shape.

    Raises ``ValueError`` for a rate that is not positive or a third dimension. Quality: soxr's HQ recipe.
    """
    return resample(samples, rate, SPEECH_RATE)


def resample(samples: NDArray[np.float32], rate: int, target: int) -> NDArray[np.float32]:
    """Return ``samples``, of shape (n,) or (channels, n) at ``rate`` Hz, at ``target`` Hz, same shape."""
    if rate <= 0 or target <= 0:
        raise ValueError(f"rates are {rate} and {target} Hz, expected positive numbers")
    if samples.ndim not in (1, 2):
        raise ValueError(f"samples have shape {samples.shape}, expected (n,) or (channels, n)")
    if rate == target:
        return samples.astype(np.float32, copy=True)
    frames_first = np.ascontiguousarray(samples.T, dtype=np.float32)
    changed = soxr.resample(frames_first, rate, target, quality="HQ")
    return np.ascontiguousarray(changed.T, dtype=np.float32)
