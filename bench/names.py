"""``names``: what becomes of names and addresses that are spelled in the midst of ordinary speech.

AN4's spelled names, streets and towns are spliced into LibriSpeech's prose: after an utterance, in its middle at a
pause, and in its middle without one; each from audio alone, and with word times of which one class word in twenty is
missing. Beside the share of the personal words' time that is cut stands the verdict: nobody hears a quarantined one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench import speech
from bench.options import Options, say
from bench.speech import RATE, Utterance
from bench.spoken import MISSED, is_personal, truth
from fairhearing.deidentify import GivenText, activity, deidentify
from fairhearing.deidentify.words import Samples, Word

CASES = 40  # of each way to splice
LEFT = 0.2  # of a personal word's time: more is a miss
WAYS = ("after", "at_pause", "without_pause")
PAUSE_S = 0.5
ROUNDS = 1000


@dataclass(frozen=True)
class Case:
    """A recording with its words; those that spell are personal."""

    samples: Samples
    words: tuple[Word, ...]
    personal: tuple[Word, ...]


@dataclass(frozen=True)
class Outcome:
    """What became of one case; times in samples."""

    verdict: str
    said: int
    cut: int
    missed: bool

    @property
    def served_with_miss(self) -> bool:
        """Return whether a reviewer would have heard personal data."""
        return self.verdict == "clear" and self.missed


def run(options: Options) -> dict[str, Any]:
    """All ways to splice, from audio alone and with word times."""
    everyone = speech.load(options.speech)
    spelled = [one for one in everyone if one.is_personal and _is_spelled(one.text)]
    prose = [one for one in everyone if one.set == "librispeech" and one.text]
    alone: dict[str, list[Outcome]] = {}
    timed: dict[str, list[Outcome]] = {}
    rng = np.random.default_rng(11)
    for way in WAYS:
        say(way.replace("_", " "))
        cases = _cases(spelled, prose, way, rng)
        alone[way] = [_outcome(case, ()) for case in cases]
        timed[way] = [_outcome(case, (_given(case, rng),)) for case in cases]
    return {
        **_figures([one for found in alone.values() for one in found]),
        "ways": {way: _figures(found) for way, found in alone.items()},
        "words_given": {
            **_figures([one for found in timed.values() for one in found]),
            "ways": {way: _figures(found) for way, found in timed.items()},
        },
    }


def _is_spelled(text: str) -> bool:
    words = text.split()
    return sum(len(word) == 1 for word in words) >= 3


def _cases(spelled: Sequence[Utterance], prose: Sequence[Utterance], way: str, rng: np.random.Generator) -> list[Case]:
    cases: list[Case] = []
    for at in rng.permutation(len(spelled))[: 2 * CASES].tolist():
        case = _spliced(spelled[at], prose[int(rng.integers(len(prose)))], way)
        if case is not None:
            cases.append(case)
        if len(cases) == CASES:
            break
    return cases


def _spliced(personal: Utterance, prose: Utterance, way: str) -> Case | None:
    name, around = personal.samples(), prose.samples()
    named, said = truth(name, personal.text), truth(around, prose.text)
    if not named or len(said) < 4:
        return None
    first, last = named[0].start, named[-1].end
    if way != "without_pause":
        first, last = 0, name.size
    name = name[first:last]
    at = around.size if way == "after" else _place(said, at_pause=way == "at_pause")
    gap = np.zeros(0 if way == "without_pause" else int(PAUSE_S * RATE), np.float32)
    level = float(np.sqrt(np.mean(around**2)) / max(1e-6, np.sqrt(np.mean(name**2))))
    samples = np.concatenate([around[:at], gap, np.clip(name * np.float32(level), -1, 1), gap, around[at:]])
    shift = at + gap.size - first
    inserted = [Word(word.text, word.start + shift, word.end + shift) for word in named]
    after = name.size + 2 * gap.size
    words = [word for word in said if word.end <= at] + inserted
    words += [Word(word.text, word.start + after, word.end + after) for word in said if word.end > at]
    personal_words = [word for word in inserted if is_personal(word.text)]
    return Case(samples.astype(np.float32), tuple(words), tuple(personal_words))


def _place(words: Sequence[Word], *, at_pause: bool) -> int:
    """Return the end of a word in the middle half, before the longest pause or at no pause."""
    inner = range(len(words) // 4, max(len(words) // 4 + 1, 3 * len(words) // 4))
    gaps = {at: words[at + 1].start - words[at].end for at in inner if at + 1 < len(words)}
    chosen = (max if at_pause else min)(gaps, key=lambda at: gaps[at])
    return words[chosen].end + (gaps[chosen] // 2 if at_pause else 0)


def _given(case: Case, rng: np.random.Generator) -> GivenText:
    kept = tuple(
        Word(word.text, word.start, word.end)
        for word in case.words
        if not (is_personal(word.text) and rng.random() < MISSED)
    )
    return GivenText(" ".join(word.text for word in kept), "transcription", "en", "simulated", kept)


def _outcome(case: Case, given: Sequence[GivenText]) -> Outcome:
    result = deidentify(case.samples, language="en", given=given)
    spans = sorted((one.start, one.end) for one in result.findings)
    cut = [activity.overlap(spans, word.start, word.end) for word in case.personal]
    lengths = [word.end - word.start for word in case.personal]
    missed = any(length - lost > LEFT * length for length, lost in zip(lengths, cut, strict=True))
    return Outcome(result.verdict, sum(lengths), sum(cut), missed)


def _figures(found: Sequence[Outcome]) -> dict[str, Any]:
    rng = np.random.default_rng(1)
    said = np.array([one.said for one in found], float)
    cut = np.array([one.cut for one in found], float)
    picks = rng.integers(len(found), size=(ROUNDS, len(found)))
    shares = cut[picks].sum(axis=1) / said[picks].sum(axis=1)
    verdicts = [one.verdict for one in found]
    return {
        "cases": len(found),
        "served_with_miss": round(sum(one.served_with_miss for one in found) / len(found), 4),
        "quarantined": round(verdicts.count("quarantine") / len(found), 4),
        "discarded": round(verdicts.count("discard") / len(found), 4),
        "clear": round(verdicts.count("clear") / len(found), 4),
        "cut": round(float(cut.sum() / said.sum()), 4),
        "cut_interval": np.percentile(shares, [2.5, 97.5]).round(4).tolist(),
        "cases_with_a_miss": round(sum(one.missed for one in found) / len(found), 4),
    }
