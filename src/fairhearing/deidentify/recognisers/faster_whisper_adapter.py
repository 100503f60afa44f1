"""Whisper by faster-whisper (CTranslate2), with the user's weights.

Whisper's word times come from attention and stray by some tenths of a second, and in silence it may invent words:
state its error for your speech by measuring it, with times, before trusting it.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from fairhearing.deidentify.recognisers.unavailable import files, package
from fairhearing.deidentify.words import RATE, Samples, Word, check_samples

KIND = "faster-whisper"
EDGES = '.,!?;:…"“”«»¿¡()-–— '
STRAY = RATE // 10  # Whisper's edges are widened by so much


class FasterWhisperRecogniser:
    """A :class:`~fairhearing.deidentify.words.Recogniser`; ``model`` is a ``faster_whisper.WhisperModel``."""

    name = KIND

    def __init__(self, model: Any, *, language: str, made_by: str) -> None:
        self._model = model
        self._language = language
        self.version = made_by

    def words(self, samples: Samples) -> list[Word]:
        """Return the words in ``samples``, mono float32 of shape (n,) at 16 kHz, in order of time."""
        check_samples(samples)
        segments, _ = self._model.transcribe(
            samples, language=self._language, word_timestamps=True, condition_on_previous_text=False
        )
        return words_of(segments, samples.size)


def words_of(segments: Iterable[Any], size: int) -> list[Word]:
    """Return the words of Whisper's segments, in lower case and without punctuation at their edges."""
    found: list[Word] = []
    for segment in segments:
        for one in segment.words or ():
            text = one.word.strip().strip(EDGES).lower()
            start = max(found[-1].start if found else 0, round(one.start * RATE) - STRAY)
            end = min(size, round(one.end * RATE) + STRAY)
            if text and start < end:
                found.append(Word(text, start, end, min(1.0, max(0.0, float(one.probability)))))
    return found


def load(folder: Path, language: str) -> FasterWhisperRecogniser:
    """Return a recogniser with the CTranslate2 model in ``folder``; raises ``RecogniserUnavailable``.

    ``tokenizer.json`` is asked for because faster-whisper would fetch one from a hub where it is missing.
    """
    module, made_by = package("faster_whisper", KIND)
    files(KIND, folder, "model.bin", "config.json", "tokenizer.json")
    model = module.WhisperModel(str(folder), device="cpu", compute_type="int8", local_files_only=True)
    return FasterWhisperRecogniser(model, language=language, made_by=made_by)
