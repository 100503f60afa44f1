"""The one-time link and the speaker's cookie: both carry the key sealed, and nothing of it is stored.

The token stands in the address's fragment, which browsers do not send; the page posts it. AES-256-GCM under a key of
the key file; the expiry is inside. Of a used link the digest of its nonce is kept until it would have expired.
"""

import base64
import binascii
import hashlib
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from fairhearing.consent.speaker_key import SpeakerKey
from fairhearing.speakers.models import UsedLink

LINK_LIVES_S = 15 * 60
SESSION_LIVES_S = 60 * 60
_NONCE = 12
_TIME = 8


class LinkInvalid(Exception):
    """The link was used, has expired, or is not ours. Ask the product for a new one."""


@dataclass(frozen=True)
class Link:
    """A token for the fragment, and until when it opens the page."""

    token: str
    expires_at: datetime


def make(key: SpeakerKey) -> Link:
    """A link for one speaker, for a quarter of an hour and one use."""
    expires = int(time.time()) + LINK_LIVES_S
    return Link(_seal("link", key, expires), datetime.fromtimestamp(expires, UTC))


def use(token: str) -> SpeakerKey:
    """Open a link's token, once.

    Raises:
        LinkInvalid: used, expired or not ours.
    """
    key, expires, nonce = _open("link", token)
    UsedLink.objects.filter(expires_at__lt=timezone.now()).delete()
    try:
        with transaction.atomic():
            UsedLink.objects.create(
                nonce_digest=hashlib.sha256(nonce).digest(), expires_at=datetime.fromtimestamp(expires, UTC)
            )
    except IntegrityError:
        raise LinkInvalid(str(LinkInvalid.__doc__)) from None
    return key


def cookie(key: SpeakerKey) -> str:
    """The value of the speaker's session cookie, for an hour."""
    return _seal("cookie", key, int(time.time()) + SESSION_LIVES_S)


def from_cookie(value: str) -> SpeakerKey | None:
    """Whose page this is; None when the cookie is missing, expired or not ours."""
    try:
        return _open("cookie", value)[0]
    except LinkInvalid:
        return None


def _cipher(use_as: str) -> AESGCM:
    return AESGCM(settings.SECRETS.derive(f"speakers/{use_as}"))


def _seal(use_as: str, key: SpeakerKey, expires: int) -> str:
    nonce = secrets.token_bytes(_NONCE)
    plain = expires.to_bytes(_TIME, "big") + key.sealed_form()
    return base64.urlsafe_b64encode(nonce + _cipher(use_as).encrypt(nonce, plain, use_as.encode())).decode().rstrip("=")


def _open(use_as: str, token: str) -> tuple[SpeakerKey, int, bytes]:
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        plain = _cipher(use_as).decrypt(raw[:_NONCE], raw[_NONCE:], use_as.encode())
    except (binascii.Error, ValueError, InvalidTag):
        raise LinkInvalid(str(LinkInvalid.__doc__)) from None
    expires = int.from_bytes(plain[:_TIME], "big")
    if expires < time.time():
        raise LinkInvalid(str(LinkInvalid.__doc__))
    return SpeakerKey(plain[_TIME:]), expires, raw[:_NONCE]
