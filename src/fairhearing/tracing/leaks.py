"""A leaked file as one stretch of sound to be searched: every channel of every track, one after the other."""

import numpy as np

from fairhearing.audio import found
from fairhearing.watermark.grid import RATE, Floats

GAP = np.zeros(6 * RATE, np.float32)  # no stretch of six seconds holds two channels
ALIKE = 1e-4  # of a channel's energy: what differs less from one before is the same sound


def samples_of(leak: bytes) -> Floats:
    """Mono float32 (n,) at 16 kHz: the mean of each file's channels, then each channel that differs from it.

    One clip may hide in one channel only; and one who mixed two copies may have put them left and right.

    Raises:
        AudioRefused: no sound that can be read.
    """
    channels = found.channels_of(leak)
    longest = max(channel.size for channel in channels)
    padded = np.stack([np.pad(channel, (0, longest - channel.size)) for channel in channels])
    mean: Floats = np.asarray(padded.mean(axis=0), dtype=np.float32)
    parts: list[Floats] = []
    for candidate in (mean, *padded):
        if candidate.any() and not any(_same(candidate, part) for part in parts):
            parts.append(candidate)
    if not parts:
        return np.zeros(0, np.float32)
    return np.concatenate([piece for part in parts for piece in (part, GAP)][:-1])


def _same(one: Floats, other: Floats) -> bool:
    scale = float(one @ other) / float(other @ other)
    return float(np.sum((one - scale * other) ** 2)) <= ALIKE * float(one @ one)
