"""What PocketSphinx makes of English speech: real candidates, with real mistakes."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np
import pocketsphinx
from numpy.typing import NDArray

from fairhearing.audio import encode
from fairhearing.demo.voices import TimedWord

_FRAMES_A_SECOND = 100
_LOOKED_AT = 50  # of the N-best list
_WORDS_APART = 2  # an alternative that differs in one small word teaches nobody anything


@dataclass(frozen=True)
class Hypothesis:
    """A candidate text. ``score`` and ``words`` (times in seconds) are known for the best one alone.

    ``score``, 0 … 1, is the mean of its words' posteriors in the recogniser's lattice; often too high.
    """

    text: str
    engine: str
    score: float | None = None
    words: list[TimedWord] | None = None


class PocketSphinx:
    """The general US English model of the wheel. Loading takes about 0.3 s. Not for two threads at once."""

    def __init__(self) -> None:
        # The cepstral mean is that of each utterance, not one that drifts from utterance to utterance.
        self._decoder: Any = pocketsphinx.Decoder(loglevel="FATAL", cmn="batch")
        self._engine = f"pocketsphinx {version('pocketsphinx')} (en-us, general)"

    def hypotheses(self, samples: NDArray[np.float32], *, most: int = 3) -> list[Hypothesis]:
        """Up to ``most`` different candidates for ``samples`` (float32, shape (n,), 16 kHz), best first.

        Nothing heard gives an empty list. What was heard before does not change the answer.
        """
        if not len(samples):
            return []
        pcm = encode.to_pcm16(samples).astype("<i2").tobytes()
        self._decoder.reinit_feat()  # also forgets the noise that it tracked in earlier utterances
        self._decoder.start_utt()
        self._decoder.process_raw(pcm, full_utt=True)
        self._decoder.end_utt()
        best = self._decoder.hyp()
        if best is None or not best.hypstr:
            return []
        words, score = self._timed_words()
        listed = (found.hypstr for found in itertools.islice(self._decoder.nbest(), _LOOKED_AT) if found)
        others = _apart(best.hypstr, [text for text in listed if text], most - 1)
        first = Hypothesis(best.hypstr, f"{self._engine}, best", score, words)
        rank = enumerate(others, start=2)
        return [first, *(Hypothesis(text, f"{self._engine}, alternative {n}") for n, text in rank)]

    def _timed_words(self) -> tuple[list[TimedWord], float]:
        """The best path's words (fillers and pronunciation marks taken off) and their mean posterior."""
        heard = [segment for segment in self._decoder.seg() if segment.word[0] not in "<[+"]
        words = [
            TimedWord(
                segment.word.split("(")[0],
                round(segment.start_frame / _FRAMES_A_SECOND, 2),
                round((segment.end_frame + 1) / _FRAMES_A_SECOND, 2),
            )
            for segment in heard
        ]
        return words, round(float(np.mean([segment.prob for segment in heard])), 3)


def joined(parts: Sequence[tuple[float, list[Hypothesis]]]) -> list[Hypothesis]:
    """One channel's candidates from those of its turns; ``parts`` are (turn's start in seconds, candidates).

    The n-th candidate joins the n-th of each turn, or the turn's best where it has fewer.
    """
    heard = [(start_s, found) for start_s, found in parts if found]
    if not heard:
        return []
    whole = []
    for rank in range(max(len(found) for _, found in heard)):
        chosen = [found[rank] if rank < len(found) else found[0] for _, found in heard]
        whole.append(Hypothesis(" ".join(one.text for one in chosen), chosen[-1].engine))
    words = [
        TimedWord(word, round(begin_s + start_s, 3), round(end_s + start_s, 3))
        for start_s, found in heard
        for word, begin_s, end_s in found[0].words or []
    ]
    counts = [len(found[0].words or []) for _, found in heard]
    score = round(float(np.average([found[0].score or 0.0 for _, found in heard], weights=counts)), 3)
    whole[0] = Hypothesis(whole[0].text, heard[0][1][0].engine, score, words)
    return whole


def _apart(best: str, listed: list[str], most: int) -> list[str]:
    """Up to ``most`` of ``listed`` that differ from ``best`` and each other, well apart before barely."""
    kept: list[str] = []
    for words_apart in (_WORDS_APART, 1):
        for text in listed:
            if len(kept) < most and all(_distance(text, other) >= words_apart for other in [best, *kept]):
                kept.append(text)
    return kept


def _distance(one: str, other: str) -> int:
    """The fewest words to insert, drop or change between two texts."""
    row = list(range(len(other.split()) + 1))
    for i, word in enumerate(one.split(), start=1):
        corner, row[0] = row[0], i
        for j, against in enumerate(other.split(), start=1):
            corner, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, corner + (word != against))
    return row[-1]
