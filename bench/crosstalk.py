"""``crosstalk``: calls of two real voices, with and without one of them on the other's channel as well.

Two speakers take turns, a breath apart or into one another, and in every other call talk at the same time. An echo is
the first voice on the second channel: fainter, later, through a room, a telephone's band with mu-law, a clipping
loudspeaker, an echo canceller that leaves bursts; or both on both, as two microphones in one room; or on the channel of
one who says nothing; or both people on both channels, which is to be refused.

``found``: calls in which the voice was found; of clean ones that is a false alarm. ``alone``: of the echo's frames with
speech that stand out from the noise and are not under the victim's own voice, those still on the channel afterwards;
``under``: the same of those under the victim's own voice. ``lost``: of the victim's own speech while the other was
silent, what was silenced with it; ``lost_over``: of that while both spoke. ``residual_db``: what is left of an echo's
energy.
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from bench import speech
from bench.options import Options, say
from fairhearing.deidentify import activity, crosstalk

RATE: Final = speech.RATE
LEVELS_DB: Final = (-6, -12, -20, -30, -40, -50)
DELAYS_S: Final = (0.0, 0.004, 0.06, 0.25, 0.5)
NOISE_DB: Final = (-70, -55, -45)  # of each microphone, against its own voice
GAINS_DB: Final = (0, -12, -24)  # one channel may be recorded much fainter than the other
CALLS: Final = 30  # at each level
TURNS: Final = 3
LONGEST_S: Final = 6
GAP_S: Final = (0.2, 0.35)  # mean and deviation between turns: Stivers et al., PNAS 106(26), 2009, figure 1
UNDER_DB: Final = 10.0  # a voice this far below another, in one frame, is under it
WEAKEST_DB: Final = 25.0  # below the loudest of a voice: less is breath, decay and the recording's own noise
STANDS_OUT_DB: Final = 3.0  # above the noise
FRAME: Final = RATE // 100

Sound = NDArray[np.float64]
Chance = np.random.Generator
Kind = Callable[[Sound, Chance], Sound]


@dataclass(frozen=True)
class Setting:
    """How loud the first party is on the second's channel, whether they agreed to be heard, and what is special."""

    level_db: int | None
    agreed: bool
    special: Literal["", "both", "silent", "mono"] = ""


SETTINGS: Final = {
    "clean, both agreed": Setting(None, agreed=True),
    "clean, one agreed": Setting(None, agreed=False),
    **{f"{level} dB, both agreed": Setting(level, agreed=True) for level in LEVELS_DB},
    "-12 dB, one agreed": Setting(-12, agreed=False),
    "-50 dB, one agreed": Setting(-50, agreed=False),
    "one room, -12 dB": Setting(-12, agreed=False, special="both"),
    "-20 dB, the other silent": Setting(-20, agreed=False, special="silent"),
    "mono": Setting(0, agreed=True, special="mono"),
}


@dataclass(frozen=True)
class Call:
    """A call by its parts, each of shape (2, n): voices, what is on them of the other's and how much later, noise."""

    own: Sound
    echo: Sound
    noise: Sound
    delay_s: float

    @property
    def sound(self) -> NDArray[np.float32]:
        """What is recorded."""
        return (self.own + self.echo + self.noise).astype(np.float32)


@dataclass
class Tally:
    """Frames counted over calls."""

    calls: int = 0
    found: int = 0
    refused: int = 0
    alone: int = 0
    alone_left: int = 0
    under: int = 0
    under_left: int = 0
    own: int = 0
    own_lost: int = 0
    over: int = 0
    over_lost: int = 0
    cpu_s: float = 0.0
    before: float = 0.0
    after: float = 0.0

    def figures(self) -> dict[str, Any]:
        """Shares."""
        return {
            "found": _share(self.found, self.calls),
            "refused": _share(self.refused, self.calls),
            "alone": _share(self.alone_left, self.alone),
            "under": _share(self.under_left, self.under),
            "lost": _share(self.own_lost, self.own),
            "lost_over": _share(self.over_lost, self.over),
            "residual_db": round(10 * math.log10(max(1e-12, self.after / self.before)), 1) if self.before else None,
        }


