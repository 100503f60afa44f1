"""What several people's answers on one clip come to: how probable a text is, and whether another person must hear it.

A small model with Bayes' rule, in words in ``docs/consensus.md``. Machines and people err by words; people who are
shown candidates let a wrong one pass more easily than they would write it; the reliability of each person counts.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from math import exp, log

from fairhearing.measure.errors import count_errors
from fairhearing.measure.rover import combine, forms
from fairhearing.measure.text import normalise

# What is assumed where nothing was measured; docs/consensus.md says why, and bench/consensus.py what it costs.
MACHINE_RIGHT = 0.6  # that the truth is among the candidates
LAX = 0.15  # of those who would hear an error, how many let a shown candidate pass that has it
PICKS = 0.5  # of wrong answers by people who were shown candidates, how many are picks
ALIKE = 0.1  # that two errors at the same place are the same error
SURE = 0.02  # nobody is taken to be right more often than 1 - SURE, or less often than SURE


@dataclass(frozen=True, slots=True)
class Heard:
    """One judgement: its text, and how often (0 to 1) its reviewer is right (``reliability.Reliability.right``).

    ``picked``: chosen among the candidates, not written. ``aided``: candidates were shown at all.
    """

    text: str
    right: float
    picked: bool = False
    aided: bool = True


@dataclass(frozen=True, slots=True)
class Candidate:
    """A machine's text, and how many engines gave it (1 or more)."""

    text: str
    engines: int = 1


class Step(StrEnum):
    """What happens to a clip next."""

    SETTLED = "settled"
    ONE_MORE = "one_more"
    LEAD = "lead"


