"""What a witness signs (C2SP tlog-cosignature): the checkpoint's text with the time, or its tree with the time."""

import struct

from fairhearing.tlog.encoding import MAX_SIZE, decode_decimal, decode_hash

TIME_BYTES = 8
_TREE_LABEL = b"subtree/v1\n\0"
_MAX_NAME_BYTES = 255


def cosigned_time(value: bytes) -> int:
    """The time that a cosignature begins with, seconds since 1970. As true as the signature.

    Raises:
        ValueError: there is no time, or one after 2**63 - 1.
    """
    time = int.from_bytes(value[:TIME_BYTES], "big")
    if len(value) <= TIME_BYTES or time > MAX_SIZE:
        raise ValueError(f"a cosignature of {len(value)} bytes has no time of 0 to {MAX_SIZE}")
    return time


def text_message(text: str, time: int) -> bytes:
    """What an Ed25519 cosignature signs (``cosignature/v1``): the whole text, extension lines too."""
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def tree_message(name: str, text: str, time: int) -> bytes:
    """What an ML-DSA-44 cosignature signs (``subtree/v1``) of a checkpoint: cosigner, origin, size and root.

    Raises:
        ValueError: the text does not begin as a checkpoint's, or a name does not fit.
    """
    lines = text.split("\n")
    if len(lines) < 4:
        raise ValueError(f"the text has {len(lines)} lines, expected a checkpoint's")
    size = decode_decimal(lines[1], "the checkpoint's size")
    root = decode_hash(lines[2], "the checkpoint's root")
    return b"".join(
        [_TREE_LABEL, _short(name), struct.pack(">Q", time), _short(lines[0]), struct.pack(">QQ", 0, size), root]
    )


def _short(text: str) -> bytes:
    """A byte string of 1 to 255 bytes after its length (RFC 8446 section 3.4)."""
    data = text.encode()
    if not 1 <= len(data) <= _MAX_NAME_BYTES:
        raise ValueError(f"{text[:80]!r} has {len(data)} bytes, expected 1 to {_MAX_NAME_BYTES}")
    return bytes([len(data)]) + data
