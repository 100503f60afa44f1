"""What a browser plays: a clip's stored samples behind a WAV header."""

import numpy as np

from fairhearing.audio.encode import wav_bytes

CLIP_RATE = 16000


def of_pcm16(content: bytes) -> bytes:
    """A mono 16-bit WAV of a clip's little-endian samples at 16 kHz."""
    return wav_bytes(np.frombuffer(content, dtype="<i2").astype(np.int16), CLIP_RATE)
