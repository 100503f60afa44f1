"""Untrusted bytes in, samples out, or a refusal that says why.

One demuxer is opened, chosen by the file's signature; codecs come from an allow-list; FFmpeg may open no
protocol but the bytes in memory; decoding stops where a limit is reached, whatever the header promised.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass

import av
import av.logging
import numpy as np
from numpy.typing import NDArray

from fairhearing.audio import containers

FloatSamples = NDArray[np.float32]

# A stream of the shortest legal frames (2.5 ms of Opus) fills ten minutes with 240,000 packets.
MAX_PACKETS = 500_000
BLOCK_FRAMES = 1 << 18
# Encoder delay and padding are within this; a second that is missing is not.
LENGTH_TOLERANCE_S = 0.2
# Full scale of FFmpeg's integer sample formats, and the offset of the unsigned one.
SCALES = {"u8": (1 / 128, -1.0), "s16": (1 / 32768, 0.0), "s32": (1 / 2147483648, 0.0)}


class AudioRefused(Exception):
    """The bytes were refused as audio: ``reason_code`` for machines, the message for people."""

    def __init__(self, reason_code: str, message: str) -> None:
        super().__init__(message)
        self.reason_code = reason_code
        self.message = message


@dataclass(frozen=True)
class Limits:
    """What is accepted: bytes, seconds, channels and samples over all channels at most; rates in Hz."""

    max_bytes: int = 25_000_000
    max_seconds: float = 600
    max_channels: int = 2
    min_rate: int = 8000
    max_rate: int = 192_000
    max_samples: int = 60_000_000  # ten minutes of 48 kHz stereo: 240 MB as float32


@dataclass(frozen=True)
class Audio:
    """Decoded sound: ``samples`` float32 of shape (channels, n) in −1 … 1 at ``sampling_rate`` Hz."""

    samples: FloatSamples
    sampling_rate: int
    container: str
    codec: str

    @property
    def duration_s(self) -> float:
        """Seconds of sound."""
        return float(self.samples.shape[1] / self.sampling_rate)


def decode(data: bytes, *, limits: Limits | None = None) -> Audio:
    """Decode a WAV, FLAC, MP3, Ogg, WebM or M4A file held in memory.

    ``limits`` defaults to :class:`Limits`. Float samples beyond ±1 are clipped. Raises
    :class:`AudioRefused`, and nothing else, for whatever cannot be decoded whole and within the limits.
    """
    limits = limits or Limits()
    container = _recognised(data, limits)
    av.logging.set_level(None)  # FFmpeg writes to standard error otherwise, file names and tags included
    try:
        audio = _decode_as(container, data, limits)
    except AudioRefused:
        raise
    except EOFError:
        raise AudioRefused("truncated", f"{container.name} file stops too early to be decoded") from None
    except Exception as error:  # FFmpeg's and PyAV's errors are many; none of them may carry content out
        kind = type(error).__name__
        raise AudioRefused("undecodable", f"{container.name} file could not be decoded ({kind})") from None
    return audio


def _recognised(data: bytes, limits: Limits) -> containers.Container:
    if not data:
        raise AudioRefused("empty", "got 0 bytes, expected an audio file")
    if len(data) > limits.max_bytes:
        raise AudioRefused("too_large", f"got {len(data)} bytes, expected {limits.max_bytes} at most")
    container = containers.recognise(data)
    if container is None:
        raise AudioRefused("not_audio", f"got {len(data)} bytes of no known signature, expected {containers.EXPECTED}")
    if not containers.ends_properly(container, data):
        raise AudioRefused("truncated", "ogg file stops before its end-of-stream page")
    return container


def _wav_sound(data: bytes, limits: Limits) -> tuple[bytes, containers.WavFormat]:
    """The samples of a WAV file, whole frames of them, and what they are."""
    parts = containers.wav_parts(data)
    if parts is None:
        raise AudioRefused("undecodable", "wav file has no readable fmt and data chunks")
    if parts.missing:
        raise AudioRefused(
            "truncated", f"wav header announces {parts.missing} bytes more than the {len(data)} that came"
        )
    form = containers.wav_format(parts.form)
    if form is None:
        raise AudioRefused("codec", "wav file holds samples of another kind, expected PCM, floats, A-law or µ-law")
    _check_shape(form.sampling_rate, form.channels, limits)
    return data[parts.start : parts.start + parts.size], form


def _decode_as(container: containers.Container, data: bytes, limits: Limits) -> Audio:
    demuxer, shape = container.demuxer, {}
    if container is containers.WAV:
        data, form = _wav_sound(data, limits)
        demuxer = form.demuxer
        shape = {"sample_rate": str(form.sampling_rate), "ch_layout": f"{form.channels}c"}
    options = {
        "protocol_whitelist": "none",
        "format_whitelist": demuxer,
        "codec_whitelist": ",".join(sorted(container.codecs)),
        "max_streams": "8",
        **shape,
    }
    with av.open(io.BytesIO(data), "r", format=demuxer, options=options, metadata_errors="ignore") as opened:
        stream = _only_stream(opened, container)
        _check_stream(stream, limits)
        declared_s = _declared_s(opened, stream, container, data)
        _check_declared(declared_s, limits)
        rate, samples = _gather(opened, stream, limits)
        codec = stream.codec_context.codec.name
    _check_length(container, declared_s, float(samples.shape[1] / rate))
    if not np.isfinite(samples).all():
        raise AudioRefused("not_finite", "got NaN or infinite samples, expected numbers within ±1")
    np.clip(samples, -1.0, 1.0, out=samples)
    return Audio(samples, rate, container.name, codec)


def _only_stream(opened: av.container.InputContainer, container: containers.Container) -> av.AudioStream:
    streams = opened.streams
    if streams.video:
        raise AudioRefused(
            "video_attached", f"{container.name} file has a picture or video stream, expected sound alone"
        )
    if len(streams.audio) != 1 or len(streams) != 1:
        code = "several_streams" if len(streams) > 1 else "no_audio_stream"
        raise AudioRefused(
            code,
            f"{container.name} file has {len(streams.audio)} audio of {len(streams)} streams, expected one",
        )
    stream = streams.audio[0]
    codec = stream.codec_context.codec.name
    if codec not in container.codecs:
        allowed = ", ".join(sorted(container.codecs))
        raise AudioRefused("codec", f"{container.name} file holds {codec}, expected one of {allowed}")
    return stream


def _check_stream(stream: av.AudioStream, limits: Limits) -> None:
    _check_shape(stream.codec_context.sample_rate, stream.codec_context.channels, limits)
    stream.codec_context.thread_count = 1


def _check_shape(rate: int, channels: int, limits: Limits) -> None:
    if not limits.min_rate <= rate <= limits.max_rate:
        raise AudioRefused("sampling_rate", f"got {rate} Hz, expected {limits.min_rate} to {limits.max_rate}")
    if not 1 <= channels <= limits.max_channels:
        raise AudioRefused("channels", f"got {channels} channels, expected 1 to {limits.max_channels}")


def _declared_s(
    opened: av.container.InputContainer,
    stream: av.AudioStream,
    container: containers.Container,
    data: bytes,
) -> float | None:
    rate = stream.codec_context.sample_rate
    if container is containers.FLAC:
        frames = containers.declared_frames(container, data)
        return None if frames is None else frames / rate
    if container is containers.MP3:
        count = containers.mp3_declared_frames(data)
        return None if count is None else count * (1152 if rate >= 32_000 else 576) / rate
    if container in (containers.M4A, containers.WEBM) and opened.duration:
        return float(opened.duration) / 1_000_000  # AV_TIME_BASE
    return None


def _check_declared(declared_s: float | None, limits: Limits) -> None:
    if declared_s is not None and declared_s > limits.max_seconds + LENGTH_TOLERANCE_S:
        raise AudioRefused("too_long", f"header declares {declared_s:.1f} s, expected {limits.max_seconds:g} s at most")


def _check_length(container: containers.Container, declared_s: float | None, decoded_s: float) -> None:
    if declared_s is None:
        return
    if decoded_s < declared_s - LENGTH_TOLERANCE_S or (container is containers.FLAC and decoded_s < declared_s):
        raise AudioRefused(
            "truncated", f"{container.name} header declares {declared_s:.3f} s, but {decoded_s:.3f} s came"
        )
    if decoded_s > declared_s + LENGTH_TOLERANCE_S:
        raise AudioRefused(
            "length_mismatch",
            f"{container.name} header declares {declared_s:.3f} s, but {decoded_s:.3f} s came",
        )


def _gather(opened: av.container.InputContainer, stream: av.AudioStream, limits: Limits) -> tuple[int, FloatSamples]:
    blocks: list[FloatSamples] = []
    pending: list[FloatSamples] = []
    total = waiting = rate = channels = 0
    for frame in _frames(opened, stream):
        if not total:
            rate, channels = frame.sample_rate, frame.layout.nb_channels
            _check_shape(rate, channels, limits)
        elif (frame.sample_rate, frame.layout.nb_channels) != (rate, channels):
            raise AudioRefused(
                "changed_midway", "rate or channels change within the file, expected the same throughout"
            )
        total += frame.samples
        if total > limits.max_seconds * rate or total * channels > limits.max_samples:
            most_s = min(limits.max_seconds, limits.max_samples / channels / rate)
            raise AudioRefused("too_long", f"got more than {most_s:g} s, expected {most_s:g} s at most")
        pending.append(_as_float(frame))
        waiting += frame.samples
        if waiting >= BLOCK_FRAMES:  # many small arrays cost far more than their samples
            blocks.append(np.concatenate(pending, axis=1))
            pending, waiting = [], 0
    if not total:
        raise AudioRefused("empty", "got a file without a single sample, expected sound")
    return rate, _joined(blocks + pending, channels, total)


def _frames(opened: av.container.InputContainer, stream: av.AudioStream) -> Iterator[av.AudioFrame]:
    for count, packet in enumerate(opened.demux(stream)):
        if count > MAX_PACKETS:
            raise AudioRefused("too_many_packets", f"got more than {MAX_PACKETS} packets, expected fewer")
        for frame in packet.decode():
            if frame.samples:
                yield frame


def _as_float(frame: av.AudioFrame) -> FloatSamples:
    raw = frame.to_ndarray()
    name = frame.format.name.removesuffix("p")
    channels = frame.layout.nb_channels
    shaped = raw if frame.format.is_planar else raw.reshape(-1, channels).T
    if name in SCALES:
        scale, offset = SCALES[name]
        return (shaped * np.float32(scale) + np.float32(offset)).astype(np.float32, copy=False)
    if name not in ("flt", "dbl"):
        raise AudioRefused("sample_format", f"got samples of format {name}, expected integers or floats")
    with np.errstate(over="ignore", invalid="ignore"):
        return shaped.astype(np.float32)


def _joined(parts: list[FloatSamples], channels: int, total: int) -> FloatSamples:
    """Join blocks, giving each back once it is copied: the peak is little more than the result."""
    out = np.empty((channels, total), dtype=np.float32)
    position = 0
    parts.reverse()
    while parts:
        part = parts.pop()
        out[:, position : position + part.shape[1]] = part
        position += part.shape[1]
    return out
