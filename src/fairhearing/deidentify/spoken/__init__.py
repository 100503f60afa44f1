"""Personal data in spoken-form text: numbers said as words, spelling, cues, and what only looks like it.

Owns the reading of words; knows nothing of audio. A language is one file, ``data/<language>.json``, with the
number words, letter names, cues and stop words; the grammar reads any such file. It promises that a span
covers whole words, that spans do not overlap, and that the same words always give the same spans.

Types: ``NAME ADDRESS PHONE CARD EMAIL DATE_OF_BIRTH ID_NUMBER BANK SECRET ONLINE``.
"""

from fairhearing.deidentify.spoken.finder import Span, WordSpan, find, find_words
from fairhearing.deidentify.spoken.language import UnknownLanguage, languages
from fairhearing.deidentify.spoken.turns import Turn, find_turns
from fairhearing.deidentify.spoken.written import OffsetMap, written

__all__ = [
    "OffsetMap",
    "Span",
    "Turn",
    "UnknownLanguage",
    "WordSpan",
    "find",
    "find_turns",
    "find_words",
    "languages",
    "written",
]
