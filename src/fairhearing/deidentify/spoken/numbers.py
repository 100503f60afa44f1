"""Number words: what "eight hundred and three", "treinta y uno" and "einundzwanzig" are worth."""

from functools import lru_cache

from fairhearing.deidentify.spoken.language import Language

Number = tuple[int, int, str]  # value, index after it, style


def read(words: list[str], at: int, language: Language) -> tuple[str, int, str] | None:
    """Return the digits of the number that begins at ``at``, the index after it and its style, or ``None``.

    The style is single ("four"), pair ("forty two") or compound ("eight hundred").
    """
    word = words[at]
    value, end, style = _below_hundred(words, at, language)
    if end == at and word in language.hundreds:
        value, end, style = language.hundreds[word], at + 1, "compound"
        value, end = _plus_rest(words, value, end, language)
    elif end == at and word in language.thousand and language.bare_thousand:
        value, end, style = 1, at, "compound"
    if _get(words, end) in language.hundred and (end > at or word in language.hundred):
        value, end, style = max(1, value) * 100, end + 1, "compound"
        value, end = _plus_rest(words, value, end, language)
    if _get(words, end) in language.thousand and (end > at or style == "compound"):
        value, end, style = value * 1000, end + 1, "compound"
        value, end = _plus_rest(words, value, end, language, hundreds=True)
    if end == at:
        return None
    return (language.digits[word] if style == "single" else str(value)), end, style


def _get(words: list[str], at: int) -> str:
    return words[at] if at < len(words) else ""


def _below_hundred(words: list[str], at: int, language: Language) -> Number:  # noqa: PLR0911 - one a form
    """Return the number below a hundred at ``at``; the index given where none begins."""
    word = _get(words, at)
    if word in language.digits:
        reversed_end = _reversed_tens(words, at, language)
        if reversed_end:
            return language.tens[words[reversed_end - 1]] + int(language.digits[word]), reversed_end, "pair"
        return int(language.digits[word]), at + 1, "single"
    if word in language.teens:
        return language.teens[word], at + 1, "pair"
    if word in language.whole:
        return language.whole[word], at + 1, "pair" if language.whole[word] < 100 else "compound"
    if word in language.tens:
        if language.code == "de":
            return language.tens[word], at + 1, "pair"
        skip = 1 if _get(words, at + 1) in language.tens_joiners else 0
        digit = language.digits.get(_get(words, at + 1 + skip), "0")
        joined = digit != "0" and (skip or not language.tens_joiners)
        return language.tens[word] + (int(digit) if joined else 0), at + (2 + skip if joined else 1), "pair"
    value = compound(word, language)
    return (value, at + 1, "pair" if value < 100 else "compound") if value is not None else (0, at, "")


def _reversed_tens(words: list[str], at: int, language: Language) -> int:
    """Return the index after "ein und zwanzig", units first, or 0."""
    if language.code != "de" or _get(words, at + 1) not in language.tens_joiners:
        return 0
    return at + 3 if _get(words, at + 2) in language.tens and language.digits[words[at]] != "0" else 0


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
    if _get(words, stop) in language.hundred:  # "seven hundred nine hundred" are two numbers
        return _plus_rest(words, value + rest * 100, stop + 1, language) if hundreds else (value, end)
    return value + rest, stop


@lru_cache(maxsize=8192)
def _segments(word: str, pieces: tuple[str, ...]) -> tuple[str, ...] | None:
    """Split ``word`` into ``pieces`` (longest first), or return ``None``."""
    if not word:
        return ()
    for piece in pieces:
        if word.startswith(piece):
            rest = _segments(word[len(piece) :], pieces)
            if rest is not None:
                return (piece, *rest)
    return None


@lru_cache(maxsize=8192)
def _worth(word: str, code: str) -> int | None:
    from fairhearing.deidentify.spoken.language import load

    language = load(code)
    pieces = sorted(
        {*language.digits, *language.teens, *language.tens, *language.hundred, *language.thousand, "und"},
        key=len,
        reverse=True,
    )
    found = _segments(word, tuple(pieces))
    if not found or len(found) < 2:
        return None
    total = group = 0
    for piece in found:
        if piece in language.thousand:
            total, group = total + max(1, group) * 1000, 0
        elif piece in language.hundred:
            group = max(1, group) * 100
        elif piece != "und":
            group += int(language.digits.get(piece) or language.teens.get(piece) or language.tens[piece])
    return total + group


def compound(word: str, language: Language) -> int | None:
    """Return what a number written as one word is worth ("fünfundzwanzig", "neunzehnhundert"), German only."""
    if language.code != "de" or not 6 <= len(word) <= 48 or not any(ten in word for ten in _MARKS):
        return None
    return _worth(word, language.code)


_MARKS = ("und", "hundert", "tausend")


def ordinal(word: str, language: Language) -> int | None:
    """Return the rank that an ordinal word gives, or ``None``."""
    if word in language.ordinals:
        return language.ordinals[word]
    if language.code == "de":
        for ending in ("sten", "ste", "ster"):
            stem = word.removesuffix(ending)
            if stem != word and stem:
                return language.tens.get(stem) or compound(stem, language)
    return None
