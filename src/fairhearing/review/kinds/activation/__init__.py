"""Was the device addressed?"""

from collections.abc import Sequence
from typing import Final

from fairhearing.review.kinds.kind import Kind, Option

_OPTIONS: Final = (
    Option(1, "addressed", "Yes, it was addressed"),
    Option(2, "not_addressed", "No, it was not"),
    Option(3, "unclear", "It cannot be told"),
)


def _options(_labels: Sequence[str]) -> tuple[Option, ...]:
    return _OPTIONS


KIND = Kind(asks="Was the device addressed?", options=_options)
