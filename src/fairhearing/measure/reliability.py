"""How often each reviewer is right, from nothing but who agreed with whom, and from known answers where there are any.

A. P. Dawid, A. M. Skene, "Maximum likelihood estimation of observer error-rates using the EM algorithm", Applied
Statistics 28, 1979, with one number a reviewer instead of a table: each clip has answers of its own, so a table over
answers would mean nothing. A reviewer is right with a probability of their own; when wrong, they give one of
``options - 1`` other answers, each as likely.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from math import sqrt
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
Shares = npt.NDArray[np.float64]
ROUNDS = 200
STILL = 1e-6  # change of a reliability at which the rounds end


class Answer(NamedTuple):
    """One reviewer's answer on one clip. Equal answers agree: normalise texts before, or number them a clip."""

    clip: str
    reviewer: str
    answer: Hashable


@dataclass(frozen=True, slots=True)
class Prior:
    """What is taken of a reviewer before the first answer: so many clips right and so many wrong, both 0 or more."""

    right: float = 4.0
    wrong: float = 1.0


@dataclass(frozen=True, slots=True)
class Reliability:
    """``right``: the probability of a right answer (0 to 1); ``spread``: its standard deviation; ``clips``: of so many.

    Both stand for a beta distribution; the spread does not know of doubts about which answers were right.
    """

    right: float
    spread: float
    clips: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """Reliabilities by reviewer; by clip, how probable its likeliest answer is (0 to 1)."""

    reviewers: dict[str, Reliability]
    clips: dict[str, float]


def estimate(
    answers: Iterable[Answer],
    *,
    known: Mapping[str, Hashable] | None = None,
    prior: Prior = Prior(),
    options: float = 10.0,
) -> Estimate:
    """Reviewers' reliabilities by expectation maximisation.

    A clip that one person alone answered tells nothing and is left out, unless its right answer is ``known``.
    ``options`` is how many answers a clip could plausibly have: the fewer, the less it means that two agree. The order
    of the answers changes nothing. 100,000 answers take less than a second.

    Raises:
        ValueError: fewer than 2 options, or a prior below 0.
    """
    if options < 2 or min(prior.right, prior.wrong) < 0:
        raise ValueError(f"options are {options}, the prior is {prior}; expected 2 or more, and counts of 0 or more")
    book = _Book.read(answers, known or {})
    if not book.reviewers:
        return Estimate({}, {})
    truth = book.shares_of_votes()
    right = np.full(len(book.reviewers), -1.0)
    for _ in range(ROUNDS):
        before, right = right, book.rightness(truth, prior)
        truth = book.posterior(right, options)
        if np.abs(right - before).max() < STILL:
            break
    return book.estimate(right, truth, prior)


@dataclass(slots=True)
class _Book:
    """The answers as numbers. A *slot* is one distinct answer of one clip; slots of a clip lie side by side."""

    reviewers: list[str] = field(default_factory=list)
    clips: list[str] = field(default_factory=list)
    by: Numbers = field(default_factory=lambda: np.zeros(0, np.int64))  # reviewer of each answer
    slot: Numbers = field(default_factory=lambda: np.zeros(0, np.int64))  # slot of each answer
    clip: Numbers = field(default_factory=lambda: np.zeros(0, np.int64))  # clip of each slot
    fixed: Shares = field(default_factory=lambda: np.zeros(0))  # of each slot: 1 right, 0 wrong, NaN not known

    @classmethod
    def read(cls, answers: Iterable[Answer], known: Mapping[str, Hashable]) -> "_Book":
        heard: dict[str, list[Answer]] = {}
        for answer in answers:
            heard.setdefault(answer.clip, []).append(answer)
        kept = {clip: heard[clip] for clip in sorted(heard) if len(heard[clip]) > 1 or clip in known}
        reviewers = {name: at for at, name in enumerate(sorted({one.reviewer for of in kept.values() for one in of}))}
        by: list[int] = []
        slot: list[int] = []
        clip: list[int] = []
        fixed: list[float] = []
        for number, (name, given) in enumerate(kept.items()):
            slots: dict[Hashable, int] = {}
            for answer in given:
                by.append(reviewers[answer.reviewer])
                slot.append(slots.setdefault(answer.answer, len(clip) + len(slots)))
            clip += [number] * len(slots)
            fixed += [float(one == known[name]) if name in known else np.nan for one in slots]
        return cls(
            list(reviewers), list(kept), np.array(by, np.int64), np.array(slot, np.int64), np.array(clip, np.int64),
            np.array(fixed),
        )  # fmt: skip

    def shares_of_votes(self) -> Shares:
        """The first guess: an answer is right by its share of the votes."""
        votes = np.bincount(self.slot, minlength=len(self.clip))
        return self._known(votes / np.bincount(self.clip, weights=votes)[self.clip])

    def rightness(self, truth: Shares, prior: Prior) -> Shares:
        """Of each reviewer, the share of answers that are right."""
        right = np.bincount(self.by, weights=truth[self.slot]) + prior.right
        share: Shares = right / (np.bincount(self.by) + prior.right + prior.wrong)
        return share

    def posterior(self, right: Shares, options: float) -> Shares:
        """How probable each slot is; what is missing to 1 in a clip is for answers that nobody gave."""
        sure = np.clip(right, 1e-6, 1 - 1e-6)
        wrong = np.log((1 - sure) / (options - 1))
        gain = np.bincount(self.slot, weights=(np.log(sure) - wrong)[self.by], minlength=len(self.clip))
        starts = np.flatnonzero(np.diff(self.clip, prepend=-1))
        most = np.maximum(np.maximum.reduceat(gain, starts), 0.0)
        unsaid = np.maximum(options - np.bincount(self.clip), 0.0) * np.exp(-most)
        odds = np.exp(gain - most[self.clip])
        return self._known(odds / (np.add.reduceat(odds, starts) + unsaid)[self.clip])

    def estimate(self, right: Shares, truth: Shares, prior: Prior) -> Estimate:
        counts = np.bincount(self.by)
        reviewers = {
            name: Reliability(float(share), sqrt(share * (1 - share) / (n + prior.right + prior.wrong + 1)), int(n))
            for name, share, n in zip(self.reviewers, right, counts, strict=True)
        }
        best = np.maximum.reduceat(truth, np.flatnonzero(np.diff(self.clip, prepend=-1)))
        return Estimate(reviewers, {name: float(share) for name, share in zip(self.clips, best, strict=True)})

    def _known(self, shares: Shares) -> Shares:
        return np.where(np.isnan(self.fixed), shares, self.fixed)
