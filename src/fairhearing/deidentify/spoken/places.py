"""Postal addresses: a number and a street, a dwelling and a street, or what follows "I live at"."""

from fairhearing.deidentify.spoken.cues import find_phrases
from fairhearing.deidentify.spoken.language import Language
from fairhearing.deidentify.spoken.units import Unit

MOST_NAME = 4  # words of a street's name
MOST_TAIL = 4  # words of a district, city or state after it
MOST_WORDS = 14

Found = tuple[int, int, str]


def addresses(words: list[str], units: list[Unit], language: Language) -> list[Found]:
    """Return addresses as (first, last, type) word indices."""
    digits = {at for unit in units if unit.is_symbol for at in range(unit.first, unit.last + 1)}
    found = _after_cues(words, digits, language)
    for at, word in enumerate(words):
        if word not in language.street_words:
            continue
        span = (
            _street_first(words, at, digits, language)
            if language.street_first
            else _street_last(words, at, digits, language)
        )
        if span:
            found.append((*span, "ADDRESS"))
    return found


def _after_cues(words: list[str], digits: set[int], language: Language) -> list[Found]:
    found: list[Found] = []
    for _, last in find_phrases(words, language.address_cues):
        begin = last + 1
        while begin < len(words) and (words[begin] in language.copulas or words[begin] in ("the", "at", "la", "el")):
            begin += 1
        end = _phrase_end(words, begin, digits, language)
        inside = range(begin, end)
        marked = {at for at in inside if _is_mark(words[at], language)}
        counted = any(at in digits for at in inside)
        if (
            (marked and counted)
            or len(marked) >= 2
            or (counted and end - begin >= 3 and _has_name(words, inside, digits, language))
        ):
            found.append((begin, end - 1, "ADDRESS"))
    return found


def _has_name(words: list[str], inside: range, digits: set[int], language: Language) -> bool:
    return any(at not in digits and words[at] not in language.common_words and len(words[at]) > 2 for at in inside)


def _is_mark(word: str, language: Language) -> bool:
    return word in language.street_words or word in language.dwelling_words or word in language.unit_words


def _phrase_end(words: list[str], begin: int, digits: set[int], language: Language) -> int:
    end = begin
    while end < len(words) and end - begin < MOST_WORDS:
        if words[end] in language.address_stops and end not in digits:
            break
        if words[end] in language.quantity_after:
            return begin
        end += 1
    while end > begin and end - 1 not in digits and words[end - 1] in language.fillers | language.copulas:
        end -= 1
    return end


def _street_last(words: list[str], at: int, digits: set[int], language: Language) -> tuple[int, int] | None:
    """Read "thirty eight thistledown avenue": back from the street word to a number, then on to the city."""
    begin = at
    while begin > 0 and at - begin < MOST_NAME and begin - 1 not in digits:
        if words[begin - 1] in language.address_stops | language.stop_words - {"the", "of"}:
            break
        begin -= 1
    if begin in (at, 0) or begin - 1 not in digits:
        return None
    while begin > 0 and begin - 1 in digits:
        begin -= 1
    while begin > 0 and words[begin - 1] in language.unit_words:
        begin -= 1
        while begin > 0 and begin - 1 in digits:
            begin -= 1
    return begin, _tail(words, at, digits, language)


def _street_first(words: list[str], at: int, digits: set[int], language: Language) -> tuple[int, int] | None:
    """Read "calle de los tilos veintisiete": on from the street word to a number, then floor and door."""
    end = at + 1
    while end < len(words) and end - at <= MOST_NAME + 2 and end not in digits:
        end += 1
    if end >= len(words) or end not in digits or end == at + 1:
        return None
    return at, _tail(words, end, digits, language)


def _tail(words: list[str], at: int, digits: set[int], language: Language) -> int:
    """Return the last word of what follows the street: flat, postcode, city."""
    end = at
    plain = 0
    while end + 1 < len(words) and plain < MOST_TAIL:
        word = words[end + 1]
        if end + 1 in digits or _is_mark(word, language) or word in language.ordinals:
            plain = 0
        elif (
            word in language.address_stops
            or word in language.stop_words
            or word in language.copulas
            or (word in language.common_words and not _leads_on(words, end + 2, digits, language))
        ):
            break
        else:
            plain += 1
        end += 1
    return end


def _leads_on(words: list[str], at: int, digits: set[int], language: Language) -> bool:
    return at < len(words) and (at in digits or words[at] not in language.common_words)
