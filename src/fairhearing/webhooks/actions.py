"""Adding and removing addresses, and putting events where the courier takes them."""

import base64
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from fairhearing import ids
from fairhearing.vault import writer
from fairhearing.webhooks import sending
from fairhearing.webhooks.models import Delivery, Endpoint

RECORDINGS_MOST: Final = 500  # in one event: a body of at most 20 kB, as the specification advises
PADDED_TO: Final = 4096  # bytes: what waits does not show how many recordings it names


class EventType(StrEnum):
    """What can be told: a closed list."""

    ASKED = "recording.asked"  # clips wait for their speaker's answer
    ANSWERED = "recording.answered"
    WITHDRAWN = "recording.withdrawn"
    ERASED = "recording.erased"
    RECALLED = "recording.recalled"  # rows of it leave the releases


class WebhookRefused(ValueError):
    """The words say what does not fit."""


@dataclass(frozen=True)
class Added:
    """An address that was added; its secret (``whsec_…``) is shown this once."""

    id: str
    secret: str


@transaction.atomic
def add(*, product: str, url: str, events: Sequence[str] = ()) -> Added:
    """Tell a product's events at ``url`` from now on; ``events``: which (none: all).

    Raises:
        WebhookRefused: no such event, or an address that nothing is sent to: see ``sending.check``.
    """
    for event in events:
        if event not in list(EventType):
            raise WebhookRefused(f"event is {event!r}, expected one of {', '.join(EventType)}")
    try:
        sending.check(url)
    except sending.AddressRefused as error:
        raise WebhookRefused(str(error)) from None
    made = Endpoint.objects.create(id=ids.new("webhook"), product=product, url=url, events=list(events))
    return Added(made.id, secret_text(made.id))


@transaction.atomic
def remove(*, endpoint: str) -> None:
    """Tell an address (by id) nothing any more; what waits for it is dropped.

    Raises:
        WebhookRefused: there is none of this id.
    """
    if not Endpoint.objects.filter(id=endpoint).delete()[0]:
        raise WebhookRefused(f"there is no webhook {endpoint}")


def emit(*, event: EventType, recordings: Callable[[], Mapping[str, Sequence[str]]]) -> None:
    """Within the transaction of what happened: let it be told.

    ``recordings``: gives ids by product; called only where somebody is to be told.
    """
    wanted = [one for one in Endpoint.objects.filter(disabled_at=None) if not one.events or event in one.events]
    if not wanted:
        return
    by_product = recordings()
    now = timezone.now()
    said_at = now.isoformat(timespec="seconds").replace("+00:00", "Z")
    rows = []
    for endpoint in wanted:
        names = sorted(by_product.get(endpoint.product, ()))  # random names: their order tells nothing
        for at in range(0, len(names), RECORDINGS_MOST):
            part = names[at : at + RECORDINGS_MOST]
            body = json.dumps({"type": event.value, "timestamp": said_at, "data": {"recordings": part}})
            id_ = ids.new("delivery")
            rows.append(Delivery(id=id_, endpoint=endpoint, sealed=_seal(id_, body), next_at=now))
    Delivery.objects.bulk_create(rows)


def body_of(delivery: Delivery) -> bytes:
    """What is sent, opened."""
    return writer.open_text(_payload_key(), f"webhook|{delivery.id}", bytes(delivery.sealed)).encode()


def secret_of(endpoint: str) -> bytes:
    """The secret of an address (by id): HMAC-SHA256 of its id under a key of the key file, 32 bytes."""
    return hmac.digest(settings.SECRETS.derive("webhooks/secret"), endpoint.encode(), "sha256")


def secret_text(endpoint: str) -> str:
    """The secret as the product keeps it."""
    return "whsec_" + base64.b64encode(secret_of(endpoint)).decode()


def _seal(id_: str, body: str) -> bytes:
    padded = body + " " * (-len(body) % PADDED_TO)  # white space after a JSON text means nothing (RFC 8259, 2)
    return writer.seal_text(_payload_key(), f"webhook|{id_}", padded)


def _payload_key() -> bytes:
    key: bytes = settings.SECRETS.derive("webhooks/payload")
    return key
