"""Writing the tables of keys and salts anew, so that no row that was deleted lies in a free page.

PostgreSQL marks a deleted row and leaves its bytes in the page, and in the write-ahead log, until something else is
written there. Rewriting a table leaves the old file behind, a checkpoint removes it, and with ``wal_recycle`` off (as
in the embedded database) the segments of the write-ahead log before the checkpoint are removed as well, not renamed.
"""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from django.db import DatabaseError, connection

from fairhearing.vault import shredder

if TYPE_CHECKING:
    from psycopg.errors import Diagnostic

TABLES: Final = ("vault_datakey", "ledger_record")
WAIT_FOR_LOCK: Final = "2s"  # plays queue behind whoever waits for the whole table, so we wait briefly and come again
WAIT_FOR_SNAPSHOTS: Final = 2.0  # seconds: statistics being gathered, a report being read, in any database there
TRIES: Final = 5


def keys_and_salts() -> list[str]:
    """Rewrite the tables of keys and salts and rotate the write-ahead log; gives what could not be done, in words.

    Where no key was shredded since the last time there is nothing to do. Call it outside a transaction: within one
    nothing is done. A table is locked while it is written. The database's role must own the tables; to rotate the log
    it must be a superuser, or hold ``pg_checkpoint`` and EXECUTE on ``pg_switch_wal()``.
    """
    due = shredder.left_in_pages()
    if not due.exists():
        return []
    seen = due.stat().st_mtime_ns
    refused = [f"{table} was not rewritten" for table in TABLES if not _rewrite(table)]
    if not (_done("SELECT pg_switch_wal()") and _done("CHECKPOINT")):
        refused.append("the write-ahead log was not rotated")
    if _recycles():
        refused.append("segments of the write-ahead log are renamed for later use, not removed: set wal_recycle = off")
    if not refused and due.stat().st_mtime_ns == seen:  # else more was shredded meanwhile
        due.unlink()
    return refused


def _recycles() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SHOW wal_recycle")
        return bool(cursor.fetchone()[0] == "on")


def _rewrite(table: str) -> bool:
    """Whether it was done; a table that plays hold, or rows that a snapshot still sees, are asked for again."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{WAIT_FOR_LOCK}'")
    try:
        for _ in range(TRIES):
            with _rows_kept() as kept:
                if _done(f"VACUUM (FULL, VERBOSE) {table}") and not any(kept):
                    return True
            time.sleep(WAIT_FOR_SNAPSHOTS)
        return False
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")


@contextmanager
def _rows_kept() -> Iterator[list[int]]:
    """Collects, from what ``VACUUM VERBOSE`` tells, how many deleted rows it copied: an old snapshot sees them yet.

    The number is the first in the detail of its message, in whatever language the server speaks.
    """
    kept: list[int] = []

    def read(told: "Diagnostic") -> None:
        if number := re.match(r"\D*(\d+)", told.message_detail or ""):
            kept.append(int(number[1]))

    connection.ensure_connection()
    connection.connection.add_notice_handler(read)
    try:
        yield kept
    finally:
        connection.connection.remove_notice_handler(read)


def _done(statement: str) -> bool:
    if connection.in_atomic_block:  # it would fail, and the caller's transaction with it
        return False
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError:
        return False
    return True
