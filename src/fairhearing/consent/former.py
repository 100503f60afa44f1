"""By what a speaker's recordings of earlier keys are known again, sealed under the key that took their place.

A recording that came in, or was erased, is known by a digest into which its speakers' content marks go. Without those
of earlier keys, the same sound sent under the new key would come in as if it had never been erased. The keys
themselves are stored nowhere, as before.
"""

import hmac
import secrets
from collections.abc import Iterable
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from fairhearing.consent.models import FormerMarks
from fairhearing.consent.speaker_key import SpeakerKey

_NONCE: Final = 12  # bytes
_MARK: Final = 32


def find(keys: Iterable[SpeakerKey]) -> dict[SpeakerKey, tuple[bytes, ...]]:
    """The content marks of those speakers' earlier keys, the oldest first, who had some."""
    by_handle = {key.former_handle(): key for key in keys}
    rows = FormerMarks.objects.filter(handle__in=list(by_handle))
    return {by_handle[bytes(row.handle)]: _opened(by_handle[bytes(row.handle)], bytes(row.sealed)) for row in rows}


def remember(*, old: SpeakerKey, new: SpeakerKey) -> None:
    """Keep the mark of ``old``, and what came before it, under ``new``. Call it with both held."""
    known = find([old, new])
    together = dict.fromkeys([*known.get(new, ()), *known.get(old, ()), old.content_mark()])
    together.pop(new.content_mark(), None)  # a key that came back
    FormerMarks.objects.filter(handle=old.former_handle()).delete()
    FormerMarks.objects.update_or_create(
        handle=new.former_handle(), defaults={"sealed": _sealed(new, b"".join(together))}
    )


def _sealed(key: SpeakerKey, marks: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return nonce + _cipher(key).encrypt(nonce, marks, key.former_handle())


def _opened(key: SpeakerKey, sealed: bytes) -> tuple[bytes, ...]:
    marks = _cipher(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], key.former_handle())
    return tuple(marks[at : at + _MARK] for at in range(0, len(marks), _MARK))


def _cipher(key: SpeakerKey) -> AESGCM:
    """It takes the key file and the speaker's present key to open them."""
    return AESGCM(hmac.digest(settings.SECRETS.derive("consent/former"), key.sealed_form(), "sha256"))
