"""From two decodings of one recording to the stretches in which somebody spells, counts or dates.

Pass C knows the class words alone, pass W the common words too. Where C fits nearly as well as W, class
words are spoken. The evidence of a frame is ``2v − g + [W says a class word] + offset``, v and g being the
acoustic scores a frame of the word that C and W put there, clipped to ±3; the best path through two
states, "class" and "other", gives the stretches.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fairhearing.deidentify import lexicon

FRAME = 160  # samples: PocketSphinx scores a hundred frames a second
OFFSET = 3.0
BOUND = 3.0
SWITCH_WITHIN_SPEECH = 200.0
PAUSES_S = (0.0, 0.4, 2.0)
SWITCH_AT_PAUSE = (SWITCH_WITHIN_SPEECH, 20.0, 0.0)
RUN_OF_CLASS_WORDS = 4


@dataclass(frozen=True)
class Segment:
    """A decoded word or filler: ``start`` and ``end`` in frames, ``score`` the mean log score a frame."""

    word: str
    start: int
    end: int
    score: float

    @property
    def is_filler(self) -> bool:
        """Return whether this is silence, noise or a sentence mark."""
        return self.word[0] in "<[+"

    @property
    def is_class(self) -> bool:
        """Return whether this is a word of the class."""
        return not self.is_filler and lexicon.is_class(self.word)


def segment(word: str, start: int, end: int, likelihood: float) -> Segment:
    """Return a segment from the decoder's own values; its likelihood is exp() of a score in thousandths.

    The logarithm is taken before anything is rounded. ``end`` is exclusive.
    """
    frames = max(1, end - start)
    return Segment(word, start, end, 1000 * math.log(max(likelihood, 1e-300)) / frames)


def frame_evidence(
    class_pass: Sequence[Segment], wide_pass: Sequence[Segment], frames: int, offset: float = OFFSET
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the evidence of each frame (shape (frames,)) and whether anybody speaks there by both passes."""
    v, _, speech_c = _spread(class_pass, frames)
    g, says_class, speech_w = _spread(wide_pass, frames)
    speech = speech_c & speech_w
    evidence = np.clip(2 * v - g + says_class + offset, -BOUND, BOUND)
    return np.where(speech, evidence, 0.0), speech


def _spread(
    decoded: Sequence[Segment], frames: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    scores = np.zeros(frames)
    is_class = np.zeros(frames)
    speech = np.zeros(frames, dtype=bool)
    for one in decoded:
        if not one.is_filler:
            scores[one.start : one.end] = one.score
            is_class[one.start : one.end] = one.is_class
            speech[one.start : one.end] = True
    return scores, is_class, speech


def switch_costs(speech: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return what a change of state costs at each frame: dear within speech, cheap in a long pause."""
    costs = np.full(speech.size, SWITCH_WITHIN_SPEECH)
    for start, end in true_runs(~speech):
        costs[start:end] = np.interp((end - start) / 100, PAUSES_S, SWITCH_AT_PAUSE)
    return costs


def true_runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return the runs of true values as (start, end) indices, end exclusive."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], flags.astype(np.int8), [0]))))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def best_path(evidence: NDArray[np.float64], costs: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return, for each frame, whether the best path is in the class state (Viterbi over two states)."""
    came_over = np.zeros((evidence.size, 2), dtype=bool)
    other = inside = 0.0
    for at, (gain, cost) in enumerate(zip(evidence.tolist(), costs.tolist(), strict=True)):
        leave, enter = inside - cost > other, other - cost > inside
        came_over[at] = leave, enter
        other, inside = (inside - cost if leave else other), (other - cost if enter else inside) + gain
    path = np.zeros(evidence.size, dtype=bool)
    state = int(inside > other)
    for at in range(evidence.size - 1, -1, -1):
        path[at] = bool(state)
        if came_over[at, state]:
            state = 1 - state
    return path


def class_stretches(
    class_pass: Sequence[Segment], wide_pass: Sequence[Segment], frames: int, offset: float = OFFSET
) -> list[tuple[int, int]]:
    """Return the stretches of class words as (start, end) frames, trimmed to speech; not widened yet."""
    evidence, speech = frame_evidence(class_pass, wide_pass, frames, offset)
    inside = best_path(evidence, switch_costs(speech)) & speech
    for start, end in _class_runs(wide_pass):
        inside[start:end] = True
    return true_runs(inside)


def _class_runs(decoded: Sequence[Segment]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    current: list[Segment] = []
    for one in [*(s for s in decoded if not s.is_filler), None]:
        if one is not None and one.is_class:
            current.append(one)
            continue
        if len(current) >= RUN_OF_CLASS_WORDS:
            runs.append((current[0].start, current[-1].end))
        current = []
    return runs
