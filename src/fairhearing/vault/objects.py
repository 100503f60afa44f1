"""Where encrypted bytes lie: a small interface, and plain files as the embedded default."""

import contextlib
import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

HOUR_S = 3600


class ObjectMissing(Exception):
    """There is no object of this name: erased, or the objects folder is not the one of this database."""


class ObjectStore(Protocol):
    """What the vault asks of a store. Names are 64 hex digits; bytes are opaque."""

    def put(self, name: str, content: bytes) -> None:
        """Keep ``content`` durably under a new name; never overwrite."""

    def get(self, name: str, start: int = 0, end: int | None = None) -> bytes:
        """Bytes ``start`` to ``end`` (exclusive), or to the object's end. Raises ObjectMissing."""

    def delete(self, name: str) -> None:
        """Remove the object; a missing one is fine."""

    def names(self, older_than_s: float) -> Iterator[str]:
        """Every name that was written at least so many seconds ago."""


class FileStore:
    """Objects as files, two levels of folders by the first hex digits of the name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, name: str, content: bytes) -> None:
        """Write beside the place, sync, link: a reader sees the whole object or none.

        Its time is the hour's beginning: to the nanosecond it would tell which objects were written in one sitting.
        """
        path = self._path(name)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = path.parent / f".{secrets.token_hex(8)}"
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                hour = time.time() // HOUR_S * HOUR_S
                os.utime(file.fileno(), (hour, hour))
                os.fsync(file.fileno())
            os.link(temporary, path)
        finally:
            temporary.unlink()
        _sync_folder(path.parent)

    def get(self, name: str, start: int = 0, end: int | None = None) -> bytes:
        """Read a range."""
        try:
            with self._path(name).open("rb") as file:
                file.seek(start)
                return file.read() if end is None else file.read(max(0, end - start))
        except FileNotFoundError:
            raise ObjectMissing(f"object {name} is not in {self._folder}") from None

    def delete(self, name: str) -> None:
        """Unlink. The bytes were encrypted; without the key what the disk still holds is noise."""
        self._path(name).unlink(missing_ok=True)

    def names(self, older_than_s: float) -> Iterator[str]:
        """Every object's name, in no order."""
        edge = time.time() - older_than_s
        for path in self._folder.glob("??/??/*"):
            with contextlib.suppress(FileNotFoundError):
                if not path.name.startswith(".") and path.stat().st_mtime <= edge:
                    yield path.name

    def _path(self, name: str) -> Path:
        if len(name) != 64 or not all(digit in "0123456789abcdef" for digit in name):
            raise ValueError(f"object name {name!r} is not 64 hex digits")
        return self._folder / name[:2] / name[2:4] / name


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