@dataclass(frozen=True, slots=True)
class Rules:
    """When a clip is settled.

    Attributes:
        least: judgements before anything is settled, 1 or more.
        most: judgements after which a lead reviewer is asked, not one more; at least ``least``.
        certain_at: how probable the text must be, above 0 and below 1.
    """

    least: int = 2
    most: int = 4
    certain_at: float = 0.95


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do, and the best text so far: to be kept when settled, to be shown to the lead reviewer otherwise.

    ``probability`` (0 to 1) is that of the whole text being right, all words, in the model. ``by_words``: nobody
    gave this text as a whole, it was put together word by word (ROVER). ``text`` is None of no judgements.
    """

    step: Step
    text: str | None
    probability: float
    by_words: bool = False


def decide(judgements: Sequence[Heard], *, candidates: Sequence[Candidate] = (), rules: Rules = Rules()) -> Decision:
    """Whether the judgements so far settle a clip's text, call for one more, or for a lead reviewer.

    ``candidates`` are what the reviewers were shown, without repetition once normalised (a repetition adds up). The
    order of judgements and candidates changes nothing, except which of equally common spellings is given back.

    Raises:
        ValueError: a reliability outside 0 to 1, fewer than one engine, or rules that contradict themselves.
    """
    _check(judgements, candidates, rules)
    if not judgements:
        return Decision(Step.ONE_MORE, None, 0.0)
    clip = _Clip.of(judgements, candidates)
    composed = combine([one.text for one in judgements], [_weight(one) for one in judgements])
    said = {normalise(one.text) for one in judgements}
    probable = clip.posterior(sorted({*said, *clip.engines, normalise(composed)}))
    best = max(probable, key=lambda text: (round(probable[text], 9), text in said, text))
    certain = probable[best] >= rules.certain_at and len(judgements) >= rules.least
    if not certain and len(judgements) >= rules.most:
        best = normalise(composed)
    step = Step.SETTLED if certain else Step.LEAD if len(judgements) >= rules.most else Step.ONE_MORE
    spelling = _spelled(best, [*(one.text for one in judgements), *(one.text for one in candidates)], composed)
    return Decision(step, spelling, probable[best], by_words=best not in said and best not in clip.engines)


@dataclass(frozen=True, slots=True)
class _Clip:
    """The judgements on a clip, in comparable form, and the candidates with their engines."""

    judgements: list[tuple[str, Heard]]
    engines: dict[str, int]

    @classmethod
    def of(cls, judgements: Sequence[Heard], candidates: Sequence[Candidate]) -> "_Clip":
        engines: Counter[str] = Counter()
        for candidate in candidates:
            engines[normalise(candidate.text)] += candidate.engines
        return cls([(normalise(one.text), one) for one in judgements], dict(engines))

    def posterior(self, texts: Sequence[str]) -> dict[str, float]:
        """How probable each text is; what is missing to 1 is for texts that nobody gave.

        Of each text, one stand-in for those that nobody gave is weighed: like it but for one more error, which
        nobody who judged wrote down.
        """
        given = [
            self._prior(text) + sum(self._likelihood(own, one, text) for own, one in self.judgements) for text in texts
        ]
        beside = [
            self._prior(text) + log(0.5) + sum(self._missed(own, one, text) for own, one in self.judgements)
            for text in texts
        ]
        most = max(*given, *beside)
        weights = [exp(one - most) for one in given]
        total = sum(weights) + sum(exp(one - most) for one in beside)
        return {text: weight / total for text, weight in zip(texts, weights, strict=True)}

    def _prior(self, text: str) -> float:
        """Before anybody heard: a candidate by its engines, another text by how near it is to a candidate."""
        if not self.engines:
            return 0.0
        engines = sum(self.engines.values())
        shares = [
            number / engines * (MACHINE_RIGHT if text == own else (1 - MACHINE_RIGHT) * ALIKE ** _errors(own, text))
            for own, number in self.engines.items()
        ]
        return log(sum(shares))

    def _likelihood(self, own: str, one: Heard, truth: str) -> float:
        """Of this answer, if ``truth`` is what was said."""
        if own == truth:
            return log(self._right(one, shown=truth in self.engines))
        return self._wrong(own, one, truth, further=0, shown=truth in self.engines)

    def _missed(self, own: str, one: Heard, truth: str) -> float:
        """Of this answer, if what was said is a text beside ``truth`` that nobody gave."""
        return self._wrong(own, one, truth, further=1, shown=False)

    def _right(self, one: Heard, *, shown: bool) -> float:
        right = min(max(one.right, SURE), 1 - SURE)
        return right if shown or not one.aided else right * (1 - LAX)

    def _wrong(self, own: str, one: Heard, truth: str, *, further: int, shown: bool) -> float:
        wrong = 1 - self._right(one, shown=shown)
        errors = _errors(own, truth) + further
        if one.picked and own in self.engines:
            pull = {text: number * 0.5 ** _errors(text, truth) for text, number in self.engines.items()}
            if further == 0:
                pull.pop(truth, None)
            return log(wrong * PICKS * pull[own] / sum(pull.values()))
        return log(wrong * (1 - PICKS if one.aided else 1)) + errors * log(ALIKE)


def _weight(one: Heard) -> float:
    """What a reviewer's word counts: the logarithm of the odds of being right, never quite nothing."""
    right = min(max(one.right, SURE), 1 - SURE)
    return max(0.1, log(right / (1 - right)))


@lru_cache(maxsize=4096)
def _errors(one: str, other: str) -> int:
    """Word errors between two comparable texts, at least 1 of different ones."""
    return 0 if one == other else max(1, count_errors(forms(one), forms(other)).errors)


def _spelled(form: str, texts: Sequence[str], composed: str) -> str:
    """The most common way of writing a text; of equally common ones, that which was given first."""
    written = Counter(text.strip() for text in texts if normalise(text) == form)
    return written.most_common(1)[0][0] if written else composed


def _check(judgements: Sequence[Heard], candidates: Sequence[Candidate], rules: Rules) -> None:
    for one in judgements:
        if not 0 <= one.right <= 1:
            raise ValueError(f"a reviewer is right with probability {one.right}, expected 0 to 1")
    for candidate in candidates:
        if candidate.engines < 1:
            raise ValueError(f"{candidate.engines} engines gave a candidate, expected 1 or more")
    if not 1 <= rules.least <= rules.most or not 0 < rules.certain_at < 1:
        raise ValueError(f"{rules} contradict themselves: expected 1 <= least <= most and 0 < certain_at < 1")
