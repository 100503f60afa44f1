"""Going on after a restore: what the log published since the backup is taken from where it was published.

A log is never rolled back. The rows that came back end earlier than what was signed, so the entries in between are
read from a written-out or served copy of the public log. What they say opens no more: the records behind them went with
the database.
"""

from collections.abc import Callable, Iterator

from django.db import connection, transaction

from fairhearing.ledger import log, signing, soundness
from fairhearing.ledger.rows import Cursor
from fairhearing.tlog import CheckpointInvalid, NoteInvalid
from fairhearing.tlog import checkpoint as checkpoints
from fairhearing.tlog.bundles import BundleInvalid, decode_bundle
from fairhearing.tlog.tiles import ENTRIES, WIDTH, tile_at
from fairhearing.tlog.tree import leaf_hash

_INSERT = "INSERT INTO ledger_logentry (index, body, leaf) VALUES (%s, %s, %s)"
_STATE = """
INSERT INTO ledger_logstate (id, frontier, checkpoint, signed_at, stopped) VALUES (1, %s, %s, now(), '')
ON CONFLICT (id) DO UPDATE SET frontier = excluded.frontier, checkpoint = excluded.checkpoint, stopped = ''
"""


class CarryRefused(Exception):
    """The copy is not this log, or not as far as this log was published: nothing was taken from it."""


def carry_on(fetch: Callable[[str], bytes]) -> int:
    """Take the entries beyond the restored rows from a copy of the public log; gives how many came.

    ``fetch``: the bytes of ``checkpoint`` or of ``tile/…`` (FileNotFoundError for what is not there). All or nothing:
    the rows, the copy's signed checkpoint and the one that is remembered beside the key file must be of one tree.

    Raises:
        CarryRefused: they are not.
        FileNotFoundError: the copy lacks a bundle.
    """
    # 1. The copy's checkpoint is signed by this log's own key.
    note = fetch("checkpoint").decode("utf-8", "replace")
    try:
        given = checkpoints.verify(note, signing.signer().verifier())
    except (NoteInvalid, CheckpointInvalid) as problem:
        raise CarryRefused(f"the copy's checkpoint is not signed by this log's key: {problem}") from None
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            log.hold(cursor)
            # 2. The rows that came back hold what their own state signed.
            frontier = soundness.read(cursor, although_stopped=True).frontier
            first = frontier.size
            # 3. With the copy's entries they grow to the tree that the copy's checkpoint signs.
            bodies = list(_entries(fetch, first, given.size))
            leaves = [leaf_hash(body) for body in bodies]
            grown = frontier.extend(leaves)
            if (grown.size, grown.root()) != (given.size, given.root):
                raise CarryRefused(f"the copy's {given.size} entries do not go on from the {first} that were restored")
            _write(cursor, first, bodies, leaves)
            # 4. Which is no smaller than the newest that is remembered, and holds it.
            cursor.execute(_STATE, [grown.to_bytes(), note])
            soundness.compare(cursor, soundness.read(cursor))
    except soundness.LogStopped as stopped:
        raise CarryRefused(stopped.reason) from None
    except BundleInvalid as problem:
        raise CarryRefused(f"a bundle of the copy cannot be read: {problem}") from None
    return len(bodies)


def _entries(fetch: Callable[[str], bytes], first: int, size: int) -> Iterator[bytes]:
    for index in range(first // WIDTH, -(-size // WIDTH)):
        bundle = tile_at(ENTRIES, index, size)
        bodies = decode_bundle(fetch(bundle.path), bundle.width)
        yield from bodies[max(0, first - index * WIDTH) :]


def _write(cursor: Cursor, first: int, bodies: list[bytes], leaves: list[bytes]) -> None:
    for at, (body, leaf) in enumerate(zip(bodies, leaves, strict=True)):
        cursor.execute(_INSERT, [first + at, body, leaf])
    for position in range(first // WIDTH, (first + len(bodies)) // WIDTH):
        log.close_tile(cursor, 1, position)
