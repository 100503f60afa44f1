"""Destroying: first the key, in the caller's transaction; then the bytes, which nobody can read any more."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction

from fairhearing import statements
from fairhearing.home import Home
from fairhearing.vault import writer
from fairhearing.vault.models import DoomedObject, StoredObject

REMOVERS: Final = 8  # threads that remove bytes; mostly they wait for the disk
_DOOM: Final = """
WITH gone AS (DELETE FROM vault_storedobject WHERE key_id = ANY(%s) RETURNING name)
INSERT INTO vault_doomedobject (name) SELECT name FROM gone RETURNING name
"""


def shred(key_ids: Iterable[str]) -> int:
    """Delete data keys and doom their objects; after the commit the bytes are removed. Gives the objects' number.

    When the process dies after the commit, the doomed rows remain and ``sweep`` finishes.
    """
    wanted = list(key_ids)
    names = [row[0] for row in statements.rows(_DOOM, [wanted])]
    statements.rows("DELETE FROM vault_datakey WHERE id = ANY(%s)", [wanted])
    # After the deletion: a rewrite that sees this waits at the table for our commit.
    left_in_pages().touch()
    transaction.on_commit(lambda: _remove(names))
    return len(names)


def left_in_pages() -> Path:
    """The file that is there while deleted keys may lie in free pages of the database's files."""
    home: Home = settings.HOME
    return home.run / "keys-left-in-pages"


def _remove(names: list[str]) -> None:
    with ThreadPoolExecutor(REMOVERS) as pool:
        list(pool.map(writer.store().delete, names))
    statements.rows("DELETE FROM vault_doomedobject WHERE name = ANY(%s)", [names])


def sweep(*, orphans_older_than_s: float = 24 * 3600.0) -> int:
    """Finish removals that a crash interrupted, and remove bytes that no row names; gives how many.

    Bytes are written before the row that names them is committed, so only old ones are orphans.
    """
    doomed = list(DoomedObject.objects.values_list("name", flat=True))
    old = list(writer.store().names(orphans_older_than_s))
    known = set(StoredObject.objects.filter(name__in=old).values_list("name", flat=True))
    orphans = [name for name in old if name not in known]
    _remove([*doomed, *orphans])
    return len(doomed) + len(orphans)
