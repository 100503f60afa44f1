"""What a player draws: the loudest sample of each short stretch."""

import numpy as np
from numpy.typing import NDArray


def peaks(samples: NDArray[np.float32], rate: int, per_second: int = 50) -> list[int]:
    """Return ``per_second`` peaks a second, each 0 … 100 (percent of full scale, rounded up from silence).

    ``samples`` is float of shape (n,) or (channels, n) at ``rate`` Hz; the last stretch may be shorter.
    Raises ``ValueError`` for a rate below ``per_second``.
    """
    if not 0 < per_second <= rate:
        raise ValueError(f"asked for {per_second} peaks a second at {rate} Hz, expected 1 to {rate}")
    loudness = np.abs(samples) if samples.ndim == 1 else np.abs(samples).max(axis=0)
    count = -(-loudness.size * per_second // rate)
    edges = np.arange(count, dtype=np.int64) * rate // per_second
    if not count:
        return []
    highest = np.maximum.reduceat(loudness, edges)
    return [int(value) for value in np.clip(np.ceil(highest * 100), 0, 100)]
