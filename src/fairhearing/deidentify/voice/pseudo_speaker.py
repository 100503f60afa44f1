"""A voice that nobody has, drawn anew for each recording from a secret: a keyed random eigenvoice.

Eigenvoices (Kuhn, Junqua, Nguyen and Niedzielski 2000) are the main directions in which people differ, phone by
phone. A deviation of that shape is what listeners and recognisers tolerate, and it hides what still leaks of the
speaker. HMAC-SHA256 (RFC 2104) gives the randomness: without the secret it can be neither told nor repeated.
"""

import hashlib
import hmac
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DOMAIN = b"fairhearing/voice/v1"
SHORTEST_SECRET = 16  # bytes

Frames = NDArray[np.float32]


def recording_key(secret: bytes, recording: bytes) -> bytes:
    """Return the 32-byte key of one recording. Raises ``ValueError`` for a secret under 16 bytes."""
    if len(secret) < SHORTEST_SECRET:
        raise ValueError(f"the voice secret has {len(secret)} bytes, expected at least {SHORTEST_SECRET}")
    return hmac.digest(secret, DOMAIN + b"\0" + recording, hashlib.sha256)


def generator(key: bytes, purpose: str) -> np.random.Generator:
    """Return the random numbers that a recording's key gives for one purpose, the same at every call."""
    seed = hmac.digest(key, DOMAIN + b"\0" + purpose.encode(), hashlib.sha256)
    return np.random.Generator(np.random.Philox(key=int.from_bytes(seed[:16], "little")))


@dataclass(frozen=True)
class PseudoSpeaker:
    """How a voice differs from the average: ``by_phone`` (42, 28), ``overall`` (28,), and its pitch in semitones."""

    by_phone: Frames
    overall: Frames
    semitones: float


def draw(
    key: bytes, eigenvoices: Frames, offsets: Frames, *, spread: float, tilt: float, pitch: float
) -> PseudoSpeaker:
    """Return a pseudo-speaker from ``eigenvoices`` (k, 42, 28) and ``offsets`` (m, 28), scaled to deviations.

    ``spread`` and ``tilt`` multiply them; the pitch is within ± ``pitch`` semitones.
    """
    random = generator(key, "speaker")
    by_phone = spread * np.tensordot(random.standard_normal(len(eigenvoices)), eigenvoices, 1)
    overall = tilt * (random.standard_normal(len(offsets)) @ offsets)
    overall[0] = 0.0  # loudness is not a voice
    semitones = float(random.uniform(-pitch, pitch))
    return PseudoSpeaker(by_phone.astype(np.float32), overall.astype(np.float32), semitones)
