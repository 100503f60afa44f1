"""What a kind of work is made of."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

LABELS_MOST: Final = 9  # one key each


@dataclass(frozen=True, slots=True)
class Option:
    """One of the answers that can be given by one key; ``name`` is what stands in the reference."""

    value: int
    name: str
    label: str


@dataclass(frozen=True, slots=True)
class Scale:
    """A rating that can be given beside the answer."""

    name: str
    lowest: int = 1
    highest: int = 5

    def fits(self, value: int | None) -> bool:
        """Whether it can be given; leaving it out can be, too."""
        return value is None or self.lowest <= value <= self.highest


def _no_options(_labels: Sequence[str]) -> tuple[Option, ...]:
    return ()


def most_common(values: Sequence[int], *, at_least: int, last: bool) -> int | None:
    """The value of more than half, and of so many at least; else None. ``last``: no more will be asked, which is one
    reason less to guess."""
    del last
    value, count = Counter(values).most_common(1)[0] if values else (0, 0)
    return value if count >= at_least and 2 * count > len(values) else None


@dataclass(frozen=True, slots=True)
class Kind:
    """``texts``: answered by a text, picked or written; else by one of ``options``, which a controller may label.

    ``agree`` gives the value that the values settle on: it is told how many must agree at least, and whether nobody
    more will be asked.
    """

    asks: str
    texts: bool = False
    options: Callable[[Sequence[str]], tuple[Option, ...]] = _no_options
    scales: tuple[Scale, ...] = ()
    agree: Callable[..., int | None] = most_common
    ordered: bool = False  # the options are steps of a scale

    def named(self, value: int, labels: Sequence[str]) -> str:
        """The name of an option, as it stands in a reference.

        Raises:
            ValueError: there is no such option.
        """
        for option in self.options(labels):
            if option.value == value:
                return option.name
        raise ValueError(f"option {value}: there is none of this value")
