"""A delivery that says nothing, to see whether an address takes it."""

import json

from django.utils import timezone

from fairhearing import ids
from fairhearing.webhooks import actions, sending
from fairhearing.webhooks.models import Endpoint


def send(endpoint: Endpoint) -> sending.Answer:
    """Send an event of type ``webhook.test``, once."""
    body = json.dumps({"type": "webhook.test", "timestamp": timezone.now().isoformat(), "data": {}}).encode()
    return sending.send(endpoint.url, id_=ids.new("delivery"), secret=actions.secret_of(endpoint.id), body=body)
