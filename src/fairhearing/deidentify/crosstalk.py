"""One party's voice on the other party's channel of a call, measured and silenced: echoes, two microphones in a room.

What is stored of a channel is to hold its own party alone. Two things are asked of either direction, from a source
to a victim. *Is the source on the victim's channel?* The generalised cross-correlation with phase transform (Knapp and
Carter, IEEE Trans. ASSP 24(4), 1976) over the stretches in which the source is the louder of the two. *Whose speech
does a channel carry now?* That of the louder, channel against channel, as in meetings with a microphone each (Pfau,
Ellis and Stolcke, "Multispeaker speech activity detection for the ICSI meeting recorder", ASRU 2001).

A channel is silenced while the other party speaks and its own does not, whether anything was found or not: nobody
loses a word, and what is too faint to be found is gone too. While both speak it is silenced where the other was found
on it, or did not agree to be heard.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fairhearing.audio import resample
from fairhearing.deidentify import activity
from fairhearing.deidentify.words import joined

RATE: Final = resample.SPEECH_RATE
FRAME: Final = RATE // 100  # samples from one level to the next; each is of two frames
BAND: Final = (200.0, 3800.0)  # Hz: what a telephone carries, without the mains' hum
EARLIEST: Final = -0.1  # seconds: clocks of two devices in one room
LATEST: Final = 0.6  # seconds: an echo of a call over two mobile networks
CERTAIN: Final = 10.0  # deviations from chance: clean calls stay below 8, most others are above 20
UNHEARD: Final = -40.0  # dB, each against its own loud speech: under a voice nobody hears it
MASKED: Final = 3.0  # dB below the source: where the victim's own voice hides little of it
SAME_S: Final = 0.001  # seconds between a delay and that of its reflection
SAME_DB: Final = -6.0  # dB there and back: two voices are further apart
LATER: Final = 4.0  # times as likely as earlier, by itself
OWN: Final = 8.0  # dB above the level of the other, and
OWN_MOST: Final = 3.0  # dB above what it mostly stays below: more is surely the channel's own party
UNFOUND: Final = -25.0  # dB, each against its own loud speech: above it the other would have been found
TOO_CLOSE: Final = -12.0  # dB: above it, on a channel without its own party's voice, it may be a mono recording
ROOM: Final = (-0.05, 0.15)  # seconds around a delay: the recognition of speech, and a room's decay
BREATH: Final = 0.3  # seconds before and after speech: what is loud there is a breath, or speech that was missed
BRIDGED: Final = 0.25  # seconds between two stretches of own speech
SHORTEST: Final = 0.06  # seconds of own speech
DOUBLED: Final = 0.95  # of the correlation of two channels: no two voices follow one another so closely
FADE: Final = 0.005  # seconds, within what is silenced

_BLOCK: Final = 2 * RATE  # samples, half of which the next block shares
_SIZE: Final = 4 * RATE
_CHUNK: Final = 16  # blocks whose spectra are held at a time
_AROUND: Final = RATE // 20  # samples to either side over which chance is averaged
_SOFT: Final = RATE // 25  # samples: masks have no edges that two channels could share
_NOTHING: Final = -300.0  # dB

Samples = NDArray[np.float32]
_Frames = NDArray[np.float64]
_Marks = NDArray[np.bool_]


class NotApart(ValueError):
    """Nobody can be told from the other: the message says what the channels are."""


@dataclass(frozen=True)
class Crosstalk:
    """One party on the other's channel: by how much later (seconds), how loud against their own channel (dB).

    ``level_db`` is the median while they are the louder, ``most_db`` what nine in ten moments stay below.
    """

    certainty: float
    delay_s: float
    level_db: float
    most_db: float


@dataclass(frozen=True)
class Separated:
    """The channels, float32 of shape (2, n) at the rate that they came in; of each, what was done to it.

    ``silenced`` are (start, end) in seconds; ``speech_s`` the seconds in them in which speech had been heard;
    ``crosstalk`` the other party, where found on this channel.
    """

    samples: Samples
    silenced: tuple[tuple[tuple[float, float], ...], ...]
    speech_s: tuple[float, ...]
    crosstalk: tuple[Crosstalk | None, ...]


@dataclass(frozen=True)
class _Party:
    """A channel at 16 kHz: its levels in dB by frame, those of its loud speech, and the frames with speech."""

    samples: Samples
    levels: _Frames
    loud: float
    speaks: _Marks

    @property
    def relative(self) -> _Frames:
        """Levels against those of its own loud speech; of a channel without speech all are nothing."""
        return self.levels - self.loud if self.speaks.any() else np.full_like(self.levels, _NOTHING)

    def spoken(self, levels: _Frames) -> _Frames:
        """Levels where somebody speaks, nothing elsewhere."""
        return np.where(self.speaks, levels, _NOTHING)


def separate(channels: Samples, rate: int, agreed: Sequence[bool]) -> Separated:
    """Silence either party on the other's channel; ``channels`` is float32 of shape (2, n) at ``rate`` Hz.

    ``agreed`` says who agreed to be heard. Raises :class:`NotApart`, and ``ValueError`` for another shape.
    """
    if channels.ndim != 2 or len(channels) != 2 or len(agreed) != 2:
        raise ValueError(f"channels have shape {channels.shape} and {len(agreed)} answers, expected (2, n) and 2")
    if _is_doubled(channels):
        raise NotApart("the same sound on both")
    first, second = (_party(resample.to_16k(channel, rate)) for channel in channels)
    crosstalk = _find_both(first, second)
    own = (_own(first, second, crosstalk[0]), _own(second, first, crosstalk[1]))
    other = (_unexplained(second, first, crosstalk[1]), _unexplained(first, second, crosstalk[0]))
    for number, party in enumerate((first, second)):
        across = crosstalk[number]
        if across is not None and across.level_db > TOO_CLOSE and party.speaks.any() and not own[number].any():
            raise NotApart(f"nothing on channel {number} but what is on the other")
    marks = (_silenced(own[0], other[0], crosstalk[0], agreed[1]), _silenced(own[1], other[1], crosstalk[1], agreed[0]))
    spans = tuple(_spans(marked, channels.shape[1] / rate) for marked in marks)
    return Separated(
        samples=np.stack([_without(*one, rate) for one in zip(channels, spans, strict=True)]),
        silenced=spans,
        speech_s=tuple(
            float(np.sum(marked & party.speaks)) * FRAME / RATE
            for marked, party in zip(marks, (first, second), strict=True)
        ),
        crosstalk=crosstalk,
    )


def _is_doubled(channels: Samples) -> bool:
    """Whether two channels are one sound, louder or fainter."""
    first, second = channels.astype(np.float64)
    loudness = math.sqrt(float(first @ first) * float(second @ second))
    return loudness > 0 and abs(float(first @ second)) > DOUBLED * loudness


def _party(samples: Samples) -> _Party:
    levels = _levels(samples)
    speaks = np.zeros(levels.size, dtype=bool)
    for start, end in activity.regions(samples):
        speaks[start // FRAME : -(-end // FRAME)] = True
    if not speaks.any():
        return _Party(samples, levels, 0.0, speaks)
    loud = float(np.quantile(levels[speaks], 0.95))
    speaks |= _reached(speaks, -BREATH, BREATH) & (levels > loud + UNFOUND)
    return _Party(samples, levels, loud, speaks)


def _levels(samples: Samples) -> _Frames:
    count = max(1, -(-samples.size // FRAME))
    padded = np.zeros((count + 1) * FRAME, dtype=np.float32)
    padded[: samples.size] = samples
    frames = np.lib.stride_tricks.sliding_window_view(padded, 2 * FRAME)[::FRAME]
    power = np.abs(np.fft.rfft(frames * np.hanning(2 * FRAME).astype(np.float32), axis=1)) ** 2
    levels: _Frames = 10 * np.log10(np.sum(power[:, _in_band(2 * FRAME)], axis=1, dtype=np.float64) + 1e-12)
    return levels


def _in_band(size: int) -> _Marks:
    frequencies = np.fft.rfftfreq(size, 1 / RATE)
    return (frequencies >= BAND[0]) & (frequencies <= BAND[1])


def _find(source: _Party, victim: _Party) -> Crosstalk | None:
    """What of ``source`` is on the channel of ``victim``, where it is certain that something is."""
    if not source.speaks.any():
        return None
    alone = source.speaks & (source.relative > victim.relative)
    if not alone.any():
        alone = source.speaks
    around = loudest(source.spoken(source.relative), EARLIEST, LATEST)
    hides_little = (around > _NOTHING) & (victim.relative < around - MASKED)
    certainty, delay = _peak(_masked(source.samples, alone), _masked(victim.samples, hides_little))
    if certainty < CERTAIN:  # a loud one may have been masked itself
        certainty, delay = _peak(_masked(source.samples, source.speaks), victim.samples)
    if certainty < CERTAIN:
        return None
    then = np.arange(source.levels.size) + round(delay * RATE / FRAME)
    inside = alone & (source.relative > np.median(source.relative[alone])) & (then >= 0) & (then < then.size)
    if not inside.any():
        return None
    level, most = map(float, np.quantile(victim.levels[then[inside]] - source.levels[inside], (0.5, 0.9)))
    if victim.speaks.any() and most + source.loud - victim.loud < UNHEARD:
        return None
    return Crosstalk(certainty, delay, level, most)


def _find_both(first: _Party, second: _Party) -> tuple[Crosstalk | None, Crosstalk | None]:
    """What of the second party is on the first's channel, and of the first on the second's.

    What comes later on one channel is earlier on the other, and what is fainter is louder: one voice can be found
    either way. Where the levels say so, the fainter channel has it; where the delays alone say so, the less certain is
    looked for again in what is that party's own for sure.
    """
    onto_first, onto_second = _find(second, first), _find(first, second)
    if onto_first is None or onto_second is None:
        return onto_first, onto_second
    if abs(onto_first.delay_s + onto_second.delay_s) < SAME_S and onto_first.level_db + onto_second.level_db > SAME_DB:
        return (onto_first, None) if onto_first.level_db < onto_second.level_db else (None, onto_second)
    if onto_first.delay_s * onto_second.delay_s >= 0:
        return onto_first, onto_second
    if _weight(onto_first) < _weight(onto_second):
        return _find(replace(second, speaks=_own(second, first, onto_second)), first), onto_second
    return onto_first, _find(replace(first, speaks=_own(first, second, onto_first)), second)


def _weight(across: Crosstalk) -> float:
    """Sound comes later to where it is not its own, but for two devices' clocks."""
    return across.certainty if across.delay_s < 0 else LATER * across.certainty


