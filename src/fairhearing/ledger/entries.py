"""What an entry says in public, and what it commits to in private (docs/formats/entry.md).

In public: version, kind, the hour, one salted commitment for each private part, and for a play a commitment to the copy
that was served. In private, each part with a salt of its own so that each can be forgotten alone: the *speaker* part
(recording, clip), the *reviewer* part (account), the *circumstances* (vendor, country, role, length, reasons).
"""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from fairhearing import ids

VERSION: Final = 1
SALT_BYTES: Final = 32
PARTS: Final = ("speaker", "reviewer", "circumstances")


class Kind(StrEnum):
    """What can stand in the log: a closed list."""

    PLAYED = "played"
    REFUSED = "refused"
    PROCESSED = "processed"
    EXPORTED = "exported"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"
    PAUSED = "paused"
    RESUMED = "resumed"
    RULES_SET = "rules_set"
    POLICY_CHANGED = "policy_changed"
    SIGNED_IN = "signed_in"
    OFF_BOARDED = "off_boarded"
    TRACED = "traced"
    HEARD = "heard"
    CONSENTED = "consented"
    SPEAKER_PAUSED = "speaker_paused"
    SPEAKER_RESUMED = "speaker_resumed"
    ANSWERED = "answered"
    KEYS_ROTATED = "keys_rotated"
    INVALIDATED = "invalidated"
    CONSENT_ENDED = "consent_ended"
    RECALLED = "recalled"
    AGREEMENT_SIGNED = "agreement_signed"


@dataclass(frozen=True)
class NewEntry:
    """Facts to be logged. ``duration_ms`` is the length of what was released, in milliseconds."""

    kind: Kind
    recording: str | None = None
    clip: str | None = None
    account: str | None = None
    vendor: str | None = None
    country: str | None = None
    role: str | None = None
    purpose: str | None = None
    duration_ms: int | None = None
    reasons: tuple[str, ...] = ()
    detail: dict[str, str | int] = field(default_factory=dict)
    served_sha256: str | None = None

    def part(self, name: str) -> dict[str, object]:
        """The private facts of one part, without those that are not known."""
        parts: dict[str, dict[str, object]] = {
            "speaker": {"recording": self.recording, "clip": self.clip},
            "reviewer": {"account": self.account},
            "circumstances": {
                "vendor": self.vendor,
                "country": self.country,
                "role": self.role,
                "purpose": self.purpose,
                "duration_ms": self.duration_ms,
                "reasons": list(self.reasons) or None,
                "detail": self.detail or None,
            },
        }
        return {key: value for key, value in parts[name].items() if value is not None}


@dataclass(frozen=True)
class Composed:
    """An entry ready to be appended: its private record's id and salts, its public bytes."""

    facts: NewEntry
    record: str
    hour: datetime
    salts: dict[str, bytes]
    body: bytes


def canonical(value: object) -> bytes:
    """JSON with sorted keys, no spaces, ASCII, whole numbers alone: one encoding for one value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode()


def commitment(part: str, salt: bytes, facts: dict[str, object]) -> str:
    """SHA-256("fairhearing/commitment/v1" ‖ 0 ‖ part ‖ 0 ‖ salt (32 bytes) ‖ canonical JSON), as hex."""
    return hashlib.sha256(b"fairhearing/commitment/v1\0" + part.encode() + b"\0" + salt + canonical(facts)).hexdigest()


def served_commitment(salt: bytes, served_sha256: str) -> str:
    """SHA-256("fairhearing/served/v1" ‖ 0 ‖ the circumstances' salt ‖ SHA-256 of the copy), as hex.

    Salted, so that plays of the same bytes look like any two plays to who has not been told the salt.
    """
    return hashlib.sha256(b"fairhearing/served/v1\0" + salt + bytes.fromhex(served_sha256)).hexdigest()


def compose(facts: NewEntry, now: datetime) -> Composed:
    """Give an entry its record's id, fresh salts and public bytes. Parts without facts are left out."""
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    parts = [name for name in PARTS if facts.part(name) or (name == "circumstances" and facts.served_sha256)]
    salts = {name: secrets.token_bytes(SALT_BYTES) for name in parts}
    public: dict[str, object] = {
        "v": VERSION,
        "kind": facts.kind.value,
        "hour": hour.strftime("%Y-%m-%dT%HZ"),
        "parts": {name: commitment(name, salt, facts.part(name)) for name, salt in salts.items()},
    }
    if facts.served_sha256:
        public["served"] = served_commitment(salts["circumstances"], facts.served_sha256)
    listen = facts.kind in (Kind.PLAYED, Kind.REFUSED, Kind.PROCESSED, Kind.EXPORTED)
    return Composed(facts, ids.new("listen" if listen else "record"), hour, salts, canonical(public))
