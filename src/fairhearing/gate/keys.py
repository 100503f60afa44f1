"""The key of a sealed copy. Derived, never stored: ciphertext whose key has not left is not audio."""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

KEY_BYTES = 32


def sealed_copy(assignment: str, nonce: bytes) -> bytes:
    """K = HKDF-SHA256(key-file secret, info = assignment ‖ nonce), 32 bytes (RFC 5869)."""
    secret = settings.SECRETS.derive("gate/sealed-copy")
    return HKDF(SHA256(), KEY_BYTES, salt=b"fairhearing/seal/v1", info=assignment.encode() + nonce).derive(secret)
