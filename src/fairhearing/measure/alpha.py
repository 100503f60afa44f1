"""Whether people agree more than chance would have it: Krippendorff's alpha for choices.

K. Krippendorff, "Computing Krippendorff's alpha-reliability", 2011 (nominal data, any number of reviewers, answers may
be missing). For choices that mean the same on every clip (a scale, yes or no). Free texts hardly ever agree by chance:
of those, ``pairwise_agreement`` says as much.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairhearing.measure.intervals import Interval

Counts = npt.NDArray[np.float64]
FEWEST = 2  # answers on a clip that make a pair


def krippendorff_alpha(clips: Iterable[Sequence[Hashable]]) -> float | None:
    """Alpha of the answers on each clip: 1 is agreement, 0 is chance, below 0 is worse than chance.

    A clip with fewer than two answers is left out. None when nothing can be said: no pair of answers, or never more
    than one value.
    """
    return _Table.of(clips).alpha()


def krippendorff_interval(
    clips: Iterable[Sequence[Hashable]], *, confidence: float = 0.95, resamples: int = 1000, seed: int = 0
) -> Interval | None:
    """The percentile bootstrap of alpha over clips (B. Efron, R. J. Tibshirani, 1993), the same for the same seed.

    None when alpha is. Of few clips, or of answers that are nearly all the same, it is too narrow.

    Raises:
        ValueError: a confidence outside 0 to 1, or fewer than one resample.
    """
    if not 0 < confidence < 1 or resamples < 1:
        raise ValueError(f"{resamples} resamples at a confidence of {confidence}, expected 1 or more, between 0 and 1")
    table = _Table.of(clips)
    if table.alpha() is None:
        return None
    chance = np.random.default_rng(seed)
    size = len(table.disagreement)
    drawn = (table.alpha(chance.multinomial(size, np.full(size, 1 / size))) for _ in range(resamples))
    found = [alpha for alpha in drawn if alpha is not None]
    low, high = np.quantile(found, [(1 - confidence) / 2, (1 + confidence) / 2]) if found else (-1.0, 1.0)
    return Interval(float(low), float(high))


@dataclass(frozen=True, slots=True)
class _Table:
    """Of each clip with a pair: its answers, its disagreement; of each (clip, value) that occurs: how often."""

    answers: Counts
    disagreement: Counts
    clip: npt.NDArray[np.int64]
    value: npt.NDArray[np.int64]
    count: Counts

    @classmethod
    def of(cls, clips: Iterable[Sequence[Hashable]]) -> "_Table":
        paired = [answers for answers in clips if len(answers) >= FEWEST]
        values: dict[Hashable, int] = {}
        cells: dict[tuple[int, int], int] = {}
        for number, answers in enumerate(paired):
            for answer in answers:
                cell = number, values.setdefault(answer, len(values))
                cells[cell] = cells.get(cell, 0) + 1
        places = np.array(list(cells), np.int64).reshape(-1, 2)
        count = np.array(list(cells.values()), np.float64)
        size = np.array([len(answers) for answers in paired], np.float64)
        same = np.bincount(places[:, 0], weights=count * count, minlength=len(paired))
        return cls(size, (size * size - same) / np.maximum(size - 1, 1), places[:, 0], places[:, 1], count)

    def alpha(self, times: npt.NDArray[np.int64] | None = None) -> float | None:
        """1 - observed / expected disagreement, each clip counted so many ``times``."""
        weight = np.ones(len(self.answers)) if times is None else times.astype(np.float64)
        total = float(weight @ self.answers)
        of_value = np.bincount(self.value, weights=self.count * weight[self.clip])
        expected = total * total - float(of_value @ of_value)
        if total < FEWEST or expected <= 0:
            return None
        return 1 - (total - 1) * float(weight @ self.disagreement) / expected
