"""Vosk (Kaldi), with the user's weights."""

import json
from pathlib import Path
from typing import Any

from fairhearing.audio.encode import to_pcm16
from fairhearing.deidentify.recognisers.unavailable import files, package
from fairhearing.deidentify.words import RATE, Samples, Word, check_samples

KIND = "vosk"
BLOCK = 2 * RATE  # bytes: a second at a time, so that an utterance's end is noticed


class VoskRecogniser:
    """A :class:`~fairhearing.deidentify.words.Recogniser`; ``vosk`` is the package's module, ``model`` its model."""

    name = KIND

    def __init__(self, vosk: Any, model: Any, *, made_by: str) -> None:
        self._vosk = vosk
        self._model = model
        self.version = made_by

    def words(self, samples: Samples) -> list[Word]:
        """Return the words in ``samples``, mono float32 of shape (n,) at 16 kHz, in order of time."""
        check_samples(samples)
        recogniser = self._vosk.KaldiRecognizer(self._model, RATE)
        recogniser.SetWords(True)
        raw = to_pcm16(samples).astype("<i2").tobytes()
        heard: list[Word] = []
        for at in range(0, len(raw), BLOCK):
            if recogniser.AcceptWaveform(raw[at : at + BLOCK]):
                heard += words_of(recogniser.Result(), samples.size)
        return heard + words_of(recogniser.FinalResult(), samples.size)


def words_of(result: str, size: int) -> list[Word]:
    """Return the words of one of Vosk's JSON results."""
    return [
        Word(one["word"].lower(), round(one["start"] * RATE), min(size, round(one["end"] * RATE)), float(one["conf"]))
        for one in json.loads(result).get("result", [])
        if one["word"] != "[unk]"
    ]


def load(folder: Path, language: str) -> VoskRecogniser:
    """Return a recogniser with the model in ``folder``; raises ``RecogniserUnavailable``.

    The model says which language it is of; ``language`` is not passed on.
    """
    module, made_by = package("vosk", KIND)
    files(KIND, folder, "**/final.mdl")
    module.SetLogLevel(-1)
    return VoskRecogniser(module, module.Model(str(folder)), made_by=made_by)
