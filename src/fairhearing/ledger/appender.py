"""Group commit: who waits for an entry to be durable waits for the next commit, together with everybody else.

One thread a process writes on a connection of its own. A batch is what came while the previous commit was under
way, at most 256 entries. Whoever was answered by it asks again at once, so the next batch gathers for two milliseconds
or until it is as large; who is alone waits for nothing. Processes take turns by the log's lock.

A crash between the commit and the answer leaves an entry whose bytes were never released: allowed, and visible.
"""

import queue
import threading
import time
from concurrent.futures import Future
from functools import cache
from typing import Any

import psycopg
from django.db import connections

from fairhearing.ledger import log
from fairhearing.ledger.entries import NewEntry

BATCH_MOST = 256
GATHER_S = 0.002
ANSWER_WITHIN_S = 20.0


class LedgerUnavailable(Exception):
    """The entry could not be made durable, so nothing is released. Try again; see the server's log."""


class Appender:
    """Collects entries from many threads and commits them in batches."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[tuple[NewEntry, Future[log.Appended]]] = queue.Queue()
        self._connection: psycopg.Connection[Any] | None = None
        threading.Thread(target=self._run, name="ledger-appender", daemon=True).start()

    def submit(self, facts: NewEntry) -> "Future[log.Appended]":
        """Hand an entry over; the future is done when it is durable."""
        future: Future[log.Appended] = Future()
        self._waiting.put((facts, future))
        return future

    def disconnect(self) -> None:
        """Close the connection while nothing is being written; the next entry opens it again."""
        if self._connection is not None:
            self._connection.close()

    def _run(self) -> None:
        before = 1
        while True:
            batch = self._gather(before)
            self._commit(batch)
            before = len(batch)

    def _gather(self, before: int) -> list[tuple[NewEntry, "Future[log.Appended]"]]:
        """Wait for an entry, and take what waits with it."""
        batch = [self._waiting.get()]
        until = time.monotonic() + GATHER_S
        # Asleep, not waiting at the queue: else every single entry would wake this thread.
        while 1 + self._waiting.qsize() < min(before, BATCH_MOST) and time.monotonic() < until:
            time.sleep(GATHER_S / 4)
        while len(batch) < BATCH_MOST:
            try:
                batch.append(self._waiting.get_nowait())
            except queue.Empty:
                break
        return batch

    def _commit(self, batch: list[tuple[NewEntry, "Future[log.Appended]"]]) -> None:
        try:
            connection = self._connected()
            # In a pipeline a batch costs two waits for the database: one reads the state, one writes and commits.
            # The commit is known to have succeeded when the pipeline is left.
            with connection.pipeline(), connection.transaction(), connection.cursor() as cursor:
                appended = log.append_with(cursor, [facts for facts, _ in batch])
        except Exception as error:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
            for _, future in batch:
                future.set_exception(LedgerUnavailable(f"{type(error).__name__} while writing the log"))
            return
        for (_, future), result in zip(batch, appended, strict=True):
            future.set_result(result)

    def _connected(self) -> psycopg.Connection[Any]:
        """Our own connection to Django's database; made again when it was lost."""
        if self._connection is None or self._connection.closed:
            parameters = connections["default"].get_connection_params()
            for django_only in ("cursor_factory", "context", "prepare_threshold", "pool"):
                parameters.pop(django_only, None)
            self._connection = psycopg.connect(**parameters, autocommit=True)
        return self._connection


@cache
def appender() -> Appender:
    """The one appender of this process."""
    return Appender()


def append_durably(facts: NewEntry) -> log.Appended:
    """Append on the appender's connection and wait until it is on the disk.

    Independent of the caller's transaction: it stands even when that one rolls back afterwards.

    Raises:
        LedgerUnavailable: it could not be written in time.
    """
    try:
        return appender().submit(facts).result(timeout=ANSWER_WITHIN_S)
    except TimeoutError:
        raise LedgerUnavailable(f"the log did not answer within {ANSWER_WITHIN_S:.0f} s") from None
