"""Reading a log from where it is published: a folder, or an address. Needs no Django and no database."""

import contextlib
import http.client
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

READERS = 4
ANSWER_WITHIN_S = 30.0
MAX_BYTES = 20_000_000  # more than a bundle of 256 entries of 65,535 bytes


class Source(Protocol):
    """Where a log is read from, as ``tlog.verify_log`` asks for it."""

    def fetch(self, path: str) -> bytes:
        """The bytes of ``checkpoint`` or ``tile/…``; FileNotFoundError for what is not there."""

    def expect(self, path: str) -> None:
        """This path will soon be fetched."""


class Folder:
    """A log that was written out as files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def fetch(self, path: str) -> bytes:
        """Read a file."""
        return (self._folder / path).read_bytes()

    def expect(self, path: str) -> None:
        """Files need no announcement."""


class Address:
    """A log over HTTP: a few connections that are kept open, and what is expected is fetched meanwhile."""

    def __init__(self, url: str, pool: ThreadPoolExecutor) -> None:
        parts = urlsplit(url)
        self._secure, self._host, self._port = parts.scheme == "https", parts.hostname or "", parts.port
        base = parts.path.rstrip("/")
        self._prefix = base if base.endswith("/log") else f"{base}/log"
        self._pool, self._own = pool, threading.local()
        self._coming: dict[str, Future[bytes]] = {}

    def fetch(self, path: str) -> bytes:
        """Get a path below the log's prefix.

        Raises:
            FileNotFoundError: the log does not have it.
            OSError: the log does not answer, or answers with an error.
        """
        coming = self._coming.pop(path, None)
        return coming.result() if coming is not None else self._get(path)

    def expect(self, path: str) -> None:
        """Begin to get it."""
        self._coming[path] = self._pool.submit(self._get, path)

    def _get(self, path: str) -> bytes:
        for last in (False, True):
            connection = self._connection()
            try:
                connection.request("GET", f"{self._prefix}/{path}")
                answer = connection.getresponse()
                content = answer.read(MAX_BYTES + 1)
            except (http.client.HTTPException, OSError) as problem:
                connection.close()  # the server may have ended a connection that was kept open: once more
                if last or isinstance(problem, TimeoutError | ConnectionRefusedError):
                    raise OSError(f"{path}: {problem or type(problem).__name__}") from None
                continue
            if answer.status == 404:
                raise FileNotFoundError(path)
            if answer.status != 200 or len(content) > MAX_BYTES:
                connection.close()
                raise OSError(f"{path}: the log answers {answer.status} with {len(content)} bytes")
            return content
        raise AssertionError("not reached")

    def _connection(self) -> http.client.HTTPConnection:
        """This thread's own connection."""
        if not hasattr(self._own, "connection"):
            kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
            self._own.connection = kind(self._host, self._port, timeout=ANSWER_WITHIN_S)
        found: http.client.HTTPConnection = self._own.connection
        return found


@contextlib.contextmanager
def opened(where: str) -> Iterator[Source]:
    """The log in a folder, or at an ``http(s)://`` address with or without its ``/log``.

    Raises:
        ValueError: neither a folder nor an address.
    """
    if where.startswith(("http://", "https://")):
        if not urlsplit(where).hostname:
            raise ValueError(f"{where}: expected an address with a host")
        pool = ThreadPoolExecutor(max_workers=READERS)
        try:
            yield Address(where, pool)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
        return
    if not Path(where).is_dir():
        raise ValueError(f"{where}: expected a folder that the log was written to, or a URL")
    yield Folder(Path(where))
