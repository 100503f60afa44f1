"""Forced alignment: when each word of a given text is said, and whether the text is what is said at all.

PocketSphinx puts the words of the text, with optional pauses between them, over the recording. A text that is
not what is said finds no path to its end, or falls behind word by word, and is not trusted.
"""

import math
import re
import tempfile
import threading
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import ascii_lowercase

import pocketsphinx

from fairhearing.audio.encode import to_pcm16
from fairhearing.deidentify import activity, evidence, lexicon
from fairhearing.deidentify.align import OUTER, pieces
from fairhearing.deidentify.words import RATE, Samples, Word, check_samples

FRAME = 160
LONGEST = 120 * RATE  # of a recording: a longer one is placed by what the general recogniser hears
MOST_WORDS = 600
FITS_FROM = -2.6  # log score a frame, where right words turn into wrong ones
TRUSTED_SHARE = 0.8  # of the words must fit
TAUGHT_MOST = 5000  # words of no dictionary, until the decoder is made anew and forgets them
LEAST_COVERED = 0.5  # of the speech must lie within words
SLOWEST_S = 2.5  # a word
DIGITS = {
    "0": ("zero", "oh"), "1": ("one",), "2": ("two",), "3": ("three",), "4": ("four",),
    "5": ("five",), "6": ("six",), "7": ("seven",), "8": ("eight",), "9": ("nine",),
}  # fmt: skip
SOUNDS = {
    "a": "AE", "b": "B", "c": "K", "d": "D", "e": "EH", "f": "F", "g": "G", "h": "HH", "i": "IH", "j": "JH",
    "k": "K", "l": "L", "m": "M", "n": "N", "o": "AA", "p": "P", "q": "K", "r": "R", "s": "S", "t": "T",
    "u": "AH", "v": "V", "w": "W", "x": "K S", "y": "IY", "z": "Z",
    "ai": "EY", "ay": "EY", "au": "AO", "aw": "AO", "ea": "IY", "ee": "IY", "ei": "EY", "ew": "UW", "ey": "IY",
    "ie": "IY", "igh": "AY", "oa": "OW", "oi": "OY", "oo": "UW", "ou": "AW", "ow": "OW", "oy": "OY", "ue": "UW",
    "ar": "AA R", "er": "ER", "ir": "ER", "or": "AO R", "ur": "ER",
    "ch": "CH", "ck": "K", "gh": "G", "kn": "N", "ng": "NG", "ph": "F", "qu": "K W", "sch": "SH", "sh": "SH",
    "tch": "CH", "th": "TH", "tion": "SH AH N", "wh": "W", "wr": "R", "ce": "S EH", "ci": "S IH", "cy": "S IY",
    "eigh": "EY", "ough": "OW", "augh": "AO",
}  # fmt: skip

_lock = threading.Lock()
_taught: set[str] = set()


@dataclass(frozen=True)
class Alignment:
    """The words of a text in time, and ``fit``: the share of them that fit the sound, 0 … 1.

    Each word's ``confidence`` falls from 1 to 0 with its acoustic score; ``covered`` is the share of the speech that
    lies within words.
    """

    words: tuple[Word, ...]
    fit: float
    covered: float

    @property
    def trusted(self) -> bool:
        """Return whether the text is what is said."""
        return self.fit >= TRUSTED_SHARE and self.covered >= LEAST_COVERED


