"""A clip's fingerprint, by which a leaked copy is found again: made with the clip, sealed under its channel's key.

Sealed, because it is made of the voice: in the open it could tell which clips are one speaker's. An erasure shreds it.
"""

import base64

import numpy as np

from fairhearing.audio.encode import from_pcm16
from fairhearing.vault import writer
from fairhearing.watermark.fingerprint import BANDS, Print, fingerprint


def seal(secret: bytes, clip: str, pcm16: bytes) -> bytes:
    """The fingerprint of a clip's little-endian samples at 16 kHz, sealed under the channel's key (unwrapped)."""
    return sealed(secret, clip, fingerprint(from_pcm16(np.frombuffer(pcm16, dtype="<i2").astype(np.int16))))


def sealed(secret: bytes, clip: str, made: Print) -> bytes:
    """A fingerprint that was made already, sealed."""
    return writer.seal_text(secret, _label(clip), base64.b64encode(made.tobytes()).decode())


def open_sealed(secret: bytes, clip: str, sealed: bytes) -> Print:
    """The fingerprint again, int8 (frames, 8).

    Raises:
        cryptography.exceptions.InvalidTag: changed, or another clip's.
    """
    made = base64.b64decode(writer.open_text(secret, _label(clip), sealed))
    return np.frombuffer(made, np.int8).reshape(-1, BANDS)


def _label(clip: str) -> str:
    return f"fingerprint|{clip}"
