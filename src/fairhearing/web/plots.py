"""Numbers as bars: the geometry of small SVG plots that the server draws. The same numbers stand in a table beside."""

from collections.abc import Sequence
from dataclasses import dataclass

HEIGHT = 100
SLOT, BAR = 10, 8  # a bar has a fifth of its slot as the space to the next
SLOTS_LEAST = 24  # a few bars do not grow to be boards


@dataclass(frozen=True)
class Piece:
    """A rectangle in the plot's own units, and what it counts."""

    of: str
    x: int
    y: str
    height: str


@dataclass(frozen=True)
class Columns:
    """Bars over time, ``width`` × 100, the tallest as tall as the plot; ``most`` is its height in what is counted."""

    width: int
    most: float
    pieces: list[Piece]


def stacked(bars: Sequence[Sequence[tuple[str, float]]]) -> Columns:
    """A bar for each time, of pieces one upon the other, the first at the bottom: what each counts, and how much."""
    most = max((sum(number for _, number in parts) for parts in bars), default=0)
    pieces = []
    for at, parts in enumerate(bars):
        below: float = 0
        for name, number in parts:
            if number:
                below += number
                height, y = HEIGHT * number / most, HEIGHT - HEIGHT * below / most
                pieces.append(Piece(name, at * SLOT + (SLOT - BAR) // 2, f"{y:.2f}", f"{height:.2f}"))
    return Columns(SLOT * max(len(bars), SLOTS_LEAST), most, pieces)


def lengths(numbers: Sequence[float]) -> list[str]:
    """The length of each row's bar, 0 to 100: its number against the largest."""
    most = max(numbers, default=0)
    return [f"{100 * number / most:.1f}" if most else "0" for number in numbers]
