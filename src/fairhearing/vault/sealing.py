"""How bytes are encrypted: AES-256-GCM in chunks, so that a range decrypts only what it needs.

The construction is STREAM (Hoang, Reyhanitabar, Rogaway, Vizár: Online Authenticated-Encryption and its
Nonce-Reuse Misuse-Resistance, 2015): nonce = 7 random bytes ‖ 4-byte chunk number ‖ 1 byte "last". Chunks cannot be
swapped, dropped or cut off. The object's id and kind are bound as associated data. The plain content is
prefixed with its length and padded to a step, so that sizes on the disk tell little.
``docs/formats/objects.md`` has the layout.
"""

import secrets
import struct
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC = b"FHO1"
PREFIX_BYTES = 7
HEADER_BYTES = len(MAGIC) + PREFIX_BYTES
CHUNK_BYTES = 64 * 1024
TAG_BYTES = 16
LENGTH_BYTES = 8
SMALLEST_STEP = 4096


class SealBroken(Exception):
    """The bytes are not what was sealed under this key for this object."""


def padded_size(size: int) -> int:
    """The step that ``size`` is padded to: Padmé (Nikitin et al., PURBs, 2019), at most 12 % more."""
    if size <= SMALLEST_STEP:
        return SMALLEST_STEP
    exponent = size.bit_length() - 1
    step = 1 << (exponent - exponent.bit_length())
    return -(-size // step) * step


def seal(key: bytes, owner: str, content: bytes) -> bytes:
    """Encrypt a whole object for ``owner`` (its name and kind)."""
    plain = struct.pack(">Q", len(content)) + content
    plain += bytes(padded_size(len(plain)) - len(plain))
    prefix = secrets.token_bytes(PREFIX_BYTES)
    cipher, bound = AESGCM(key), owner.encode()
    chunks = [plain[at : at + CHUNK_BYTES] for at in range(0, len(plain), CHUNK_BYTES)]
    sealed = [
        cipher.encrypt(_nonce(prefix, number, number == len(chunks) - 1), chunk, bound)
        for number, chunk in enumerate(chunks)
    ]
    return MAGIC + prefix + b"".join(sealed)


def open_range(
    key: bytes,
    owner: str,
    read: Callable[[int, int], bytes],
    size: int,
    start: int = 0,
    end: int | None = None,
) -> bytes:
    """Decrypt content bytes ``start`` to ``end`` of a sealed object of ``size`` bytes.

    ``read(first, beyond)`` gives sealed bytes; only the header, the first chunk and the chunks asked for are read.

    Raises:
        SealBroken: changed, cut off, another object's, or under another key.
    """
    header = read(0, HEADER_BYTES)
    if header[: len(MAGIC)] != MAGIC or len(header) != HEADER_BYTES:
        raise SealBroken(f"object of {owner} begins with {header[:4]!r}, expected {MAGIC!r}")
    prefix, cipher = header[len(MAGIC) :], AESGCM(key)
    sealed_chunk = CHUNK_BYTES + TAG_BYTES
    count = -(-(size - HEADER_BYTES) // sealed_chunk)

    def chunk(number: int) -> bytes:
        at = HEADER_BYTES + number * sealed_chunk
        try:
            nonce = _nonce(prefix, number, number == count - 1)
            return cipher.decrypt(nonce, read(at, min(at + sealed_chunk, size)), owner.encode())
        except InvalidTag:
            raise SealBroken(f"chunk {number} of the object of {owner} does not open: changed or cut off") from None

    first = chunk(0)
    (length,) = struct.unpack(">Q", first[:LENGTH_BYTES])
    stop = length if end is None else min(end, length)
    begin = min(start, stop) + LENGTH_BYTES
    beyond = stop + LENGTH_BYTES
    if begin == beyond:
        return b""
    first_wanted, last_wanted = begin // CHUNK_BYTES, max(begin, beyond - 1) // CHUNK_BYTES
    plain = b"".join(first if number == 0 else chunk(number) for number in range(first_wanted, last_wanted + 1))
    offset = first_wanted * CHUNK_BYTES
    return plain[begin - offset : beyond - offset]


def _nonce(prefix: bytes, number: int, last: bool) -> bytes:
    return prefix + struct.pack(">IB", number, last)
