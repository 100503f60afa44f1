"""A language as data: its number words, letters, cues and stop words, read from ``data/<language>.json``."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent.parent / "data"
VERY_COMMON = 1200  # of the common words, which lie in the order of their frequency


class UnknownLanguage(ValueError):
    """There is no data file for the language."""


@dataclass(frozen=True)
class Cue:
    """A phrase that announces a type: ``words`` in order, and the fewest symbols that it needs beside it."""

    words: tuple[str, ...]
    type: str
    fewest: int


@dataclass(frozen=True)
class Language:
    """All that the grammar knows of one language. The names are those of the data file."""

    code: str
    digits: dict[str, str]
    unsure_digits: dict[str, str]
    teens: dict[str, int]
    tens: dict[str, int]
    hundreds: dict[str, int]
    hundred: frozenset[str]
    thousand: frozenset[str]
    tens_joiners: frozenset[str]
    number_joiners: frozenset[str]
    repeats: dict[str, int]
    ordinals: dict[str, int]
    months: dict[str, int]
    letters: dict[str, str]
    unsure_letters: frozenset[str]
    spelling_links: tuple[tuple[str, ...], ...]
    joints: dict[str, str]
    at: tuple[tuple[str, ...], ...]
    fillers: frozenset[str]
    copulas: frozenset[str]
    date_links: frozenset[str]
    quantity_after: frozenset[str]
    quantity_before: frozenset[str]
    public_cues: frozenset[str]
    number_cues: tuple[Cue, ...]
    birth_cues: tuple[tuple[str, ...], ...]
    phrase_cues: tuple[Cue, ...]
    not_secret: frozenset[str]
    top_domains: frozenset[str]
    acronyms: frozenset[str]
    spelled_cues: tuple[tuple[str, ...], ...]
    strong_name_cues: tuple[tuple[str, ...], ...]
    weak_name_cues: tuple[tuple[str, ...], ...]
    relations: frozenset[str]
    possessives: frozenset[str]
    titles: frozenset[str]
    given_names: frozenset[str]
    not_name_endings: tuple[str, ...]
    name_particles: frozenset[str]
    stop_words: frozenset[str]
    common_words: frozenset[str]
    very_common_words: frozenset[str]
    place_words: frozenset[str]
    street_first: bool
    street_words: frozenset[str]
    dwelling_words: frozenset[str]
    unit_words: frozenset[str]
    address_cues: tuple[tuple[str, ...], ...]
    address_stops: frozenset[str]


def languages() -> list[str]:
    """Return the codes of the languages that have a data file."""
    return sorted(path.stem for path in DATA.glob("??.json"))


@cache
def load(code: str) -> Language:
    """Return the language for a code such as ``en`` or ``en-GB`` (the region is ignored).

    Raises :class:`UnknownLanguage` where there is no data file.
    """
    short = code.lower().replace("_", "-").split("-", maxsplit=1)[0]
    if short not in languages():
        raise UnknownLanguage(f"language {code!r} has no data file, expected one of {', '.join(languages())}")
    raw = json.loads((DATA / f"{short}.json").read_text(encoding="utf-8"))
    common = DATA / f"{short}_common.txt"
    words = common.read_text(encoding="utf-8").split() if common.exists() else []
    given = _words(raw["given_names"])
    stop = _words(raw["stop_words"])
    return Language(
        code=short,
        digits=raw["digits"],
        unsure_digits=raw["unsure_digits"],
        teens=raw["teens"],
        tens=raw["tens"],
        hundreds=raw["hundreds"],
        hundred=_words(raw["hundred"]),
        thousand=_words(raw["thousand"]),
        tens_joiners=_words(raw["tens_joiners"]),
        number_joiners=_words(raw["number_joiners"]),
        repeats=raw["repeats"],
        ordinals={word: at + 1 for at, word in enumerate(raw["ordinals"].split()) if word != "_"},
        months={word: at // raw["month_forms"] + 1 for at, word in enumerate(raw["months"].split())},
        letters=_letters(raw["letters"]),
        unsure_letters=_words(raw["unsure_letters"]),
        spelling_links=_phrases(raw["spelling_links"]),
        joints=raw["joints"],
        at=_phrases(raw["at"]),
        fillers=_words(raw["fillers"]),
        copulas=_words(raw["copulas"]),
        date_links=_words(raw["date_links"]),
        quantity_after=_words(raw["quantity_after"]),
        quantity_before=_words(raw["quantity_before"]),
        public_cues=_words(raw["public_cues"]),
        number_cues=_cues(raw["number_cues"]),
        birth_cues=_phrases(raw["birth_cues"]),
        phrase_cues=_cues(raw["phrase_cues"]),
        not_secret=_words(raw["not_secret"]),
        top_domains=_words(raw["top_domains"]),
        acronyms=_words(raw["acronyms"]),
        spelled_cues=_phrases(raw["spelled_cues"]),
        strong_name_cues=_phrases(raw["strong_name_cues"]),
        weak_name_cues=_phrases(raw["weak_name_cues"]),
        relations=_words(raw["relations"]),
        possessives=_words(raw["possessives"]),
        titles=_words(raw["titles"]),
        given_names=given,
        not_name_endings=tuple(raw["not_name_endings"].split()),
        name_particles=_words(raw["name_particles"]),
        stop_words=stop,
        common_words=(frozenset(words) - given) | stop,
        very_common_words=(frozenset(words[:VERY_COMMON]) - given) | stop,
        place_words=_words(raw["place_words"]),
        street_first=raw["street_first"],
        street_words=_words(raw["street_words"]),
        dwelling_words=_words(raw["dwelling_words"]),
        unit_words=_words(raw["unit_words"]),
        address_cues=_phrases(raw["address_cues"]),
        address_stops=_words(raw["address_stops"]),
    )


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _phrases(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(phrase.split()) for phrase in text.split("|"))


def _cues(groups: dict[str, str]) -> tuple[Cue, ...]:
    """Read ``{"PHONE 5": "my number|call me on"}``: the type and the fewest symbols, then phrases."""
    cues = []
    for key, text in groups.items():
        kind, fewest = key.split()
        cues += [Cue(words, kind, int(fewest)) for words in _phrases(text)]
    return tuple(cues)


def _letters(groups: dict[str, str]) -> dict[str, str]:
    """Read ``{"b": "bravo bee"}`` into name → letter; a letter also names itself."""
    names = {letter: letter for letter in groups}
    for letter, words in groups.items():
        names.update(dict.fromkeys(words.split(), letter))
    return names
