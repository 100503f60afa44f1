"""What is said and how it moves, with hardly any voice in it: the input of the map to the average voice."""

import numpy as np
from numpy.typing import NDArray

from fairhearing.deidentify.voice import front_end, posteriors
from fairhearing.deidentify.voice.front_end import smoothed
from fairhearing.deidentify.voice.senones import PHONES

CONTEXT = (-15, -10, -6, -3, 3, 6, 10, 15)  # frames
SLOW = 21  # frames of the mean that fast movements are measured against
PRIOR = 50.0  # frames that the usual size of a movement weighs against a recording's own
KINDS = (
    "AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW",  # vowels
    "B D G P T K CH JH",  # stops and affricates
    "F HH S SH TH V Z ZH DH",  # fricatives
    "L M N NG R W Y",  # nasals and approximants
)

Frames = NDArray[np.float32]

_KIND_OF = np.array([[phone in kind.split() for kind in KINDS] for phone in PHONES], dtype=np.float32)


def movements(cepstra: Frames) -> Frames:
    """Return how (n, 13) normalised cepstra move at each frame, shape (n, 39): no constant colour is left in it."""
    return np.concatenate((*front_end.motion(cepstra), cepstra - smoothed(cepstra, SLOW)), axis=1)


def size(moving: Frames, usual: Frames | None = None) -> Frames:
    """Return the usual size (39,) of the movements of speech (n, 39), drawn towards ``usual`` where they are few.

    How widely somebody articulates, and how much noise is in the way, is told by it, and goes with it.
    """
    total, count = (moving.astype(np.float64) ** 2).sum(axis=0), float(len(moving))
    if usual is not None:
        total, count = total + PRIOR * usual.astype(np.float64) ** 2, count + PRIOR
    return np.asarray(np.sqrt(total / max(count, 1)), dtype=np.float32)


def describe(states: Frames, moving: Frames) -> Frames:
    """Return the description of each frame, shape (n, 126 + 8·42 + 5·39).

    ``states`` (n, 126) are posteriors. ``moving`` are the :func:`movements`, each divided by its :func:`size`; they
    count as far as the frame is speech, and as far as it is of each kind of sound.
    """
    phones = posteriors.phones(states)
    n = len(states)
    padded = np.pad(phones, ((15, 15), (0, 0)), mode="edge")
    around = [padded[15 + offset : 15 + offset + n] for offset in CONTEXT]
    kinds = phones @ _KIND_OF
    by_kind = (kinds[:, :, None] * moving[:, None, :]).reshape(n, -1)
    return np.concatenate((states, *around, posteriors.speech(states)[:, None] * moving, by_kind), axis=1)


def is_fast(width: int) -> NDArray[np.bool_]:
    """Return which columns of a description hold the movements about the slow mean, which tell most of the voice."""
    groups = 1 + len(KINDS)
    one = np.arange(3 * front_end.COEFFICIENTS) >= 2 * front_end.COEFFICIENTS
    return np.concatenate((np.zeros(width - groups * one.size, dtype=bool), np.tile(one, groups)))
