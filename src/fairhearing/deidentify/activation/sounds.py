"""How a word sounds: from PocketSphinx's dictionary or, where it has none, by simple English letter rules."""

import re
from collections.abc import Iterable
from functools import lru_cache

from fairhearing.deidentify import lexicon

_PHONES = "AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH T TH UH UW V W Y Z ZH"
PHONES = tuple(_PHONES.split())
LEAST_PHONES = 4
LONGEST_PHRASE = 8  # words

_WORD = re.compile(r"[a-z][a-z']*")
_FIRST = (("kn", "N"), ("wr", "R"), ("ps", "S"), ("gn", "N"), ("x", "Z"), ("wh", "W"), ("y", "Y"))
_GROUPS = (
    *(("tion", "SH AH N"), ("sion", "ZH AH N"), ("tch", "CH"), ("sch", "SH"), ("igh", "AY"), ("dge", "JH")),
    *(("eau", "OW"), ("ear", "IH R"), ("air", "EH R"), ("eer", "IH R"), ("our", "AO R"), ("oor", "AO R")),
    *(("ch", "CH"), ("sh", "SH"), ("th", "TH"), ("ph", "F"), ("wh", "W"), ("ck", "K"), ("ng", "NG"), ("qu", "K W")),
    *(("gh", ""), ("ee", "IY"), ("ea", "IY"), ("oo", "UW"), ("ou", "AW"), ("ow", "OW"), ("oi", "OY"), ("oy", "OY")),
    *(("ai", "EY"), ("ay", "EY"), ("ei", "EY"), ("ey", "IY"), ("au", "AO"), ("aw", "AO"), ("oa", "OW"), ("ie", "IY")),
    *(("ue", "UW"), ("ew", "UW"), ("ar", "AA R"), ("er", "ER"), ("ir", "ER"), ("ur", "ER"), ("or", "AO R")),
    *(("bb", "B"), ("cc", "K"), ("dd", "D"), ("ff", "F"), ("gg", "G"), ("kk", "K"), ("ll", "L"), ("mm", "M")),
    *(("nn", "N"), ("pp", "P"), ("rr", "R"), ("ss", "S"), ("tt", "T"), ("zz", "Z"), ("ce", "S EH"), ("ci", "S IH")),
    *(("cy", "S IY"), ("ge", "JH EH"), ("gi", "JH IH"), ("b", "B"), ("c", "K"), ("d", "D"), ("f", "F"), ("g", "G")),
    *(("h", "HH"), ("j", "JH"), ("k", "K"), ("l", "L"), ("m", "M"), ("n", "N"), ("p", "P"), ("r", "R"), ("s", "S")),
    *(("t", "T"), ("v", "V"), ("w", "W"), ("x", "K S"), ("z", "Z"), ("'", "")),
)
_SHORT = {"a": "AE", "e": "EH", "i": "IH", "o": "AA", "u": "AH", "y": "IY"}
_LONG = {"a": "EY", "e": "IY", "i": "AY", "o": "OW", "u": "UW", "y": "AY"}
_LAST = {"a": "AH", "e": "IY", "i": "IY", "o": "OW", "u": "UW", "y": "IY"}


class BadPhrase(ValueError):
    """A phrase of the programme's settings cannot be listened for; the message says which and why."""


def words_of(phrase: str) -> tuple[str, ...]:
    """Return the words of a phrase in lower case. Raises ``BadPhrase`` unless they are English letters."""
    words = tuple(phrase.lower().replace("’", "'").replace("-", " ").replace(",", " ").split())
    if not words or len(words) > LONGEST_PHRASE:
        raise BadPhrase(f"phrase {phrase!r} has {len(words)} words, expected 1 to {LONGEST_PHRASE}")
    for word in words:
        if not _WORD.fullmatch(word):
            raise BadPhrase(f"phrase {phrase!r}: {word!r} is not written in the letters a to z; write it as it is said")
    return words


@lru_cache(maxsize=512)
def pronunciations(words: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Return, for each word, its pronunciations as phones of PocketSphinx's model ("K AH M P Y UW T ER").

    ``letter_a`` … ``letter_z`` are the names of the letters.
    """
    named = [f"{word[7:]}." if word.startswith("letter_") else word for word in words]
    known = _looked_up(named)
    return tuple(known.get(word) or _by_letters(word) for word in named)


def check_phrase(phrase: str) -> tuple[str, ...]:
    """Return the words of a wake phrase. Raises ``BadPhrase`` where it is too short to be told from others."""
    words = words_of(phrase)
    count = sum(len(variants[0].split()) for variants in pronunciations(words))
    if count < LEAST_PHONES:
        raise BadPhrase(f"phrase {phrase!r} has {count} sounds, expected at least {LEAST_PHONES}")
    return words


def _looked_up(words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    wanted = set(words)
    found: dict[str, list[str]] = {}
    with lexicon.DICTIONARY.open(encoding="utf-8") as lines:
        for line in lines:
            entry, _, phones = line.partition(" ")
            word = entry.split("(", maxsplit=1)[0]
            if word in wanted:
                found.setdefault(word, []).append(phones.strip())
    return {word: tuple(variants) for word, variants in found.items()}


def _by_letters(word: str) -> tuple[str, ...]:
    """Return up to two pronunciations: with short and with long vowels."""
    found = dict.fromkeys(" ".join(_spoken(word, vowels)) for vowels in (_SHORT, _LONG))
    return tuple(one for one in found if one)


def _spoken(word: str, vowels: dict[str, str]) -> list[str]:
    phones: list[str] = []
    at = 0
    for letters, sound in _FIRST:
        if word.startswith(letters):
            phones, at = sound.split(), len(letters)
            break
    while at < len(word):
        rest = word[at:]
        if re.fullmatch(r"[aeiouy][bcdfgklmnpstvz]e", rest):  # "robe", "nile": the last e is silent
            phones += [_LONG[rest[0]], *_group(rest[1])[1]]
            break
        if rest == "e" and phones:
            break
        taken, sounds = _group(rest)
        if not taken:
            taken, sounds = 1, [_LAST[rest] if len(rest) == 1 and phones else vowels[rest[0]]]
        phones += sounds
        at += taken
    return phones


def _group(rest: str) -> tuple[int, list[str]]:
    for letters, sound in _GROUPS:
        if rest.startswith(letters):
            return len(letters), sound.split()
    return 0, []
