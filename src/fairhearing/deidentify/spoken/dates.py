"""Dates of birth: a date near a word of birth. Any other date is an appointment and stays."""

import re

from fairhearing.deidentify.spoken.cues import find_phrases
from fairhearing.deidentify.spoken.language import Language
from fairhearing.deidentify.spoken.units import Unit

REACH_LEFT = 9
REACH_RIGHT = 6
WRITTEN_DAY = re.compile(r"\d{1,2}(st|nd|rd|th)")

Found = tuple[int, int, str]


def births(words: list[str], units: list[Unit], language: Language) -> list[Found]:
    """Return the dates that a word of birth stands near, as (first, last, type)."""
    cues = find_phrases(words, language.birth_cues)
    if not cues:
        return []
    found: list[Found] = []
    for first, last in _dates(words, units, language):
        left = any(0 < first - cue_last <= REACH_LEFT for _, cue_last in cues)
        right = any(0 < cue_first - last <= REACH_RIGHT for cue_first, _ in cues)
        if left or right:
            found.append((first, last, "DATE_OF_BIRTH"))
    return found


def _dates(words: list[str], units: list[Unit], language: Language) -> list[tuple[int, int]]:
    """Return stretches of day, month and year words with links between; a lone small number is none."""
    found: list[tuple[int, int]] = []
    begin: int | None = None
    end = 0
    for at in range(len(units) + 1):
        part = at < len(units) and _is_part(words, units[at], language)
        link = at < len(units) and (
            words[units[at].first] in language.date_links or units[at].kind in ("joint", "filler")
        )
        if part:
            begin = at if begin is None else begin
            end = at
        elif begin is not None and not (link and at - end <= 2):
            if _is_date(words, units[begin : end + 1], language):
                found.append((units[begin].first, units[end].last))
            begin = None
    return found


def _is_part(words: list[str], unit: Unit, language: Language) -> bool:
    word = words[unit.first]
    if unit.kind == "digits":
        return unit.sure
    return word in language.months or word in language.ordinals or bool(WRITTEN_DAY.fullmatch(word))


def _is_date(words: list[str], units: list[Unit], language: Language) -> bool:
    spoken = [words[unit.first] for unit in units]
    digits = sum(len(unit.value) for unit in units if unit.kind == "digits")
    if any(word in language.months for word in spoken):
        return len(units) > 1
    if any(word in language.ordinals or WRITTEN_DAY.fullmatch(word) for word in spoken):
        return digits >= 2 or len(units) > 2
    return digits >= 4
