"""Sound found somewhere: whatever FFmpeg reads, also cut off, inside a film, or with several tracks.

For a leaked file that somebody brings, where ``decode`` would refuse too much. FFmpeg still may open no protocol but
the bytes in memory, and no demuxer but those below; what cannot be decoded any further is where the sound ends.
"""

import io
from collections.abc import Iterator
from typing import Final

import av
import av.logging
import numpy as np

from fairhearing.audio.decode import AudioRefused, FloatSamples
from fairhearing.audio.resample import SPEECH_RATE

MOST_S: Final = 1800.0
MOST_BYTES: Final = 400_000_000
MOST_CHANNELS: Final = 8
DEMUXERS: Final = (
    "wav,w64,flac,mp3,ogg,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,aac,loas,ac3,eac3,aiff,au,caf,amr,asf,avi,mpeg,mpegts,"
    "flv,wv,ape,tta,gsm,g722,voc"
)


def channels_of(data: bytes) -> list[FloatSamples]:
    """Every channel of every track, each mono float32 (n,) at 16 kHz, n > 0.

    Raises:
        AudioRefused: empty, too large, too long, not of a kind that is read, or without any sound.
    """
    if not data:
        raise AudioRefused("empty", "got 0 bytes, expected a file with sound")
    if len(data) > MOST_BYTES:
        raise AudioRefused("too_large", f"got {len(data)} bytes, expected {MOST_BYTES} at most")
    av.logging.set_level(None)  # FFmpeg writes to standard error otherwise, file names and tags included
    options = {"protocol_whitelist": "none", "format_whitelist": DEMUXERS, "max_streams": "16"}
    try:
        with av.open(io.BytesIO(data), "r", options=options, metadata_errors="ignore") as opened:
            tracks = [_track(opened, number) for number in range(len(opened.streams.audio))]
    except AudioRefused:
        raise
    except Exception as error:  # FFmpeg's and PyAV's errors are many; none of them may carry content out
        raise AudioRefused("undecodable", f"the file could not be read ({type(error).__name__})") from None
    found = [channel for track in tracks for channel in track if channel.size]
    if not found:
        raise AudioRefused("no_audio_stream", f"got {len(data)} bytes without any sound, expected sound")
    return found


def _track(opened: av.container.InputContainer, number: int) -> list[FloatSamples]:
    opened.seek(0)
    stream = opened.streams.audio[number]
    channels = stream.codec_context.channels
    if not 1 <= channels <= MOST_CHANNELS:
        raise AudioRefused("channels", f"got {channels} channels, expected 1 to {MOST_CHANNELS}")
    changed = av.AudioResampler(format="fltp", layout=stream.codec_context.layout, rate=SPEECH_RATE)
    parts: list[FloatSamples] = []
    total = 0
    for frame in _until_broken(opened, stream):
        for piece in changed.resample(frame):
            parts.append(piece.to_ndarray().astype(np.float32, copy=False))
            total += piece.samples
        if total > MOST_S * SPEECH_RATE:
            raise AudioRefused("too_long", f"got more than {MOST_S:g} s, expected {MOST_S:g} s at most: cut it")
    whole = np.concatenate(parts, axis=1) if parts else np.zeros((channels, 0), np.float32)
    return [np.nan_to_num(channel, nan=0.0, posinf=0.0, neginf=0.0) for channel in whole]


def _until_broken(opened: av.container.InputContainer, stream: av.AudioStream) -> Iterator[av.AudioFrame | None]:
    """Frames up to the end, or to where the file is broken; at last None, which empties a resampler."""
    try:
        for packet in opened.demux(stream):
            yield from (frame for frame in packet.decode() if isinstance(frame, av.AudioFrame) and frame.samples)
    except av.FFmpegError:
        pass
    yield None
