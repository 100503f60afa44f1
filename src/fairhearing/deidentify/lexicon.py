"""The two small vocabularies of the biased pass, as a dictionary and unigram-like models for PocketSphinx.

The class is what people spell, count and date with. Its letters are entries of their own (``a.``), so that
"a" always sounds as in the alphabet. ``data/common_words.txt`` holds the thousand most probable words
of PocketSphinx's own US English model that are not in the class.
"""

import math
from functools import cache
from pathlib import Path
from string import ascii_lowercase

import pocketsphinx

MODEL_FOLDER = Path(pocketsphinx.get_model_path("en-us"))
ACOUSTIC_MODEL = MODEL_FOLDER / "en-us"
DICTIONARY = MODEL_FOLDER / "cmudict-en-us.dict"
COMMON_WORDS = Path(__file__).parent / "data" / "common_words.txt"

_WRITTEN = """
zero oh naught one two three four five six seven eight nine
ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen
twenty thirty forty fifty sixty seventy eighty ninety hundred thousand
first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth
fifteenth sixteenth seventeenth eighteenth nineteenth twentieth thirtieth
january february march april may june july august september october november december
double triple half point dot dash slash underscore hyphen
"""
LETTERS = tuple(f"{letter}." for letter in ascii_lowercase)
CLASS_WORDS = LETTERS + tuple(_WRITTEN.split())

CLASS_AFTER_CLASS = 0.90
CLASS_AFTER_COMMON = 0.05


def is_class(word: str) -> bool:
    """Return whether ``word``, as the decoder writes it (perhaps "a(2)"), is of the class."""
    return word.split("(", maxsplit=1)[0] in _CLASS_SET


_CLASS_SET = frozenset(CLASS_WORDS)


@cache
def common_words() -> tuple[str, ...]:
    """Return the thousand common words, most probable first."""
    return tuple(COMMON_WORDS.read_text(encoding="ascii").split())


def dictionary_lines() -> list[str]:
    """Return the pronunciations of all words of both vocabularies, in PocketSphinx's dictionary format."""
    wanted = set(CLASS_WORDS) | set(common_words())
    lines = DICTIONARY.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.split(" ", 1)[0].split("(")[0] in wanted]


def class_model() -> str:
    """Return the language model of pass C in ARPA form: every word of the class as probable as any other."""
    share = math.log10(0.9 / len(CLASS_WORDS))
    body = [f"{share:.4f}\t{word}" for word in CLASS_WORDS]
    return _arpa([*body, "-99\t<s>", "-1\t</s>"], [])


def wide_model() -> str:
    """Return the language model of pass W: the class and the common words, with a class bigram between them.

    The explicit pairs are class after class; everything else backs off to the shares after a common word.
    """
    common = common_words()
    inside = math.log10(CLASS_AFTER_CLASS / len(CLASS_WORDS))
    after_common = math.log10(CLASS_AFTER_COMMON / len(CLASS_WORDS))
    leave = math.log10((1 - CLASS_AFTER_CLASS) / (1 - CLASS_AFTER_COMMON))
    ranks = [1 / (rank + 20) for rank in range(len(common))]  # Zipf's law with Mandelbrot's offset
    total = sum(ranks) / (1 - CLASS_AFTER_COMMON)
    unigrams = [f"{after_common:.4f}\t{word}\t{leave:.4f}" for word in CLASS_WORDS]
    unigrams += [f"{math.log10(weight / total):.4f}\t{word}\t0" for word, weight in zip(common, ranks, strict=True)]
    pairs = [f"{inside:.4f}\t{first} {second}" for first in CLASS_WORDS for second in CLASS_WORDS]
    return _arpa([*unigrams, "-99\t<s>\t0", "-1\t</s>"], pairs)


def _arpa(unigrams: list[str], bigrams: list[str]) -> str:
    counts = [f"ngram 1={len(unigrams)}"] + ([f"ngram 2={len(bigrams)}"] if bigrams else [])
    parts = ["\\data\\", *counts, "", "\\1-grams:", *unigrams, ""]
    if bigrams:
        parts += ["\\2-grams:", *bigrams, ""]
    return "\n".join([*parts, "\\end\\", ""])
