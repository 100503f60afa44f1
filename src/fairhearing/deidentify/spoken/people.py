"""Names of private people: after a phrase that announces one, a relation or a title."""

from fairhearing.deidentify.spoken.cues import find_phrases
from fairhearing.deidentify.spoken.language import Language
from fairhearing.deidentify.spoken.units import Unit

MOST_WORDS = 4

Found = tuple[int, int, str]


def names(words: list[str], units: list[Unit], language: Language) -> list[Found]:
    """Return names as (first, last, type) word indices; a possessive ending stays in the last word."""
    numbers = {at for unit in units if unit.kind == "digits" for at in range(unit.first, unit.last + 1)}
    starts = _strong_starts(words, language)
    found: list[Found] = []
    for place, strong in sorted(starts.items()):
        at = _past_titles(words, place, language, strong=strong)
        end = _extent(words, at, numbers, language, strong=strong)
        if end < len(words) and words[end] in language.place_words and not strong:
            continue  # "to victoria station"
        if end > at and not (found and at <= found[-1][1]):
            found.append((at, end - 1, "NAME"))
    return found


def _strong_starts(words: list[str], language: Language) -> dict[int, bool]:
    """Return where a name may begin, and whether what announces it is strong."""
    starts: dict[int, bool] = {}
    for _, last in find_phrases(words, language.weak_name_cues):
        starts[last + 1] = False
    for at, word in enumerate(words[:-1]):
        if word in language.titles:
            starts[at + 1] = starts.get(at + 1, False)
        if word in language.relations and at and words[at - 1] in language.possessives:
            starts[at + 1] = True
    for _, last in find_phrases(words, language.strong_name_cues):
        starts[last + 1] = True
    return {at: strong for at, strong in starts.items() if at < len(words)}


def _extent(words: list[str], at: int, numbers: set[int], language: Language, *, strong: bool) -> int:
    """Return the index after the name that begins at ``at``; ``at`` itself where none does."""
    begin = end = at
    while end < len(words) and end - begin < MOST_WORDS and end not in numbers:
        plain = bare(words[end])
        first = end == begin
        if plain in language.name_particles and end + 1 < len(words) and not first:
            if _is_rare(bare(words[end + 1]), language):
                end += 2
                continue
            break
        if not _fits(plain, language, strong=strong and first):
            break
        end += 1
        if words[end - 1] != plain:  # a possessive ends the name
            break
    return end


def _past_titles(words: list[str], at: int, language: Language, *, strong: bool) -> int:
    """Return the index after a copula (strong cues only) and a title."""
    if strong and at < len(words) and words[at] in language.copulas:
        at += 1
    while at < len(words) and words[at] in language.titles:
        at += 1
    return at


def bare(word: str) -> str:
    """Return the word without a possessive ending."""
    return word.removesuffix("'s").removesuffix("s'") if word.endswith(("'s", "s'")) else word


def _fits(word: str, language: Language, *, strong: bool) -> bool:
    if len(word) < 2 or word in language.stop_words or word in language.copulas:
        return False
    if word in language.given_names:
        return True
    if strong:
        return not word.endswith(("ing", "ando", "iendo")) and word not in language.very_common_words
    return _is_rare(word, language)


def _is_rare(word: str, language: Language) -> bool:
    if word in language.given_names:
        return True
    known = word in language.common_words or word in language.relations or word in language.months
    return len(word) > 1 and not known and not word.endswith(language.not_name_endings) and word.isalpha()
