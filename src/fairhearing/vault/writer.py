"""Writing: new objects and sealed texts. Nothing here can read sound back."""

import secrets
from functools import cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from fairhearing.vault import keys, sealing
from fairhearing.vault.models import StoredObject
from fairhearing.vault.objects import FileStore, ObjectStore


@cache
def store() -> ObjectStore:
    """The object store of this home."""
    return FileStore(settings.HOME.objects)


def put(*, key_id: str, kind: str, content: bytes) -> str:
    """Encrypt ``content`` under a data key and keep it; gives the object's random name.

    The bytes are durable before the row is committed. A crash in between leaves encrypted bytes that no row names,
    which ``vault.shredder.sweep`` removes.
    """
    name = new_name()
    row = put_as(name, key_id=key_id, secret=keys.unwrap(key_id), kind=kind, content=content)
    row.save(force_insert=True)
    return name


def new_name() -> str:
    """A random name for an object."""
    return secrets.token_hex(32)


def put_as(name: str, *, key_id: str, secret: bytes, kind: str, content: bytes) -> StoredObject:
    """Encrypt and keep ``content``, durably; gives the row, for the caller to insert with others.

    Touches no database: bulk imports write in several threads.
    """
    store().put(name, sealing.seal(secret, owner(name, kind), content))
    return StoredObject(name=name, key_id=key_id, kind=kind)


def owner(name: str, kind: str) -> str:
    """What an object is bound to."""
    return f"fairhearing/object/v1|{kind}|{name}"


def seal_text(key: bytes, label: str, text: str) -> bytes:
    """A text under a data key (already unwrapped), bound to its label (``hypothesis|hyp_…``).

    12-byte nonce ‖ AES-256-GCM of the text padded with zero bytes to a multiple of 64.
    """
    plain = text.encode()
    plain += bytes(-len(plain) % 64)
    nonce = secrets.token_bytes(12)
    return nonce + AESGCM(key).encrypt(nonce, plain, f"fairhearing/text/v1|{label}".encode())


def open_text(key: bytes, label: str, sealed: bytes) -> str:
    """The text that was sealed.

    Raises:
        cryptography.exceptions.InvalidTag: changed, or another's.
    """
    plain = AESGCM(key).decrypt(sealed[:12], sealed[12:], f"fairhearing/text/v1|{label}".encode())
    return plain.rstrip(b"\0").decode()
