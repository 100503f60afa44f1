"""sherpa-onnx's offline transducers (Zipformer and their like), with the user's weights."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fairhearing.deidentify import activity, biased
from fairhearing.deidentify.recognisers.unavailable import files, package
from fairhearing.deidentify.words import RATE, Samples, Word, check_samples

KIND = "sherpa-onnx"
LONGEST_WORD = RATE  # a token says when it begins, not when it ends
BEFORE = RATE // 10  # a transducer tends to speak up late


class SherpaOnnxRecogniser:
    """A :class:`~fairhearing.deidentify.words.Recogniser`; ``recogniser`` is a ``sherpa_onnx.OfflineRecognizer``."""

    name = KIND

    def __init__(self, recogniser: Any, *, made_by: str) -> None:
        self._recogniser = recogniser
        self.version = made_by

    def words(self, samples: Samples) -> list[Word]:
        """Return the words in ``samples``, mono float32 of shape (n,) at 16 kHz, in order of time."""
        check_samples(samples)
        heard: list[Word] = []
        for start, end in biased.passes(activity.regions(samples), samples.size):
            stream = self._recogniser.create_stream()
            stream.accept_waveform(RATE, samples[start:end])
            self._recogniser.decode_stream(stream)
            heard += words_of(stream.result.tokens, stream.result.timestamps, start, end)
        return heard


def words_of(tokens: Sequence[str], seconds: Sequence[float], start: int, end: int) -> list[Word]:
    """Return words from sub-word tokens, a word beginning where a token begins with ``▁`` or a space.

    ``seconds`` is when each token begins within ``start`` … ``end`` (samples). A word ends where the next begins,
    or after a second.
    """
    begun: list[tuple[str, int]] = []
    for token, second in zip(tokens, seconds, strict=True):
        text = token.replace("▁", " ").lower()
        if not begun or text.startswith(" "):
            begun.append((text.strip(), max(start, start + round(second * RATE) - BEFORE)))
        else:
            begun[-1] = (begun[-1][0] + text.strip(), begun[-1][1])
    ends = [*(at for _, at in begun), end][1:]
    return [
        Word(text, at, max(at, min(until, at + LONGEST_WORD, end)))
        for (text, at), until in zip(begun, ends, strict=False)  # none, of no words
        if text and at < end
    ]


def load(folder: Path, language: str) -> SherpaOnnxRecogniser:
    """Return a recogniser with the transducer in ``folder``; raises ``RecogniserUnavailable``.

    The model says which language it is of; ``language`` is not passed on.
    """
    module, made_by = package("sherpa_onnx", KIND)
    encoder, decoder, joiner, tokens = map(
        str, files(KIND, folder, "encoder*.onnx", "decoder*.onnx", "joiner*.onnx", "tokens.txt")
    )
    recogniser = module.OfflineRecognizer.from_transducer(
        encoder=encoder, decoder=decoder, joiner=joiner, tokens=tokens, num_threads=1
    )
    return SherpaOnnxRecogniser(recogniser, made_by=made_by)
