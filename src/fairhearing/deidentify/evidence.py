"""From the decodings of one recording to the stretches in which somebody spells, counts or dates.

Pass C knows the class words alone, pass W the common words too; the loops say how far class words stay behind
any sounds at all. Where C fits nearly as well as the others, class words are spoken. The evidence of a frame is a
weighted sum of the acoustic scores a frame; the best path through two states, "class" and "other", gives the
stretches. The weights are those of a logistic regression on half of the speakers at hand; the offsets, which are the
callers', were chosen with both halves in sight.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fairhearing.deidentify import lexicon
from fairhearing.deidentify.loops import Loops

FRAME = 160  # samples: PocketSphinx scores a hundred frames a second
BOUND = 3.0
SWITCH_WITHIN_SPEECH = 200.0
PAUSES_S = (0.0, 0.4, 2.0)
SWITCH_AT_PAUSE = (SWITCH_WITHIN_SPEECH, 20.0, 0.0)
RUN_OF_CLASS_WORDS = 4

Evidence = NDArray[np.float64]


@dataclass(frozen=True)
class Weights:
    """Of the scores a frame: ``v`` in pass C, ``g`` in W, of the ``phones``, of class words ``behind`` phones."""

    level: float
    behind: float
    v: float = 0.0
    g: float = 0.0
    phones: float = 0.0
    in_word: float = 0.0
    says_class: float = 0.0


QUICK = Weights(level=1.16, behind=1.91)
FIRST = Weights(level=3.47, behind=1.02, v=1.13, phones=-0.13, in_word=0.20)
SECOND = Weights(level=1.82, behind=0.83, v=0.84, g=-0.41, phones=0.58, in_word=-0.09, says_class=2.80)


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


def first_look(class_pass: Sequence[Segment], heard: Loops, frames: int) -> tuple[Evidence, NDArray[np.bool_]]:
    """Return the evidence of each frame by pass C and the loops, shape (frames,), and where C puts words.

    Unclipped and without an offset: above zero class words are likelier than others.
    """
    v, _, speech = _spread(class_pass, frames)
    behind, in_word, phones = _of_loops(class_pass, heard, frames)
    evidence = FIRST.v * v + FIRST.phones * phones + FIRST.behind * behind + FIRST.in_word * in_word + FIRST.level
    return evidence, speech


def second_look(
    class_pass: Sequence[Segment], wide_pass: Sequence[Segment], heard: Loops, frames: int
) -> tuple[Evidence, NDArray[np.bool_]]:
    """Return what :func:`first_look` does, with what pass W hears as well."""
    v, _, speech = _spread(class_pass, frames)
    g, says_class, _ = _spread(wide_pass, frames)
    behind, in_word, phones = _of_loops(class_pass, heard, frames)
    evidence = SECOND.v * v + SECOND.phones * phones + SECOND.behind * behind + SECOND.in_word * in_word + SECOND.level
    return evidence + SECOND.g * g + SECOND.says_class * says_class, speech


def quick_look(heard: Loops, frames: int) -> tuple[Evidence, NDArray[np.bool_]]:
    """Return what :func:`first_look` does from the loops alone: rougher, and ten times as fast."""
    behind, in_word = _fitted(heard.behind, frames), _fitted(heard.in_word, frames)
    return QUICK.behind * behind + QUICK.level, in_word > 0


def _of_loops(class_pass: Sequence[Segment], heard: Loops, frames: int) -> tuple[Evidence, Evidence, Evidence]:
    phones = np.zeros(frames)
    for one in class_pass:
        phones[one.start : one.end] = heard.phone_score(one.start, one.end)
    return _fitted(heard.behind, frames), _fitted(heard.in_word, frames), phones


def _fitted(values: NDArray[Any], frames: int) -> Evidence:
    """Return ``values`` cut or filled with zeros to ``frames``: the decoder leaves out the last few."""
    fitted = np.zeros(frames)
    shared = min(frames, values.size)
    fitted[:shared] = values[:shared]
    return fitted


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


def stretches(evidence: Evidence, speech: NDArray[np.bool_], offset: float) -> list[tuple[int, int]]:
    """Return the stretches of class words as (start, end) frames, trimmed to speech; not widened yet.

    ``offset`` is added to the evidence of each frame before it is clipped to ±3: higher finds more.
    """
    gains = np.where(speech, np.clip(evidence + offset, -BOUND, BOUND), 0.0)
    return true_runs(best_path(gains, switch_costs(speech)) & speech)
