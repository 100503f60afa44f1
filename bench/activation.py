"""Activations: commands with and without a wake word before them, and what was only overheard.

``--speech DIR`` holds AN4 (commands, spelled answers) and LibriSpeech (overheard prose). The wake phrases are
spoken by espeak-ng (the demo extra) in several voices, speeds, levels and pauses. The threshold was first set on
the ``early`` phrases and moved with all in view; the groups are counted apart, and neither is held out.

Keys: ``discarded`` (of commands alone, prose and babble), ``lost`` (of commands after their wake phrase),
``by_set``, and ``by_kind``, where two more kinds are counted: readers' own first words as the phrase, and prose
after words that nearly are the phrase.
"""

import random
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench import speech
from bench.options import Options, say
from fairhearing.audio import resample
from fairhearing.deidentify import activity
from fairhearing.deidentify.activation import Activation, judge
from fairhearing.demo.voices import Line, Voices

RATE = speech.RATE
ROUNDS = 100  # of each kind; a round takes about four seconds of one core
EARLY = ("hey computer", "okay nova", "alexa", "hey mycroft", "hello jarvis")
LATER = ("hey robin", "okay galileo", "computer", "hi amelia", "hey snapdragon", "okay house", "listen fairhearing")
ALIKE = {
    "hey computer": "they compute that",
    "okay nova": "okay no bother",
    "alexa": "a lecture",
    "hey mycroft": "they might crawl",
    "hello jarvis": "hello charlie",
    "hey robin": "hey rob in there",
    "okay galileo": "okay gallons of oil",
    "computer": "commuter",
    "hi amelia": "hi a million",
    "hey snapdragon": "hey snap that wagon",
    "okay house": "okay how",
    "listen fairhearing": "listen very near him",
}
COUNTED = ("wake word and command", "command alone", "prose", "babble")
TONES = ("en-us", "en-us+f2", "en-us+m3", "en-us+m7", "en-gb-scotland", "en-us+f4", "en-gb-x-rp", "en-us+m1")

Sound = NDArray[np.float32]


@dataclass(frozen=True)
class Trial:
    """A recording whose truth is known: ``meant`` for a device that is woken by ``phrase``."""

    kind: str
    phrase: str
    meant: bool
    samples: Sound


def run(options: Options) -> dict[str, Any]:
    """Return the figures. Ends the bench where there is no speech or no voice."""
    utterances = speech.load(options.speech)
    found: dict[tuple[str, str], list[tuple[bool, Activation]]] = defaultdict(list)
    spent = heard = 0.0
    with Voices() as voices:
        for number, trial in enumerate(_trials(utterances, voices)):
            begun = time.process_time()
            regions = activity.regions(trial.samples)
            answer = judge(trial.samples, regions, trigger="wake_word", wake_words=[trial.phrase])
            spent += time.process_time() - begun
            heard += trial.samples.size / RATE
            which = "early" if trial.phrase in EARLY else "later"
            found[trial.kind, which].append((trial.meant, answer))
            if number % 100 == 99:
                say(f"activation: {number + 1} recordings")
    return {
        **_rates([one for kind in COUNTED for one in _where(found, 0, kind)]),
        "by_kind": {kind: _rates(_where(found, 0, kind)) for kind in sorted({key[0] for key in found})},
        "by_set": {
            which: _rates([one for kind in COUNTED for one in found[kind, which]]) for which in ("early", "later")
        },
        "x_realtime": round(heard / spent, 1),
    }


def _where(
    found: dict[tuple[str, str], list[tuple[bool, Activation]]], place: int, name: str
) -> list[tuple[bool, Activation]]:
    return [one for key, group in found.items() if key[place] == name for one in group]


def _rates(answers: list[tuple[bool, Activation]]) -> dict[str, Any]:
    unmeant = [answer.meant is False for meant, answer in answers if not meant]
    meant = [answer.meant is False for meant, answer in answers if meant]
    figures: dict[str, Any] = {"count": len(answers)}
    if unmeant:
        figures["discarded"] = round(sum(unmeant) / len(unmeant), 4)
    if meant:
        figures["lost"] = round(sum(meant) / len(meant), 4)
    return figures


def _trials(utterances: list[speech.Utterance], voices: Voices) -> Iterator[Trial]:
    chance = random.Random(7)
    commands = [one for one in utterances if one.set == "an4"]
    prose = [one for one in utterances if one.set == "librispeech"]
    chance.shuffle(commands)
    chance.shuffle(prose)
    phrases = [*EARLY, *LATER]
    for number in range(ROUNDS):
        phrase = phrases[number % len(phrases)]
        command = commands[number % len(commands)].samples()
        reading = prose[number % len(prose)].samples()
        said = _spoken(voices, phrase, chance)
        yield Trial("wake word and command", phrase, True, _joined(said, command, chance))
        yield Trial("command alone", phrase, False, command)
        yield Trial("prose", phrase, False, reading)
        yield Trial("babble", phrase, False, _babble(prose, chance))
        if number % 2 == 0:
            alike = _spoken(voices, ALIKE[phrase], chance)
            yield Trial("prose after words alike", phrase, False, _joined(alike, reading, chance))
        else:
            yield from _own_words(prose[(number // 2) % len(prose)], phrase, reading)


def _own_words(one: speech.Utterance, phrase: str, other: Sound) -> Iterator[Trial]:
    """A reader's own first words as the wake phrase, and another reader's: human speech instead of espeak's."""
    first = " ".join(one.text.lower().split()[:3])
    if len(first) >= 10 and first.replace(" ", "").isalpha():
        yield Trial("reader's own first words", first, True, one.samples())
        yield Trial("another reader's first words", first, False, other)


def _spoken(voices: Voices, text: str, chance: random.Random) -> Sound:
    line = Line(text, chance.choice(TONES), rate=chance.choice((125, 140, 150, 160, 175)), pitch=chance.randint(30, 70))
    spoken = voices.speak(line)
    return resample.to_16k(spoken.samples, spoken.sampling_rate)


def _joined(first: Sound, second: Sound, chance: random.Random) -> Sound:
    level = float(np.sqrt(np.mean(second**2)) / max(1e-9, np.sqrt(np.mean(first**2))))
    level *= 10 ** (chance.uniform(-8, 8) / 20)
    before = np.zeros(int(chance.uniform(0.1, 0.5) * RATE), dtype=np.float32)
    pause = np.zeros(int(chance.choice((0.0, 0.1, 0.3, 0.6)) * RATE), dtype=np.float32)
    sound = np.concatenate([before, first * level, pause, second])
    noise = np.random.default_rng(chance.randrange(1 << 30)).normal(0, chance.choice((1e-5, 1e-4, 1e-3)), sound.size)
    return np.asarray(np.clip(sound + noise, -1, 1), dtype=np.float32)


def _babble(prose: list[speech.Utterance], chance: random.Random) -> Sound:
    total = np.zeros(4 * RATE, dtype=np.float32)
    for one in chance.sample(prose, chance.choice((3, 4, 5))):
        samples = one.samples()
        begin = chance.randrange(max(1, samples.size - total.size))
        part = samples[begin : begin + total.size]
        total[: part.size] += part
    return np.asarray(total / 2, dtype=np.float32)
