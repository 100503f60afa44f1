"""The two spellings that the log's texts share: canonical decimals and canonical base64.

A second spelling of the same value would let a byte change without anybody noticing, so each value has one.
"""

import base64
import binascii

HASH_BYTES = 32
MAX_SIZE = 2**63 - 1


def decode_decimal(text: str, what: str) -> int:
    """Read an ASCII decimal without leading zeros (C2SP tlog-checkpoint, "tree size").

    Raises:
        ValueError: another spelling, or more than 2**63 - 1.
    """
    if not (text.isascii() and text.isdigit()) or (text[0] == "0" and text != "0"):
        raise ValueError(f"{what} is {text[:40]!r}, expected a decimal without leading zeros")
    if len(text) > len(str(MAX_SIZE)) or int(text) > MAX_SIZE:
        raise ValueError(f"{what} is {text[:40]}, expected at most {MAX_SIZE}")
    return int(text)


def encode_base64(value: bytes) -> str:
    """Standard base64 with padding (RFC 4648 section 4)."""
    return base64.b64encode(value).decode("ascii")


def decode_base64(text: str, what: str) -> bytes:
    """Read standard base64 in its one canonical spelling (RFC 4648 sections 3.5 and 4).

    Raises:
        ValueError: other characters, wrong padding, or padding bits that are not zero.
    """
    try:
        value = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error) as problem:
        raise ValueError(f"{what} is {text[:60]!r}, expected base64: {problem}") from None
    if encode_base64(value) != text:
        raise ValueError(f"{what} is {text[:60]!r}, expected the base64 {encode_base64(value)[:60]!r}")
    return value


def decode_hash(text: str, what: str) -> bytes:
    """Read a SHA-256 hash in base64.

    Raises:
        ValueError: not base64, or not 32 bytes.
    """
    value = decode_base64(text, what)
    if len(value) != HASH_BYTES:
        raise ValueError(f"{what} has {len(value)} bytes, expected {HASH_BYTES}")
    return value


def decode_text(data: str | bytes, what: str) -> str:
    """Read UTF-8.

    Raises:
        ValueError: bytes that are not UTF-8, or a text that UTF-8 cannot hold.
    """
    try:
        if isinstance(data, bytes):
            return data.decode("utf-8")
        data.encode("utf-8")
    except UnicodeError as problem:
        raise ValueError(f"{what} is not UTF-8: {problem}") from None
    return data
