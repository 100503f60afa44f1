"""Reading the log and its private records."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fairhearing.home.epochs import epoch_keys
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


def list_heard(*, clips: Sequence[str]) -> list[Record]:
    """Every listen and every release of these clips, newest first."""
    kinds = [Kind.PLAYED, Kind.EXPORTED]
    return list(Record.objects.filter(clip__in=list(clips), kind__in=kinds).order_by("-index"))


def list_records(
    *, kind: str = "", text: str = "", before: int | None = None, after: int | None = None, most: int = 50
) -> list[Record]:
    """Records for the auditor, newest first; ``text`` matches a listen, recording, clip, account or vendor exactly."""
    records = Record.objects.all()
    if kind:
        records = records.filter(kind=kind)
    if text:
        field = {"lis": "id", "led": "id", "rec": "recording", "cli": "clip", "acc": "account"}.get(text[:3], "vendor")
        records = records.filter(**{field: text})
    if before is not None:
        records = records.filter(index__lt=before)
    if after is not None:
        return list(reversed(records.filter(index__gt=after).order_by("index")[:most]))
    return list(records.order_by("-index")[:most])


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
    """Whether the private facts of a record are what its entry committed to (parts that were forgotten aside)."""
    body = json.loads(bytes(LogEntry.objects.values_list("body", flat=True).get(index=record.index)))
    facts = NewEntry(
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
    for part in PARTS:
        wrapped = getattr(record, f"{part}_salt")
        if wrapped is None:
            continue
        salt = epoch_keys().unwrap(record.epoch, bytes(wrapped), f"salt|{part}|{record.id}")
        if commitment(part, salt, facts.part(part)) != body["parts"].get(part):
            return False
    return True
