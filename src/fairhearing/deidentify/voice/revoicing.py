"""Phone-posterior re-voicing with a keyed eigenvoice: what was said, in a voice that nobody has.

Of the source only this enters the output: which phone, when, and moving how (level ``strong``); ``clear`` adds the
fast part of the articulation and some of the melody. Regression from phonetic posteriors to another voice is known
from Sun, Li, Wang, Kang and Meng (2016); posteriors and pitch for anonymisation from Fang et al. (2019).
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fairhearing.deidentify.voice import analysis, envelope, front_end, pitch, posteriors, synthesis
from fairhearing.deidentify.voice.description import describe, movements, size
from fairhearing.deidentify.voice.front_end import smoothed
from fairhearing.deidentify.voice.model import VERSION, VoiceModel, load
from fairhearing.deidentify.voice.posteriors import Loop
from fairhearing.deidentify.voice.pseudo_speaker import PseudoSpeaker, draw, generator
from fairhearing.deidentify.words import Samples

BASE_HZ = 120.0
WINDOW_LOSS = float(np.log(np.sum(np.blackman(envelope.WINDOW) ** 2)))
LOUDEST = 0.95
SHAPE = 2  # from this cepstrum on; below are level and tilt

Frames = NDArray[np.float32]


@dataclass(frozen=True)
class Knobs:
    """What a level lets through and puts on.

    ``likelihood_power`` flattens the acoustic scores. ``spread`` and ``tilt`` scale the pseudo-speaker's deviations
    by phone and overall, ``pitch`` bounds its semitones. ``own`` is the share of the source's fast articulation,
    ``own_level`` that of its loudness, and ``melody`` that of its pitch contour, within ``melody_bound`` semitones.
    ``contrast`` stretches the envelope's shape: regression gives means, whose formants are blurred (the variance that
    Toda and Tokuda 2007 restore).
    """

    likelihood_power: float = 0.2
    spread: float = 1.0
    tilt: float = 0.6
    pitch: float = 3.0
    own: float = 0.0
    own_level: float = 0.0
    melody: float = 0.0
    melody_bound: float = 3.0
    contrast: float = 1.3

    @property
    def follows_source(self) -> bool:
        """Return whether anything of the source's own spectrum or pitch is let through."""
        return bool(self.own or self.own_level or self.melody)


KNOBS = {
    "strong": Knobs(spread=1.5, tilt=1.0, contrast=1.3),
    "clear": Knobs(spread=1.5, tilt=1.0, contrast=1.2, own=0.9, own_level=0.6, melody=0.3),
}


@dataclass(frozen=True)
class _Track:
    """What was heard, a row a frame: target envelope (n, 28), voicing, speech, entropy and phones' deviation.

    ``loud`` are some frames that are likely speech by their level.
    """

    target: Frames
    deviation: Frames
    voicing: Frames
    speech: Frames
    entropy: Frames
    loud: NDArray[np.intp]


@dataclass(frozen=True)
class Report:
    """Seconds of speech, the mean entropy of the phones' posteriors over it in nats, and its share of loud frames."""

    speech_s: float
    entropy: float
    share: float


