"""What a product's server uses: send recordings in, ask, withdraw, erase, link to a speaker's page, verify what comes.

Owns the calls of ``/api/v1`` with retries, the derivation of a speaker's key from the product's own secret, and the
checks of webhooks and of the log's receipts. Needs neither database nor framework; imports nothing of the server
but the log's mathematics (``tlog``). Promises that a speaker's key stands in no error and no repr.
"""

from fairhearing.client.calls import Refused, Unreachable
from fairhearing.client.fairhearing import Erased, Fairhearing, Link, Receipt
from fairhearing.client.receipts import ReceiptInvalid, verify_receipt
from fairhearing.client.speakers import speaker_key
from fairhearing.client.webhooks import Event, WebhookInvalid, verify_webhook

__all__ = [
    "Erased",
    "Event",
    "Fairhearing",
    "Link",
    "Receipt",
    "ReceiptInvalid",
    "Refused",
    "Unreachable",
    "WebhookInvalid",
    "speaker_key",
    "verify_receipt",
    "verify_webhook",
]
