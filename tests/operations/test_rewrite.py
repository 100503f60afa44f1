"""A key that was shredded is in no page of its table and in no write-ahead log once keys are rewritten."""

from pathlib import Path

import pytest
from django.db import connection, transaction

from fairhearing.ledger.appender import append_durably
from fairhearing.ledger.entries import Kind, NewEntry
from fairhearing.operations import rewrite
from fairhearing.vault import keys, shredder
from fairhearing.vault.models import DataKey

REAL_COMMITS = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_note(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What other tests shred at the same time, on databases of their own, or write there, is not noted here."""
    monkeypatch.setattr(shredder, "left_in_pages", lambda: tmp_path / "keys-left-in-pages")
    monkeypatch.setattr(rewrite, "_noted", lambda: tmp_path / "tables-in-order")


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A transaction of another test, in whatever database of the cluster, keeps deleted rows while it lasts."""
    monkeypatch.setattr(rewrite, "TRIES", 600)
    monkeypatch.setattr(rewrite, "WAIT_FOR_SNAPSHOTS", 0.1)


_TABLE = "SELECT pg_read_binary_file(pg_relation_filepath('vault_datakey'))"
_WRITE_AHEAD = "SELECT pg_read_binary_file('pg_wal/' || name, 0, size, true) FROM pg_ls_waldir()"


def _read(statement: str) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return b"".join(bytes(row[0]) for row in cursor.fetchall() if row[0])


def _lies(wrapped: bytes, statement: str) -> bool:
    """Whether half of it is there at least: the header of a page may stand within it."""
    there, half = _read(statement), len(wrapped) // 2
    return wrapped[:half] in there or wrapped[half:] in there


@transaction.atomic
def _key() -> tuple[str, bytes]:
    key_id = keys.create()
    return key_id, bytes(DataKey.objects.get(id=key_id).wrapped)


def _key_in_the_log() -> tuple[str, bytes]:
    """Of several, one that is on the disk: another test may have the log rotated while we look."""
    return next(key for key in (_key() for _ in range(20)) if _lies(key[1], _WRITE_AHEAD))


@REAL_COMMITS
def test_a_shredded_key_is_left_in_no_file_of_the_database() -> None:
    (gone, wrapped), (kept, still) = _key_in_the_log(), _key()
    shredder.shred([gone])
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
    assert _lies(wrapped, _TABLE)  # deleted, and there all the same

    assert rewrite.keys_and_salts() == []

    assert not _lies(wrapped, _TABLE)
    assert not _lies(wrapped, _WRITE_AHEAD)
    assert _lies(still, _TABLE)
    assert keys.unwrap(kept)


@REAL_COMMITS
def test_a_row_that_somebodys_snapshot_still_sees_is_not_called_rewritten(monkeypatch: pytest.MonkeyPatch) -> None:
    """VACUUM copies deleted rows that an older snapshot may read: done is said when none was."""
    reader = connection.copy()
    key_id, wrapped = _key()
    try:
        with reader.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SELECT count(*) FROM accounts_account")
            shredder.shred([key_id])
            with monkeypatch.context() as short:
                short.setattr(rewrite, "TRIES", 2)
                assert "vault_datakey was not rewritten" in rewrite.keys_and_salts()
            assert _lies(wrapped, _TABLE)
            cursor.execute("ROLLBACK")
    finally:
        reader.close()
    assert rewrite.keys_and_salts() == []
    assert not _lies(wrapped, _TABLE)


@REAL_COMMITS
def test_a_database_that_renames_its_old_segments_is_said_to() -> None:
    shredder.shred([_key()[0]])
    with connection.cursor() as cursor:
        cursor.execute("SET wal_recycle = on")  # of this session: what the question reads
    try:
        (said,) = rewrite.keys_and_salts()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET wal_recycle")
    assert "wal_recycle" in said
    assert shredder.left_in_pages().exists()


@REAL_COMMITS
def test_where_nothing_was_shredded_no_table_is_locked_and_written() -> None:
    _key()
    rewrite.keys_and_salts()
    before = _file()
    assert rewrite.keys_and_salts() == []
    assert _file() == before
    shredder.shred([_key()[0]])
    assert rewrite.keys_and_salts() == []
    assert _file() != before


@REAL_COMMITS
def test_rows_lie_in_the_order_of_their_random_names_and_not_as_they_came() -> None:
    came = [_key()[0] for _ in range(20)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
    assert rewrite.in_order_of_names() == []
    lying = list(DataKey.objects.order_by().values_list("id", flat=True))
    assert lying == sorted(came) != came
    before = _file()
    assert rewrite.in_order_of_names() == []
    assert _file() == before  # nothing came since: no table is locked


def _file() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_relation_filepath('vault_datakey')")
        return str(cursor.fetchone()[0])


@pytest.mark.django_db
def test_within_a_transaction_nothing_is_rewritten_and_nothing_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rewrite, "TRIES", 1)
    shredder.left_in_pages().touch()
    assert len(rewrite.keys_and_salts()) == len(rewrite.TABLES) + 1
    assert shredder.left_in_pages().exists()
    assert DataKey.objects.count() == 0


@REAL_COMMITS
def test_no_wrapped_key_and_no_salt_is_sampled_into_the_statistics() -> None:
    """They would outlast the row: the database keeps what it sampled until the table is sampled again."""
    for _ in range(20):
        _key()
        append_durably(NewEntry(kind=Kind.REFUSED, recording="rec_r", account="acc_a", vendor="tarn"))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE vault_datakey, ledger_record")
        cursor.execute(
            """SELECT attname FROM pg_attribute WHERE attrelid = ANY(%s::regclass[]) AND atttypid = 'bytea'::regtype""",
            [["vault_datakey", "ledger_record"]],
        )
        bytes_ = {row[0] for row in cursor.fetchall()}
        cursor.execute("SELECT attname FROM pg_stats WHERE tablename IN ('vault_datakey', 'ledger_record')")
        sampled = {row[0] for row in cursor.fetchall()}
    assert {"wrapped", "speaker_salt"} <= bytes_
    assert "epoch" in sampled, "the tables were sampled"
    assert not bytes_ & sampled
