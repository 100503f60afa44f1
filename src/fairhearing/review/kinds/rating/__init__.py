"""One scale, whose steps the controller names; five steps without names where none are given.

People who rate agree when they are at most one step apart; what stands then is the median. When nobody more is asked,
the median stands however far apart they are: a scale has no right answer, and its spread is in the judgements.
"""

from collections.abc import Sequence
from statistics import median_low
from typing import Final

from fairhearing.review.kinds.kind import LABELS_MOST, Kind, Option

STEPS: Final = 5
NEAR: Final = 1  # steps


def _options(labels: Sequence[str]) -> tuple[Option, ...]:
    named = list(labels)[:LABELS_MOST] or [""] * STEPS
    return tuple(
        Option(value, str(value), f"{value} – {label}" if label else str(value))
        for value, label in enumerate(named, start=1)
    )


def _agree(values: Sequence[int], *, at_least: int, last: bool) -> int | None:
    if len(values) < at_least:
        return None
    return median_low(values) if last or max(values) - min(values) <= NEAR else None


KIND = Kind(asks="How good is it?", options=_options, agree=_agree, ordered=True)
