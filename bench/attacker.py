"""Attackers who want to know who speaks: from one who ignores the protection to one who trained on it.

Each has five enrolled recordings of every person and is shown one more (or the mean of five, pooled). *Ignorant*:
enrolled with original speech, raw embeddings. *Lazy*: enrolled with protected speech. *Semi-informed*: also trained,
on protected speech of other people, every recording with a key of its own, because the attacker knows the method but
no key. Terms: B. M. L. Srivastava et al., Evaluating Voice Conversion-based Privacy Protection against Informed
Attackers, ICASSP 2020. The embeddings themselves are not trained anew: a stronger attacker would do that.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from bench import privacy
from bench.privacy import Floats, Trials, Whole

ENROLLED = 5
POOLED = 5
SPLITS = 20
ROUNDS = 200
SHRINKAGE = 0.3  # of the within-class covariance towards its mean variance


class Scorer(Protocol):
    """Compares people with recordings."""

    def scores(self, enrolled: Floats, shown: Floats) -> Floats:
        """Return (recordings, persons) for ``enrolled`` (persons, 5, d) and ``shown`` (recordings, pooled, d)."""
        ...


class Cosine:
    """The angle between means of raw embeddings."""

    def scores(self, enrolled: Floats, shown: Floats) -> Floats:
        """Return the cosines, (recordings, persons)."""
        return _unit(shown.mean(axis=1)) @ _unit(enrolled.mean(axis=1)).T


class Discriminant:
    """Linear discriminant analysis, then cosine or the likelihood ratio of a two-covariance model.

    ``vectors`` (n, d) with ``labels`` (n,) of persons and ``domains`` (n,): corpora are centred each by itself. The
    enrolled people's mean, which the attacker has, is the centre in use. Axes are whitened within persons, so that a
    person's spread is one on each and ``between`` is what persons differ by. Likelihood ratio: S. Ioffe,
    Probabilistic Linear Discriminant Analysis, ECCV 2006.
    """

    def __init__(self, vectors: Floats, labels: Sequence[str], domains: Sequence[str]) -> None:
        centred = vectors - _means(vectors, domains)
        means = _means(centred, labels)
        rest = centred - means
        _, sizes = np.unique(np.array(labels), return_counts=True)
        within = rest.T @ rest / max(1, len(vectors) - len(sizes))
        size = within.shape[0]
        within = (1 - SHRINKAGE) * within + SHRINKAGE * np.trace(within) / size * np.eye(size)
        values, axes = np.linalg.eigh(within)
        white = axes / np.sqrt(values)
        spread, turned = np.linalg.eigh(white.T @ (means.T @ means / len(vectors)) @ white)
        self._map: Floats = (white @ turned)[:, ::-1]
        # The means of a few recordings each scatter by themselves: that is not what persons differ by.
        self.between: Floats = np.clip(spread[::-1] - len(sizes) / len(vectors), 0, None)

    def cosine(self, dimensions: int) -> Scorer:
        """Return a scorer by cosine on the first ``dimensions`` axes."""
        return _Projected(self._map[:, :dimensions], None)

    def likelihood(self) -> Scorer:
        """Return a scorer by likelihood ratio on all axes that persons differ on."""
        kept = self.between > 0
        return _Projected(self._map[:, kept], self.between[kept])


class _Projected:
    def __init__(self, projection: Floats, between: Floats | None) -> None:
        self._projection, self._between = projection, between

    def scores(self, enrolled: Floats, shown: Floats) -> Floats:
        centre = enrolled.mean(axis=(0, 1))
        known, new = (enrolled - centre) @ self._projection, (shown - centre) @ self._projection
        if self._between is None:
            return _unit(_unit(new).mean(axis=1)) @ _unit(_unit(known).mean(axis=1)).T
        count, noise = known.shape[1], 1 / new.shape[1]
        share = count * self._between / (count * self._between + 1)
        expected, heard = known.mean(axis=1) * share, new.mean(axis=1)
        if_same = self._between / (count * self._between + 1) + noise
        if_other = self._between + noise
        distance = (heard**2 / if_same).sum(axis=1)[:, None] - 2 * heard @ (expected / if_same).T
        distance += (expected**2 / if_same).sum(axis=1)
        ratio: Floats = (heard**2 / if_other).sum(axis=1)[:, None] - distance
        return ratio / 2


@dataclass(frozen=True)
class Split:
    """Which recordings are enrolled (persons, 5), shown (recordings, 1) and shown together (fewer, 5), with owners."""

    enrolled: Whole
    shown: Whole
    owners: Whole
    pooled: Whole
    pooled_owners: Whole


def splits(speakers: Sequence[str], seed: int = 2026) -> tuple[list[str], list[Split]]:
    """Return the persons (sorted) and 20 random divisions of their recordings; ``speakers`` (n,) spoke them.

    People with too few recordings (five, and two to be shown) are left out.
    """
    given = np.array(speakers)
    places = {name: np.flatnonzero(given == name) for name in sorted(set(speakers))}
    places = {name: rows for name, rows in places.items() if len(rows) >= ENROLLED + 2}
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(SPLITS if places else 0):
        mixed = [rng.permutation(rows) for rows in places.values()]
        shown = [rows[ENROLLED:] for rows in mixed]
        enough = [person for person, rows in enumerate(shown) if len(rows) >= POOLED]
        found.append(
            Split(
                enrolled=np.array([rows[:ENROLLED] for rows in mixed]),
                shown=np.concatenate(shown)[:, None],
                owners=np.repeat(np.arange(len(shown)), [len(rows) for rows in shown]),
                pooled=np.array([shown[person][:POOLED] for person in enough]).reshape(-1, POOLED),
                pooled_owners=np.array(enough, dtype=np.int64),
            )
        )
    return list(places), found


@dataclass(frozen=True)
class Attack:
    """One attacker: what it enrols, and a scorer for each fold of persons; trials never cross folds.

    ``enrolled_from`` (n, d) are the embeddings of the recordings as the attacker has them. ``folds`` (persons,).
    """

    enrolled_from: Floats
    scorers: Mapping[int, Scorer]
    folds: Whole

    def matrix(self, split: Split, shown_from: Floats, rows: Whole, owners: Whole) -> Floats:
        """Return scores (recordings, persons), NaN across folds, each fold's on a scale of its own spread."""
        found = np.full((len(rows), len(split.enrolled)), np.nan)
        for fold, scorer in self.scorers.items():
            persons, mine = np.flatnonzero(self.folds == fold), np.flatnonzero(self.folds[owners] == fold)
            if not mine.size:
                continue
            scores = scorer.scores(self.enrolled_from[split.enrolled[persons]], shown_from[rows[mine]])
            found[np.ix_(mine, persons)] = (scores - scores.mean()) / (scores.std() or 1.0)
        return found


