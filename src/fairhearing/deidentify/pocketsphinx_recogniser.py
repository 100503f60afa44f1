"""The embedded recogniser: PocketSphinx with its own US English model, general vocabulary, word times."""

import threading
from functools import cache
from importlib.metadata import version

import pocketsphinx

from fairhearing.audio.encode import to_pcm16
from fairhearing.deidentify import activity, biased
from fairhearing.deidentify.evidence import FRAME
from fairhearing.deidentify.words import Samples, Word, check_samples

LANGUAGES = frozenset({"en"})

_lock = threading.Lock()


@cache
def _decoder() -> pocketsphinx.Decoder:
    # One search with narrower beams hears as much of read prose as the default two, three times as fast.
    return pocketsphinx.Decoder(
        fwdflat=False,
        bestpath=False,
        beam=1e-40,
        pbeam=1e-40,
        wbeam=7e-25,
        maxhmmpf=5000,
        cmn="batch",
        loglevel="FATAL",
    )


class PocketSphinxRecogniser:
    """A :class:`~fairhearing.deidentify.words.Recogniser` for English, loaded once a process."""

    name = "pocketsphinx"
    version = version("pocketsphinx")

    def words(self, samples: Samples, speech: list[tuple[int, int]] | None = None) -> list[Word]:
        """Return the words in ``samples``, mono float32 of shape (n,) at 16 kHz, in order of time.

        ``speech`` are its regions of speech (found where not given). ``confidence`` is the posterior that
        PocketSphinx states; it is badly calibrated. Raises ``ValueError`` for samples of another kind.
        """
        check_samples(samples)
        regions = activity.regions(samples) if speech is None else speech
        heard: list[Word] = []
        for start, end in biased.passes(regions, samples.size):
            heard += [word for word in _decode(samples[start:end], start) if _fresh(word, heard)]
        return heard


def _fresh(word: Word, heard: list[Word]) -> bool:
    """Return whether ``word`` is not the tail of the pass before, which overlaps this one by its edge."""
    return not heard or word.start >= heard[-1].end - FRAME


def _decode(samples: Samples, offset: int) -> list[Word]:
    raw = to_pcm16(samples).tobytes()
    with _lock:
        decoder = _decoder()
        decoder.reinit_feat()  # what it tracked in earlier recordings has no say in this one
        decoder.start_utt()
        decoder.process_raw(raw, full_utt=True)
        decoder.end_utt()
        segments = [(s.word, s.start_frame, s.end_frame + 1, s.prob) for s in decoder.seg() or ()]
    last = samples.size
    return [
        Word(
            text.split("(", maxsplit=1)[0],
            offset + start * FRAME,
            offset + min(last, end * FRAME),
            min(1.0, max(0.0, float(probability))),
        )
        for text, start, end, probability in segments
        if text[0] not in "<[+"
    ]
