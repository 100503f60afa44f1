"""A speaker's key, derived on the product's side (``docs/formats/speaker-key.md``)."""

import hmac


def speaker_key(secret: bytes, *, product: str, user: str) -> str:
    """The key that stands for one user towards one product, as 64 hex digits.

    HKDF-SHA256 (RFC 5869), salt ``fairhearing/speaker/v1``, info = product ‖ 0 ‖ user id in UTF-8, one block of 32
    bytes. ``secret`` is the product's own, at least 16 bytes, and never leaves it; ``user`` is its own id of the user.

    Raises:
        ValueError: the secret is too short, or a name is empty or holds a zero character.
    """
    if len(secret) < 16:
        raise ValueError(f"the secret has {len(secret)} bytes, expected 16 at least")
    for name, value in (("product", product), ("user", user)):
        if not value or "\0" in value:
            raise ValueError(f"{name} is empty or holds a zero character")
    key = hmac.digest(b"fairhearing/speaker/v1", secret, "sha256")
    return hmac.digest(key, product.encode() + b"\0" + user.encode() + b"\x01", "sha256").hex()