class PhoneConverter:
    """The embedded :class:`~fairhearing.deidentify.voice.VoiceConverter`: no neural weights, no downloads."""

    name = "voice/phone-posteriors"
    version = str(VERSION)

    def __init__(self, level: str, knobs: Knobs | None = None) -> None:
        self.level = level
        self.knobs = knobs or KNOBS[level]

    @property
    def parameters(self) -> dict[str, Any]:
        """Return the level and its knobs, fit for JSON. There is no key among them."""
        return {"level": self.level, **asdict(self.knobs)}

    def convert(self, samples: Samples, *, key: bytes) -> Samples:
        """Return ``samples`` (mono float32 of shape (n,) at 16 kHz) in the pseudo-speaker's voice, as long."""
        return self.convert_and_report(samples, key=key)[0]

    def convert_and_report(self, samples: Samples, *, key: bytes) -> tuple[Samples, Report]:
        """Return the converted samples, and how much speech was heard how surely."""
        model, knobs = load(), self.knobs
        speaker = draw(key, model.eigenvoices, model.offsets, spread=knobs.spread, tilt=knobs.tilt, pitch=knobs.pitch)
        track = self._hear(samples, model, speaker)
        cepstra, voicing = track.target, track.voicing
        hertz = np.full(len(cepstra), BASE_HZ * 2 ** (speaker.semitones / 12), np.float32)
        if knobs.follows_source:
            source = self._pitch(samples, len(cepstra))
            cepstra = self._articulated(samples, track, source)
            voicing = np.float32(0.5) * (voicing + smoothed((source > 0).astype(np.float32)[:, None], 3)[:, 0])
            hertz = hertz * np.exp2(self._melody(source) / np.float32(12))
        cepstra = smoothed(cepstra + track.deviation, 3)
        cepstra[:, SHAPE:] *= np.float32(knobs.contrast)
        cepstra[:, 0] -= WINDOW_LOSS * np.sqrt(envelope.POINTS)
        sound = synthesis.synthesise(cepstra, voicing, hertz, generator(key, "noise"), samples.size)
        peak = max(float(sound.max(initial=0.0)), -float(sound.min(initial=0.0)))  # no copy of a long recording
        if peak > LOUDEST:
            sound *= np.float32(LOUDEST / peak)
        seconds = float(track.speech.sum()) * front_end.HOP / 16_000
        entropy = float((track.speech * track.entropy).sum() / (track.speech.sum() + 1e-9))
        share = float(track.speech[track.loud].mean()) if track.loud.size else 0.0
        return sound, Report(seconds, entropy, share)

    def _hear(self, samples: Samples, model: VoiceModel, speaker: PseudoSpeaker) -> _Track:
        heard = analysis.listen(samples, model.average)
        loop = Loop(model.next_phone, self.knobs.likelihood_power)
        n = len(heard.cepstra)
        moving = movements(heard.cepstra)
        moving /= size(moving[heard.loud], model.movement)
        parts: list[tuple[Frames, ...]] = []
        for start in range(0, n, analysis.PIECE):
            stop = min(n, start + analysis.PIECE)
            begin, end = max(0, start - analysis.MARGIN), min(n, stop + analysis.MARGIN)
            states = analysis.posteriors(heard, loop, begin, end)
            described = describe(states, moving[begin:end])
            speech = posteriors.speech(states)
            deviation = np.tensordot(posteriors.phones(states), speaker.by_phone, 1) + speech[:, None] * speaker.overall
            voiced = smoothed((states @ model.voicing)[:, None], 3)[:, 0]
            rows = (described @ model.map, deviation, np.clip((voiced - 0.3) / 0.4, 0, 1), speech)
            kept = slice(start - begin, stop - begin)
            parts.append(tuple(row[kept] for row in (*rows, posteriors.entropy(states))))
        target, deviation, voicing, spoken, entropy = (
            np.concatenate(rows).astype(np.float32) for rows in zip(*parts, strict=True)
        )
        return _Track(target, deviation, voicing, spoken, entropy, heard.loud)

    @staticmethod
    def _pitch(samples: Samples, n: int) -> Frames:
        return np.concatenate(
            [pitch.track(samples, at, min(n, at + analysis.PIECE)) for at in range(0, n, analysis.PIECE)]
        )

    def _articulated(self, samples: Samples, track: _Track, source: Frames) -> Frames:
        """Return the target with the source's own movements faster than about 5 Hz, and some of its loudness."""
        n, speech = len(track.target), track.speech[:, None]
        away = np.concatenate(
            [envelope.cepstra(samples, a, b, source[a:b]) - track.target[a:b] for a, b in analysis.blocks(n)]
        )
        away -= (speech * away).sum(axis=0) / (speech.sum() + 1e-9)
        away *= speech
        fast = np.float32(self.knobs.own) * (away - smoothed(away, 21))
        fast[:, 0] = self.knobs.own_level * away[:, 0]
        return track.target + fast

    def _melody(self, source: Frames) -> Frames:
        """Return the part of the source's pitch contour that is kept, in semitones about its median."""
        voiced = np.flatnonzero(source > 0)
        if not voiced.size:
            return np.zeros(len(source), np.float32)
        semitones = 12 * np.log2(source[voiced] / np.median(source[voiced]))
        contour = np.interp(np.arange(len(source)), voiced, semitones)
        contour = smoothed(contour[:, None].astype(np.float32), 25)[:, 0]
        bound = self.knobs.melody_bound
        return np.asarray(np.clip(self.knobs.melody * contour, -bound, bound), dtype=np.float32)
