"""What is done to a leaked excerpt before it is traced: codecs, lines, speeds, rooms, noise. By name, from a seed."""

import io
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import cast

import av
import numpy as np
import soxr
from numpy.typing import NDArray

Samples = NDArray[np.float32]
Chance = np.random.Generator
Attack = Callable[[Samples, Chance], Samples]

RATE = 16_000
SOUND_M_S = 343.0
ROOMS = 24


def coded(samples: Samples, codec: str, container: str, bit_rate: int, rate: int = RATE) -> Samples:
    """Return ``samples`` at 16 kHz encoded and decoded again by FFmpeg, at ``rate`` Hz between."""
    at_rate = soxr.resample(samples, RATE, rate) if rate != RATE else samples
    held = io.BytesIO()
    with av.open(held, "w", format=container) as out:
        stream = cast(av.AudioStream, out.add_stream(codec, rate=rate))
        stream.bit_rate = bit_rate
        stream.layout = "mono"
        resampler = av.AudioResampler(format=stream.codec_context.format, layout="mono", rate=rate)
        pcm = np.clip(at_rate * 32768, -32768, 32767).astype(np.int16)[None]
        frame = av.AudioFrame.from_ndarray(pcm, format="s16", layout="mono")
        frame.sample_rate = rate
        for piece in (frame, None):
            for converted in resampler.resample(piece):
                out.mux(stream.encode(converted))
        out.mux(stream.encode(None))
    held.seek(0)
    with av.open(held, "r") as back:
        heard = av.AudioResampler(format="flt", layout="mono", rate=RATE)
        parts = [part.to_ndarray()[0] for frame in back.decode(audio=0) for part in heard.resample(frame)]
        parts += [part.to_ndarray()[0] for part in heard.resample(None)]
    return np.concatenate(parts).astype(np.float32)


def telephone(samples: Samples, chance: Chance) -> Samples:
    """300–3,400 Hz at 8 kHz through G.711's mu-law."""
    narrow = soxr.resample(_band(samples, 300, 3400), RATE, 8000)
    pressed = np.sign(narrow) * np.log1p(255 * np.minimum(np.abs(narrow), 1)) / np.log(256)
    coarse = np.rint(pressed * 127) / 127
    wide = np.sign(coarse) * (256 ** np.abs(coarse) - 1) / 255
    return _soxr(wide.astype(np.float32), 8000, RATE)


def speed(samples: Samples, chance: Chance) -> Samples:
    """0.5 to 5 % faster or slower, the pitch with it; off any grid."""
    return _soxr(samples, RATE * _factor(chance, 0.005, 0.05), RATE)


def tempo(samples: Samples, chance: Chance) -> Samples:
    """1 to 5 % faster or slower with the pitch kept: FFmpeg's WSOLA, or a phase vocoder, in turn."""
    factor = _factor(chance, 0.01, 0.05)
    return _atempo(samples, factor) if chance.random() < 0.5 else _vocoder(samples, factor)


def gain(samples: Samples, chance: Chance) -> Samples:
    """−30 to +3 dB, clipped at full scale, 16 bits."""
    louder = np.clip(samples * 10 ** (chance.uniform(-30, 3) / 20), -1, 1)
    return np.asarray(np.rint(louder * 32767) / 32767, dtype=np.float32)


