"""Words to units: the small things that numbers, codes and addresses are made of.

A unit covers one or more whole words: "double seven" is one unit worth ``77``, "p as in papa" one letter.
Where a word may be read in two ways ("oh", "a", "four" for "for", "see" for "c"), the neighbours decide.
"""

import re
from dataclasses import dataclass

from fairhearing.deidentify.spoken import numbers
from fairhearing.deidentify.spoken.language import Language

DIGITS = re.compile(r"\+?[(]?\d[\d().,/+-]*")
AMOUNT = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?|\d{1,5}[.,]\d{1,2}")
MIXED = re.compile(r"(?=[a-z/-]*\d)(?=[\d/-]*[a-z])[a-z\d/-]+")
MEASURED = re.compile(r"\d+(st|nd|rd|th|am|pm|k|kg|g|mg|ml|km|m|cm|mm|mph|gb|mb|s|h|x|ers?|ish)")
DATE = re.compile(r"\d{1,2}([-/.])\d{1,2}\1(\d{2}|\d{4})|\d{4}([-/.])\d{1,2}\3\d{1,2}")
_BY_ONE = frozenset({"single", "repeat", "letter", "written", "spelled"})
FAR = 4  # letters looked at on each side


@dataclass(frozen=True, slots=True)
class Unit:
    """``kind`` is digits, letter, joint, sign, filler, correction or word; ``value`` what it stands for.

    It covers the words ``first`` to ``last``. ``style`` of digits: single ("four"), pair ("forty two"), compound
    ("eight hundred"), repeat, written or date; of letters: letter, code ("papa"), heard ("see"), spelled or written.
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
    unsure = False
    size = len(words)
    while at < size:
        word = words[at]
        unit = None
        if word in language.repeats:
            unit = _repeat(words, at, language)
        if unit is None and word in language.letters:
            unit = _spelling(words, at, language)
        if unit is None:
            unit = _number(words, at, language) or _single(words, at, language)
        unsure = unsure or not unit.sure
        found.append(unit)
        at = unit.last + 1
    return _settled(found, language) if unsure else found


def _get(words: list[str], at: int) -> str:
    return words[at] if at < len(words) else ""


def _repeat(words: list[str], at: int, language: Language) -> Unit | None:
    times = language.repeats[words[at]]
    after = _get(words, at + 1)
    digit = language.digits.get(after) or language.unsure_digits.get(after, "")
    if not digit and after in language.tens:
        digit = str(language.tens[after])
    if not digit and len(after) == 1 and after.isdigit():
        digit = after
    if digit:
        return Unit("digits", digit * times, at, at + 1, "repeat")
    letter = language.letters.get(after) or language.heard_letters.get(after)
    if letter:
        return Unit("letter", letter * times, at, at + 1, "repeat", sure=after in language.letters)
    return None


def _spelling(words: list[str], at: int, language: Language) -> Unit | None:
    """Read "p as in papa", "m for mike", "be de barcelona": a letter, a link, a word that begins with it."""
    letter = language.letters[words[at]]
    if _get(words, at + 1) == "":
        return None
    for link in language.spelling_links:
        end = at + 1 + len(link)
        word = _get(words, end)
        if tuple(words[at + 1 : end]) == link and len(word) > 1 and word.startswith(letter):
            weak = link in (("like",), ("for",)) and words[at] in ("a", "i")
            return Unit("letter", letter, at, end, "spelled", sure=not weak)
    return None


def _number(words: list[str], at: int, language: Language) -> Unit | None:
    found = numbers.read(words, at, language)
    return Unit("digits", found[0], at, found[1] - 1, found[2]) if found else None


def _single(words: list[str], at: int, language: Language) -> Unit:  # noqa: PLR0911 - one a reading
    word = words[at]
    pair = f"{word} {_get(words, at + 1)}"
    if pair in language.joints:
        return _joint(language.joints[pair], at, at + 1)
    if pair in language.signs:
        return Unit("sign", language.signs[pair], at, at + 1)
    if word in language.letters:
        sure = len(word) == 1 and word not in language.unsure_letters
        return Unit("letter", language.letters[word], at, at, "letter" if len(word) == 1 else "code", sure)
    if word in language.unsure_digits:
        return Unit("digits", language.unsure_digits[word], at, at, "single", sure=False)
    if word in language.heard_letters:
        return Unit("letter", language.heard_letters[word], at, at, "heard", sure=False)
    if word in language.joints:
        return _joint(language.joints[word], at, at)
    if word in language.signs:
        return Unit("sign", language.signs[word], at, at)
    if word in language.corrections:
        return Unit("correction", word, at, at)
    if word in language.fillers:
        return Unit("filler", word, at, at)
    return _written(word, at) or Unit("word", word, at, at)


def _joint(value: str, first: int, last: int) -> Unit:
    kind = {"~": "correction", ",": "filler"}.get(value, "joint")
    return Unit(kind, value, first, last)


def _written(word: str, at: int) -> Unit | None:
    """Read digits, letters or both in writing; amounts, times and measures are plain words."""
    if not any(sign.isdigit() for sign in word):
        return None
    if DIGITS.fullmatch(word):
        if AMOUNT.fullmatch(word):
            return Unit("word", word, at, at, "amount")
        return Unit("digits", re.sub(r"\D", "", word), at, at, "date" if DATE.fullmatch(word) else "written")
    if MIXED.fullmatch(word) and not MEASURED.fullmatch(word):
        return Unit("letter", re.sub(r"[/-]", "", word), at, at, "written")
    return None


def _settled(found: list[Unit], language: Language) -> list[Unit]:
    """Turn unsure symbols into plain words where their neighbours do not bear them out."""
    settled = list(found)
    for at, unit in enumerate(found):
        if unit.sure:
            continue
        before = _symbol_beside(found, at, -1)
        after = _symbol_beside(found, at, +1)
        if _is_kept(found, at, before=before, after=after):
            if unit.value == "o" and unit.style == "letter" and _digits_beside(found, at):
                settled[at] = Unit("digits", "0", unit.first, unit.last, "single")
        else:
            kind = "filler" if unit.value in language.fillers else "word"
            settled[at] = Unit(kind, "", unit.first, unit.last)
    return settled


def _is_kept(found: list[Unit], at: int, *, before: bool, after: bool) -> bool:  # noqa: PLR0911 - one a case
    unit = found[at]
    if before and after:  # "nineteen fourteen to nineteen eighteen" are years, "six to four" may be a code
        return unit.kind != "digits" or any(_style(found, at + step) in _BY_ONE for step in (-1, 1))
    if unit.kind == "digits":
        return unit.value in "135789" and _is_edge(found, at)
    if not (before or after):
        return False
    if unit.style == "code":
        return True
    if unit.value == "o" and unit.style == "letter":
        return _digits_beside(found, at) or _letters_beside(found, at) >= 2
    if unit.value == "a" and after and 0 < at < len(found) - 2 and found[at - 1].kind == "word":
        return found[at + 2].is_symbol and found[at + 1].style in _BY_ONE
    return _letters_beside(found, at) >= 2


def _is_edge(found: list[Unit], at: int) -> bool:
    """Return whether "won", "ate" or the like begins, or as the last word ends, a row of digits said one by one."""
    behind = found[at + 1 : at + 3]
    before = found[max(0, at - 2) : at] if at + 1 == len(found) else []
    return any(len(row) == 2 and all(one.sure and one.style == "single" for one in row) for row in (behind, before))


def _style(found: list[Unit], at: int) -> str:
    return found[at].style if 0 <= at < len(found) else ""


def _digits_beside(found: list[Unit], at: int) -> bool:
    return any(0 <= other < len(found) and found[other].kind == "digits" for other in (at - 1, at + 1))


def _symbol_beside(found: list[Unit], at: int, step: int) -> bool:
    """Return whether a sure symbol, or two unsure letters in a row, lies directly on that side."""
    neighbour = at + step
    for _ in range(FAR):  # past other doubtful digits
        if 0 <= neighbour < len(found) and found[neighbour].kind == "digits" and not found[neighbour].sure:
            neighbour += step
    if 0 <= neighbour < len(found) and found[neighbour].kind in ("joint", "filler", "correction"):
        neighbour += step
    if not 0 <= neighbour < len(found) or not found[neighbour].is_symbol:
        return False
    one = found[neighbour]
    further = neighbour + step
    return one.sure or (one.kind == "letter" and 0 <= further < len(found) and found[further].is_symbol)


def _letters_beside(found: list[Unit], at: int) -> int:
    """Return the number of sure letters in unbroken line with this one, up to a few on each side."""
    count = 0
    for step in (-1, 1):
        neighbour = at + step
        while 0 <= neighbour < len(found) and abs(neighbour - at) <= FAR and found[neighbour].kind == "letter":
            count += found[neighbour].sure
            neighbour += step
    return count
