"""How well an attacker tells people apart: equal error rate, linkability, singling out. Pure numpy.

A trial compares one recording with one enrolled person. Scores are higher where the attacker believes more.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

ISOLATED_BY_CHANCE = float(np.exp(-1))  # of many records, by a predicate that knows nothing: see singling_out
BINS, IN_A_BIN = 24, 25


@dataclass(frozen=True)
class Trials:
    """``scores`` (n,), and who was enrolled and who spoke, as numbers of persons (n,) each."""

    scores: Floats
    enrolled: Whole
    spoke: Whole

    @classmethod
    def of(cls, matrix: Floats, owners: Whole) -> "Trials":
        """Return the trials of a matrix (recordings, persons); ``owners`` (recordings,) spoke. NaN: no trial."""
        rows, columns = np.nonzero(~np.isnan(matrix))
        return cls(matrix[rows, columns], columns.astype(np.int64), owners[rows])

    @property
    def same(self) -> NDArray[np.bool_]:
        """Return where the enrolled person is the one who spoke, (n,)."""
        same: NDArray[np.bool_] = self.enrolled == self.spoke
        return same

    def among(self, persons: Whole) -> "Trials":
        """Return the trials between these persons alone."""
        kept = np.isin(self.enrolled, persons) & np.isin(self.spoke, persons)
        return Trials(self.scores[kept], self.enrolled[kept], self.spoke[kept])

    def weights(self, drawn: Floats) -> Floats:
        """Return how often each trial counts, (rounds, n), where each person was drawn (rounds, persons) times."""
        return drawn[:, self.enrolled] * np.where(self.same, 1.0, drawn[:, self.spoke])


def equal_error(trials: Trials, weights: Floats | None = None) -> Floats:
    """Return the rate at which misses and false alarms are equal, 0 to 1, one for each row of ``weights`` (rounds, n).

    Between two neighbouring scores it is interpolated. NaN where a row holds no trial of one kind.
    """
    order = np.argsort(-trials.scores)
    same, scores = trials.same[order], trials.scores[order]
    given = np.ones((1, same.size)) if weights is None else weights[:, order]
    # A threshold takes equal scores together: only the last of each run of them is a point of the curve.
    points = np.concatenate([[0], np.flatnonzero(np.diff(scores, append=-np.inf)) + 1])
    edge = np.zeros((len(given), 1))
    hits = np.hstack([edge, np.cumsum(given * same, axis=1)])[:, points]
    alarms = np.hstack([edge, np.cumsum(given * ~same, axis=1)])[:, points]
    with np.errstate(invalid="ignore"):
        missed, false = 1 - hits / hits[:, -1:], alarms / alarms[:, -1:]
    ahead = np.argmax(false >= missed, axis=1)
    rows = np.arange(len(given))
    gap_before, gap = (missed - false)[rows, ahead - 1], (false - missed)[rows, ahead]
    with np.errstate(invalid="ignore", divide="ignore"):
        part = gap_before / (gap_before + gap)
    before = false[rows, ahead - 1]
    rate: Floats = before + part * (false[rows, ahead] - before)
    return rate


def linkability(trials: Trials) -> float:
    """Return D↔sys: 0 where scores of the same person and of others are alike, 1 where they never overlap.

    The mean over the scores of the same person of max(0, (LR − 1) / (LR + 1)), LR the ratio of the two densities
    (equal priors), here of histograms with as many trials of the same person in each bin: 24 bins, or fewer so that
    each holds 25. Few trials bias it upward. Source: M. Gomez-Barrero, J. Galbally, C. Rathgeb and C. Busch, General
    Framework to Evaluate Unlinkability in Biometric Template Protection Systems, IEEE TIFS 13(6), 2018.
    """
    mated, others = trials.scores[trials.same], trials.scores[~trials.same]
    bins = int(np.clip(mated.size // IN_A_BIN, 2, BINS))
    # Below the lowest score of the same person there is nothing to average; equal scores share a bin.
    edges = np.unique([*np.quantile(mated, np.arange(bins) / bins), np.inf])
    inside = np.histogram(mated, edges)[0] / mated.size
    outside = np.histogram(others, edges)[0] / others.size
    filled = inside > 0
    inside, outside = inside[filled], outside[filled]
    return float((inside * np.clip((inside - outside) / (inside + outside), 0, None)).sum())


def linked(matrix: Floats, owners: Whole) -> float:
    """Return the share of recordings (rows) whose own speaker outscores all other enrolled persons (columns).

    The legal criterion of linkability; chance is 1 / persons. Source: N. Vauquier, B. M. L. Srivastava, S. A.
    Hosseini and E. Vincent, Legally validated evaluation framework for voice anonymization, Interspeech 2025.
    """
    own = matrix[np.arange(len(owners)), owners]
    others = matrix.copy()
    others[np.arange(len(owners)), owners] = -np.inf
    return float(np.mean(own > np.nanmax(others, axis=1)))


def singling_out(matrix: Floats, owners: Whole, rng: np.random.Generator) -> float:
    """Return how often "the score is above a threshold" is true of exactly one of N recordings, one a person.

    Whoever that one is: singling out asks for one record cut from the crowd. The threshold lets 1 / N of other
    recordings (the same number of each person) pass, so that an attacker who knows nothing isolates one with
    probability e⁻¹ (37 %) as N grows. ``matrix`` is (recordings, persons) without NaN. Source: A. Cohen and
    K. Nissim, Towards formalizing the GDPR's notion of singling out, PNAS 117(15), 2020; as measured on speech by
    Vauquier et al., Interspeech 2025.
    """
    persons = np.unique(owners)
    mixed = [rng.permutation(np.flatnonzero(owners == person)) for person in persons]
    spare = min(len(rows) for rows in mixed) - 1
    if spare < 1:
        return float("nan")
    tested = matrix[[rows[0] for rows in mixed]]
    calibration = np.sort(matrix[np.concatenate([rows[1 : 1 + spare] for rows in mixed])], axis=0)[::-1]
    threshold = (calibration[spare - 1] + calibration[spare]) / 2
    return float(np.mean((tested > threshold).sum(axis=0) == 1))


def drawn_persons(persons: int, rounds: int, rng: np.random.Generator) -> Floats:
    """Return how often each person is drawn in each round of a bootstrap over persons, (rounds, persons)."""
    return rng.multinomial(persons, np.full(persons, 1 / persons), size=rounds).astype(np.float64)


def interval(values: Floats) -> tuple[float, float]:
    """Return the 2.5th and the 97.5th percentile, NaN left out."""
    low, high = np.nanpercentile(values, [2.5, 97.5])
    return float(low), float(high)
