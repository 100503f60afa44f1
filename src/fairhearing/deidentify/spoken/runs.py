"""Runs of symbols: the stretches of digits and letters that a code of any kind is said in."""

from dataclasses import dataclass
from itertools import pairwise

from fairhearing.deidentify.spoken.language import Language
from fairhearing.deidentify.spoken.units import Unit

MOST_FILLERS = 2


@dataclass(frozen=True)
class Run:
    """Symbols in a row: ``units`` from first to last symbol, joints and fillers between them included."""

    units: tuple[Unit, ...]

    @property
    def first(self) -> int:
        """Index of the first word."""
        return self.units[0].first

    @property
    def last(self) -> int:
        """Index of the last word."""
        return self.units[-1].last

    @property
    def symbols(self) -> str:
        """Digits and letters in a row, as one would type them."""
        return "".join(unit.value for unit in self.units if unit.is_symbol)

    @property
    def digits(self) -> str:
        """The digits alone."""
        return "".join(symbol for symbol in self.symbols if symbol.isdigit())

    @property
    def letters(self) -> str:
        """The letters alone."""
        return "".join(symbol for symbol in self.symbols if not symbol.isdigit())

    @property
    def groups(self) -> int:
        """How many separate symbols were said ("forty two" is one)."""
        return sum(unit.is_symbol for unit in self.units)

    @property
    def joints(self) -> str:
        """The joints, such as ``-`` and ``.``, in order."""
        return "".join(unit.value for unit in self.units if unit.kind == "joint")

    @property
    def is_quantity(self) -> bool:
        """Return whether it reads as one amount: a single number, or with a decimal point."""
        return not self.letters and (self.groups == 1 or self.joints == ".") and not self._is_code_like

    @property
    def _is_code_like(self) -> bool:
        return any(unit.style in ("written", "repeat") and len(unit.value) >= 5 for unit in self.units)

    @property
    def is_counting(self) -> bool:
        """Return whether the digits only count up or down by one."""
        values = [int(u.value) for u in self.units if u.kind == "digits" and len(u.value) < 4]
        steps = {b - a for a, b in pairwise(values)}
        return not self.letters and len(values) >= 3 and steps in ({1}, {-1})


def runs(found: list[Unit], language: Language) -> list[Run]:
    """Return the runs among ``found``, in order, apart from one another."""
    result: list[Run] = []
    current: list[Unit] = []
    for unit in found:
        if unit.is_symbol or (current and _may_go_on(current, unit, language)):
            current.append(unit)
        else:
            _close(current, result)
            current = []
    _close(current, result)
    return result


def _may_go_on(current: list[Unit], unit: Unit, language: Language) -> bool:
    if unit.kind == "joint":
        return current[-1].kind != "joint"
    trailing = 0
    for one in reversed(current):
        if one.is_symbol:
            break
        trailing += one.kind == "filler"
    return unit.kind == "filler" and trailing < MOST_FILLERS


def _close(current: list[Unit], result: list[Run]) -> None:
    while current and not current[-1].is_symbol:
        current.pop()
    if current:
        result.append(Run(tuple(current)))
