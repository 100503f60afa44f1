"""Exposure buckets: coarse groups of speakers, so that no reviewer hears one voice over and over.

Which bucket a speaker falls into comes from their key while a request has it, and goes by programme and language: many
speakers share one (docs/policy.md). It is kept for each channel under a key of the key file's and a nonce of its own,
so that in a dump equal buckets look as different as any others.
"""

import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE_BYTES: Final = 12
UNKNOWN: Final = 0xFFFF  # one bucket for all channels that have none: they came in before there were any


def seal(*, channel: str, digest: bytes, buckets: int) -> bytes:
    """A channel's bucket, sealed. ``digest``: of speaker, programme and language, under the key file."""
    bucket = int.from_bytes(digest, "big") % max(1, buckets)
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + _cipher().encrypt(nonce, bucket.to_bytes(2, "big"), channel.encode())


def open_sealed(*, channel: str, sealed: bytes | None) -> int:
    """The number that was sealed; ``UNKNOWN`` for none, and for what was not sealed for this channel."""
    if sealed is None:
        return UNKNOWN
    try:
        content = _cipher().decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], channel.encode())
    except InvalidTag:
        return UNKNOWN
    return int.from_bytes(content, "big")


def _cipher() -> AESGCM:
    return AESGCM(settings.SECRETS.derive("capture/bucket"))
