"""A key that was shredded is in no page of its table and in no write-ahead log once keys are rewritten."""

from pathlib import Path

import pytest
from django.db import connection, transaction

from fairhearing.operations import rewrite
from fairhearing.vault import keys, shredder
from fairhearing.vault.models import DataKey

REAL_COMMITS = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_note(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What other tests shred at the same time, on databases of their own, is not noted here."""
    monkeypatch.setattr(shredder, "left_in_pages", lambda: tmp_path / "keys-left-in-pages")


_TABLE = "SELECT pg_read_binary_file(pg_relation_filepath('vault_datakey'))"
_WRITE_AHEAD = "SELECT pg_read_binary_file('pg_wal/' || name, 0, size, true) FROM pg_ls_waldir()"


def _read(statement: str) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return b"".join(bytes(row[0]) for row in cursor.fetchall() if row[0])


@transaction.atomic
def _key() -> tuple[str, bytes]:
    key_id = keys.create()
    return key_id, bytes(DataKey.objects.get(id=key_id).wrapped)


@REAL_COMMITS
def test_a_shredded_key_is_left_in_no_file_of_the_database() -> None:
    (gone, wrapped), (kept, still) = _key(), _key()
    shredder.shred([gone])
    assert wrapped in _read(_WRITE_AHEAD)
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
    assert wrapped in _read(_TABLE)  # deleted, and there all the same

    assert rewrite.keys() == []

    assert wrapped not in _read(_TABLE) + _read(_WRITE_AHEAD)
    assert still in _read(_TABLE)
    assert keys.unwrap(kept)


@REAL_COMMITS
def test_where_nothing_was_shredded_no_table_is_locked_and_written() -> None:
    _key()
    rewrite.keys()
    before = _file()
    assert rewrite.keys() == []
    assert _file() == before
    shredder.shred([_key()[0]])
    assert rewrite.keys() == []
    assert _file() != before


def _file() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_relation_filepath('vault_datakey')")
        return str(cursor.fetchone()[0])


@pytest.mark.django_db
def test_within_a_transaction_nothing_is_rewritten_and_nothing_breaks() -> None:
    shredder.left_in_pages().touch()
    assert len(rewrite.keys()) == len(rewrite.TABLES) + 1
    assert shredder.left_in_pages().exists()
    assert DataKey.objects.count() == 0
