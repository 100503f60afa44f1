"""Appending to the log: compose, give an index, grow the tree, sign. One transaction, one writer at a time.

Lock order: the log's lock is the *last* lock that a transaction takes. A play holds rows shared while its entry is
written on another connection (``ledger.appender``); a withdrawal takes those rows first and the log's lock after, so
neither waits for the other in a circle.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection, transaction

from fairhearing.home.epochs import epoch_keys
from fairhearing.ledger import signing, soundness
from fairhearing.ledger.entries import Composed, NewEntry, compose
from fairhearing.ledger.rows import Cursor
from fairhearing.tlog import checkpoint as checkpoints
from fairhearing.tlog.tree import Frontier, leaf_hash, node_hash

_LOCK = 0x46480002
TILE_WIDTH = 256
_compared: list[bool] = []  # not empty: this process has compared the tree with what was signed

# What is written of an entry, and the type of each; a batch is one statement over arrays of these.
_COLUMNS = {
    "index": "bigint", "body": "bytea", "leaf": "bytea",
    "id": "text", "kind": "text", "hour": "timestamptz", "epoch": "text",
    "recording": "text", "clip": "text", "speaker_salt": "bytea", "account": "text", "reviewer_salt": "bytea",
    "vendor": "text", "country": "text", "role": "text", "purpose": "text", "duration_ms": "integer",
    "reasons": "jsonb", "detail": "jsonb", "circumstances_salt": "bytea",
}  # fmt: skip
_RECORD = ", ".join(name for name in _COLUMNS if name not in ("body", "leaf"))
# As JSON, bytes are hex digits: one parameter is bound and read several times as fast as twenty arrays.
_GIVEN = ", ".join(f"{name} {'text' if type_ == 'bytea' else type_}" for name, type_ in _COLUMNS.items())
_READ = ", ".join(f"decode({name}, 'hex')" if type_ == "bytea" else name for name, type_ in _COLUMNS.items())
_WRITE = f"""
WITH given ({", ".join(_COLUMNS)}) AS (SELECT {_READ} FROM json_to_recordset(%s::json) AS one ({_GIVEN})),
entries AS (INSERT INTO ledger_logentry (index, body, leaf) SELECT index, body, leaf FROM given),
records AS (INSERT INTO ledger_record ({_RECORD}) SELECT {_RECORD} FROM given)
UPDATE ledger_logstate SET frontier = %s, checkpoint = %s, signed_at = %s WHERE id = 1
"""  # noqa: S608 - our own names


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
    """Append a batch through any cursor within an open transaction. Nothing holds until the caller commits.

    Raises:
        soundness.LogStopped: the log contradicts what it signed.
    """
    now = datetime.now(UTC)
    composed = [compose(facts, now) for facts in batch]
    hold(cursor)
    frontier = _frontier(cursor)
    first = frontier.size
    leaves = [leaf_hash(entry.body) for entry in composed]
    grown = frontier.extend(leaves)
    signer = signing.signer()
    note = checkpoints.sign(checkpoints.Checkpoint(signer.name, grown.size, grown.root()), signer)
    rows = [_row(first + at, leaves[at], entry) for at, entry in enumerate(composed)]
    state = [grown.to_bytes(), note, now]
    cursor.execute(_WRITE, [json.dumps(rows), *state])
    for position in range(first // TILE_WIDTH, grown.size // TILE_WIDTH):
        close_tile(cursor, 1, position)
    return [Appended(entry.record, first + at) for at, entry in enumerate(composed)]


def hold(cursor: Cursor) -> None:
    """Be the only one who writes the log, to the transaction's end. No lock is taken after this one."""
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _frontier(cursor: Cursor) -> Frontier:
    """The tree to go on from. The first time in a process everything that was signed is compared with it."""
    state = soundness.read(cursor)
    if not _compared:
        soundness.compare(cursor, state)
        _compared.append(True)
    if not state.frontier.size:
        cursor.execute(
            "INSERT INTO ledger_logstate (id, frontier, checkpoint, signed_at) VALUES (1, %s, '', now()) "
            "ON CONFLICT DO NOTHING",
            [state.frontier.to_bytes()],
        )
    return state.frontier


def _row(index: int, leaf: bytes, entry: Composed) -> dict[str, object]:
    """An entry by the names of ``_COLUMNS``, each part's salt wrapped by this week's key."""
    keys, facts = epoch_keys(), entry.facts
    epoch = keys.current()
    salts = {
        f"{name}_salt": keys.wrap(epoch, salt, f"salt|{name}|{entry.record}").hex()
        for name, salt in entry.salts.items()
    }
    return {
        "index": index, "body": entry.body.hex(), "leaf": leaf.hex(),
        "id": entry.record, "kind": facts.kind.value, "hour": entry.hour.isoformat(), "epoch": epoch,
        "recording": facts.recording, "clip": facts.clip, "account": facts.account,
        "vendor": facts.vendor, "country": facts.country, "role": facts.role, "purpose": facts.purpose,
        "duration_ms": facts.duration_ms, "reasons": list(facts.reasons), "detail": facts.detail,
        **salts,
    }  # fmt: skip


def close_tile(cursor: Cursor, level: int, position: int) -> None:
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
        close_tile(cursor, level + 1, position // TILE_WIDTH)
