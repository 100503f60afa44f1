"""Words to units: the small things that numbers, codes and addresses are made of.

A unit covers one or more whole words: "double seven" is one unit worth ``77``, "p as in papa" one letter.
Where a word may be read in two ways ("oh", "a", "four" for "for"), the neighbours decide.
"""

import re
from dataclasses import dataclass

from fairhearing.deidentify.spoken.language import Language

DIGITS = re.compile(r"\d+(?:[-.,/ ]?\d+)*")
MIXED = re.compile(r"(?=[a-z-]*\d)(?=[\d-]*[a-z])[a-z\d-]+")


@dataclass(frozen=True)
class Unit:
    """``kind`` is digits, letter, joint, filler or word; ``value`` what it stands for; words first … last.

    ``style`` of digits: single ("four"), pair ("forty two"), compound ("eight hundred"), repeat or written.
    ``sure`` is false where the reading leans on its neighbours.
    """

    kind: str
    value: str
    first: int
    last: int
    style: str = ""
    sure: bool = True

    @property
    def is_symbol(self) -> bool:
        """Return whether this is a digit group or a letter."""
        return self.kind in ("digits", "letter")


def units(words: list[str], language: Language) -> list[Unit]:
    """Return the units of normalised ``words`` (lower case, no outer punctuation); each word is in one."""
    found: list[Unit] = []
    at = 0
    while at < len(words):
        unit = (
            _repeat(words, at, language)
            or _spelling(words, at, language)
            or _number(words, at, language)
            or _single(words, at, language)
        )
        found.append(unit)
        at = unit.last + 1
    return _settled(found)


def _get(words: list[str], at: int) -> str:
    return words[at] if at < len(words) else ""


def _repeat(words: list[str], at: int, language: Language) -> Unit | None:
    times = language.repeats.get(words[at])
    if times is None:
        return None
    after = _get(words, at + 1)
    digit = language.digits.get(after) or language.unsure_digits.get(after, "")
    if not digit and after in language.tens:
        digit = str(language.tens[after])
    if digit:
        return Unit("digits", digit * times, at, at + 1, "repeat")
    if after in language.letters:
        return Unit("letter", language.letters[after] * times, at, at + 1, "repeat")
    return None


def _spelling(words: list[str], at: int, language: Language) -> Unit | None:
    """Read "p as in papa", "m for mike", "be de barcelona": a letter, a link, a word that begins with it."""
    letter = language.letters.get(words[at], "")
    if not letter:
        return None
    for link in language.spelling_links:
        end = at + 1 + len(link)
        word = _get(words, end)
        if tuple(words[at + 1 : end]) == link and len(word) > 1 and word.startswith(letter):
            weak = link == ("like",) or words[at] in ("a", "i")
            return Unit("letter", letter, at, end, "spelled", sure=not weak)
    return None


def _number(words: list[str], at: int, language: Language) -> Unit | None:
    value, end, style = _below_hundred(words, at, language)
    if end == at and words[at] in language.hundreds:
        value, end, style = language.hundreds[words[at]], at + 1, "compound"
        value, end = _plus_rest(words, value, end, language)
    elif end == at and words[at] in language.thousand and language.code != "en":
        value, end, style = 1, at, "compound"
    if _get(words, end) in language.hundred and (end > at or words[at] in language.hundred):
        value, end, style = max(1, value) * 100, end + 1, "compound"
        value, end = _plus_rest(words, value, end, language)
    if _get(words, end) in language.thousand and (end > at or style == "compound"):
        value, end, style = value * 1000, end + 1, "compound"
        value, end = _plus_rest(words, value, end, language, hundreds=True)
    if end == at:
        return None
    text = language.digits[words[at]] if style == "single" else str(value)
    return Unit("digits", text, at, end - 1, style)


