"""Writing the tables of keys and salts anew, so that no row that was deleted lies in a free page.

PostgreSQL marks a deleted row and leaves its bytes in the page, and in the write-ahead log, until something else is
written there. Rewriting a table leaves the old file behind, a checkpoint removes it, and with ``wal_recycle`` off (as
in the embedded database) the segments of the write-ahead log before the checkpoint are removed as well, not renamed.
"""

from typing import Final

from django.db import DatabaseError, connection

from fairhearing.vault import shredder

TABLES: Final = ("vault_datakey", "ledger_record")
WAIT_FOR_LOCK: Final = "2s"  # plays queue behind whoever waits for the whole table, so we wait briefly and come again
TRIES: Final = 5


def keys() -> list[str]:
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
    if not refused and due.stat().st_mtime_ns == seen:  # else more was shredded meanwhile
        due.unlink()
    return refused


def _rewrite(table: str) -> bool:
    """Whether it was done; a table that plays hold is asked for again."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{WAIT_FOR_LOCK}'")
    try:
        return any(_done(f"VACUUM (FULL) {table}") for _ in range(TRIES))
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")


def _done(statement: str) -> bool:
    if connection.in_atomic_block:  # it would fail, and the caller's transaction with it
        return False
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError:
        return False
    return True
