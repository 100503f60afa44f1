"""One form for transcripts that differ only in spelling habits, so that they can be compared.

Words are what white space parts: for languages written without it (Chinese, Japanese, Thai) use the
character error rate.
"""

import re
import unicodedata

# What transcribers write for what is not a word: ((unclear)), [noise]. Each is one token, with brackets.
_TAG = re.compile(r"\(\([^()]*\)\)|\[[^\[\]]+\]")
_SPOKEN_PUNCTUATION = frozenset("%&@#")
_APOSTROPHES = frozenset("'\u2019\u02bc\u2018`\u00b4\u2032")
# Optional in Arabic and Persian writing: short vowels and their kin, the dagger alif, the stretching stroke.
_ARABIC_MARKS = frozenset([*map(chr, range(0x064B, 0x0653)), "\u0670", "\u0640"])


def tokens(text: str) -> list[str]:
    """The words and tags of a transcript in comparable form.

    Unicode compatibility forms and case are folded (NFKC, case folding); punctuation parts words, apostrophes
    join them; signs that are read aloud (``%``, ``€``) are words; invisible signs and optional Arabic marks
    go. Accents stay: they tell words apart. A tag such as ``((unclear))`` or ``[noise]`` is one token.
    """
    folded = _fold(text)
    found: list[str] = []
    at = 0
    for tag in _TAG.finditer(folded):
        found += _words(folded[at : tag.start()])
        found += _tag(tag.group())
        at = tag.end()
    return found + _words(folded[at:])


def normalise(text: str) -> str:
    """The tokens with one space between them. Normalising again changes nothing."""
    return " ".join(tokens(text))


def characters(text: str) -> list[str]:
    """The characters (code points) of the normalised text, spaces between words too. A tag counts as one."""
    found: list[str] = []
    for token in tokens(text):
        if found:
            found.append(" ")
        found += [token] if token[0] in "([" else list(token)
    return found


def _fold(text: str) -> str:
    """NFKC and case folding until nothing changes (Unicode, toNFKC_Casefold)."""
    decomposed = unicodedata.normalize("NFD", text).casefold()
    folded = unicodedata.normalize("NFKC", decomposed).casefold()
    return unicodedata.normalize("NFKC", folded)


def _words(text: str) -> list[str]:
    kept = "".join(_comparable(sign) for sign in text)
    # What was taken out may bring a letter and its accent together, so they are composed once more.
    return [_fold(word) for word in kept.split()]


def _comparable(sign: str) -> str:
    if sign in _APOSTROPHES or sign in _ARABIC_MARKS:
        return ""
    kind = unicodedata.category(sign)
    if sign in _SPOKEN_PUNCTUATION or kind in ("Sc", "Sm", "So"):
        return f" {sign} "
    if kind[0] in "PZ" or kind == "Sk" or sign.isspace():
        return " "
    return "" if kind[0] == "C" else sign


def _tag(tag: str) -> list[str]:
    inner = " ".join(_words(tag.strip("()[]")))
    if tag.startswith("(("):
        return [f"(({inner}))"]
    return [f"[{inner}]"] if inner else []