def run(options: Options) -> dict[str, Any]:
    """``--cases`` calls at each level."""
    count = options.given or CALLS
    voices = _voices(options)
    seconds = cpu_s = 0.0
    figures: dict[str, Any] = {}
    for name, setting in SETTINGS.items():
        say(name)
        tally = Tally()
        for number in range(count):
            call = make(voices, number, setting)
            seconds += call.own.shape[1] / RATE
            measure(call, agreed=setting.agreed, tally=tally)
        figures[name] = tally.figures()
        cpu_s += tally.cpu_s
    return {"settings": figures, "calls": count, "s_per_minute": round(60 * cpu_s / seconds, 3)}


def measure(call: Call, *, agreed: bool, tally: Tally) -> None:
    """Separate a call and count what is left on its second channel; ``agreed``: whether the first party did."""
    tally.calls += 1
    sound, begun = call.sound, time.process_time()
    try:
        separated = crosstalk.separate(sound, RATE, (agreed, True))
    except crosstalk.NotApart:
        tally.refused += 1
        return
    finally:
        tally.cpu_s += time.process_time() - begun
    tally.found += separated.crosstalk[1] is not None
    kept = np.ones(call.own.shape[1])
    for start, end in separated.silenced[1]:
        kept[round(start * RATE) : round(end * RATE)] = 0
    own, echo, noise = (_levels(part[1]) for part in (call.own, call.echo, call.noise))
    kept_frames = _frames(kept).mean(axis=1) > 0.5
    source = _levels(call.own[0])
    said = crosstalk.loudest(source, call.delay_s, call.delay_s + 0.1) > np.quantile(source, 0.98) - WEAKEST_DB
    audible = said & (echo > np.median(noise) + STANDS_OUT_DB) & (echo > np.quantile(echo, 0.98) - WEAKEST_DB)
    under = own > echo + UNDER_DB
    theirs, ours = (_speaks(part) for part in call.own)
    for counts, chosen in (("alone", audible & ~under), ("under", audible & under)):
        _count(tally, counts, chosen, kept_frames, left="left")
    for counts, chosen in (("own", ours & ~theirs), ("over", ours & theirs)):
        _count(tally, counts, chosen, ~kept_frames, left="lost")
    tally.before += float(np.sum(call.echo[1] ** 2) / np.sum(call.own[0] ** 2))
    tally.after += float(np.sum((kept * call.echo[1]) ** 2) / np.sum(call.own[0] ** 2))


def _count(tally: Tally, name: str, chosen: NDArray[np.bool_], which: NDArray[np.bool_], *, left: str) -> None:
    setattr(tally, name, getattr(tally, name) + int(np.sum(chosen)))
    setattr(tally, f"{name}_{left}", getattr(tally, f"{name}_{left}") + int(np.sum(chosen & which)))


