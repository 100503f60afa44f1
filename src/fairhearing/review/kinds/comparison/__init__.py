"""Which of two texts is better? The candidates 1 and 2 are A and B."""

from collections.abc import Sequence
from typing import Final

from fairhearing.review.kinds.kind import Kind, Option

_OPTIONS: Final = (Option(1, "a", "A is better"), Option(2, "b", "B is better"), Option(3, "same", "No difference"))


def _options(_labels: Sequence[str]) -> tuple[Option, ...]:
    return _OPTIONS


KIND = Kind(asks="Which text is better?", options=_options)
