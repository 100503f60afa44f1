"""How sure a share is."""

from dataclasses import dataclass
from math import hypot, sqrt
from statistics import NormalDist


@dataclass(frozen=True, slots=True)
class Interval:
    """From ``low`` to ``high``: shares of 0 to 1, or what else the function that gives it says."""

    low: float
    high: float


def wilson(successes: int, trials: int, *, confidence: float = 0.95) -> Interval:
    """Wilson's score interval of a share (E. B. Wilson, JASA 22, 1927). Of no trials: 0 to 1.

    Raises:
        ValueError: more successes than trials, a number below 0, or a confidence outside 0 to 1.
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} successes in {trials} trials, expected 0 to {trials}")
    if not 0 < confidence < 1:
        raise ValueError(f"the confidence is {confidence}, expected between 0 and 1")
    if trials == 0:
        return Interval(0.0, 1.0)
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = successes / trials
    middle = share + z * z / (2 * trials)
    reach = z * sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    # Rounding must not push the bound of "none" above 0, nor that of "all" below 1.
    low = 0.0 if successes == 0 else max(0.0, (middle - reach) / scale)
    high = 1.0 if successes == trials else min(1.0, (middle + reach) / scale)
    return Interval(low, high)


def newcombe(one: tuple[int, int], other: tuple[int, int], *, confidence: float = 0.95) -> Interval:
    """The difference of two independent shares, ``one`` less ``other``, each given as successes of trials; -1 to 1.

    R. G. Newcombe, "Interval estimation for the difference between independent proportions", Statistics in Medicine 17,
    1998, method 10: Wilson's intervals of both, squared and added. Where one has no trials: -1 to 1.

    Raises:
        ValueError: as ``wilson``.
    """
    first, second = wilson(*one, confidence=confidence), wilson(*other, confidence=confidence)
    if not one[1] or not other[1]:
        return Interval(-1.0, 1.0)
    share, less = one[0] / one[1], other[0] / other[1]
    down = hypot(share - first.low, second.high - less)
    up = hypot(first.high - share, less - second.low)
    return Interval(max(-1.0, share - less - down), min(1.0, share - less + up))
