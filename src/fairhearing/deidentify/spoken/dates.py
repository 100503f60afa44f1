"""Dates of birth: a date near a word of birth. Any other date is an appointment and stays."""

import re
from bisect import bisect_left, bisect_right

from fairhearing.deidentify.spoken import checks, numbers
from fairhearing.deidentify.spoken.cues import Found as FoundCue
from fairhearing.deidentify.spoken.reading import Found, Reading
from fairhearing.deidentify.spoken.units import Unit

REACH_LEFT = 9
REACH_RIGHT = 7
WRITTEN_DAY = re.compile(r"\d{1,2}(st|nd|rd|th|\.)")
MOST_ALONE = 12
BIRTH_YEARS = ("1915", "2015")  # of a date that stands alone
TYPE = "DATE_OF_BIRTH"


def births(reading: Reading) -> list[Found]:
    """Return the dates that a word of birth stands near, or that an earlier turn asked for."""
    cues = [
        one
        for one in reading.language.birth_cues.longest(reading.bases)
        if reading.base(one.last + 1) not in reading.language.not_birth
    ]
    expected = reading.context.expected == TYPE
    if not cues and not expected:
        return _alone(reading)
    lasts, firsts = [one.last for one in cues], [one.first for one in cues]
    found: list[Found] = []
    for first, last in _dates(reading):
        left = bisect_left(lasts, first) - 1
        right = bisect_right(firsts, last)
        near = (left >= 0 and first - lasts[left] <= REACH_LEFT and not _is_historical(reading, cues[left], last)) or (
            right < len(cues) and _is_answered(reading, last, firsts[right])
        )
        if near or (expected and first <= 8):
            found.append((first, last, TYPE))
    return found


def _is_answered(reading: Reading, last: int, cue: int) -> bool:
    """Return whether a cue behind a date speaks of it ("… is my birthday", "… that's when she was born")."""
    if cue - last > REACH_RIGHT:
        return False
    between = [reading.word(at) for at in range(last + 1, cue)]
    return "and" not in between and (not between or any(reading.language.is_copula(word) for word in between))


def _alone(reading: Reading) -> list[Found]:
    """Return a whole date with a year that is all a turn says: the answer to who one is."""
    if len(reading.tokens) > MOST_ALONE:
        return []
    for first, last in _dates(reading):
        said = [reading.word(at) for at in range(first, last + 1)]
        rest = len(reading.tokens) - (last - first + 1)
        digits = "".join(unit.value for unit in reading.units_in(first, last) if unit.kind == "digits")
        whole = any(word in reading.language.months for word in said) and len(digits) >= 4
        if whole and rest <= 2 and BIRTH_YEARS[0] <= digits[-4:] <= BIRTH_YEARS[1]:
            return [(first, last, TYPE)]
    return []


def _is_historical(reading: Reading, cue: FoundCue, last: int) -> bool:
    """Return whether the date ends in a year before anyone alive was born."""
    said = [unit for unit in reading.units_in(cue.last + 1, last) if unit.kind == "digits"]
    year = said[-1].value if said else ""
    if len(said) == 2 and all(unit.style == "pair" for unit in said):
        year = said[0].value + year
    return len(year) == 4 and 1000 < int(year) < checks.FIRST_YEAR


def _dates(reading: Reading) -> list[tuple[int, int]]:
    """Return stretches of day, month and year words with links between; a lone small number is none."""
    units = reading.units
    found: list[tuple[int, int]] = []
    begin: int | None = None
    end = 0
    for at in range(len(units) + 1):
        part = at < len(units) and _is_part(reading, units[at])
        if part:
            begin = at if begin is None else begin
            end = at
        elif begin is not None and not (at < len(units) and at - end <= 3 and _is_link(reading, units[at])):
            if _is_date(reading, units[begin : end + 1]):
                found.append((units[begin].first, units[end].last))
            begin = None
        if part and begin is not None and reading.tokens[units[at].last].ends:
            if _is_date(reading, units[begin : end + 1]):
                found.append((units[begin].first, units[end].last))
            begin = None
    return found


def _is_link(reading: Reading, unit: Unit) -> bool:
    return reading.word(unit.first) in reading.language.date_links or unit.kind in ("joint", "filler", "correction")


def _is_part(reading: Reading, unit: Unit) -> bool:
    if unit.kind == "digits":
        return unit.sure
    word = reading.word(unit.first)
    return (
        word in reading.language.months
        or numbers.ordinal(word, reading.language) is not None
        or bool(WRITTEN_DAY.fullmatch(word))
    )


def _is_date(reading: Reading, units: list[Unit]) -> bool:
    words = [reading.word(unit.first) for unit in units]
    digits = sum(len(unit.value) for unit in units if unit.kind == "digits")
    if any(word in reading.language.months for word in words):
        return len(units) > 1
    if any(numbers.ordinal(word, reading.language) is not None or WRITTEN_DAY.fullmatch(word) for word in words):
        return digits >= 2 or len(units) > 2
    return digits >= 4 or (digits == 3 and len(units) >= 3)