def _speaks(voice: Sound) -> NDArray[np.bool_]:
    """The frames of a voice alone in which it speaks, without breath and decay."""
    levels = _levels(voice)
    speaks = np.zeros(levels.size, dtype=bool)
    if not voice.any():
        return speaks
    for start, end in activity.regions(voice.astype(np.float32)):
        speaks[start // FRAME : end // FRAME] = True
    return speaks & (levels > np.quantile(levels[speaks], 0.95) - WEAKEST_DB)


def make(voices: list[list[Sound]], number: int, setting: Setting) -> Call:
    """One call; ``number`` decides all of it but the setting."""
    chance = np.random.default_rng([2019, number])
    pair = [voices[int(one)] for one in chance.choice(len(voices), 2, replace=False)]
    own = _timeline([_parts(one, chance) for one in pair], chance, over=number % 2 == 1)
    own *= 0.1 / np.sqrt([[_power(one)] for one in own])
    kind = list(KINDS.values())[number % len(KINDS)]
    delay = 0.004 if setting.special == "both" else DELAYS_S[number % len(DELAYS_S)]
    if setting.special == "silent":
        own[1] = 0
    echo = np.zeros_like(own)
    if setting.special == "mono":
        echo = own[::-1].copy()
    elif setting.level_db is not None:
        echo[1] = _echoed(own[0], kind, delay, setting.level_db, chance)
        if setting.special == "both":
            echo[0] = _echoed(own[1], kind, delay, setting.level_db, chance)
    noise = chance.normal(0, 0.1 * 10 ** (NOISE_DB[number % len(NOISE_DB)] / 20), own.shape)
    gains = 10 ** (chance.choice(GAINS_DB, 2) / 20)[:, None]
    return Call(own * gains, echo * gains, noise * gains, delay)


def _voices(options: Options) -> list[list[Sound]]:
    """Utterances of at least two seconds, by speaker."""
    by_speaker: dict[str, list[Sound]] = {}
    for utterance in speech.load(options.speech):
        if utterance.duration_s >= 2:
            by_speaker.setdefault(utterance.speaker, []).append(utterance.samples().astype(np.float64))
    return list(by_speaker.values())


def _parts(own: Sequence[Sound], chance: Chance) -> list[Sound]:
    return [own[int(chance.integers(len(own)))][: round(chance.uniform(1.5, LONGEST_S) * RATE)] for _ in range(TURNS)]


def _timeline(parts: Sequence[Sequence[Sound]], chance: Chance, *, over: bool) -> Sound:
    """Turns of two parties, shape (2, n); with ``over`` each of the second party's begins within the first's."""
    sides = np.zeros((2, 2 * TURNS * (LONGEST_S + 2) * RATE))
    at = end = 0
    for first, second in zip(*parts, strict=True):
        for side, turn in enumerate((first, second)):
            gap = -len(first) // 2 if side and over else round(chance.normal(*GAP_S) * RATE)
            at = max(0, at + gap)
            sides[side, at : at + len(turn)] += turn
            at += len(turn)
            end = max(end, at)
    return sides[:, : end + RATE]


def _echoed(voice: Sound, kind: Kind, delay_s: float, level: int, chance: Chance) -> Sound:
    heard = kind(voice, chance)
    later = np.concatenate([np.zeros(round(delay_s * RATE)), heard])[: voice.size]
    return np.asarray(later * 10 ** (level / 20) * np.sqrt(np.mean(voice**2) / np.mean(later**2)))


def _power(sound: Sound) -> float:
    return float(np.mean(sound[np.abs(sound) > 0.1 * np.abs(sound).max()] ** 2))


def _plain(sound: Sound, chance: Chance) -> Sound:
    return sound


def _room(sound: Sound, chance: Chance) -> Sound:
    """Decays by 60 dB in 0.35 s; the direct sound has half of the energy."""
    tail = chance.normal(0, 1, RATE // 2) * np.exp(-np.arange(RATE // 2) * 6.9 / (0.35 * RATE))
    tail[0] = np.sqrt(np.sum(tail[1:] ** 2))
    return _filtered(sound, tail)


def _far(sound: Sound, chance: Chance) -> Sound:
    """The same room at a distance: the direct sound has a fortieth."""
    tail = chance.normal(0, 1, RATE // 2) * np.exp(-np.arange(RATE // 2) * 6.9 / (0.35 * RATE))
    tail[0] = np.sqrt(np.sum(tail[1:] ** 2) / 40)
    return _filtered(sound, tail)


def _filtered(sound: Sound, response: Sound) -> Sound:
    size = sound.size + response.size
    return np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(response, size), size)[: sound.size]


def _telephone(sound: Sound, chance: Chance) -> Sound:
    """300 to 3,400 Hz and mu-law (ITU-T G.711) of 8 bits."""
    frequencies = np.fft.rfftfreq(sound.size, 1 / RATE)
    narrow = np.fft.irfft(np.fft.rfft(sound) * ((frequencies > 300) & (frequencies < 3400)), sound.size)
    narrow /= np.abs(narrow).max()
    steps = np.round(127 * np.sign(narrow) * np.log1p(255 * np.abs(narrow)) / np.log(256)) / 127
    return np.asarray(np.sign(steps) * (256 ** np.abs(steps) - 1) / 255)


def _clipped(sound: Sound, chance: Chance) -> Sound:
    most = 2 * np.sqrt(_power(sound)) / 4
    return np.clip(sound, -most, most)


def _bursts(sound: Sound, chance: Chance) -> Sound:
    """What an echo canceller leaves: a third of the time, in stretches of 0.1 s, and bent."""
    open_ = np.repeat(chance.random(sound.size // (RATE // 10) + 1) < 1 / 3, RATE // 10)[: sound.size]
    return np.asarray(np.sign(sound) * np.abs(sound) ** 1.3 * open_)


KINDS: Final[dict[str, Kind]] = {
    "plain": _plain,
    "room": _room,
    "far": _far,
    "telephone": _telephone,
    "clipped": _clipped,
    "bursts": _bursts,
}


def _frames(sound: Sound) -> Sound:
    return sound[: sound.size // FRAME * FRAME].reshape(-1, FRAME)


def _levels(sound: Sound) -> Sound:
    return np.asarray(10 * np.log10(np.mean(_frames(sound) ** 2, axis=1) + 1e-15))


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
