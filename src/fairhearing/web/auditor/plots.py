"""Numbers as bars: the geometry of small SVG plots that the server draws. The same numbers stand in a table beside."""

from collections.abc import Sequence
from dataclasses import dataclass

from fairhearing.ledger.totals import Sum

HEIGHT = 100
SLOT, BAR = 10, 8  # a bar has a fifth of its slot as the space to the next
SLOTS_LEAST = 24  # a few bars do not grow to be boards


@dataclass(frozen=True)
class Piece:
    """A rectangle in the plot's own units, and which kind of entry it counts."""

    of: str
    x: int
    y: str
    height: str


@dataclass(frozen=True)
class Columns:
    """Bars over time, ``width`` × 100, the tallest as tall as the plot; ``most`` entries are its height."""

    width: int
    most: int
    pieces: list[Piece]


def over_time(times: Sequence[tuple[str, Sum]]) -> Columns:
    """A bar for each time: listens at the bottom, refusals above, then all other entries."""
    most = max((one.entries for _, one in times), default=0)
    pieces = []
    for at, (_, one) in enumerate(times):
        parts = (
            ("listens", one.listens),
            ("refused", one.refused),
            ("others", one.entries - one.listens - one.refused),
        )
        below = 0
        for name, number in parts:
            if number:
                below += number
                height, y = HEIGHT * number / most, HEIGHT - HEIGHT * below / most
                pieces.append(Piece(name, at * SLOT + (SLOT - BAR) // 2, f"{y:.2f}", f"{height:.2f}"))
    return Columns(SLOT * max(len(times), SLOTS_LEAST), most, pieces)


def shares(sums: Sequence[tuple[str, Sum]]) -> list[str]:
    """The length of each row's bar, 0 to 100: its listens against the most listens of any row."""
    most = max((one.listens for _, one in sums), default=0)
    return [f"{100 * one.listens / most:.1f}" if most else "0" for _, one in sums]
