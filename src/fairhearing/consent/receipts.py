"""The receipt that a speaker keeps: their consent record below a signature (C2SP signed-note, Ed25519).

The key is not the log's: a key that signs notes of two kinds could be made to pass one for the other.
"""

import json
from functools import cache
from typing import Any

from django.conf import settings
from pydantic import ValidationError

from fairhearing.consent import dpv
from fairhearing.ledger import signing
from fairhearing.tlog.keys import Signer, Verifier, sign
from fairhearing.tlog.note import verify as verify_note


class ReceiptInvalid(ValueError):
    """The note is signed, and is no consent record."""


@cache
def signer() -> Signer:
    """Signs receipts; named after the log, so that who knows the one knows the other."""
    name = signing.signer().name.removesuffix("/log")
    return Signer(f"{name}/consent", settings.SECRETS.derive("consent/receipt-key"))


def issue(record: dict[str, Any]) -> str:
    """The signed receipt of a record: its canonical JSON in one line, a blank line, the signature."""
    text = json.dumps(record, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sign(text + "\n", signer())


def verify(receipt: str | bytes, vkey: str) -> dict[str, Any]:
    """The record within a receipt that this key signed.

    Raises:
        tlog.keys.KeyMalformed: the key is none.
        tlog.note.NoteInvalid: cut off, changed, or signed by another key.
        ReceiptInvalid: what was signed is no consent record.
    """
    note = verify_note(receipt, [Verifier.parse(vkey)])
    try:
        record: dict[str, Any] = json.loads(note.text)
        dpv.check(record)
    except (ValueError, ValidationError) as error:
        raise ReceiptInvalid(f"what was signed is no consent record ({error.__class__.__name__})") from None
    return record
