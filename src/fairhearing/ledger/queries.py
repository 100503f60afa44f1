"""Reading the log and its private records."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from fairhearing.home.epochs import EpochKeyMissing, Unwrappable, epoch_keys
from fairhearing.ledger import signing
from fairhearing.ledger.entries import PARTS, Kind, NewEntry, commitment, served_commitment
from fairhearing.ledger.models import LogEntry, LogState, Record


@dataclass(frozen=True)
class Checkpoint:
    """The newest signed checkpoint and the key that verifies it."""

    note: str
    signed_at: datetime
    vkey: str

    @property
    def lines(self) -> tuple[str, int, str]:
        """Origin, size and root (base64)."""
        origin, size, root = self.note.split("\n")[:3]
        return origin, int(size), root


def find_checkpoint() -> Checkpoint | None:
    """The newest checkpoint; None while the log is empty."""
    state = LogState.objects.filter(id=1).first()
    return Checkpoint(state.checkpoint, state.signed_at, vkey()) if state else None


def vkey() -> str:
    """The log's verification key, as auditors keep it."""
    return signing.signer().verifier().vkey


def list_heard(*, clips: Sequence[str], recording: str | None = None) -> list[Record]:
    """Every listen and every release of these clips, newest first; quicker where their recording is known."""
    kinds = [Kind.PLAYED, Kind.EXPORTED]
    found = Record.objects.filter(clip__in=list(clips), kind__in=kinds)
    if recording is not None:
        found = found.filter(recording=recording)
    return list(found.order_by("-index"))


def count(kind: Kind, **which: object) -> int:
    """How many entries of a kind (with ``clip__in=…`` and the like)."""
    return Record.objects.filter(kind=kind, **which).count()


def was_served(record: Record, copy_sha256: str) -> bool:
    """Whether the copy with this hash (hex) is the one that a play's entry committed to."""
    body = json.loads(bytes(LogEntry.objects.values_list("body", flat=True).get(index=record.index)))
    if record.circumstances_salt is None or "served" not in body:
        return False
    owner = f"salt|circumstances|{record.id}"
    salt = epoch_keys().unwrap(record.epoch, bytes(record.circumstances_salt), owner)
    return bool(served_commitment(salt, copy_sha256) == body["served"])


def opens(record: Record) -> bool:
    """Whether a record is what its entry says and committed to (parts that were forgotten aside)."""
    body = LogEntry.objects.values_list("body", flat=True).get(index=record.index)
    return set(openings(record, bytes(body)).values()) <= {Opening.OPENS, Opening.FORGOTTEN, Opening.NONE}


class Opening(StrEnum):
    """What comes of opening one part of a record against its entry."""

    OPENS = "opens"
    FORGOTTEN = "forgotten"  # facts and salt are gone, as an erasure leaves them: the commitment opens no more
    NONE = "none"  # the entry has no such part
    LOST = "lost"  # the key of the week that wraps the salt is gone
    DOES_NOT_OPEN = "does not open"  # something is not as it was when it was logged


def openings(record: Record, body: bytes) -> dict[str, Opening]:
    """Each private part against its commitment in the entry's public bytes; ``entry``: kind and hour against them."""
    try:
        public = json.loads(body)
        commitments = dict(public["parts"])
        same = (public["kind"], public["hour"]) == (record.kind, record.hour.astimezone(UTC).strftime("%Y-%m-%dT%HZ"))
        facts = _facts(record)
    except (ValueError, TypeError, KeyError):  # no entry of ours, or no record of ours
        return dict.fromkeys(("entry", *PARTS), Opening.DOES_NOT_OPEN)
    found = {"entry": Opening.OPENS if same else Opening.DOES_NOT_OPEN}
    return found | {part: _opening(record, part, facts.part(part), commitments.get(part)) for part in PARTS}


def _opening(record: Record, part: str, facts: dict[str, object], committed: str | None) -> Opening:
    wrapped = getattr(record, f"{part}_salt")
    if wrapped is None:
        if facts:
            return Opening.DOES_NOT_OPEN
        return Opening.NONE if committed is None else Opening.FORGOTTEN
    try:
        salt = epoch_keys().unwrap(record.epoch, bytes(wrapped), f"salt|{part}|{record.id}")
    except EpochKeyMissing:
        return Opening.LOST
    except Unwrappable:
        return Opening.DOES_NOT_OPEN
    return Opening.OPENS if commitment(part, salt, facts) == committed else Opening.DOES_NOT_OPEN


def _facts(record: Record) -> NewEntry:
    return NewEntry(
        kind=Kind(record.kind),
        recording=record.recording,
        clip=record.clip,
        account=record.account,
        vendor=record.vendor,
        country=record.country,
        role=record.role,
        purpose=record.purpose,
        duration_ms=record.duration_ms,
        reasons=tuple(record.reasons),
        detail=record.detail,
    )
