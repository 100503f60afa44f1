"""``spoken``: is spelled, counted and dated personal data cut, and is ordinary speech left alone?

Over a speech folder: AN4's answers to census questions (personal) and LibriSpeech's prose (not), from audio alone by
the small passes, with word times given, and through the telephone band. The truth is a forced alignment of the
references; personal words are letters, digits, cardinals, ordinals and months. Readers of ``speech_train`` beside the
folder count as prose too. Speakers are parted in two halves: the weights were fitted on the first ("design") alone, but
the offsets were chosen with the second ("other") in sight, so only speakers of another folder are a test of them.
"""

import hashlib
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bench import domain, speech
from bench.options import Options, say
from bench.speech import RATE, Utterance
from fairhearing.audio import resample
from fairhearing.deidentify import GivenText, activity, cut, deidentify, forced, lexicon
from fairhearing.deidentify import Options as Choices
from fairhearing.deidentify.words import Samples, Word, joined

MISSED = 0.05  # of the class words, by a recogniser whose word times are given
COVERED = 0.98  # of an utterance's personal time: it is wholly cut
RECOVERED_OVERLAP = 0.5
LOW_HZ, HIGH_HZ = 300, 3400
MU = 255
Transform = Callable[[Samples], Samples]


@dataclass
class Nothing:
    """A recogniser that hears no words: what is left are the small passes."""

    name: str = "nothing"
    version: str = "1"

    def words(self, samples: Samples) -> list[Word]:
        """Return no words."""
        del samples
        return []


@dataclass
class Told:
    """Sums over utterances, in samples and counts."""

    personal: int = 0
    cut: int = 0
    utterances: int = 0
    whole: int = 0
    words: int = 0
    recovered: int = 0
    readers: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))

    def figures(self) -> dict[str, Any]:
        """Return the shares."""
        found: dict[str, Any] = {"utterances": self.utterances, "readers": len(self.readers)}
        if self.personal:
            found |= {
                "coverage": round(self.cut / self.personal, 5),
                "utterances_covered": round(self.whole / self.utterances, 4),
            }
        if self.words:
            found["recovered"] = round(self.recovered / self.words, 5)
        if self.readers:
            shares = np.array([lost / said for lost, said in self.readers.values() if said])
            found["prose_cut"] = round(
                sum(lost for lost, _ in self.readers.values()) / max(1, sum(said for _, said in self.readers.values())),
                4,
            )
            spread = np.percentile(shares, [50, 90, 100]).round(3).tolist()
            found["readers_cut"] = {"mean": round(float(shares.mean()), 4), "median_p90_max": spread}
        return found


def half(speaker: str) -> str:
    """Return which half of the speakers somebody is of."""
    return ("design", "other")[hashlib.md5(speaker.encode(), usedforsecurity=False).digest()[0] % 2]


def truth(samples: Samples, text: str) -> list[Word]:
    """Return the words of the reference with their times; none where it does not align."""
    found = forced.align(samples, text)
    return [] if found is None else list(found.words)


def is_personal(word: str) -> bool:
    """Return whether a word of a reference spells, counts or dates."""
    return lexicon.is_class(word) or lexicon.is_class(f"{word}.")


