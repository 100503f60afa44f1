"""Class words against any sounds at all: two loops over one scoring of the acoustic model's phone states.

One loop holds the words of the class, one after another, the other any phone after any phone. How far the
first stays behind the second says, frame by frame, how well class words explain what is heard. The scores
are those of PocketSphinx's context-independent states; both loops are searched by Viterbi's algorithm in
one sweep, with the start of each word carried along (token passing, Young et al. 1989).
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from fairhearing.deidentify import lexicon
from fairhearing.deidentify.voice import front_end, senones
from fairhearing.deidentify.words import Samples

STAY, MOVE = float(np.log(0.6)), float(np.log(0.4))
WORD, PAUSE, PHONE = -4.0, -2.0, -3.0  # log costs of beginning one
IMPOSSIBLE = -1e9
SILENCE = slice(3 * senones.PHONES.index("SIL"), 3 * senones.PHONES.index("SIL") + 3)

Curve = NDArray[np.float64]


@dataclass(frozen=True)
class Loops:
    """What the loops heard in n frames, a hundred a second.

    ``behind`` is how far class words stay behind phones, log score a frame (shape (n,), 0 in pauses);
    ``in_word`` where class words are put at all; ``phones`` the phone loop's running score (shape (n + 1,)).
    """

    behind: Curve
    in_word: NDArray[np.bool_]
    phones: Curve

    def phone_score(self, start: int, end: int) -> float:
        """Return the phone loop's score a frame between two frames; 0 where there are none."""
        start, end = min(start, self.phones.size - 1), min(end, self.phones.size - 1)
        return float(self.phones[end] - self.phones[start]) / (end - start) if end > start else 0.0


@dataclass(frozen=True)
class _Words:
    """The class words' states in one row: ``states`` are columns of the scores."""

    states: NDArray[np.intp]
    first: NDArray[np.intp]
    last: NDArray[np.intp]


@cache
def _words() -> _Words:
    states: list[int] = []
    first, last = [], []
    for line in lexicon.dictionary_lines():
        word, *phones = line.split()
        if lexicon.is_class(word):
            first.append(len(states))
            states += [3 * senones.PHONES.index(phone) + state for phone in phones for state in range(3)]
            last.append(len(states) - 1)
    return _Words(np.array(states), np.array(first), np.array(last))


def state_scores(samples: Samples, spoken: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return log scores of the 126 states, shape (n, 126), each frame's best at 0.

    ``spoken`` says of each of the n frames whether it is speech: their mean is what is taken off.
    """
    frames = front_end.count(samples)
    cepstra = front_end.cepstra(front_end.power(samples, 0, frames))
    cepstra = cepstra - (cepstra[spoken] if spoken.any() else cepstra).mean(axis=0)
    scores = senones.load().scores((cepstra, *front_end.motion(cepstra)))
    return np.asarray(scores - scores.max(axis=1, keepdims=True), dtype=np.float32)


def listen(scores: NDArray[np.float32]) -> Loops:
    """Return what both loops hear in ``scores``, shape (n, 126), each frame's best at 0."""
    starts, kinds, ends = _class_loop(scores)
    phones = _phone_loop(scores)
    behind, in_word = np.zeros(len(scores)), np.zeros(len(scores), dtype=bool)
    at = len(scores)
    while at > 0:
        start = int(starts[at - 1])
        if kinds[at - 1]:
            behind[start:at] = ((ends[at] - ends[start]) - (phones[at] - phones[start])) / (at - start)
            in_word[start:at] = True
        at = start
    return Loops(behind, in_word, phones)


def _class_loop(scores: NDArray[np.float32]) -> tuple[NDArray[np.int32], NDArray[np.bool_], Curve]:
    """Return, for each frame, the start of the best unit that ends there, whether it is a word, and the score."""
    words = _words()
    own = scores[:, words.states].astype(np.float64)
    silence = scores[:, SILENCE].max(axis=1).astype(np.float64).tolist()
    n, width = own.shape
    state, since = np.full(width, IMPOSSIBLE), np.zeros(width, np.int32)
    moved, moved_since = np.zeros(width), np.zeros(width, np.int32)
    starts, kinds, ends = np.zeros(n, np.int32), np.zeros(n, dtype=bool), np.zeros(n + 1)
    pause, pause_since, leave = IMPOSSIBLE, 0, 0.0
    for at in range(n):
        moved[1:], moved_since[1:] = state[:-1], since[:-1]
        moved += MOVE
        moved[words.first], moved_since[words.first] = leave + WORD, at
        state += STAY
        enters = moved > state
        np.copyto(state, moved, where=enters)
        np.copyto(since, moved_since, where=enters)
        state += own[at]
        if leave + PAUSE > pause:
            pause, pause_since = leave + PAUSE, at
        pause += silence[at]
        leaving = state[words.last]
        best = int(leaving.argmax())
        leave = float(leaving[best]) + MOVE
        starts[at], kinds[at] = since[words.last[best]], True
        if pause > leave:
            leave, starts[at], kinds[at] = pause, pause_since, False
        ends[at + 1] = leave
    return starts, kinds, ends


def _phone_loop(scores: NDArray[np.float32]) -> Curve:
    """Return the running score of the best sequence of phones that ends at each frame, shape (n + 1,)."""
    own = scores.reshape(len(scores), -1, 3).astype(np.float64)
    state, moved = np.full(own.shape[1:], IMPOSSIBLE), np.zeros(own.shape[1:])
    running, leave = np.zeros(len(own) + 1), 0.0
    for at, frame in enumerate(own):
        moved[:, 1:] = state[:, :-1]
        moved += MOVE
        moved[:, 0] = leave + PHONE
        state += STAY
        np.maximum(state, moved, out=state)
        state += frame
        leave = float(state[:, 2].max()) + MOVE
        running[at + 1] = leave
    return running
