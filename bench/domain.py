"""A recogniser that knows what to expect: PocketSphinx with a bigram language model of a domain's own texts.

What a text-only attacker has who knows the programme, and the ear by which voices are judged for words. The texts are
the folder's own, so :func:`by_speaker` parts the speakers into folds and hears each with a model that was built
without the texts of that fold's speakers. A sentence that somebody else said too stays in: commands are few.
"""

import math
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pocketsphinx
from numpy.typing import NDArray

from bench.speech import RATE, Utterance
from fairhearing.audio.encode import to_pcm16
from fairhearing.measure.errors import count_errors

MODEL = Path(pocketsphinx.get_model_path("en-us"))
FOLDS = 4
FRAMES_S = 100
BEGIN, END = "<s>", "</s>"


class DomainRecogniser:
    """PocketSphinx with a Witten-Bell bigram over ``texts``, upper or lower case; the dictionary is theirs alone.

    Words that PocketSphinx has no pronunciation for are left out of the model: ``missing`` counts them, and
    standard error names them.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        sentences = [text.lower().split() for text in texts]
        known = pronunciations()
        self.missing = Counter(word for sentence in sentences for word in sentence if word not in known)
        if self.missing:
            named = ", ".join(sorted(self.missing))
            print(f"bench: {self.missing.total()} words without a pronunciation left out: {named}", file=sys.stderr)
        sentences = [[word for word in sentence if word in known] for sentence in sentences]
        vocabulary = {word for sentence in sentences for word in sentence}
        if not vocabulary:
            raise ValueError("the texts hold no word that PocketSphinx can pronounce")
        with tempfile.TemporaryDirectory() as folder:
            model, words = Path(folder) / "domain.lm", Path(folder) / "domain.dict"
            model.write_text(arpa(sentences), encoding="utf-8")
            lines = [line for word in sorted(vocabulary) for line in known[word]]
            words.write_text("\n".join([*lines, ""]), encoding="utf-8")
            self._decoder = pocketsphinx.Decoder(
                hmm=str(MODEL / "en-us"), lm=str(model), dict=str(words), cmn="batch", loglevel="FATAL"
            )

    def words(self, samples: NDArray[np.float32]) -> list[str]:
        """Return the words heard in ``samples`` (mono, shape (n,), 16 kHz), lower case."""
        return [word for word, _, _ in self.timed(samples)]

    def timed(self, samples: NDArray[np.float32]) -> list[tuple[str, float, float]]:
        """Return (word, start, end) of what is heard in ``samples`` (mono, shape (n,), 16 kHz), in seconds."""
        decoder = self._decoder
        decoder.reinit_feat()  # what it tracked in earlier recordings has no say in this one
        decoder.start_utt()
        decoder.process_raw(to_pcm16(samples).tobytes(), full_utt=True)
        decoder.end_utt()
        last = samples.size / RATE
        return [
            (one.word.split("(")[0], one.start_frame / FRAMES_S, min(last, (one.end_frame + 1) / FRAMES_S))
            for one in decoder.seg() or ()
            if one.word[0] not in "<[+"
        ]


def word_errors(reference: Sequence[str], heard: Sequence[str]) -> int:
    """Return the fewest substitutions, deletions and insertions that lead from one to the other; case is ignored."""
    return count_errors([word.lower() for word in reference], [word.lower() for word in heard]).errors


def by_speaker(utterances: Sequence[Utterance], folds: int = FOLDS) -> Mapping[str, DomainRecogniser]:
    """Return for each speaker with texts a recogniser that was built without the texts of their fold."""
    place = parted(utterances, folds)
    found = {}
    for fold in sorted(set(place.values())):
        recogniser = DomainRecogniser([one.text for one in utterances if one.text and place[one.speaker] != fold])
        found.update({speaker: recogniser for speaker, its in place.items() if its == fold})
    return found


def parted(utterances: Iterable[Utterance], folds: int) -> dict[str, int]:
    """Return the fold of each speaker, 0 to ``folds`` − 1: dealt in turn, each set and sex by itself."""
    groups: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in utterances:
        groups[one.set, one.sex].add(one.speaker)
    dealt = [speaker for _, speakers in sorted(groups.items()) for speaker in sorted(speakers)]
    return {speaker: place % folds for place, speaker in enumerate(dealt)}


def arpa(sentences: Sequence[Sequence[str]]) -> str:
    """Return a bigram model of ``sentences`` in ARPA form, interpolated after Witten and Bell.

    p(w|h) = (c(h w) + T(h)·p(w)) / (c(h) + T(h)) with T(h) the kinds of word seen after h; the words themselves are
    interpolated with a uniform share in the same way. Stored as back-off, which is exact here: the weight of h is
    T(h) / (c(h) + T(h)). Source: I. H. Witten and T. C. Bell, IEEE Trans. Information Theory 37(4), 1991, method C.
    """
    after: dict[str, Counter[str]] = defaultdict(Counter)
    for sentence in sentences:
        for first, second in zip([BEGIN, *sentence], [*sentence, END], strict=True):
            after[first][second] += 1
    single: Counter[str] = sum(after.values(), Counter())
    kinds, total = len(single), single.total()
    share = {word: (count + 1) / (total + kinds) for word, count in single.items()}  # T/V = 1: V is what was seen
    held = {first: len(seconds) / (seconds.total() + len(seconds)) for first, seconds in after.items()}
    pairs = {
        (first, second): count / (seconds.total() + len(seconds)) + held[first] * share[second]
        for first, seconds in after.items()
        for second, count in seconds.items()
    }
    unigrams = [f"-99\t{BEGIN}\t{math.log10(held[BEGIN]):.6f}"]
    for word in sorted(share):
        back_off = "" if word == END else f"\t{math.log10(held[word]):.6f}"
        unigrams.append(f"{math.log10(share[word]):.6f}\t{word}{back_off}")
    bigrams = [f"{math.log10(value):.6f}\t{first} {second}" for (first, second), value in sorted(pairs.items())]
    counts = [f"ngram 1={len(unigrams)}", f"ngram 2={len(bigrams)}"]
    return "\n".join(["\\data\\", *counts, "", "\\1-grams:", *unigrams, "", "\\2-grams:", *bigrams, "", "\\end\\", ""])


@cache
def pronunciations() -> dict[str, list[str]]:
    """Return the lines of PocketSphinx's dictionary by word, lower case."""
    found: dict[str, list[str]] = defaultdict(list)
    for line in (MODEL / "cmudict-en-us.dict").read_text(encoding="utf-8").splitlines():
        if line:
            found[line.split(" ", 1)[0].split("(")[0]].append(line)
    return dict(found)