def telephone(samples: Samples) -> Samples:
    """Return ``samples`` after 300 to 3400 Hz, 8 kHz and G.711's µ-law in eight bits, at 16 kHz again."""
    spectrum = np.fft.rfft(samples)
    hertz = np.fft.rfftfreq(samples.size, 1 / RATE)
    spectrum[(hertz < LOW_HZ) | (hertz > HIGH_HZ)] = 0
    narrow = np.clip(np.fft.irfft(spectrum, samples.size)[::2], -1, 1)
    coded = np.round(np.sign(narrow) * np.log1p(MU * np.abs(narrow)) / np.log1p(MU) * 127) / 127
    heard = np.sign(coded) * np.expm1(np.abs(coded) * np.log1p(MU)) / MU
    return resample.to_16k(heard.astype(np.float32), RATE // 2)


def same(samples: Samples) -> Samples:
    """Return ``samples``."""
    return samples


def cuts_of(samples: Samples, given: Sequence[GivenText] = ()) -> list[tuple[int, int]]:
    """Return where the sound is cut, by the public door."""
    choices = Choices(free_speech="serve", recogniser=None if given else Nothing())
    found = deidentify(samples, language="en", given=given, options=choices)
    return joined([(one.start, one.end) for one in found.findings])


def run(options: Options) -> dict[str, Any]:
    """All figures; the keys of the halves of speakers lie beside the whole."""
    everyone = speech.load(options.speech)
    personal = [one for one in everyone if one.is_personal]
    prose = [one for one in everyone if one.set == "librispeech"]
    others = speech.neighbour(options.speech)
    begun = time.process_time()
    alone = _alone(personal, prose + others, domain.by_speaker([one for one in everyone if one.text]))
    seconds = sum(one.duration_s for one in [*personal, *prose, *others])
    say(f"from audio alone: {time.process_time() - begun:.0f} s of processor time, recognisers and truth included")
    return {
        **alone["all"].figures(),
        "prose_of_the_folder": _prose(alone["folder"]),
        "halves": {name: alone[name].figures() for name in ("design", "other")},
        "words_given": _with_words(personal, prose),
        "telephone": _through(telephone, personal, prose[::3] + others[::8]),
        "x_realtime": round(seconds / alone["time"].personal * 1e6, 2),
        "note": "the truth is a forced alignment by the same acoustic model; weights fitted on the design half, "
        "offsets chosen with both in sight",
    }


def _prose(told: Told) -> float | None:
    return told.figures().get("prose_cut")


def _alone(
    personal: Sequence[Utterance], prose: Sequence[Utterance], ears: Mapping[str, domain.DomainRecogniser]
) -> dict[str, Told]:
    told: dict[str, Told] = defaultdict(Told)
    for one in personal:
        samples = one.samples()
        words = [word for word in truth(samples, one.text) if is_personal(word.text)]
        cuts = _timed(samples, told["time"])
        heard = ears[one.speaker].timed(cut.cut_audio(samples, cuts)) if words else []
        for name in ("all", half(one.speaker)):
            _add_personal(told[name], words, cuts)
            told[name].recovered += sum(_is_heard(word, heard) for word in words)
            told[name].words += len(words)
    say("prose")
    for one in prose:
        samples = one.samples()
        cuts = _timed(samples, told["time"])
        for name in ("all", half(one.speaker), *(("folder",) if one.text else ())):
            _add_prose(told[name], one, samples, cuts)
    return told


def _timed(samples: Samples, clock: Told) -> list[tuple[int, int]]:
    begun = time.process_time()
    cuts = cuts_of(samples)
    clock.personal += round((time.process_time() - begun) * 1e6)
    return cuts


def _add_personal(told: Told, words: Iterable[Word], cuts: list[tuple[int, int]]) -> None:
    words = list(words)
    if not words:
        return
    lengths = sum(word.end - word.start for word in words)
    lost = sum(activity.overlap(cuts, word.start, word.end) for word in words)
    told.personal += lengths
    told.cut += lost
    told.utterances += 1
    told.whole += lost >= COVERED * lengths


def _add_prose(told: Told, one: Utterance, samples: Samples, cuts: list[tuple[int, int]]) -> None:
    regions = activity.regions(samples)
    told.readers[one.speaker][0] += sum(activity.overlap(cuts, *region) for region in regions)
    told.readers[one.speaker][1] += sum(end - start for start, end in regions)


def _is_heard(word: Word, heard: Iterable[tuple[str, float, float]]) -> bool:
    """Return whether a recogniser got a word back: the same word at the same time."""
    start, end = word.start / RATE, word.end / RATE
    enough = RECOVERED_OVERLAP * (end - start)
    return any(
        text.rstrip(".") == word.text.rstrip(".") and min(end, stop) - max(start, begin) >= enough
        for text, begin, stop in heard
    )


def _with_words(personal: Sequence[Utterance], prose: Sequence[Utterance]) -> dict[str, Any]:
    """What is cut with word times whose recogniser misses one class word in twenty, beside the strict rule."""
    say("with word times")
    told = Told()
    rng = np.random.default_rng(5)
    for one in [*personal, *prose]:
        samples = one.samples()
        words = truth(samples, one.text)
        if not words:
            continue
        kept = [word for word in words if not (is_personal(word.text) and rng.random() < MISSED)]
        timed = tuple(Word(word.text, word.start, word.end) for word in kept)
        given = GivenText(" ".join(word.text for word in timed), "transcription", "en", "simulated", timed)
        cuts = cuts_of(samples, [given]) if timed else cuts_of(samples)
        if one.is_personal:
            _add_personal(told, [word for word in words if is_personal(word.text)], cuts)
        else:
            _add_prose(told, one, samples, cuts)
    return told.figures()


def _through(channel: Transform, personal: Sequence[Utterance], prose: Sequence[Utterance]) -> dict[str, Any]:
    say("through the telephone band")
    told = Told()
    for one in personal:
        samples = one.samples()
        words = [word for word in truth(samples, one.text) if is_personal(word.text)]
        _add_personal(told, words, cuts_of(channel(samples)))
    for one in prose:
        samples = channel(one.samples())
        _add_prose(told, one, samples, cuts_of(samples))
    return told.figures()
