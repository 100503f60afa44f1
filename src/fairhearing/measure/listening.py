"""What to hear next, so that the fewest seconds of speech answer the question (law 7).

Where several recognisers or translators disagree about a clip, one of them at least is wrong, and hearing
it tells which; where they agree, hearing it mostly confirms. That is query by committee (Seung, Opper and
Sompolinsky, 1992), used for speech recognition by Hakkani-Tür, Riccardi and Gorin (2002). What is spent is
not clips but seconds of somebody's speech, so disagreement is divided by its price (Settles, Craven and
Friedland, 2008). A measurement that must be unbiased draws its clips at random instead.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from fairhearing.measure.errors import word_error_rate

UNKNOWN_DISAGREEMENT = 0.5
"""For a clip with fewer than two candidates: nothing is known, so it goes before agreement, after discord."""


@dataclass(frozen=True, slots=True)
class Hearable:
    """A clip that could be heard: its id, its length in seconds, and the candidates' texts."""

    clip: str
    duration_s: float
    candidates: tuple[str, ...]


def disagreement(candidates: Sequence[str]) -> float:
    """The mean word error rate over all pairs of candidates: 0 (all alike) to 1.

    A pair's rate is its errors over the longer text, so that neither of the two is taken for the truth.
    """
    rates = [_distance(one, other) for one, other in combinations(candidates, 2)]
    return sum(rates) / len(rates) if rates else UNKNOWN_DISAGREEMENT


def score(candidates: Sequence[str], duration_s: float) -> float:
    """Disagreement for each second of speech spent (1/s): the higher, the sooner it should be heard.

    Raises:
        ValueError: a duration that is not above 0.
    """
    if not duration_s > 0:
        raise ValueError(f"the clip lasts {duration_s} s, expected more than 0")
    return disagreement(candidates) / duration_s


def order(clips: Iterable[Hearable]) -> list[Hearable]:
    """The clips in the order to hear them: best score, then shortest, then by id. Always the same.

    Raises:
        ValueError: a duration that is not above 0.
    """
    return sorted(clips, key=lambda clip: (-score(clip.candidates, clip.duration_s), clip.duration_s, clip.clip))


def _distance(one: str, other: str) -> float:
    forward = word_error_rate(one, other)
    # Deletions less insertions is the difference in length, so the other's length follows.
    longer = max(forward.reference_length, forward.reference_length - forward.deletions + forward.insertions)
    return forward.errors / longer if longer else 0.0