@dataclass(frozen=True)
class Found:
    """What one attacker reaches. Rates 0 to 1, means over the splits; intervals are bootstraps over persons."""

    eer: float
    pooled: float
    trials: int
    _each: list[Trials] = field(repr=False)
    _together: list[Trials] = field(repr=False)
    _matrices: list[tuple[Floats, Whole]] = field(repr=False)

    def interval(self, persons: int, *, pooled: bool = False) -> tuple[float, float]:
        """Return the 95 % interval of the equal error rate."""
        drawn = privacy.drawn_persons(persons, ROUNDS, np.random.default_rng(1))
        every = self._together if pooled else self._each
        return privacy.interval(np.mean([privacy.equal_error(one, one.weights(drawn)) for one in every], axis=0))

    def among(self, persons: Whole) -> float:
        """Return the equal error rate in trials between these persons alone."""
        return _mean_eer([one.among(persons) for one in self._each])

    def linkability(self) -> float:
        """Return D↔sys, the mean over the splits."""
        return float(np.mean([privacy.linkability(one) for one in self._each]))

    def linked(self) -> float:
        """Return the share of recordings whose speaker comes first."""
        return float(np.mean([privacy.linked(*one) for one in self._matrices]))

    def singling_out(self) -> float:
        """Return how often one recording alone is isolated; NaN where trials are cut into folds."""
        rng = np.random.default_rng(2)
        if any(np.isnan(matrix).any() for matrix, _ in self._matrices):
            return float("nan")
        return float(np.mean([privacy.singling_out(*one, rng) for one in self._matrices]))


def carried_out(attack: Attack, every: Sequence[Split], shown_from: Floats) -> Found:
    """Return what ``attack`` reaches on recordings with embeddings ``shown_from`` (n, d)."""
    matrices = [(attack.matrix(one, shown_from, one.shown, one.owners), one.owners) for one in every]
    single = [Trials.of(*one) for one in matrices]
    together = [
        Trials.of(attack.matrix(one, shown_from, one.pooled, one.pooled_owners), one.pooled_owners) for one in every
    ]
    return Found(_mean_eer(single), _mean_eer(together), int(single[0].same.sum()), single, together, matrices)


def trained(vectors: Floats, labels: Sequence[str], domains: Sequence[str]) -> Mapping[str, Scorer]:
    """Return the trained scorers by name: two sizes of discriminant analysis, and a likelihood ratio."""
    analysis = Discriminant(vectors, labels, domains)
    return {"lda24": analysis.cosine(24), "lda60": analysis.cosine(60), "plda": analysis.likelihood()}


def by_fold(train: Callable[[int], Mapping[str, Scorer]], folds: Whole) -> dict[str, dict[int, Scorer]]:
    """Return each scorer's name with one scorer a fold, trained by ``train(fold)``."""
    found: dict[str, dict[int, Scorer]] = {}
    for fold in sorted(set(folds.tolist())):
        for name, scorer in train(fold).items():
            found.setdefault(name, {})[fold] = scorer
    return found


def _mean_eer(every: Sequence[Trials]) -> float:
    rates = [privacy.equal_error(one)[0] for one in every if one.scores.size]
    return float(np.mean(rates)) if rates else float("nan")


def _unit(vectors: Floats) -> Floats:
    unit: Floats = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    return unit


def _means(vectors: Floats, groups: Sequence[str]) -> Floats:
    """Return for each vector the mean of its group, (n, d)."""
    _, place, counts = np.unique(np.array(groups), return_inverse=True, return_counts=True)
    sums = np.zeros((len(counts), vectors.shape[1]))
    np.add.at(sums, place, vectors)
    means: Floats = (sums / counts[:, None])[place]
    return means
