"""A language as data: its number words, letters, cues and stop words, read from ``data/<language>.json``."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from fairhearing.deidentify.spoken import gazetteer
from fairhearing.deidentify.spoken.cues import Cue, Phrases

DATA = Path(__file__).parent.parent / "data"
CLITIC = "'s"


class UnknownLanguage(ValueError):
    """There is no data file for the language."""


@dataclass(frozen=True)
class Language:
    """All that the grammar knows of one language. The names are those of the data file."""

    code: str
    # numbers and letters
    digits: dict[str, str]
    unsure_digits: dict[str, str]
    teens: dict[str, int]
    tens: dict[str, int]
    whole: dict[str, int]
    hundreds: dict[str, int]
    hundred: frozenset[str]
    thousand: frozenset[str]
    bare_thousand: bool
    tens_joiners: frozenset[str]
    number_joiners: frozenset[str]
    repeats: dict[str, int]
    ordinals: dict[str, int]
    months: dict[str, int]
    letters: dict[str, str]
    unsure_letters: frozenset[str]
    heard_letters: dict[str, str]
    spelling_links: tuple[tuple[str, ...], ...]
    joints: dict[str, str]
    signs: dict[str, str]
    at: Phrases
    joins: dict[str, tuple[tuple[str, ...], ...]]
    # small words
    fillers: frozenset[str]
    corrections: frozenset[str]
    copulas: frozenset[str]
    determiners: frozenset[str]
    articles: frozenset[str]
    pronouns: frozenset[str]
    possessives: frozenset[str]
    stop_words: frozenset[str]
    common_words: Mapping[str, int]
    ordinary: int
    # codes
    date_links: frozenset[str]
    quantity_after: frozenset[str]
    quantity_before: frozenset[str]
    public_cues: frozenset[str]
    public_unless: frozenset[str]
    number_cues: Phrases
    right_links: frozenset[str]
    phone_links: frozenset[str]
    generic_before: frozenset[str]
    regions: tuple[str, ...]
    # dates, words after a cue, addresses of the net
    birth_cues: Phrases
    not_birth: frozenset[str]
    phrase_cues: Phrases
    phrase_words: frozenset[str]
    phrase_links: frozenset[str]
    not_secret: frozenset[str]
    top_domains: frozenset[str]
    providers: frozenset[str]
    email_cues: frozenset[str]
    mail_words: frozenset[str]
    web_leads: frozenset[str]
    # questions between turns
    asked: Phrases
    question_words: frozenset[str]
    # names
    acronyms: frozenset[str]
    spelled_cues: Phrases
    name_cues: Phrases
    name_after: frozenset[str]
    public_leads: frozenset[str]
    public_titles: frozenset[str]
    public_words: frozenset[str]
    public_streets: frozenset[str]
    name_speaks: frozenset[str]
    not_names: frozenset[str]
    wakes: frozenset[str]
    commands: frozenset[str]
    name_verbs: frozenset[str]
    name_presence: frozenset[str]
    formal_titles: frozenset[str]
    relations: frozenset[str]
    titles: frozenset[str]
    given_names: frozenset[str]
    word_names: frozenset[str]
    family_names: frozenset[str]
    not_name_endings: tuple[str, ...]
    name_particles: frozenset[str]
    place_words: frozenset[str]
    # addresses
    street_first: bool
    street_words: frozenset[str]
    street_endings: tuple[str, ...]
    weak_street_words: frozenset[str]
    dwelling_words: frozenset[str]
    unit_words: frozenset[str]
    address_cues: Phrases
    address_stops: frozenset[str]

    def base(self, word: str) -> str:
        """Return the word without a clitic that is no part of it ("pin's", "it's")."""
        return word[: -len(CLITIC)] if word.endswith(CLITIC) and len(word) > len(CLITIC) else word

    def is_copula(self, word: str) -> bool:
        """Return whether the word is or ends in a copula ("is", "pin's")."""
        return word in self.copulas or word.endswith(CLITIC)

    def is_known(self, word: str) -> bool:
        """Return whether this is an ordinary word of the language rather than a name or an unknown word."""
        return word in self.stop_words or word in self.common_words


def languages() -> list[str]:
    """Return the codes of the languages that have a data file."""
    return sorted(path.stem for path in DATA.glob("??.json"))


@cache
def load(code: str) -> Language:
    """Return the language for a code such as ``en`` or ``en-GB`` (the region is ignored).

    Raises :class:`UnknownLanguage` where there is no data file.
    """
    short = code.lower().replace("_", "-").split("-", maxsplit=1)[0]
    return _load(short)


@cache
def _load(short: str) -> Language:
    if short not in languages():
        raise UnknownLanguage(f"language {short!r} has no data file, expected one of {', '.join(languages())}")
    raw: dict[str, Any] = json.loads((DATA / f"{short}.json").read_text(encoding="utf-8"))
    names = gazetteer.names()
    stop, own = _words(raw["stop_words"]), _words(raw["given_names"])
    common = {**gazetteer.counts(short), **dict.fromkeys(_words(raw["more_common_words"]), raw["ordinary"])}
    doubtful = {name for name in names.given - own if common.get(name, 0) >= raw["ordinary"]}
    at_home = gazetteer.names(raw["locales"]).given
    also_words = _words(raw["word_names"]) | _words(raw["months"])
    made: dict[str, Any] = {
        "code": short,
        "common_words": common,
        "ordinals": _numbered(raw["ordinals"]),
        "months": {word: at // raw["month_forms"] + 1 for at, word in enumerate(raw["months"].split())},
        "letters": _letters(raw["letters"]),
        "spelling_links": tuple(tuple(one.split()) for one in raw["spelling_links"].split("|")),
        "joins": _joins(raw["joins"]),
        "given_names": ((names.given - doubtful) | own) - stop - _words(raw["not_names"]) - also_words,
        "word_names": (doubtful & at_home) | (also_words & (names.given | own | _words(raw["word_names"]))),
        "family_names": names.family - stop,
    }
    read = {one.name: _value(raw[one.name], one.type) for one in fields(Language) if one.name not in made}
    return Language(**made, **read)


def _value(found: Any, kind: Any) -> Any:
    """Return an entry of the data file as the type that its field has."""
    if kind == frozenset[str]:
        return _words(found)
    if kind == tuple[str, ...]:
        return tuple(found.split())
    if kind is Phrases:
        return _cues(found) if isinstance(found, dict) else _phrases(found)
    return found


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _numbered(text: str) -> dict[str, int]:
    """Read "first|second" or "erste ersten|zweite zweiten" into word → number."""
    return {word: at + 1 for at, group in enumerate(text.split("|")) for word in group.split() if word != "_"}


def _split(text: str) -> list[tuple[str, ...]]:
    """Return the phrases of "my number|call me on"; clitics are taken off as they are in the words searched."""
    return [tuple(word.removesuffix(CLITIC) or word for word in phrase.split()) for phrase in text.split("|")]


def _phrases(text: str) -> Phrases:
    return Phrases(Cue(words, "") for words in _split(text))


def _cues(groups: dict[str, str]) -> Phrases:
    """Read ``{"PHONE 5 15": "my number|call me on"}``: the type, the fewest and the most symbols, then phrases."""
    cues: dict[tuple[tuple[str, ...], str], Cue] = {}
    for key, text in groups.items():
        kind, *limits = key.split()
        fewest, most = (int(one) for one in (limits + ["0", "99"][len(limits) :]))
        for words in _split(text):
            cues.setdefault((words, kind), Cue(words, kind, fewest, most))
    return Phrases(cues.values())


def _letters(groups: dict[str, str]) -> dict[str, str]:
    """Read ``{"b": "bravo bee"}`` into name → letter; a letter also names itself."""
    names = {letter: letter for letter in groups}
    for letter, words in groups.items():
        names.update(dict.fromkeys(words.split(), letter))
    return names


def _joins(text: str) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Read "d o b|x ray" into first word → the words after it, longest first."""
    table: dict[str, list[tuple[str, ...]]] = {}
    for phrase in filter(None, text.split("|")):
        first, *rest = phrase.split()
        table.setdefault(first, []).append(tuple(rest))
    return {first: tuple(sorted(tails, key=len, reverse=True)) for first, tails in table.items()}