def crop(samples: Samples, chance: Chance) -> Samples:
    """A sixth off either end: 2 s of 3."""
    return samples[samples.size // 6 : -(samples.size // 6)]


def reverb(samples: Samples, chance: Chance) -> Samples:
    """A shoebox room."""
    response = _room(int(chance.integers(ROOMS)))
    size = 1 << (samples.size + response.size).bit_length()
    out = np.fft.irfft(np.fft.rfft(samples, size) * np.fft.rfft(response, size), size)
    return out[: samples.size + 4000].astype(np.float32)


def noisy(samples: Samples, chance: Chance, snr_db: float) -> Samples:
    """Pink noise ``snr_db`` under the whole."""
    spectrum = np.fft.rfft(chance.standard_normal(samples.size))
    spectrum /= np.sqrt(np.maximum(np.fft.rfftfreq(samples.size, 1 / RATE), 50))
    return _mixed(samples, np.fft.irfft(spectrum, samples.size), snr_db)


def rerecording(samples: Samples, chance: Chance) -> Samples:
    """A loudspeaker's band, a room, 15 dB of noise, a clock up to 100 ppm off, Opus at 24 kbit/s."""
    played = reverb(_band(samples, 250, 6500), chance)
    clocked = soxr.resample(noisy(played, chance, 15), RATE * (1 + chance.uniform(-1e-4, 1e-4)), RATE)
    return coded(clocked / (2 * np.abs(clocked).max() + 1e-9), "libopus", "ogg", 24_000)


def babble(voices: list[Samples]) -> Attack:
    """Return the attack that adds six of ``voices`` 20 dB under the whole."""

    def add(samples: Samples, chance: Chance) -> Samples:
        crowd = np.zeros(samples.size)
        for at in chance.integers(len(voices), size=6):
            voice = np.resize(np.roll(voices[at], int(chance.integers(voices[at].size))), samples.size)
            crowd += voice / (np.sqrt(np.mean(voice**2)) + 1e-9)
        return _mixed(samples, crowd, 20)

    return add


def by_name(voices: list[Samples]) -> dict[str, Attack]:
    """Return all attacks in order; ``voices`` are other speakers', for the babble."""
    return {
        "none": lambda samples, _: samples,
        "mp3_64k": lambda samples, _: coded(samples, "libmp3lame", "mp3", 64_000),
        "mp3_32k": lambda samples, _: coded(samples, "libmp3lame", "mp3", 32_000),
        "opus_24k": lambda samples, _: coded(samples, "libopus", "ogg", 24_000),
        "opus_16k": lambda samples, _: coded(samples, "libopus", "ogg", 16_000),
        "aac_48k": lambda samples, _: coded(samples, "aac", "adts", 48_000),
        "telephone": telephone,
        "speed": speed,
        "tempo": tempo,
        "crop": crop,
        "gain": gain,
        "reverb": reverb,
        "babble_20db": babble(voices),
        "rerecording": rerecording,
    }


def _soxr(samples: Samples, rate: float, target: float) -> Samples:
    return np.asarray(soxr.resample(samples, rate, target), dtype=np.float32)


def _factor(chance: Chance, least: float, most: float) -> float:
    return float(1 + chance.choice([-1, 1]) * chance.uniform(least, most))


def _mixed(samples: Samples, noise: NDArray[np.float64], snr_db: float) -> Samples:
    scale = np.sqrt(np.mean(samples.astype(np.float64) ** 2) / (np.mean(noise**2) + 1e-20)) * 10 ** (-snr_db / 20)
    return np.asarray(samples + scale * noise, dtype=np.float32)


def _band(samples: Samples, low: float, high: float) -> Samples:
    hertz = np.fft.rfftfreq(samples.size, 1 / RATE)
    response = 1 / np.sqrt((1 + (low / np.maximum(hertz, 1)) ** 8) * (1 + (hertz / high) ** 8))
    return np.fft.irfft(np.fft.rfft(samples) * response, samples.size).astype(np.float32)


def _atempo(samples: Samples, factor: float) -> Samples:
    graph = av.filter.Graph()
    source = graph.add_abuffer(format="flt", sample_rate=RATE, layout="mono", time_base=Fraction(1, RATE))
    change, sink = graph.add("atempo", f"{factor:.6f}"), graph.add("abuffersink")
    source.link_to(change)
    change.link_to(sink)
    graph.configure()
    frame = av.AudioFrame.from_ndarray(samples[None], format="flt", layout="mono")
    frame.sample_rate = RATE
    graph.push(frame)
    graph.push(None)
    parts = []
    while True:
        try:
            parts.append(graph.pull().to_ndarray()[0])
        except (av.error.EOFError, av.error.BlockingIOError):
            return np.concatenate(parts).astype(np.float32)


def _vocoder(samples: Samples, factor: float) -> Samples:
    """Return ``samples`` passed ``factor`` times as fast by a phase vocoder (Flanagan and Golden 1966)."""
    window, hop = 1024, 256
    shape = np.hanning(window + 1)[:-1]
    padded = np.pad(samples, (window, 2 * window))
    advance = 2 * np.pi * hop * np.arange(window // 2 + 1) / window
    count = int((padded.size - window - hop - 1) / (hop * factor))
    out = np.zeros(count * hop + window)
    phase = None
    for step in range(count):
        at = int(step * hop * factor)
        now = np.fft.rfft(shape * padded[at : at + window])
        later = np.fft.rfft(shape * padded[at + hop : at + hop + window])
        phase = np.angle(now) if phase is None else phase
        out[step * hop : step * hop + window] += shape * np.fft.irfft(np.abs(now) * np.exp(1j * phase))
        turn = np.angle(later) - np.angle(now) - advance
        phase = phase + advance + turn - 2 * np.pi * np.rint(turn / (2 * np.pi))
    begin = round(window / factor)
    return (out[begin : begin + round(samples.size / factor)] / 1.5).astype(np.float32)


@cache
def _room(number: int) -> Samples:
    """Return a shoebox room's response, the source 0.4–2.5 m away, reverberation 0.25–0.7 s.

    By the image method (Allen and Berkley 1979), walls of one absorption (Eyring). Only what comes in the first 50 ms
    comes between samples: later there is too much of it for that to matter.
    """
    chance = np.random.default_rng(1979 + number)
    size = chance.uniform([3, 2.5, 2.3], [7, 6, 3.2])
    listener = chance.uniform(0.25, 0.75, 3) * size
    while True:
        way = chance.standard_normal(3)
        source = listener + way / np.linalg.norm(way) * chance.uniform(0.4, 2.5)
        if (source > 0.2).all() and (source < size - 0.2).all():
            break
    decay = chance.uniform(0.25, 0.7)
    surface = 2 * (size[0] * size[1] + size[0] * size[2] + size[1] * size[2])
    reflection = np.exp(-0.161 * size.prod() / decay / surface / 2)
    length = int(decay * RATE)
    reach = np.ceil(length / RATE * SOUND_M_S / (2 * size)).astype(int)
    grids = np.meshgrid(*[np.arange(-r, r + 1) for r in reach], [0, 1], [0, 1], [0, 1], indexing="ij")
    cell = np.stack([g.reshape(-1) for g in grids])
    order, mirror = cell[:3], cell[3:]
    image = (1 - 2 * mirror) * source[:, None] + 2 * order * size[:, None]
    distance = np.linalg.norm(image - listener[:, None], axis=0)
    bounces = (np.abs(order - mirror) + np.abs(order)).sum(axis=0)
    when = distance / SOUND_M_S * RATE
    near = when < length
    strength = reflection ** bounces[near] / distance[near]
    when = when[near]
    out, early = np.zeros(length + 16), RATE // 20
    whole = np.floor(when).astype(int)
    for tap in range(-7, 9):
        part = tap - (when - whole)
        where = whole + tap
        good = (where >= 0) & ((when < early) | (tap == 0))
        pulse = np.where(when < early, np.sinc(part) * (0.5 + 0.5 * np.cos(np.pi * part / 8.5)), 1)
        out += np.bincount(where[good], (strength * pulse)[good], minlength=out.size)[: out.size]
    return np.asarray(out[:length] / np.abs(out).max(), dtype=np.float32)
