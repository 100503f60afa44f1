"""Listening for what a grammar allows: PocketSphinx with its own acoustic model and no vocabulary but ours.

A grammar forces its words onto the sound without any pruning; a pass over the thousand common words and a
loop of single phones say how well anything else would fit. The ratios of these scores are the evidence.
"""

import math
import tempfile
import threading
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pocketsphinx
from numpy.typing import NDArray

from fairhearing.audio.encode import to_pcm16
from fairhearing.deidentify import lexicon
from fairhearing.deidentify.activation.sounds import PHONES, pronunciations
from fairhearing.deidentify.evidence import Segment, segment
from fairhearing.deidentify.words import Samples

LOOP = " | ".join(f"{phone.lower()}__" for phone in PHONES)
MOST_GRAMMARS = 64

lock = threading.RLock()
_grammars: dict[tuple[bool, str], None] = {}  # in the order of their last use
_dither = 1 / 32768  # digital silence has no spectrum


@cache
def _decoder() -> pocketsphinx.Decoder:
    """The decoder of wake phrases; nothing is pruned, so that a forced phrase is always found."""
    return _made(0.0, 0.0, 0.0)


@cache
def _pruned_decoder() -> pocketsphinx.Decoder:
    """The decoder of declared grammars, which may be large: what fits badly is given up on the way."""
    return _made(1e-48, 1e-48, 7e-29)


@cache
def _wide_decoder() -> pocketsphinx.Decoder:
    """The decoder of common words, over the vocabulary of the biased hearing's wide pass."""
    decoder = _made(1e-60, 1e-60, 1e-40)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "words.lm"
        path.write_text(_common_model(), encoding="ascii")
        decoder.add_lm("words", pocketsphinx.NGramModel(decoder.config, decoder.logmath, str(path)))
    decoder.add_jsgf_string("loop", f"#JSGF V1.0; grammar loop; public <all> = ( {LOOP} )*;")
    return decoder


def _made(beam: float, phone_beam: float, word_beam: float) -> pocketsphinx.Decoder:
    common = set(lexicon.common_words())
    lines = [f"{phone.lower()}__ {phone}" for phone in PHONES]
    lines += [line for line in lexicon.dictionary_lines() if line.split(" ", 1)[0].split("(")[0] in common]
    with tempfile.TemporaryDirectory() as folder:
        words = Path(folder) / "words.dict"
        words.write_text("\n".join([*lines, ""]), encoding="utf-8")
        return pocketsphinx.Decoder(
            hmm=str(lexicon.ACOUSTIC_MODEL),
            dict=str(words),
            lm=None,
            fwdflat=False,
            bestpath=False,
            beam=beam,
            pbeam=phone_beam,
            wbeam=word_beam,
            maxhmmpf=-1,
            cmn="batch",
            loglevel="FATAL",
        )


def _common_model() -> str:
    common = lexicon.common_words()
    ranks = [1 / (rank + 20) for rank in range(len(common))]  # Zipf's law with Mandelbrot's offset
    total = sum(ranks)
    shares = [f"{math.log10(one / total):.4f}\t{word}" for one, word in zip(ranks, common, strict=True)]
    counts = ["\\data\\", f"ngram 1={len(shares) + 2}", "", "\\1-grams:"]
    return "\n".join([*counts, *shares, "-99\t<s>", "-1\t</s>", "", "\\end\\", ""])


def hear_grammar(samples: Samples, rule: str, words: Sequence[str], *, pruned: bool = False) -> list[Segment]:
    """Return the best way through a grammar, or nothing where there is none (the sound is too short, or pruned).

    ``rule`` is the right side of a JSGF rule over ``words`` (English, lower case) and the phones of ``LOOP``.
    """
    with lock:
        decoder, key = _pruned_decoder() if pruned else _decoder(), (pruned, rule)
        if key not in _grammars:
            _add_words(decoder, words)
            decoder.add_jsgf_string(rule, f"#JSGF V1.0; grammar asked; public <all> = {rule};")
        _grammars.pop(key, None)
        _grammars[key] = None
        heard = _decode(decoder, rule, samples)
        while len(_grammars) > MOST_GRAMMARS:
            of_pruned, oldest = next(iter(_grammars))
            del _grammars[of_pruned, oldest]
            (_pruned_decoder() if of_pruned else _decoder()).remove_search(oldest)
        return heard


def hear_anything(samples: Samples) -> tuple[list[Segment], list[Segment]]:
    """Return what the common words make of the sound, and what single phones make of it."""
    with lock:
        decoder = _wide_decoder()
        return _decode(decoder, "words", samples), _decode(decoder, "loop", samples)


def frame_scores(heard: Sequence[Segment], frames: int) -> NDArray[np.float64]:
    """Return the score of each frame, shape (frames,), in thousandths of a nat; NaN where nothing was heard."""
    scores = np.full(frames, np.nan)
    for one in heard:
        scores[one.start : one.end] = one.score
    return scores


def _add_words(decoder: pocketsphinx.Decoder, words: Sequence[str]) -> None:
    wanted = tuple(sorted({word for word in words if decoder.lookup_word(word) is None}))
    for word, variants in zip(wanted, pronunciations(wanted), strict=True):
        for number, phones in enumerate(variants, start=1):
            decoder.add_word(word if number == 1 else f"{word}({number})", phones, False)


def _decode(decoder: pocketsphinx.Decoder, search: str, samples: Samples) -> list[Segment]:
    noise = np.random.default_rng(1).normal(0.0, _dither, samples.size)
    raw = to_pcm16((samples + noise).astype(np.float32)).tobytes()
    decoder.activate_search(search)
    decoder.reinit_feat()  # what it tracked in earlier recordings has no say in this one
    decoder.start_utt()
    decoder.process_raw(raw, full_utt=True)
    decoder.end_utt()
    found: Any = decoder.seg() or ()
    return [
        segment(one.word, one.start_frame, one.end_frame + 1, one.ascore)
        for one in found
        if one.end_frame >= one.start_frame and one.word != "(NULL)"
    ]
