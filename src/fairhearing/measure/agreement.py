"""Whether people who heard one clip agree, and on what."""

from collections import Counter
from collections.abc import Sequence
from itertools import combinations

from fairhearing.measure.text import normalise


def settle(answers: Sequence[str], *, at_least: int) -> str | None:
    """The text that more than half of the answers, and at least so many (1 or more), agree on; else None.

    Answers agree when they are the same once normalised. Given back is their most common spelling; of
    equally common ones, that which was given first. An agreed empty text is a text: nothing was said.

    Raises:
        ValueError: ``at_least`` is below 1.
    """
    if at_least < 1:
        raise ValueError(f"at_least is {at_least}, expected 1 or more")
    forms = [normalise(answer) for answer in answers]
    if not forms:
        return None
    form, count = Counter(forms).most_common(1)[0]
    if count < at_least or 2 * count <= len(forms):
        return None
    spellings = Counter(answer.strip() for answer, own in zip(answers, forms, strict=True) if own == form)
    return spellings.most_common(1)[0][0]


def pairwise_agreement(answers: Sequence[str]) -> float | None:
    """The share of pairs of answers that agree once normalised (0 to 1); None when there is no pair."""
    pairs = list(combinations([normalise(answer) for answer in answers], 2))
    if not pairs:
        return None
    return sum(one == other for one, other in pairs) / len(pairs)
