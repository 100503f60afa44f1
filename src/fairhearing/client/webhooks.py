"""Checking what comes to the product's own address (Standard Webhooks; ``docs/webhooks.md``)."""

import base64
import binascii
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

TOLERANCE_S: Final = 300.0


class WebhookInvalid(Exception):
    """It did not come from the platform, came too late, or was changed on its way. Answer 400 and do nothing."""


@dataclass(frozen=True)
class Event:
    """Something that happened. The same ``id`` may come twice: do it once."""

    id: str
    type: str  # such as recording.erased
    data: Mapping[str, Any]


def verify_webhook(
    secret: str, headers: Mapping[str, str], body: bytes, *, now: float | None = None, tolerance: float = TOLERANCE_S
) -> Event:
    """Check a delivery and give its event.

    ``secret``: ``whsec_…`` as ``fairhearing webhook add`` printed it. ``body``: the bytes as they came. Any one of
    several signatures is enough, so that a secret can be changed without a gap. ``now`` in seconds since 1970.

    Raises:
        WebhookInvalid: with the reason; ValueError: the secret is none.
    """
    given = {name.lower(): value for name, value in headers.items()}
    try:
        id_, sent, signatures = (given[f"webhook-{name}"] for name in ("id", "timestamp", "signature"))
    except KeyError as missing:
        raise WebhookInvalid(f"the header {missing} is missing") from None
    if not sent.isascii() or not sent.isdigit():
        raise WebhookInvalid("webhook-timestamp is no number of seconds")
    if abs((time.time() if now is None else now) - int(sent)) > tolerance:
        raise WebhookInvalid(f"it was sent more than {tolerance:.0f} s from now")
    expected = base64.b64encode(hmac.digest(_key(secret), f"{id_}.{sent}.".encode() + body, "sha256")).decode()
    good = [
        hmac.compare_digest(value.encode(), expected.encode())
        for version, _, value in (one.partition(",") for one in signatures.split())
        if version == "v1"
    ]
    if not any(good):
        raise WebhookInvalid("no signature is this secret's")
    return _event(id_, body)


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        raise ValueError("the secret is not whsec_ and base64") from None


def _event(id_: str, body: bytes) -> Event:
    try:
        payload = json.loads(body)
        return Event(id_, str(payload["type"]), dict(payload["data"]))
    except (ValueError, TypeError, KeyError):
        raise WebhookInvalid("the body is no event") from None
