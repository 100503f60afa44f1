"""Writing tables anew, for what their files and their order would tell.

**Keys and salts.** PostgreSQL marks a deleted row and leaves its bytes in the page, and in the write-ahead log, until
something else is written there. Rewriting a table leaves the old file behind, a checkpoint removes it, and with
``wal_recycle`` off (as in the embedded database) the segments of the write-ahead log before the checkpoint are removed
as well, not renamed.

**Order.** Rows lie as they came, and a dump lists them as they lie: recordings that came in one sitting, or that were
withdrawn by one request, stand side by side. Written in the order of their random ids they tell nothing of that.
"""

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db import DatabaseError, connection

from fairhearing import statements
from fairhearing.vault import shredder

if TYPE_CHECKING:
    from psycopg.errors import Diagnostic

    from fairhearing.home import Home

TABLES: Final = ("vault_datakey", "ledger_record")
# Each with an index over names that are random: what a recording, a clip or a speaker's answer is kept in.
BY_NAME: Final = {
    "capture_recording": "capture_recording_pkey",
    "capture_channel": "capture_channel_pkey",
    "capture_hypothesis": "capture_hypothesis_pkey",
    "capture_request": "capture_request_pkey",
    "capture_clip": "capture_clip_pkey",
    "capture_candidate": "capture_candidate_pkey",
    "capture_handletombstone": "capture_handletombstone_pkey",
    "capture_contenttombstone": "capture_contenttombstone_pkey",
    "consent_consentrecord": "consent_consentrecord_pkey",
    "datasets_releaserow": "datasets_releaserow_once",
    "review_queueitem": "review_queueitem_pkey",
    "review_supervision": "review_supervision_pkey",
    "vault_datakey": "vault_datakey_pkey",
    "vault_storedobject": "vault_storedobject_pkey",
}
WAIT_FOR_LOCK: Final = "2s"  # plays queue behind whoever waits for the whole table, so we wait briefly and come again
WAIT_FOR_SNAPSHOTS: Final = 2.0  # seconds: statistics being gathered, a report being read, in any database there
TRIES: Final = 5
_WRITTEN = "SELECT relname, n_tup_ins + n_tup_upd FROM pg_stat_user_tables WHERE relname = ANY(%s)"


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
    refused = [
        f"{table} was not rewritten" for table in TABLES if not _write(f"VACUUM (FULL, VERBOSE) {table}", whole=True)
    ]
    if not (_done("SELECT pg_switch_wal()") and _done("CHECKPOINT")):
        refused.append("the write-ahead log was not rotated")
    if _recycles():
        refused.append("segments of the write-ahead log are renamed for later use, not removed: set wal_recycle = off")
    if not refused and due.stat().st_mtime_ns == seen:  # else more was shredded meanwhile
        due.unlink()
    return refused


def in_order_of_names() -> list[str]:
    """Write the tables that were written to since the last time in the order of their random names.

    Gives what could not be done, in words. Call it outside a transaction. A table is locked while it is written.
    The statistics that tell what was written may lag by a second; what they miss is done the next time.
    """
    written = {name: int(times) for name, times in statements.rows(_WRITTEN, [list(BY_NAME)])}
    before: dict[str, int] = json.loads(_noted().read_text()) if _noted().exists() else {}
    refused = []
    for table, index in BY_NAME.items():
        if written.get(table) == before.get(table):
            continue
        if _write(f"CLUSTER {table} USING {index}"):
            before[table] = written[table]
        else:
            refused.append(f"{table} was not put in order")
    _noted().write_text(json.dumps(before))
    return refused


def _noted() -> Path:
    """How many rows had been written to each table when it was put in order; a file that may be lost."""
    home: Home = settings.HOME
    return home.run / "tables-in-order"


def _recycles() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SHOW wal_recycle")
        return bool(cursor.fetchone()[0] == "on")


def _write(statement: str, *, whole: bool = False) -> bool:
    """Whether it was done; a table that plays hold is asked for again, and with ``whole`` one that kept deleted rows.

    Within a transaction nothing is done.
    """
    if connection.in_atomic_block:  # it would fail, and the caller's transaction with it
        return False
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{WAIT_FOR_LOCK}'")
    try:
        for _ in range(TRIES):
            with _rows_kept() as kept:
                if _done(statement) and not (whole and any(kept)):
                    return True
            time.sleep(WAIT_FOR_SNAPSHOTS)
        return False
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")


@contextmanager
def _rows_kept() -> Iterator[list[int]]:
    """Collects, from what a verbose rewrite tells, how many deleted rows it copied: an old snapshot sees them yet.

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
    if connection.in_atomic_block:
        return False
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError:
        return False
    return True
