"""The second, biased hearing: PocketSphinx over digits, letters, ordinals, months and spelling words.

Recall of the *class* is what matters for cutting, not the right digit.
:mod:`~fairhearing.deidentify.evidence` holds the arithmetic.
"""

import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pocketsphinx
from numpy.typing import NDArray

from fairhearing.audio.encode import to_pcm16
from fairhearing.deidentify import activity, band, evidence, lexicon
from fairhearing.deidentify.align import OUTER
from fairhearing.deidentify.loops import listen, state_scores
from fairhearing.deidentify.words import RATE, Samples, Word, check_samples, joined

NAME = "pocketsphinx-biased"
BEFORE = RATE * 15 // 100
AFTER = RATE * 30 // 100
GAP = RATE * 60 // 100
TURN_PAUSE = RATE * 2  # silence that ends a turn
SHORT_TURN = RATE * 8
LONGEST_PASS = RATE * 30
EDGE = RATE * 30 // 100
FRAME = evidence.FRAME
FIRST_OFFSET = 0.8  # deciding what gets a second look
SECOND_OFFSET = 1.1
QUICK_OFFSET = 0.9  # deciding what gets the first
STRICT_OFFSET = 0.4
BEYOND_DOUBT = 1.0
NARROW_OFFSET = 1.5  # more, through a telephone: the model was trained on wider sound, and most speech goes
WORD_OFFSETS = {True: 1.5, False: -4.0, None: 0.0}  # of frames in which a given word is of the class, is not, may be
MARGIN = 0.3

AMBIGUOUS = frozenset(["a", "i", "oh", "o", "may", "march", "second", "half", "point", "double", "one", "first"])

Frames = list[tuple[int, int]]

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
            beam=1e-40,
            pbeam=1e-40,
            wbeam=7e-25,
            pl_window=0,  # with so few words looking ahead costs more than it spares
            loglevel="FATAL",
        )
        for name, text in (("class", lexicon.class_model()), ("wide", lexicon.wide_model())):
            path = Path(folder) / f"{name}.lm"
            path.write_text(text, encoding="ascii")
            decoder.add_lm(name, pocketsphinx.NGramModel(decoder.config, decoder.logmath, str(path)))
    return decoder


@dataclass(frozen=True)
class Heard:
    """Where somebody spells, counts or dates, as (start, end) samples in order.

    ``stretches`` are widened and joined for cutting. ``unsure`` lie apart from them, and the evidence there falls
    short by less than the margin.
    """

    stretches: list[tuple[int, int]]
    unsure: list[tuple[int, int]]


def hear(
    samples: Samples,
    speech: list[tuple[int, int]] | None = None,
    *,
    offset: float = 0.0,
    strict: bool = False,
    words: Sequence[Word] = (),
) -> Heard:
    """Return where somebody spells, counts or dates.

    ``samples`` is mono float32 of shape (n,) at 16 kHz; ``speech`` are its regions of speech (found where not
    given). ``offset`` shifts the balance: higher cuts more; a telephone's band raises it by itself. ``strict`` is
    a check beside ``words`` that were given: a quick look, which finds class words that they lack or that stand in
    long runs, and none where other words are known. Raises ``ValueError`` for samples of another kind.
    """
    check_samples(samples)
    regions = activity.regions(samples) if speech is None else speech
    if band.is_narrow(samples, regions):
        offset += NARROW_OFFSET
    found: list[tuple[int, int]] = []
    loose: list[tuple[int, int]] = []
    for start, end in passes(regions, samples.size):
        spoken = _spoken(regions, start, end)
        if strict:
            known = _by_words(words, start, spoken.size)
            sure, nearly = _strictly(samples[start:end], spoken, offset + known)
        else:
            sure, nearly = _listen(samples[start:end], spoken, offset)
        found += [(start + FRAME * begin, start + FRAME * stop) for begin, stop in sure]
        loose += [(start + FRAME * begin, start + FRAME * stop) for begin, stop in nearly]
    found = _with_neighbours(found, loose)
    found += _whole_turns(found, regions)
    cut = joined([(max(0, start - BEFORE), min(samples.size, end + AFTER)) for start, end in found], gap=GAP)
    return Heard(cut, [one for one in joined(loose) if not activity.overlap(cut, *one)])


def stretches(
    samples: Samples, speech: list[tuple[int, int]] | None = None, *, offset: float = 0.0
) -> list[tuple[int, int]]:
    """Return the stretches of :func:`hear`."""
    return hear(samples, speech, offset=offset).stretches


def _with_neighbours(found: list[tuple[int, int]], loose: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return ``found`` with what is nearly certain and lies beside it."""
    beside = [
        (start, end) for start, end in loose if any(start <= stop + GAP and begin <= end + GAP for begin, stop in found)
    ]
    return joined([*found, *beside])


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


def _spoken(regions: list[tuple[int, int]], start: int, end: int) -> NDArray[np.bool_]:
    """Return which frames of a pass lie in speech."""
    spoken = np.zeros((end - start) // FRAME + 1, dtype=bool)
    for begin, stop in regions:
        if begin < end and start < stop:
            spoken[max(0, begin - start) // FRAME : (stop - start) // FRAME + 1] = True
    return spoken


def _listen(samples: Samples, spoken: NDArray[np.bool_], offset: float) -> tuple[Frames, Frames]:
    """Return what is found in one pass, and what is with a margin, as (start, end) frames."""
    loops = listen(state_scores(samples, spoken))
    if not evidence.stretches(*evidence.quick_look(loops, spoken.size), QUICK_OFFSET + offset):
        return [], []
    raw = to_pcm16(samples).tobytes()
    with _lock:
        class_pass, frames = _decode("class", raw)
        found, speech = evidence.first_look(class_pass, loops, frames)
        level = FIRST_OFFSET + offset
        if not evidence.stretches(found, speech, level + MARGIN):
            return [], []
        if not _beyond_doubt(found, speech):
            wide_pass, _ = _decode("wide", raw)
            found, speech = evidence.second_look(class_pass, wide_pass, loops, frames)
            level = SECOND_OFFSET + offset
    return evidence.stretches(found, speech, level), evidence.stretches(found, speech, level + MARGIN)


def _beyond_doubt(found: evidence.Evidence, speech: NDArray[np.bool_]) -> bool:
    """Return whether the whole pass is class words by so much that no second look would change it."""
    return bool(speech.any()) and float(found[speech].mean()) > BEYOND_DOUBT


def _strictly(samples: Samples, spoken: NDArray[np.bool_], offset: NDArray[np.float64]) -> tuple[Frames, Frames]:
    found, speech = evidence.quick_look(listen(state_scores(samples, spoken)), spoken.size)
    certain = evidence.stretches(found + offset, speech, STRICT_OFFSET)
    return certain, certain


def _by_words(words: Sequence[Word], start: int, frames: int) -> NDArray[np.float64]:
    """Return what the given words add to the evidence of each frame of a pass that begins at ``start``."""
    known = np.zeros(frames)
    for word in words:
        first, last = (word.start - start) // FRAME, -(-(word.end - start) // FRAME)
        if last > 0 and first < frames:
            known[max(0, first) : last] = WORD_OFFSETS[_of_class(word.text)]
    return known


def _of_class(text: str) -> bool | None:
    """Return whether a given word is of the class, or ``None`` where it depends on its neighbours."""
    plain = text.lower().strip(OUTER)
    if plain in AMBIGUOUS:
        return None
    return any(sign.isdigit() for sign in plain) or lexicon.is_class(plain) or lexicon.is_class(f"{plain}.")


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
