"""The second, biased hearing: PocketSphinx over digits, letters, ordinals, months and spelling words.

Recall of the *class* is what matters for cutting, not the right digit.
:mod:`~fairhearing.deidentify.evidence` holds the arithmetic.
"""

import tempfile
import threading
from functools import cache
from pathlib import Path

import pocketsphinx

from fairhearing.audio.encode import to_pcm16
from fairhearing.deidentify import activity, evidence, lexicon
from fairhearing.deidentify.words import RATE, Samples, check_samples, joined

NAME = "pocketsphinx-biased"
BEFORE = RATE * 15 // 100
AFTER = RATE * 30 // 100
GAP = RATE * 60 // 100
TURN_PAUSE = RATE * 2  # silence that ends a turn
SHORT_TURN = RATE * 8
LONGEST_PASS = RATE * 30
EDGE = RATE * 30 // 100

_lock = threading.Lock()


@cache
def _decoder() -> pocketsphinx.Decoder:
    """Load the acoustic model once, with both language models; the temporary files are gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        words = Path(folder) / "words.dict"
        words.write_text("\n".join([*lexicon.dictionary_lines(), ""]), encoding="utf-8")
        decoder = pocketsphinx.Decoder(
            hmm=str(lexicon.ACOUSTIC_MODEL),
            dict=str(words),
            lm=None,
            fwdflat=False,
            bestpath=False,
            cmn="batch",
            loglevel="FATAL",
        )
        for name, text in (("class", lexicon.class_model()), ("wide", lexicon.wide_model())):
            path = Path(folder) / f"{name}.lm"
            path.write_text(text, encoding="ascii")
            decoder.add_lm(name, pocketsphinx.NGramModel(decoder.config, decoder.logmath, str(path)))
    return decoder


def stretches(
    samples: Samples, speech: list[tuple[int, int]] | None = None, *, offset: float = evidence.OFFSET
) -> list[tuple[int, int]]:
    """Return where somebody spells, counts or dates, as (start, end) samples, widened and joined for cutting.

    ``samples`` is mono float32 of shape (n,) at 16 kHz; ``speech`` are its regions of speech (found where not
    given). ``offset`` shifts the balance: higher cuts more (3.6 suits the telephone band).
    """
    check_samples(samples)
    regions = activity.regions(samples) if speech is None else speech
    found: list[tuple[int, int]] = []
    for start, end in passes(regions, samples.size):
        for begin, stop in _listen(samples[start:end], offset):
            found.append((start + begin, start + stop))
    found += _whole_turns(found, regions)
    widened = [(max(0, start - BEFORE), min(samples.size, end + AFTER)) for start, end in found]
    return joined(widened, gap=GAP)


def passes(regions: list[tuple[int, int]], size: int) -> list[tuple[int, int]]:
    """Return what is decoded at a time: neighbouring regions up to 30 s, with a little room on both sides."""
    groups: list[tuple[int, int]] = []
    for start, end in regions:
        if groups and start - groups[-1][1] < TURN_PAUSE and end - groups[-1][0] <= LONGEST_PASS:
            groups[-1] = (groups[-1][0], end)
        else:
            groups.append((start, end))
    return [
        (max(0, at - EDGE), min(size, at + LONGEST_PASS + EDGE, end + EDGE))
        for start, end in groups
        for at in range(start, end, LONGEST_PASS)
    ]


def _listen(samples: Samples, offset: float) -> list[tuple[int, int]]:
    raw = to_pcm16(samples).tobytes()
    with _lock:
        class_pass, frames = _decode("class", raw)
        wide_pass, _ = _decode("wide", raw)
    found = evidence.class_stretches(class_pass, wide_pass, frames, offset)
    return [(start * evidence.FRAME, end * evidence.FRAME) for start, end in found]


def _decode(search: str, raw: bytes) -> tuple[list[evidence.Segment], int]:
    decoder = _decoder()
    decoder.activate_search(search)
    decoder.reinit_feat()  # what it tracked in earlier recordings has no say in this one
    decoder.start_utt()
    decoder.process_raw(raw, full_utt=True)
    decoder.end_utt()
    heard = [evidence.segment(s.word, s.start_frame, s.end_frame + 1, s.ascore) for s in decoder.seg() or ()]
    return heard, int(decoder.n_frames())


def _whole_turns(found: list[tuple[int, int]], regions: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the turns of at most 8 s of which half or more is found: what is left would be their edges."""
    covered = joined(found)
    turns = joined(regions, gap=RATE * 4 // 10)
    return [
        (start, end)
        for start, end in turns
        if end - start <= SHORT_TURN and 2 * activity.overlap(covered, start, end) >= end - start
    ]
