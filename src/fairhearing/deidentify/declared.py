"""The programme's declared grammar of commands: which speech it explains, by constrained recognition.

From sound alone, names said as words are not found reliably, so free speech is kept back; what the declared
commands explain may be served. A turn is accepted when the grammar, forced onto all of it, fits about as well
as anything else could: common words, or single phones in any order. One word that fits badly refuses the turn.

Measured with eight commands of AN4: 49 of 59 turns accepted; of 31 turns of read prose none, of 59 spelled names,
dates and numbers outside of the grammar one. The sample is small: for prose it bounds the false acceptance at
10 %, and more cannot be promised (docs/activation-and-sensitive.md).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fairhearing.deidentify.activation import constrained
from fairhearing.deidentify.activation.sounds import BadPhrase, pronunciations, words_of
from fairhearing.deidentify.evidence import FRAME, Segment
from fairhearing.deidentify.words import RATE, Samples, check_samples, joined

__all__ = ["BadPhrase", "DeclaredGrammar", "TurnScore", "score_turns", "uncovered"]

TURN_PAUSE = RATE * 60 // 100
EDGE = RATE * 20 // 100
LEAST_LEFT = RATE * 15 // 100  # less than this of uncut speech holds no word
LONGEST_TURN = RATE * 15  # longer is no command
ACCEPT_MEAN = 0.0  # of a whole turn, against the better of common words and phones
ACCEPT_WORST = -1.0  # of its worst word
MOST_UNEXPLAINED = 12  # frames of speech, by the phones, that the grammar takes for silence or noise
MOST_PHRASES = 400

_PIECE = re.compile(r"<[a-z]+>|[()|\[\]]|[^\s()|\[\]<>]+")
_LETTERS = tuple(f"letter_{letter}" for letter in "abcdefghijklmnopqrstuvwxyz")
_WRITTEN = {
    "numbers": """zero oh one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
        sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand
        and point double triple minus half percent""",
    "ordinals": """first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth
        fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth thirtieth""",
    "dates": """january february march april may june july august september october november december monday tuesday
        wednesday thursday friday saturday sunday today tomorrow yesterday the of on next""",
    "times": "o'clock quarter past to noon midnight morning afternoon evening in the at letter_a letter_p letter_m",
}
_NUMBERS, _ORDINALS, _DATES, _TIMES = (tuple(words.split()) for words in _WRITTEN.values())
CLASSES = {
    "number": _NUMBERS,
    "spelling": (*_LETTERS, *_NUMBERS[:11], "double", "dash", "dot", "hyphen", "as", "in", "for"),
    "date": (*_DATES, *_ORDINALS, *_NUMBERS[:31]),
    "time": (*_NUMBERS[:31], *_TIMES, "half"),
}


@dataclass(frozen=True)
class DeclaredGrammar:
    """What a programme declares to be said: ``phrases`` such as "turn (on|off) [the] lights" or "enter <number>".

    [words] may be left out, ``a|b`` are alternatives of one word (or, in round brackets, of several), and
    <number>, <spelling>, <date> and <time> stand for one or more words of their kind. Raises ``BadPhrase`` for
    anything else.
    """

    phrases: tuple[str, ...]

    def __init__(self, phrases: Sequence[str]) -> None:
        object.__setattr__(self, "phrases", tuple(phrases))
        if not phrases or len(phrases) > MOST_PHRASES:
            raise BadPhrase(f"a declared grammar has {len(phrases)} phrases, expected 1 to {MOST_PHRASES}")
        for phrase in phrases:
            _rule(phrase, optional_classes=False)
        pronunciations(self.words)

    @property
    def words(self) -> tuple[str, ...]:
        """Return every word of the phrases and of the classes that they name, as the decoder knows them."""
        found: set[str] = set()
        for phrase in self.phrases:
            for piece in _PIECE.findall(phrase.lower()):
                if piece[0] == "<":
                    found.update(CLASSES[piece[1:-1]])
                elif piece not in "()|[]":
                    found.update(words_of(piece))
        return tuple(sorted(found))

    def rule(self, *, optional_classes: bool = False) -> str:
        """Return the JSGF rule of one phrase or several in a row; classes may be left out where they were cut."""
        each = [_rule(phrase, optional_classes=optional_classes) for phrase in self.phrases]
        return f"( {' | '.join(f'( {one} )' for one in each)} )+"


@dataclass(frozen=True)
class TurnScore:
    """A turn, (start, end) in samples, and how well the grammar explains it.

    ``mean`` and ``worst``: log-likelihood ratios a frame (thousandths of a nat) of the turn and of its worst
    word; ``unexplained`` frames of speech in which the grammar hears silence or noise.
    """

    start: int
    end: int
    mean: float
    worst: float
    unexplained: int

    @property
    def covered(self) -> bool:
        """Return whether the grammar explains the turn."""
        return self.mean >= ACCEPT_MEAN and self.worst >= ACCEPT_WORST and self.unexplained <= MOST_UNEXPLAINED


def uncovered(
    samples: Samples,
    speech: Sequence[tuple[int, int]],
    cuts: Sequence[tuple[int, int]],
    grammar: DeclaredGrammar,
) -> list[tuple[int, int]]:
    """Return which speech is neither cut nor explained by the grammar, as (start, end) samples.

    ``samples`` is mono float32 of shape (n,) at 16 kHz, ``speech`` its regions of speech and ``cuts`` what is
    to be cut. A turn is explained as a whole or not at all. Raises ``ValueError`` for samples of another kind.
    """
    return [(one.start, one.end) for one in score_turns(samples, speech, cuts, grammar) if not one.covered]


def score_turns(
    samples: Samples,
    speech: Sequence[tuple[int, int]],
    cuts: Sequence[tuple[int, int]],
    grammar: DeclaredGrammar,
) -> list[TurnScore]:
    """Return the score of each turn with uncut speech in it; arguments as for :func:`uncovered`."""
    check_samples(samples)
    gone = joined(list(cuts))
    silenced = samples.copy()
    for start, end in gone:
        silenced[start:end] = 0
    found = []
    for start, end in joined(list(speech), gap=TURN_PAUSE):
        left = [
            (max(start, begin), min(end, stop))
            for begin, stop in _rest(gone, samples.size)
            if min(end, stop) - max(start, begin) >= LEAST_LEFT
        ]
        if not left:
            continue
        if end - start > LONGEST_TURN:
            found.append(TurnScore(start, end, -20.0, -20.0, (end - start) // FRAME))
            continue
        first, last = max(0, left[0][0] - EDGE), min(samples.size, left[-1][1] + EDGE)
        rule = grammar.rule(optional_classes=any(begin < end and stop > start for begin, stop in gone))
        found.append(_score(silenced[first:last], start, end, rule, grammar.words))
    return found


def _rest(gone: Sequence[tuple[int, int]], size: int) -> Iterator[tuple[int, int]]:
    at = 0
    for start, end in gone:
        yield at, start
        at = end
    yield at, size


def _score(samples: Samples, start: int, end: int, rule: str, words: Sequence[str]) -> TurnScore:
    own = constrained.hear_grammar(samples, rule, words, pruned=True)
    common, loop = constrained.hear_anything(samples)
    frames = max((one.end for one in (*own, *common, *loop)), default=0)
    spoken = [one for one in own if not one.is_filler]
    if not spoken:
        return TurnScore(start, end, -20.0, -20.0, frames)
    ours = constrained.frame_scores(own, frames)
    best = np.fmax(constrained.frame_scores(common, frames), constrained.frame_scores(loop, frames) - 1.0)
    ratio: NDArray[np.float64] = np.nan_to_num(ours - best, nan=-5.0)
    by_loop = _spoken_frames(loop, frames)
    said = _spoken_frames(own, frames) | by_loop
    worst = min(float(ratio[one.start : one.end].mean()) for one in spoken)
    missing = int(np.count_nonzero(by_loop & _spoken_frames(common, frames) & ~_spoken_frames(own, frames)))
    return TurnScore(start, end, round(float(ratio[said].mean()), 3), round(worst, 3), missing)


def _spoken_frames(heard: Sequence[Segment], frames: int) -> NDArray[np.bool_]:
    spoken = np.zeros(frames, dtype=bool)
    for one in heard:
        if not one.is_filler:
            spoken[one.start : one.end] = True
    return spoken


def _rule(phrase: str, *, optional_classes: bool) -> str:
    """Return a phrase as the right side of a JSGF rule. Raises ``BadPhrase``."""
    pieces = _PIECE.findall(phrase.lower())
    if "".join(pieces) != re.sub(r"\s", "", phrase.lower()):
        raise BadPhrase(f"phrase {phrase!r} holds a sign that is not of the grammar's: words, [ ] ( ) | and <class>")
    depth: list[str] = []
    parts: list[str] = []
    alternatives = set(_single_alternatives(pieces))
    for at, piece in enumerate(pieces):
        if piece in "([":
            depth.append(")" if piece == "(" else "]")
        elif piece in ")]" and (not depth or depth.pop() != piece):
            raise BadPhrase(f"brackets of phrase {phrase!r} do not match")
        if at in alternatives and at - 2 not in alternatives:
            parts.append("(")
        parts.append(_said(piece, phrase, optional_classes))
        if at in alternatives and at + 2 not in alternatives:
            parts.append(")")
    rule = " ".join(parts)
    if depth or not any(piece not in "()|[]" for piece in pieces):
        raise BadPhrase(f"phrase {phrase!r} is empty or a bracket of it is open")
    if re.search(r"[(\[|] [|)\]]|^\||\|$", rule):
        raise BadPhrase(f"phrase {phrase!r} has an empty alternative")
    return rule


def _single_alternatives(pieces: Sequence[str]) -> Iterator[int]:
    """Yield the places of words that are alternatives of one another outside of brackets ("turn on|off")."""
    depth = 0
    for at, piece in enumerate(pieces):
        depth += (piece in "([") - (piece in ")]")
        if depth == 0 and piece not in "()|[]" and "|" in {*pieces[at + 1 : at + 2], *pieces[max(0, at - 1) : at]}:
            yield at


def _said(piece: str, phrase: str, optional_classes: bool) -> str:
    if piece in "()|[]":
        return piece
    if piece[0] != "<":
        return " ".join(words_of(piece))
    if piece[1:-1] not in CLASSES:
        raise BadPhrase(f"phrase {phrase!r} names {piece}, expected one of <{'>, <'.join(CLASSES)}>")
    loop = f"( {' | '.join(CLASSES[piece[1:-1]])} )+"
    return f"[ {loop} ]" if optional_classes else loop
