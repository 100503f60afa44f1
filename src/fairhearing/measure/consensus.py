"""What several people's answers on one clip come to: how probable a text is, and whether another person must hear it.

A small model with Bayes' rule, in words in ``docs/consensus.md``. Machines and people err by words; people who are
shown candidates let a wrong one pass more easily than they would write it; the reliability of each person counts.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
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
    said = {own for own, _ in clip.judgements}
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
    # Word errors between two texts, worked out once: they live as long as the decision, because they are texts.
    errors: dict[tuple[str, str], int] = field(default_factory=dict)

    @classmethod
    def of(cls, judgements: Sequence[Heard], candidates: Sequence[Candidate]) -> "_Clip":
        engines: Counter[str] = Counter()
        for candidate in candidates:
            engines[normalise(candidate.text)] += candidate.engines
        return cls([(normalise(one.text), one) for one in judgements], dict(engines))

    def posterior(self, texts: Sequence[str]) -> dict[str, float]:
        """How probable each text is; what is missing to 1 is for texts that nobody gave.

        Beside each text lie others with one error more, 1 / ALIKE of them, that nobody gave. One person alone is so as
        sure as they are reliable; it is the second that would have to make the same error.
        """
        given = [self._prior(text) + self._said(text) for text in texts]
        beside = [self._prior(text, further=1) - log(ALIKE) + self._said(text, further=1) for text in texts]
        most = max(*given, *beside)
        weights = [exp(one - most) for one in given]
        total = sum(weights) + sum(exp(one - most) for one in beside)
        return {text: weight / total for text, weight in zip(texts, weights, strict=True)}

    def _prior(self, text: str, *, further: int = 0) -> float:
        """Before anybody heard: a candidate by its engines, another text by how near it is to a candidate.

        Without candidates every text is as likely. ``further``: of a text with so many more errors than this one.
        """
        if not self.engines:
            return 0.0
        engines = sum(self.engines.values())
        shares = []
        for own, number in self.engines.items():
            errors = self._errors(own, text) + further
            shares.append(number / engines * ((1 - MACHINE_RIGHT) * ALIKE**errors if errors else MACHINE_RIGHT))
        return log(sum(shares))

    def _said(self, truth: str, *, further: int = 0) -> float:
        """Of all the answers, if ``truth`` is what was said, or a text beside it with so many errors ``further``."""
        return sum(self._likelihood(own, one, truth, further) for own, one in self.judgements)

    def _likelihood(self, own: str, one: Heard, truth: str, further: int) -> float:
        shown = not further and truth in self.engines
        if own == truth and not further:
            return log(_right(one, shown=shown))
        wrong = 1 - _right(one, shown=shown)
        if one.picked and own in self.engines:
            return log(wrong * PICKS * self._pull(own, truth, further))
        return log(wrong * (1 - PICKS if one.aided else 1)) + (self._errors(own, truth) + further) * log(ALIKE)

    def _pull(self, own: str, truth: str, further: int) -> float:
        """The share of wrong picks that fall on this candidate: more engines and fewer errors draw more."""
        pull = {text: number * 0.5 ** self._errors(text, truth) for text, number in self.engines.items()}
        if not further:
            pull.pop(truth, None)
        return pull[own] / sum(pull.values())

    def _errors(self, one: str, other: str) -> int:
        """Word errors between two comparable texts, at least 1 of different ones."""
        if one == other:
            return 0
        pair = (one, other) if one < other else (other, one)
        if pair not in self.errors:
            self.errors[pair] = max(1, count_errors(forms(one), forms(other)).errors)
        return self.errors[pair]


def _right(one: Heard, *, shown: bool) -> float:
    """The probability of a right answer, less where a candidate with an error could be let pass."""
    right = min(max(one.right, SURE), 1 - SURE)
    return right if shown or not one.aided else right * (1 - LAX)


def _weight(one: Heard) -> float:
    """What a reviewer's word counts: the logarithm of the odds of being right, never quite nothing."""
    right = min(max(one.right, SURE), 1 - SURE)
    return max(0.1, log(right / (1 - right)))


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