def _below_hundred(words: list[str], at: int, language: Language) -> tuple[int, int, str]:
    """Return the value, the index after it and the style; the index given where no number begins."""
    word = _get(words, at)
    if word in language.digits:
        return int(language.digits[word]), at + 1, "single"
    if word in language.teens:
        return language.teens[word], at + 1, "pair"
    if word not in language.tens:
        return 0, at, ""
    skip = 1 if _get(words, at + 1) in language.tens_joiners else 0
    digit = language.digits.get(_get(words, at + 1 + skip), "0")
    joined = digit != "0" and (skip or not language.tens_joiners)
    return language.tens[word] + (int(digit) if joined else 0), at + (2 + skip if joined else 1), "pair"


def _plus_rest(
    words: list[str], value: int, end: int, language: Language, *, hundreds: bool = False
) -> tuple[int, int]:
    """Add what follows a hundred or thousand: "and three", "novecientos setenta"."""
    start = end + 1 if _get(words, end) in language.number_joiners else end
    if hundreds and _get(words, start) in language.hundreds:
        return _plus_rest(words, value + language.hundreds[words[start]], start + 1, language)
    rest, stop, style = _below_hundred(words, start, language)
    digits_go_on = start == end and _get(words, stop) in language.digits  # "eight hundred five five five"
    if stop == start or (style == "single" and (rest == 0 or digits_go_on)):
        return value, end
    if hundreds and _get(words, stop) in language.hundred:
        return _plus_rest(words, value + rest * 100, stop + 1, language)
    return value + rest, stop


def _single(words: list[str], at: int, language: Language) -> Unit:  # noqa: PLR0911 - one a reading
    word = words[at]
    pair = f"{word} {_get(words, at + 1)}"
    if pair in language.joints:
        return Unit("joint", language.joints[pair], at, at + 1)
    if DIGITS.fullmatch(word):
        return Unit("digits", re.sub(r"\D", "", word), at, at, "written")
    if MIXED.fullmatch(word) and not re.fullmatch(r"\d+(st|nd|rd|th|pm|am|k)", word):
        return Unit("letter", word.replace("-", ""), at, at, "written")
    if word in language.letters:
        sure = len(word) == 1 and word not in language.unsure_letters
        return Unit("letter", language.letters[word], at, at, "letter" if len(word) == 1 else "name", sure)
    if word in language.unsure_digits:
        return Unit("digits", language.unsure_digits[word], at, at, "single", sure=False)
    if word in language.joints:
        return Unit("joint", language.joints[word], at, at)
    if word in language.fillers:
        return Unit("filler", word, at, at)
    return Unit("word", word, at, at)


def _settled(found: list[Unit]) -> list[Unit]:
    """Turn unsure symbols into plain words where no symbol stands beside them."""
    settled = list(found)
    for at, unit in enumerate(found):
        if unit.sure:
            continue
        before = _symbol_beside(found, at, -1)
        after = _symbol_beside(found, at, +1)
        if unit.kind == "digits" or unit.value in "aeiouy":
            keep = before and after
            if unit.kind == "letter" and (before or after):
                keep = keep or _letters_beside(found, at) >= 2
        else:
            keep = before or after
        if not keep:
            settled[at] = Unit("word", unit.value if unit.kind == "word" else "", unit.first, unit.last)
    return settled


def _symbol_beside(found: list[Unit], at: int, step: int) -> bool:
    """Return whether a sure symbol, or two unsure letters in a row, lies directly on that side."""
    neighbour = at + step
    if 0 <= neighbour < len(found) and found[neighbour].kind in ("joint", "filler"):
        neighbour += step
    if not 0 <= neighbour < len(found) or not found[neighbour].is_symbol:
        return False
    one = found[neighbour]
    further = neighbour + step
    return one.sure or (one.kind == "letter" and 0 <= further < len(found) and found[further].is_symbol)


def _letters_beside(found: list[Unit], at: int) -> int:
    """Return the number of letters in unbroken line with this one."""
    count = 0
    for step in (-1, 1):
        neighbour = at + step
        while 0 <= neighbour < len(found) and found[neighbour].kind == "letter":
            count += 1
            neighbour += step
    return count
