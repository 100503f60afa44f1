"""Runs of symbols: the stretches of digits and letters that a code of any kind is said in."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from fairhearing.deidentify.spoken.tokens import Token
from fairhearing.deidentify.spoken.units import Unit

MOST_FILLERS = 3  # in a row, between two symbols


@dataclass(frozen=True)
class Run:
    """Symbols in a row: ``units`` from first to last symbol, joints, signs and fillers between them included."""

    units: tuple[Unit, ...]

    @property
    def first(self) -> int:
        """Index of the first word."""
        return self.units[0].first

    @property
    def last(self) -> int:
        """Index of the last word."""
        return self.units[-1].last

    @cached_property
    def symbols(self) -> str:
        """Digits and letters in a row, as one would type them."""
        return "".join(unit.value for unit in self.units if unit.is_symbol)

    @cached_property
    def digits(self) -> str:
        """The digits alone."""
        return "".join(symbol for symbol in self.symbols if symbol.isdigit())

    @cached_property
    def letters(self) -> str:
        """The letters alone."""
        return "".join(symbol for symbol in self.symbols if not symbol.isdigit())

    @cached_property
    def groups(self) -> int:
        """How many separate symbols were said ("forty two" is one)."""
        return sum(unit.is_symbol for unit in self.units)

    @cached_property
    def joints(self) -> str:
        """The joints, such as ``-`` and ``.``, in order."""
        return "".join(unit.value for unit in self.units if unit.kind == "joint")

    @cached_property
    def is_corrected(self) -> bool:
        """Return whether the speaker corrects themselves, so that the number of symbols says little."""
        return any(unit.kind == "correction" for unit in self.units)

    @cached_property
    def is_quantity(self) -> bool:
        """Return whether it reads as one amount: a single number, or with a decimal point."""
        return not self.letters and (self.groups == 1 or self.joints == ".") and not self.is_code_like

    @cached_property
    def is_code_like(self) -> bool:
        """Return whether one unit alone is long enough for a code: written, or repeated."""
        return any(unit.style in ("written", "repeat", "date") and len(unit.value) >= 3 for unit in self.units)

    @cached_property
    def is_counting(self) -> bool:
        """Return whether the digits only count up or down by one."""
        values = [int(u.value) for u in self.units if u.kind == "digits" and len(u.value) < 4]
        steps = {b - a for a, b in pairwise(values)}
        return not self.letters and len(values) >= 3 and steps in ({1}, {-1})


def runs(found: Sequence[Unit], tokens: Sequence[Token]) -> list[Run]:
    """Return the runs among ``found``, in order, apart from one another; none goes on past a sentence's end."""
    result: list[Run] = []
    current: list[Unit] = []
    for unit in found:
        if unit.is_symbol or (current and _may_go_on(current, unit)):
            current.append(unit)
            if not tokens[unit.last].ends:
                continue
        _close(current, result)
        current = []
    _close(current, result)
    return result


def _may_go_on(current: list[Unit], unit: Unit) -> bool:
    if unit.kind in ("joint", "sign"):
        return current[-1].kind not in ("joint", "sign") or unit.value != current[-1].value
    if unit.kind not in ("filler", "correction"):
        return False
    trailing = 0
    for one in reversed(current):
        if one.kind not in ("filler", "correction"):
            break
        trailing += 1
    return trailing < MOST_FILLERS


def _close(current: list[Unit], result: list[Run]) -> None:
    while current and not current[-1].is_symbol:
        current.pop()
    if current:
        result.append(Run(tuple(current)))
