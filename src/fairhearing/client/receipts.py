"""Checking, without any network, that the log holds an entry (C2SP tlog-proof; ``docs/receipts.md``)."""

from fairhearing.tlog import CheckpointInvalid, KeyMalformed, NoteInvalid, ProofInvalid, ReceiptMalformed, Verifier
from fairhearing.tlog import receipt as receipts


class ReceiptInvalid(Exception):
    """The log does not vouch for this entry; the words say where it fails."""


def verify_receipt(receipt: str | bytes, *, entry: bytes, log_key: str) -> int:
    """Check that the log's key vouches for a tree that holds ``entry``; gives the entry's index.

    ``receipt``: a ``.tlog-proof``. ``entry``: the bytes of the log's entry. ``log_key``: as ``fairhearing log key``
    prints it, written down once and compared ever after.

    Raises:
        ReceiptInvalid: malformed, of another log, or not of this entry.
    """
    try:
        found = receipts.Receipt.parse(receipt)
        receipts.verify(found, entry, Verifier.parse(log_key))
    except (KeyMalformed, ReceiptMalformed, NoteInvalid, CheckpointInvalid, ProofInvalid) as error:
        raise ReceiptInvalid(str(error)) from None
    return found.index
