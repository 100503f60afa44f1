"""Whether a notice says that people listen. In 2019 none did.

What went wrong then: Skype Translator's notice said that recordings were "analysed" to "improve" the service (Vice
Motherboard, 7 August 2019); Alexa's spoke of requests that "train" its speech recognition (Bloomberg, 10 April 2019);
Google's of "conversations" that were "recorded" (VRT NWS, 10 July 2019); Siri's of "quality control" (The Guardian, 26
July 2019). Nobody who read them knew that a person would hear them.

So a notice needs one sentence that names people, the verb to listen or to hear, and the reader's own voice, and has
no negation and no hedge in it; and no sentence may deny it. The rules are strict and know no grammar: a sentence that
they do not understand is refused, with one that they do. They are the least that a notice needs, not all: a person
still has to read it.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from fairhearing.consent.listening_words import WORDS, Words

_SENTENCE: Final = re.compile(r"[.!?;:\n؟؛。]+")
_ARABIC_MARKS: Final = re.compile("[\u064b-\u065f\u0670\u0640]")  # vowels and the stretching line
_QUOTED_MOST: Final = 160


class NoticeNotPlain(ValueError):
    """The notice does not say, plainly, that people listen. The message says what to write."""


@dataclass(frozen=True)
class _Sentence:
    text: str
    names_listening: bool
    negated: bool
    hedged: bool


def check(text: str, language: str) -> str:
    """The sentence that says that people listen.

    Raises:
        NoticeNotPlain: no sentence says it, one says "may", or one denies it; or the language has no rules yet.
    """
    words = WORDS.get(language.split("-", maxsplit=1)[0].lower())
    if words is None:
        known = ", ".join(sorted(WORDS))
        raise NoticeNotPlain(
            f"language {language}: there are rules for {known} alone, so nothing can be promised of it"
        )
    sentences = [_read(one, words) for one in _SENTENCE.split(text) if one.strip()]
    listening = [one for one in sentences if one.names_listening]
    denied = next((one for one in listening if one.negated), None)
    if denied is not None:
        raise NoticeNotPlain(f'"{denied.text}" denies that people listen; write instead: "{words.model}"')
    plain = next((one for one in listening if not one.hedged), None)
    if plain is not None:
        return plain.text
    hedged = next(
        (one for one in sentences if one.hedged and (one.names_listening or _euphemism(one.text, words))), None
    )
    if hedged is not None:
        raise NoticeNotPlain(f'"{hedged.text}" says only that it may be so; write instead: "{words.model}"')
    said = _euphemism(text, words)
    instead = f'"{said}" does not say that people listen' if said else "no sentence says that people listen"
    raise NoticeNotPlain(f'{instead}; write: "{words.model}"')


def _read(sentence: str, words: Words) -> _Sentence:
    plain = _folded(sentence)
    named = all(pattern.search(plain) for pattern in (words.people, words.listen, words.your_voice))
    shown = " ".join(sentence.split())[:_QUOTED_MOST]
    return _Sentence(shown, named, bool(words.negation.search(plain)), bool(words.hedge.search(plain)))


def _euphemism(text: str, words: Words) -> str | None:
    found = words.euphemism.search(_folded(text))
    return found.group(0) if found else None


def _folded(text: str) -> str:
    """Lower case, typographic apostrophes as plain ones, Arabic without vowels and with one form of alef."""
    text = unicodedata.normalize("NFC", text).casefold().replace("\u2019", "'")
    return re.sub("[\u0623\u0625\u0622]", "\u0627", _ARABIC_MARKS.sub("", text))
