"""Runs of digits and letters, named by what announces them, else by their shape."""

from dataclasses import dataclass

from fairhearing.deidentify.spoken.cues import Found, find_cues, find_phrases
from fairhearing.deidentify.spoken.language import Language
from fairhearing.deidentify.spoken.runs import Run

REACH_LEFT = 6  # words between a cue and what it announces
REACH_RIGHT = 4
CARRY = 12  # words after a cue within which a second run ("no, sorry, …") still belongs to it


@dataclass(frozen=True)
class Typed:
    """A run with its type, or without one where it is innocent."""

    run: Run
    type: str


def classify(words: list[str], found: list[Run], language: Language) -> list[Typed]:
    """Return the runs of ``found`` that are personal codes, with their types."""
    cues = find_cues(words, language.number_cues)
    spelled = [last for _, last in find_phrases(words, language.spelled_cues)]
    typed: list[Typed] = []
    for at, run in enumerate(found):
        before = found[at - 1].last if at else -1
        kind = (
            _by_cue(words, run, cues, before, language)
            or _spelled(words, run, spelled, language)
            or _by_shape(words, run, language)
        )
        if not kind and typed and run.first - typed[-1].run.last <= 5 and _goes_on(words, run, typed[-1], language):
            kind = typed[-1].type
        if kind:
            typed.append(Typed(run, kind))
    return typed


def _by_cue(words: list[str], run: Run, cues: list[Found], before: int, language: Language) -> str:
    if _is_amount(words, run, language):
        return ""
    near = [c for c in cues if before < c.last < run.first and run.first - c.last - 1 <= REACH_LEFT]
    for one in sorted(near, key=lambda c: (-c.last, c.first)):
        if _enough(run, one):
            return one.cue.type
    after = [c for c in cues if 0 < c.first - run.last <= REACH_RIGHT]
    for one in sorted(after, key=lambda c: c.first):
        between = words[run.last + 1 : one.first]
        if any(word in language.copulas for word in between) and _enough(run, one):
            return one.cue.type
    return ""


def _enough(run: Run, one: Found) -> bool:
    if run.groups == 1 and not any(u.style in ("written", "repeat", "compound", "pair") for u in run.units):
        return False
    if one.cue.type in ("PHONE", "CARD", "SECRET") and len(run.letters) > len(run.digits) and not run.digits:
        return one.cue.type == "SECRET" and len(run.symbols) >= one.cue.fewest
    if one.cue.words in (("text",), ("call",), ("ring",), ("dial",)) and len(run.digits) < 7:
        return False
    return len(run.symbols) >= one.cue.fewest


def _is_amount(words: list[str], run: Run, language: Language) -> bool:
    """Return whether the words around say that this is a price, a time, a page or the like."""
    following = words[run.last + 1] if run.last + 1 < len(words) else ""
    previous = words[run.first - 1] if run.first else ""
    short = len(run.symbols) <= 4 or run.is_quantity
    if short and (following in language.quantity_after or previous in language.quantity_before):
        return True
    window = words[max(0, run.first - 6) : run.first]
    return any(word in language.public_cues for word in window)


def _spelled(words: list[str], run: Run, cues: list[int], language: Language) -> str:
    letters = sum(unit.kind == "letter" and unit.style != "written" for unit in run.units)
    if letters < 3 or run.digits or run.letters in language.acronyms:
        return ""
    near = any(0 < run.first - last <= REACH_LEFT for last in cues)
    return "NAME" if near or letters >= 4 else ""


def _by_shape(words: list[str], run: Run, language: Language) -> str:  # noqa: PLR0911 - one a shape
    digits, letters = run.digits, run.letters
    if _is_iban(run.symbols):
        return "BANK"
    if letters:
        return "ID_NUMBER" if len(digits) >= 3 and len(run.symbols) >= 6 and run.groups >= 4 else ""
    if run.is_quantity or run.is_counting or _is_amount(words, run, language):
        return ""
    if 13 <= len(digits) <= 19:
        return "CARD" if digits[0] in "23456" else "BANK"
    if 7 <= len(digits) <= 15 and run.groups >= 3:
        return "ID_NUMBER" if len(digits) == 9 and run.joints == "--" else "PHONE"
    alone = run.first <= 1 and run.last >= len(words) - 2
    if alone and len(digits) >= 5 and run.groups >= 4:
        return "ID_NUMBER"
    singles = sum(unit.style in ("single", "repeat") for unit in run.units)
    return "ID_NUMBER" if len(digits) == 6 and singles >= 5 else ""


def _goes_on(words: list[str], run: Run, before: Typed, language: Language) -> bool:
    """Return whether a run continues the code before it, broken by a clause ("then the rest is …")."""
    between = words[before.run.last + 1 : run.first]
    if any(word in language.quantity_before or word in language.at[0] for word in between):
        return False
    return len(run.symbols) >= 3 and run.groups >= 3 and not _is_amount(words, run, language)


def _is_iban(symbols: str) -> bool:
    if not 15 <= len(symbols) <= 34 or not symbols[:2].isalpha() or not symbols[2:4].isdigit():
        return False
    return sum(symbol.isdigit() for symbol in symbols) >= 10


def luhn(digits: str) -> bool:
    """Return whether the check digit of a card number is right (ISO/IEC 7812-1)."""
    total = 0
    for at, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if at % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
