"""Small facts about a channel that only the key file opens: where in a dump equal ones must look as different as any.

AES-256-GCM under a key of the key file's for each kind of fact, a nonce of its own, bound to the channel.
"""

import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16


def seal(fact: str, *, channel: str, content: bytes) -> bytes:
    """A fact of one kind about a channel: nonce ‖ ciphertext, 28 bytes longer than ``content``."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + _cipher(fact).encrypt(nonce, content, channel.encode())


def open_sealed(fact: str, *, channel: str, sealed: bytes | None) -> bytes | None:
    """What was sealed; None for nothing, and for what was not sealed for this channel."""
    if sealed is None:
        return None
    try:
        return _cipher(fact).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], channel.encode())
    except InvalidTag:
        return None


def _cipher(fact: str) -> AESGCM:
    return AESGCM(settings.SECRETS.derive(f"capture/{fact}"))
