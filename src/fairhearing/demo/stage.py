"""A scene as sound: its turns spoken one after the other, each party on a channel of their own."""

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fairhearing.audio import resample
from fairhearing.demo.script import Scene
from fairhearing.demo.voices import Line, Spoken, TimedWord, Voices

RATE = resample.SPEECH_RATE
_AROUND = RATE // 4  # samples of room before and after a turn
_BETWEEN = RATE // 10  # samples of silence on both channels between turns
_ROOM = 0.001  # standard deviation of the room's noise, about -60 dB: a real microphone never gives zeros


@dataclass(frozen=True)
class SpokenTurn:
    """Where a turn lies, in samples (end exclusive), and its words, in the recording's seconds."""

    channel: int
    start: int
    end: int
    words: list[TimedWord]


@dataclass(frozen=True)
class Performance:
    """``samples``: float32, shape (channels, n), 16 kHz; zeros on a channel while its party is silent."""

    samples: NDArray[np.float32]
    turns: list[SpokenTurn]


def perform(scene: Scene, voices: Voices) -> Performance:
    """Speaks the turns of ``scene``. The same scene always gives the same samples. Raises SpeechFailed."""
    room = np.random.default_rng(zlib.crc32(scene.id.encode()))
    pieces: list[NDArray[np.float32]] = []
    turns: list[SpokenTurn] = []
    at = 0
    for turn in scene.turns:
        user = scene.users[turn.channel]
        spoken = voices.speak(Line(turn.say, user.voice, user.rate, user.pitch))
        sound = _in_a_room(spoken, room)
        turns.append(SpokenTurn(turn.channel, at, at + len(sound), _shifted(spoken.words, at + _AROUND)))
        pieces.append(sound)
        at += len(sound) + _BETWEEN
    samples = np.zeros((len(scene.users), at - _BETWEEN), dtype=np.float32)
    for placed, sound in zip(turns, pieces, strict=True):
        samples[placed.channel, placed.start : placed.end] = sound
    return Performance(samples, turns)


def _in_a_room(spoken: Spoken, room: np.random.Generator) -> NDArray[np.float32]:
    """The speech at 16 kHz with the room's noise under and around it; shape (n,)."""
    speech = resample.to_16k(spoken.samples, spoken.sampling_rate)
    noise = room.standard_normal(len(speech) + 2 * _AROUND) * _ROOM
    noise[_AROUND : _AROUND + len(speech)] += speech
    return noise.astype(np.float32)


def _shifted(words: list[TimedWord], by: int) -> list[TimedWord]:
    offset_s = by / RATE
    return [TimedWord(w.word, round(w.start_s + offset_s, 3), round(w.end_s + offset_s, 3)) for w in words]
