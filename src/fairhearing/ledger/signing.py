"""The log's name and key. The key is derived from the key file; the public half is what auditors keep."""

from functools import cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from fairhearing.tlog import Signer


@cache
def signer() -> Signer:
    """Signs checkpoints. The origin is ``FAIRHEARING_LOG_ORIGIN``, or a name made of the key itself."""
    seed = settings.SECRETS.derive("ledger/checkpoint-key")
    fingerprint = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw().hex()[:16]
    return Signer(settings.LOG_ORIGIN or f"fairhearing-{fingerprint}/log", seed)