def loudest(levels: _Frames, earliest: float, latest: float) -> _Frames:
    """By frame, the loudest of those from ``latest`` to ``earliest`` seconds before it."""
    near, far = round(earliest * RATE / FRAME), round(latest * RATE / FRAME)
    before, after = np.full(max(0, far), _NOTHING), np.full(max(0, -near), _NOTHING)
    windows = np.lib.stride_tricks.sliding_window_view(np.concatenate([before, levels, after]), far - near + 1)
    found: _Frames = windows[max(0, -far) :][: levels.size].max(axis=1)
    return found


def _masked(samples: Samples, marks: _Marks) -> Samples:
    """What is sounded in the marked frames, faded over 40 ms."""
    gain = np.repeat(marks.astype(np.float32), FRAME)[: samples.size]
    summed = np.cumsum(np.pad(gain, (_SOFT, _SOFT)), dtype=np.float64)
    mean = (summed[_SOFT:] - summed[:-_SOFT]) / _SOFT
    return np.asarray(samples * mean[_SOFT // 2 :][: samples.size], dtype=np.float32)


def _peak(source: Samples, victim: Samples) -> tuple[float, float]:
    """How far the sharpest agreement stands above chance, in deviations, and its delay in seconds.

    Chance is what the same sum gives with the blocks of one channel turned round in time, which share nothing.
    """
    count = max(1, -(-max(0, source.size - _BLOCK // 2) // (_BLOCK // 2)))
    band = _in_band(_SIZE)
    # Of a mean block's spectrum, each sample being in two blocks under a window of mean power 3/8.
    quiet = 0.03 * np.sqrt(0.75 * float(source @ source) / count)
    together = np.zeros(band.size, dtype=np.complex128)
    turned = np.zeros(band.size, dtype=np.complex128)
    for start in range(0, count, _CHUNK):
        theirs, ours = (_spectra(one, range(start, min(count, start + _CHUNK))) for one in (source, victim))
        used = band & (np.abs(theirs) > quiet)
        scale = used / np.maximum(np.abs(theirs) * np.abs(ours), 1e-20)
        together += np.sum(scale * ours * theirs.conj(), axis=0)
        turned += np.sum(scale * ours.conj() * theirs.conj(), axis=0)
    lags = np.arange(round(EARLIEST * RATE), round(LATEST * RATE) + 1)
    agreement = np.abs(np.fft.irfft(together, _SIZE))[lags]
    by_chance = np.abs(np.fft.irfft(turned, _SIZE))[np.arange(lags[0] - _AROUND, lags[-1] + _AROUND + 1) - _BLOCK] ** 2
    width = 2 * _AROUND + 1
    near = np.convolve(by_chance, np.full(width, 1 / width), "valid")
    certainty = agreement / np.sqrt(np.maximum(np.maximum(near, by_chance.mean()), 1e-20))
    at = int(np.argmax(certainty))
    return float(certainty[at]), int(lags[at]) / RATE


def _spectra(samples: Samples, blocks: range) -> NDArray[np.complex128]:
    """Spectra of some of the blocks, shape (blocks, bins); behind the end is silence."""
    hop = _BLOCK // 2
    part = samples[blocks.start * hop : (blocks.stop + 1) * hop]
    padded = np.pad(part, (0, (len(blocks) + 1) * hop - part.size))
    windows = np.lib.stride_tricks.sliding_window_view(padded, _BLOCK)[::hop]
    return np.asarray(np.fft.rfft(windows * np.hanning(_BLOCK), _SIZE, axis=1))


def _own(party: _Party, other: _Party, across: Crosstalk | None) -> _Marks:
    """The frames in which a channel carries its own party's voice for sure."""
    if across is None:
        return _unexplained(party, other, None)
    margin = max(across.level_db + OWN, across.most_db + OWN_MOST)
    return _bridged(party.speaks & (party.levels > _heard_of(other, across) + margin))


def _unexplained(party: _Party, other: _Party, across: Crosstalk | None) -> _Marks:
    """The frames in which a channel carries more than what is on it of the other."""
    if across is not None:
        return _bridged(party.speaks & (party.levels > _heard_of(other, across) + across.level_db))
    around = loudest(other.spoken(other.relative), EARLIEST, LATEST)
    return _bridged(party.speaks & (party.relative > around + UNFOUND))


def _heard_of(other: _Party, across: Crosstalk) -> _Frames:
    """The other's levels, when they arrive on the channel, before what they lose on the way."""
    return loudest(other.spoken(other.levels), across.delay_s - 0.03, across.delay_s + ROOM[1])


def _bridged(marks: _Marks) -> _Marks:
    """Without stretches that are too short to be speech, and with short pauses between those that remain."""
    result = np.zeros_like(marks)
    long = [(start, end) for start, end in _runs(marks) if (end - start) * FRAME >= SHORTEST * RATE]
    for start, end in joined(long, gap=round(BRIDGED * RATE / FRAME)):
        result[start:end] = True
    return result


def _runs(marks: _Marks) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], marks, [False]]).astype(np.int8)))
    return [(int(start), int(end)) for start, end in edges.reshape(-1, 2)]


