"""Who is near and who is far, by level alone: the main speaker, voices behind, and many voices at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fairhearing.deidentify.words import RATE, Samples, joined

FRAME = RATE // 100
LEAST_TURN = RATE * 30 // 100
BREATH = RATE * 20 // 100  # a pause that parts one turn from the next
BACKGROUND_DB = 14.0  # this much below the main speaker is somebody behind
FAR_DB = 8.0  # speech this little above the room's noise is far away
LEAST_FOR_BABBLE = RATE * 3 // 2
BABBLE_DEPTH_DB = 13.0  # single voices: 13 … 44 dB, four readers at once: 7 … 15 dB
BABBLE_CORE_DB = 8.5
QUIETEST = 1e-10


@dataclass(frozen=True)
class Levels:
    """``background``: (start, end) samples of voices far below the main one. ``above_noise_db`` of speech.

    ``many_voices``: the level never falls as it does between the syllables of one speaker.
    """

    background: tuple[tuple[int, int], ...]
    above_noise_db: float
    many_voices: bool


def measure(samples: Samples, speech: Sequence[tuple[int, int]]) -> Levels:
    """Return the levels in ``samples``, mono float32 of shape (n,) at 16 kHz, with its regions of speech."""
    count = samples.size // FRAME
    frames = samples[: count * FRAME].reshape(count, FRAME).astype(np.float64)
    level = 10 * np.log10(np.mean(frames**2, axis=1) + QUIETEST)
    spoken = np.zeros(count, dtype=bool)
    for start, end in speech:
        spoken[start // FRAME : end // FRAME] = True
    if not spoken.any():
        return Levels((), 0.0, False)
    inside = level[spoken]
    floor = float(np.percentile(level, 5))
    many = bool(
        np.count_nonzero(spoken) * FRAME >= LEAST_FOR_BABBLE
        and np.percentile(inside, 95) - np.percentile(inside, 25) < BABBLE_DEPTH_DB
        and np.percentile(inside, 90) - np.percentile(inside, 40) < BABBLE_CORE_DB
    )
    return Levels(_background(level, spoken, floor), round(float(np.percentile(inside, 90)) - floor, 1), many)


def _background(level: NDArray[np.float64], spoken: NDArray[np.bool_], floor: float) -> tuple[tuple[int, int], ...]:
    turns = _turns(level, spoken, floor)
    loud = [float(np.percentile(level[start:end], 80)) for start, end in turns]
    if not loud:
        return ()
    main = max(loud)
    found = [
        (start * FRAME, end * FRAME)
        for (start, end), one in zip(turns, loud, strict=True)
        if one <= main - BACKGROUND_DB and end - start >= LEAST_TURN // FRAME
    ]
    return tuple(joined(found, gap=BREATH))


def _turns(level: NDArray[np.float64], spoken: NDArray[np.bool_], floor: float) -> list[tuple[int, int]]:
    """Return stretches of speech parted by breaths, or where the level steps up or down for good."""
    smooth = np.convolve(level, np.ones(15) / 15, mode="same")
    loud = spoken & (smooth > floor + 3)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], loud.astype(np.int8), [0]))))
    stretches = list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
    return joined(stretches, gap=BREATH // FRAME)
