"""Which phone is spoken when: forward and backward through a free loop of phones.

The forward-backward algorithm (Rabiner 1989) over 42 phones of three states from left to right. Likelihoods
are flattened (a power below one), because neighbouring frames are no independent witnesses. Such a loop forgets
within a few phones, so that chunks of a recording are worked out side by side; beyond its ends there is silence.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fairhearing.deidentify.voice.senones import PHONES, SILENT, STATES

STAY, MOVE = np.float32(0.6), np.float32(0.4)
LEAVE_PHONE = float(MOVE) * float(np.exp(-0.25))
BIGRAM_POWER = 0.6
CHUNK, WARM_UP = 64, 32  # frames: chunks run side by side, each from 0.32 s before it to 0.32 s after it
TINY = np.float32(1e-10)  # far from where products would underflow

Frames = NDArray[np.float32]


@dataclass(frozen=True)
class Loop:
    """A loop of phones: ``next_phone[i, j]`` weighs phone j after phone i, rows sum to one."""

    next_phone: Frames
    power: float = 0.2

    def posteriors(self, scores: Frames, silent: NDArray[np.bool_]) -> Frames:
        """Return the posterior of each state, shape (n, 126), rows sum to one, from log likelihoods ``scores``.

        Frames that are ``silent`` (shape (n,)) are heard as silence whatever their score.
        """
        n = len(scores)
        flat = np.float32(self.power) * (scores - scores.max(axis=1, keepdims=True))
        chunks = -(-n // CHUNK)
        likelihood = np.zeros((chunks * CHUNK + 2 * WARM_UP, len(PHONES), 3), np.float32)
        likelihood[WARM_UP : WARM_UP + n] = np.maximum(np.exp(flat), TINY).reshape(n, len(PHONES), 3)
        quiet = np.pad(silent, (WARM_UP, len(likelihood) - WARM_UP - n), constant_values=True)
        likelihood[quiet] = TINY
        likelihood[quiet, PHONES.index("SIL")] = 1.0
        windows = np.lib.stride_tricks.sliding_window_view(likelihood, CHUNK + 2 * WARM_UP, axis=0)[::CHUNK]
        by_time = np.ascontiguousarray(windows.transpose(3, 2, 0, 1))  # (time, state, chunk, phone)
        entering = (LEAVE_PHONE * self.next_phone).astype(np.float32)
        states = self._behind(by_time, entering, self._ahead(by_time, entering))[WARM_UP:-WARM_UP]
        return np.ascontiguousarray(states.transpose(2, 0, 3, 1)).reshape(-1, STATES)[:n]

    @staticmethod
    def _ahead(likelihood: Frames, entering: Frames) -> Frames:
        ahead = np.empty_like(likelihood)
        state = np.full(likelihood.shape[1:], 1 / STATES, np.float32)
        for at, frame in enumerate(likelihood):
            before, state = state, STAY * state
            state[1:] += MOVE * before[:-1]
            state[0] += before[2] @ entering
            state *= frame
            state /= state.sum(axis=(0, 2))[:, None]
            state += TINY
            ahead[at] = state
        return ahead

    @staticmethod
    def _behind(likelihood: Frames, entering: Frames, ahead: Frames) -> Frames:
        """Return the posteriors, in place of ``ahead``."""
        after = np.ones(likelihood.shape[1:], np.float32)
        back = np.ascontiguousarray(entering.T)
        for at in range(len(likelihood) - 1, -1, -1):
            row = ahead[at]
            row *= after
            row /= row.sum(axis=(0, 2))[:, None]
            coming = after * likelihood[at]
            after = STAY * coming
            after[:-1] += MOVE * coming[1:]
            after[2] += coming[0] @ back
            after /= after.sum(axis=(0, 2))[:, None] / STATES
            after += TINY
        return ahead


def phones(posteriors: Frames) -> Frames:
    """Return the posteriors of phones, shape (n, 42), from those of their states."""
    return np.asarray(posteriors.reshape(-1, len(PHONES), 3).sum(axis=2), dtype=np.float32)


def speech(posteriors: Frames) -> Frames:
    """Return how surely each frame is speech, 0 … 1, shape (n,)."""
    return np.asarray(1 - phones(posteriors)[:, SILENT].sum(axis=1), dtype=np.float32)


def entropy(posteriors: Frames) -> Frames:
    """Return the entropy of the phones' posteriors of each frame, in nats, shape (n,)."""
    share = phones(posteriors)
    return np.asarray(-(share * np.log(share + TINY)).sum(axis=1), dtype=np.float32)
