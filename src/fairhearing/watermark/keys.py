"""Keys and their signs: what is secret about a mark."""

import hashlib
import hmac
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fairhearing.watermark.grid import PAIRS

KEY_BYTES = 32
VERSION = b"fairhearing/mark/v1"


def mark_key(secret: bytes, *, clip: str, reviewer: str) -> bytes:
    """Return the 32-byte key of what ``reviewer`` hears of ``clip``: HMAC-SHA256 under the installation's secret.

    It does not depend on the play: else one person could average a clip's replays until the mark is gone.
    Raises ``ValueError`` for a secret under 16 bytes.
    """
    if len(secret) < 16:
        raise ValueError(f"the mark's secret has {len(secret)} bytes, expected 16 or more")
    parts = [VERSION, clip.encode(), reviewer.encode()]
    message = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return hmac.digest(secret, message, "sha256")


def bits(key: bytes, columns: int) -> NDArray[np.uint8]:
    """Return ``columns`` × 28 bits of SHAKE-128 of the key, packed eight a byte, column by column."""
    return np.frombuffer(hashlib.shake_128(key).digest(-(-columns * PAIRS // 8)), dtype=np.uint8)


def signs(keys: Sequence[bytes], columns: int) -> NDArray[np.int8]:
    """Return a row of ±1 for each key, one for each pair of cells, shape (keys, columns·28)."""
    packed = np.stack([bits(key, columns) for key in keys]) if keys else np.zeros((0, 0), dtype=np.uint8)
    return unpacked(packed, columns)


def unpacked(packed: NDArray[np.uint8], columns: int) -> NDArray[np.int8]:
    """Return packed bits (keys, bytes) as ±1, shape (keys, columns·28)."""
    ones = np.unpackbits(packed, axis=1, count=columns * PAIRS).view(np.int8)
    return 2 * ones - 1