def _silenced(own: _Marks, other: _Marks, across: Crosstalk | None, other_agreed: bool) -> _Marks:
    """The frames of a channel to silence, by where its own party and the other speak."""
    silenced = _reached(other, EARLIEST, LATEST) & ~own
    if across is not None or not other_agreed:
        delay = across.delay_s if across is not None else 0.0
        silenced |= _reached(other, delay + ROOM[0], delay + ROOM[1])
    return silenced


def _reached(marks: _Marks, earliest: float, latest: float) -> _Marks:
    """The frames that are ``earliest`` to ``latest`` seconds after a marked one."""
    return loudest(np.where(marks, 0.0, _NOTHING), earliest, latest) > _NOTHING


def _spans(marks: _Marks, duration_s: float) -> tuple[tuple[float, float], ...]:
    """Marked stretches in seconds; each frame stands for the two that its level is of."""
    spans = joined([(start, end + 1) for start, end in _runs(marks)])
    return tuple((start * FRAME / RATE, min(duration_s, end * FRAME / RATE)) for start, end in spans)


def _without(samples: Samples, spans: Sequence[tuple[float, float]], rate: int) -> Samples:
    """The samples with the spans silenced; all others are as they came."""
    result = samples.copy()
    for begun, ended in spans:
        start, end = round(begun * rate), min(samples.size, round(ended * rate))
        fade = min(round(FADE * rate), (end - start) // 2)
        down = np.linspace(1, 0, fade + 1, dtype=np.float32)[1:]
        result[start : start + fade] *= down if start else 0
        result[start + fade : end - fade] = 0
        result[end - fade : end] *= down[::-1] if end < samples.size else 0
    return result
