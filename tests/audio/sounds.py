"""Small files of every kind, made here: a tone, encoded by PyAV or by hand."""

import io
import struct

import av
import numpy as np
from numpy.typing import NDArray

RATE = 48_000
FORMATS = {
    "wav": ("wav", "pcm_s16le"),
    "flac": ("flac", "flac"),
    "mp3": ("mp3", "libmp3lame"),
    "ogg": ("ogg", "libopus"),
    "webm": ("webm", "libopus"),
    "m4a": ("ipod", "aac"),
}


def tone(seconds: float = 1.0, rate: int = RATE, channels: int = 1) -> NDArray[np.float32]:
    """A quiet 440 Hz tone, float32 of shape (channels, n)."""
    wave = 0.3 * np.sin(2 * np.pi * 440 * np.arange(int(seconds * rate)) / rate)
    return np.tile(wave.astype(np.float32), (channels, 1))


def encoded(name: str, samples: NDArray[np.float32], *, rate: int = RATE, streams: int = 1) -> bytes:
    """``samples`` as a file of the named kind, with as many equal audio streams as asked for."""
    container, codec = FORMATS[name]
    layout = "mono" if samples.shape[0] == 1 else "stereo"
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container) as file:
        made = [_sound_stream(file, codec, rate, layout) for _ in range(streams)]
        for stream in made:
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), format="fltp", layout=layout)
            frame.sample_rate = rate
            resampler = av.AudioResampler(format=stream.codec_context.format, layout=layout, rate=rate)
            for piece in resampler.resample(frame):
                for packet in stream.encode(piece):
                    file.mux(packet)
            for packet in stream.encode(None):
                file.mux(packet)
    return buffer.getvalue()


def _sound_stream(file: av.container.OutputContainer, codec: str, rate: int, layout: str) -> av.AudioStream:
    stream = file.add_stream(codec, rate=rate, layout=layout)
    assert isinstance(stream, av.AudioStream)
    return stream


def with_video() -> bytes:
    """A WebM file with a sound and a moving picture."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="webm") as file:
        sound = file.add_stream("libopus", rate=RATE, layout="mono")
        picture = file.add_stream("libvpx", rate=5)
        picture.width = picture.height = 32
        picture.pix_fmt = "yuv420p"
        for packet in picture.encode(av.VideoFrame(32, 32, "yuv420p")):
            file.mux(packet)
        for packet in picture.encode(None):
            file.mux(packet)
        frame = av.AudioFrame.from_ndarray(tone(0.2), format="fltp", layout="mono")
        frame.sample_rate = RATE
        for packet in [*sound.encode(frame), *sound.encode(None)]:
            file.mux(packet)
    return buffer.getvalue()


def wav(
    body: bytes,
    *,
    rate: int = 16_000,
    channels: int = 1,
    bits: int = 16,
    tag: int = 1,
    stated: int | None = None,
) -> bytes:
    """A WAV file by hand, whose header may lie about its length."""
    size = len(body) if stated is None else stated
    block = channels * bits // 8
    head = struct.pack("<4sIHHIIHH", b"fmt ", 16, tag, channels, rate, rate * block, block, bits)
    riff = struct.pack("<4sI4s", b"RIFF", min(36 + size, 0xFFFFFFFF), b"WAVE")
    return riff + head + struct.pack("<4sI", b"data", size) + body
