"""What tests look with: the whole dump, the objects folder, the whole log over HTTP, and threads that are awaited."""

import base64
import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from fairhearing.ledger import queries as ledger
from fairhearing.tlog import AuditResult, Verifier, verify_log
from fairhearing.vault import writer
from fairhearing.vault.objects import FileStore

PATIENCE_S = 30.0


@dataclass(frozen=True)
class Table:
    """One table, whole."""

    name: str
    columns: list[str]
    rows: list[tuple[Any, ...]]


def table_names() -> list[str]:
    """Every table of the database, ours or not."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables "
            "WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY table_name"
        )
        return [row[0] for row in cursor.fetchall()]


def tables() -> list[Table]:
    """Every table with all its columns and rows, in the order that they lie on the disk."""
    found = []
    with connection.cursor() as cursor:
        for name in table_names():
            cursor.execute(f'SELECT * FROM "{name}"')
            found.append(Table(name, [column.name for column in cursor.description], cursor.fetchall()))
    return found


def dump() -> dict[str, bytes]:
    """Every table as ``COPY`` writes it: what a stolen dump holds. Binary columns are hex."""
    found = {}
    with connection.cursor() as cursor:
        for name in table_names():
            with cursor.copy(f'COPY "{name}" TO STDOUT') as copy:
                found[name] = b"".join(bytes(part) for part in copy)
    return found


def counts() -> dict[str, int]:
    """Rows a table; what refuses must leave them as they were."""
    return {table.name: len(table.rows) for table in tables()}


def object_files(folder: Path | None = None) -> dict[str, bytes]:
    """Every file below the objects folder with its content, whatever it is called.

    The workers of one run share that folder: who counts files, or sweeps, uses ``own_objects``.
    """
    top: Path = folder or settings.HOME.objects
    found = {}
    for path in top.rglob("*"):
        with contextlib.suppress(FileNotFoundError, IsADirectoryError):
            found[str(path.relative_to(top))] = path.read_bytes()
    return found


@pytest.fixture
def own_objects(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An objects folder of the test's own."""
    folder = tmp_path / "objects"
    folder.mkdir(mode=0o700)
    monkeypatch.setattr(writer, "store", lambda: FileStore(folder))
    return folder


def disguises(secret: bytes) -> list[bytes]:
    """Ways in which bytes can stand in a dump: raw, hex in either case, base64 in either alphabet."""
    return [
        secret,
        secret.hex().encode(),
        secret.hex().upper().encode(),
        base64.b64encode(secret).rstrip(b"="),
        base64.urlsafe_b64encode(secret).rstrip(b"="),
    ]


def fetch_log(path: str) -> bytes:
    """A part of the public log as anybody gets it over HTTP."""
    answer = Client().get(f"/log/{path}")
    if answer.status_code == 404:
        raise FileNotFoundError(path)
    assert answer.status_code == 200, answer.content
    return bytes(answer.content)


def whole_log() -> AuditResult:
    """Read the whole log over HTTP and verify it; raises when a single hash is off."""
    return verify_log(fetch_log, Verifier.parse(ledger.vkey()))


def wait_until_blocked(number: int = 1) -> None:
    """Return when so many of the database's sessions wait for a lock."""
    sql = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND state = 'active' AND wait_event_type = 'Lock'"
    )
    blocked = threading.Event()
    for _ in range(int(PATIENCE_S / 0.01)):
        with connection.cursor() as cursor:
            # The statistics of a transaction are a snapshot: a fresh look each time.
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(sql)
            if cursor.fetchone()[0] >= number:
                return
        blocked.wait(0.01)
    raise AssertionError(f"no {number} session(s) came to wait for a lock")


class Running(threading.Thread):
    """A thread with a result, or the exception that ended it."""

    def __init__(self, work: Callable[[], Any]) -> None:
        super().__init__(daemon=True)
        self._work, self.value, self.error = work, None, None

    def run(self) -> None:
        try:
            self.value = self._work()
        except BaseException as error:
            self.error = error
        finally:
            connection.close()

    def result(self) -> Any:
        """Wait for the end; raises what the work raised."""
        self.join(PATIENCE_S)
        assert not self.is_alive(), "it never ended"
        if self.error is not None:
            raise self.error
        return self.value


def at_once(works: list[Callable[[], Any]]) -> list[Any]:
    """Run all at the same moment, each in a thread with a database connection of its own."""
    gate = threading.Barrier(len(works))

    def begin(work: Callable[[], Any]) -> Any:
        gate.wait(PATIENCE_S)
        return work()

    threads = [Running(lambda work=work: begin(work)) for work in works]
    for thread in threads:
        thread.start()
    return [thread.result() for thread in threads]


@contextlib.contextmanager
def running(work: Callable[[], Any]) -> Iterator[Running]:
    """A thread that is under way while the block runs, and is awaited at its end."""
    thread = Running(work)
    thread.start()
    yield thread
    thread.result()
