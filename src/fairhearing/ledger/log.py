"""Appending to the log: compose, give an index, grow the tree, sign. One transaction, one writer at a time.

Lock order: the log's lock is the *last* lock that a transaction takes. A play holds rows shared while its entry is
written on another connection (``ledger.appender``); a withdrawal takes those rows first and the log's lock after, so
neither waits for the other in a circle.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from django.db import connection, transaction

from fairhearing.home.epochs import epoch_keys
from fairhearing.ledger import signing
from fairhearing.ledger.entries import PARTS, Composed, NewEntry, compose
from fairhearing.tlog import checkpoint as checkpoints
from fairhearing.tlog.tree import Frontier, leaf_hash, node_hash

_LOCK = 0x46480002
TILE_WIDTH = 256

# What is written of an entry, and the type of each; a batch is one statement over arrays of these.
_COLUMNS = {
    "index": "bigint", "body": "bytea", "leaf": "bytea",
    "id": "text", "kind": "text", "hour": "timestamptz", "epoch": "text",
    "recording": "text", "clip": "text", "speaker_salt": "bytea", "account": "text", "reviewer_salt": "bytea",
    "vendor": "text", "country": "text", "role": "text", "purpose": "text", "duration_ms": "integer",
    "reasons": "jsonb", "detail": "jsonb", "circumstances_salt": "bytea",
}  # fmt: skip
_RECORD = ", ".join(name for name in _COLUMNS if name not in ("body", "leaf"))
_GIVEN = ", ".join(f"%s::{type_}[]" for type_ in _COLUMNS.values())
_WRITE = f"""
WITH given ({", ".join(_COLUMNS)}) AS (SELECT * FROM unnest({_GIVEN})),
entries AS (INSERT INTO ledger_logentry (index, body, leaf) SELECT index, body, leaf FROM given),
records AS (INSERT INTO ledger_record ({_RECORD}) SELECT {_RECORD} FROM given)
UPDATE ledger_logstate SET frontier = %s, checkpoint = %s, signed_at = %s WHERE id = 1
"""  # noqa: S608 - our own names


class Cursor(Protocol):
    """The few calls that Django's cursor and psycopg's share."""

    def execute(self, sql: Any, parameters: Any = None) -> Any:
        """Run one statement."""

    def fetchone(self) -> Any:
        """The next row."""

    def fetchall(self) -> Any:
        """All rows."""


@dataclass(frozen=True)
class Appended:
    """Where an entry stands in the log, and its private record."""

    record: str
    index: int


def append(facts: NewEntry) -> Appended:
    """Append within the caller's transaction: entry and state change commit together, or neither does."""
    with transaction.atomic(), connection.cursor() as cursor:
        return append_with(cursor, [facts])[0]


def append_with(cursor: Cursor, batch: Sequence[NewEntry]) -> list[Appended]:
    """Append a batch through any cursor within an open transaction. Nothing holds until the caller commits."""
    now = datetime.now(UTC)
    composed = [compose(facts, now) for facts in batch]
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    frontier = _frontier(cursor)
    first = frontier.size
    leaves = [leaf_hash(entry.body) for entry in composed]
    grown = frontier.extend(leaves)
    signer = signing.signer()
    note = checkpoints.sign(checkpoints.Checkpoint(signer.name, grown.size, grown.root()), signer)
    rows = [_row(first + at, leaves[at], entry) for at, entry in enumerate(composed)]
    state = [grown.to_bytes(), note, now]
    cursor.execute(_WRITE, [*(list(column) for column in zip(*rows, strict=True)), *state])
    for position in range(first // TILE_WIDTH, grown.size // TILE_WIDTH):
        _close_tile(cursor, 1, position)
    return [Appended(entry.record, first + at) for at, entry in enumerate(composed)]


def _frontier(cursor: Cursor) -> Frontier:
    cursor.execute("SELECT frontier FROM ledger_logstate WHERE id = 1")
    row = cursor.fetchone()
    if row is not None:
        return Frontier.from_bytes(bytes(row[0]))
    cursor.execute(
        "INSERT INTO ledger_logstate (id, frontier, checkpoint, signed_at) VALUES (1, %s, '', now())",
        [Frontier().to_bytes()],
    )
    return Frontier()


def _row(index: int, leaf: bytes, entry: Composed) -> tuple[object, ...]:
    """An entry in the order of ``_COLUMNS``, each part's salt wrapped by this week's key."""
    keys, facts = epoch_keys(), entry.facts
    epoch = keys.current()
    salts = {
        name: keys.wrap(epoch, entry.salts[name], f"salt|{name}|{entry.record}") if name in entry.salts else None
        for name in PARTS
    }
    return (
        index, entry.body, leaf,
        entry.record, facts.kind.value, entry.hour, epoch,
        facts.recording, facts.clip, salts["speaker"], facts.account, salts["reviewer"],
        facts.vendor, facts.country, facts.role, facts.purpose, facts.duration_ms,
        json.dumps(list(facts.reasons)), json.dumps(facts.detail), salts["circumstances"],
    )  # fmt: skip


def _close_tile(cursor: Cursor, level: int, position: int) -> None:
    """A tile of 256 hashes is full: keep its root, which is a hash of the level above."""
    begin = position * TILE_WIDTH
    if level == 1:
        sql = "SELECT leaf FROM ledger_logentry WHERE index >= %s AND index < %s ORDER BY index"
        cursor.execute(sql, [begin, begin + TILE_WIDTH])
    else:
        sql = "SELECT hash FROM ledger_lognode WHERE tile_level = %s AND index >= %s AND index < %s ORDER BY index"
        cursor.execute(sql, [level - 1, begin, begin + TILE_WIDTH])
    hashes = [bytes(row[0]) for row in cursor.fetchall()]
    while len(hashes) > 1:
        hashes = [node_hash(hashes[at], hashes[at + 1]) for at in range(0, len(hashes), 2)]
    cursor.execute(
        "INSERT INTO ledger_lognode (tile_level, index, hash) VALUES (%s, %s, %s)",
        [level, position, hashes[0]],
    )
    if (position + 1) % TILE_WIDTH == 0:
        _close_tile(cursor, level + 1, position // TILE_WIDTH)