def align(samples: Samples, text: str, speech: Sequence[tuple[int, int]] | None = None) -> Alignment | None:
    """Return the words of ``text`` with their times in ``samples``, or ``None`` where no path was found.

    ``samples`` is mono float32 of shape (n,) at 16 kHz; ``speech`` are its regions of speech (found where not
    given). A word keeps the text's own spelling, without outer punctuation; one that is in no dictionary is
    pronounced by rule, and a number digit by digit. ``None`` too for a text without words, over 600 words or a
    recording over 120 s. Raises ``ValueError`` for samples of another kind.
    """
    check_samples(samples)
    regions = activity.regions(samples) if speech is None else speech
    written = [text[begin:stop].strip(OUTER).lower() for begin, stop in pieces(text)]
    spoken = [(word, parts) for word in written if (parts := spoken_parts(word))]
    if not spoken or len(spoken) > MOST_WORDS or samples.size > LONGEST or not regions:
        return None
    first, last = max(0, regions[0][0] - RATE // 4), min(samples.size, regions[-1][1] + RATE // 4)
    raw = to_pcm16(samples[first:last]).tobytes()
    with _lock:
        decoded = _decode_words(raw, [part for _, parts in spoken for part in parts])
    if decoded is None:
        return None
    words: list[Word] = []
    at = 0
    for word, parts in spoken:
        own = decoded[at : at + len(parts)]
        at += len(parts)
        start, end = own[0][0], own[-1][1]
        words.append(Word(word, first + start * FRAME, min(last, first + end * FRAME), _confidence(own)))
    return Alignment(tuple(words), *_judged(words, regions))


def _judged(words: Sequence[Word], regions: Sequence[tuple[int, int]]) -> tuple[float, float]:
    fit = sum((word.confidence or 0) >= 0.5 for word in words) / len(words)
    within = sum(activity.overlap(list(regions), word.start, word.end) for word in words)
    return fit, within / max(1, sum(end - start for start, end in regions))


def _confidence(parts: Sequence[tuple[int, int, float]]) -> float:
    """Return how well the sound fits: the decoder's scores are those of the best state in sight, less what is lost."""
    frames = sum(end - start for start, end, _ in parts)
    if frames > SLOWEST_S * 100 * len(parts):
        return 0.0
    score = sum((end - start) * score for start, end, score in parts) / frames
    return 1 / (1 + math.exp(-2 * (score - FITS_FROM)))


@cache
def _decoder() -> pocketsphinx.Decoder:
    with tempfile.TemporaryDirectory() as folder:
        words = Path(folder) / "words.dict"
        words.write_text("\n".join([*lexicon.dictionary_lines(), ""]), encoding="utf-8")
        return pocketsphinx.Decoder(
            hmm=str(lexicon.ACOUSTIC_MODEL), lm=None, dict=str(words), cmn="batch", bestpath=False, loglevel="FATAL"
        )


def _decode_words(raw: bytes, parts: Sequence[str]) -> list[tuple[int, int, float]] | None:
    """Return (start, end, score a frame) of each part in frames, or ``None`` where no path ends."""
    if len(_taught) > TAUGHT_MOST:
        _decoder.cache_clear()
        _taught.clear()
    decoder = _decoder()
    _teach(decoder, parts)
    decoder.set_align_text(" ".join(parts))
    decoder.reinit_feat()  # what it tracked in earlier recordings has no say in this one
    decoder.start_utt()
    decoder.process_raw(raw, full_utt=True)
    decoder.end_utt()
    heard = [evidence.segment(s.word, s.start_frame, s.end_frame + 1, s.ascore) for s in decoder.seg() or ()]
    found = [(one.start, one.end, one.score) for one in heard if not one.is_filler]
    return found if len(found) == len(parts) else None


def _teach(decoder: pocketsphinx.Decoder, parts: Sequence[str]) -> None:
    for part in dict.fromkeys(parts):
        if decoder.lookup_word(part) is None:
            _taught.add(part)
            for number, phones in enumerate(pronunciations(part), 1):
                decoder.add_word(part if number == 1 else f"{part}({number})", phones, True)


def spoken_parts(word: str) -> list[str]:
    """Return what is said for a written word, as entries of a dictionary; nothing for a sign.

    A single letter is spelled ("b."), a number said digit by digit, a compound in its parts.
    """
    parts: list[str] = []
    for piece in re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d", word.lower()):
        plain = piece.replace("’", "'")
        parts.append(f"{plain}." if len(plain) == 1 and plain in ascii_lowercase.replace("a", "") else plain)
    return parts


def pronunciations(part: str) -> list[str]:
    """Return how ``part`` may sound: by the dictionary, else by rule; phones of PocketSphinx, by spaces."""
    if part in DIGITS:
        return [phones for name in DIGITS[part] for phones in _dictionary()[name]]
    known = _dictionary().get(part)
    return known if known else [by_rule(part)]


@cache
def _dictionary() -> dict[str, list[str]]:
    entries: dict[str, list[str]] = {}
    for line in lexicon.DICTIONARY.read_text(encoding="utf-8").splitlines():
        word, _, phones = line.partition(" ")
        entries.setdefault(word.split("(")[0] or word, []).append(phones)
    return entries


def by_rule(word: str) -> str:
    """Return a rough pronunciation of an unknown word, letter group by letter group."""
    plain = unicodedata.normalize("NFKD", word.lower()).encode("ascii", "ignore").decode()
    if len(plain) > 3 and plain.endswith("e") and plain[-2] not in "aeiou":
        plain = plain[:-1]
    plain = re.sub(r"([b-df-hj-np-tv-z])\1", r"\1", plain)
    phones: list[str] = []
    while plain:
        size = next((size for size in (4, 3, 2, 1) if plain[:size] in SOUNDS), 0)
        phones += SOUNDS[plain[:size]].split() if size else []
        plain = plain[max(1, size) :]
    return " ".join(phones) or "AH"
