"""The stop journal: what was stopped, kept outside the database, so that an older copy of it can be stopped again.

A file of lines beside the key file, where no backup rolls it back. A line holds the hour, the kind and one thing: of a
speaker's channel only a mark (an HMAC of its random id under a secret of the key file), so that without the key file
the journal names nothing; of a scope or an account the name or id. ``docs/formats/stop-journal.md`` is the format.
"""

import fcntl
import hashlib
import hmac
import json
import os
import random
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from fairhearing.home.folder import Home

MARK_BYTES: Final = 16
SUM_DIGITS: Final = 16
PADDED_TO: Final = 8  # one request's lines are as many as some others' are
_LONGEST_LINE: Final = 4096
_HOUR: Final = "%Y-%m-%dT%H"


class StopJournalDamaged(Exception):
    """A line within the stop journal does not check: what it stopped cannot be known, so no restore is opened by it."""


class Stop(StrEnum):
    """What was stopped."""

    ERASED = "erased"
    WITHDRAWN = "withdrawn"
    NOT_AGREED = "not-agreed"  # a speaker's no to one clip
    SPEAKER_PAUSED = "speaker-paused"
    SPEAKER_RESUMED = "speaker-resumed"  # no stop: it says which of those before it have ended
    PAUSED = "paused"
    OFF_BOARDED = "off-boarded"


@dataclass(frozen=True, slots=True)
class Line:
    """One stop: its hour (UTC), its kind, and of what: the mark of a channel or clip, the handle of a speaker's pause,
    the scope, or the account's id.
    """

    hour: datetime
    stop: Stop
    of: str


class StopJournal:
    """The journal of one home. Appending is durable when it returns; many processes may append at once."""

    def __init__(self, home: Home) -> None:
        self._path = home.stop_journal
        self._secret = home.secrets().derive("stop-journal/v1")

    def mark(self, id_: str) -> str:
        """The mark of a channel's or clip's id: 32 hex digits."""
        return hmac.digest(self._secret, id_.encode(), "sha256")[:MARK_BYTES].hex()

    def append_marks(self, stop: Stop, ids: Sequence[str]) -> None:
        """Write a speaker's stop of channels or clips, shuffled among marks of nothing. Does nothing for none."""
        if not ids:
            return
        marks = [self.mark(id_) for id_ in ids]
        marks += [secrets.token_hex(MARK_BYTES) for _ in range(-len(marks) % PADDED_TO)]
        random.SystemRandom().shuffle(marks)
        self._append(stop, marks)

    def append(self, stop: Stop, of: str) -> None:
        """Write the stop of a scope or an account."""
        self._append(stop, [of])

    def lines(self) -> list[Line]:
        """Every line, in the order of the file; lines at the end that a crash left torn were never answered.

        Raises:
            StopJournalDamaged: a line that others follow does not check.
        """
        if not self._path.exists():
            return []
        read = [_parse(text) for text in self._path.read_bytes().split(b"\n") if text]
        while read and read[-1] is None:
            read.pop()
        whole = [line for line in read if line is not None]
        if len(whole) != len(read):
            number = read.index(None) + 1
            raise StopJournalDamaged(f"line {number} of {self._path} does not check: restore the file from its copy")
        return whole

    def forget_before(self, edge: datetime) -> int:
        """Drop lines of hours before ``edge`` and mix the others within their hour; gives how many were dropped.

        Raises:
            StopJournalDamaged: nothing is dropped then.
        """
        with self._alone():
            lines = self.lines()
            kept = [line for line in lines if line.hour >= edge]
            self._replace(sorted(kept, key=lambda line: (line.hour, line.of)))  # marks are random, so is their order
            return len(lines) - len(kept)

    def _append(self, stop: Stop, things: Iterable[str]) -> None:
        hour = datetime.now(UTC)
        content = b"".join(_format(Line(hour, stop, of)) for of in things)
        with self._alone():
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                os.lseek(descriptor, _drop_torn_end(descriptor), os.SEEK_SET)
                _write_all(descriptor, content)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            _sync_folder(self._path.parent)

    def _replace(self, lines: Iterable[Line]) -> None:
        fresh = self._path.with_name(f".{self._path.name}.new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            _write_all(descriptor, b"".join(_format(line) for line in lines))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        fresh.replace(self._path)
        _sync_folder(self._path.parent)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """On a file of its own: the journal itself is replaced by another when it forgets."""
        descriptor = os.open(self._path.with_name(f"{self._path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def _format(line: Line) -> bytes:
    body = {"at": line.hour.strftime(_HOUR), "kind": line.stop.value, "of": line.of}
    return json.dumps({**body, "sum": _sum(body)}, separators=(",", ":")).encode() + b"\n"


def _parse(text: bytes) -> Line | None:
    """The line, or None when it does not check."""
    try:
        body = json.loads(text)
        given = body.pop("sum")
        if given != _sum(body):
            return None
        return Line(datetime.strptime(body["at"], _HOUR).replace(tzinfo=UTC), Stop(body["kind"]), body["of"])
    except (ValueError, KeyError, AttributeError, TypeError):
        return None


def _sum(body: dict[str, str]) -> str:
    return hashlib.sha256(json.dumps(body, separators=(",", ":")).encode()).hexdigest()[:SUM_DIGITS]


def _drop_torn_end(descriptor: int) -> int:
    """Cut off what a crash left behind the last whole line; gives the file's size then."""
    size = os.fstat(descriptor).st_size
    start = max(0, size - _LONGEST_LINE)
    end = os.pread(descriptor, size - start, start)
    whole = start + end.rfind(b"\n") + 1
    if whole != size:
        os.ftruncate(descriptor, whole)
    return whole


def _write_all(descriptor: int, content: bytes) -> None:
    while content:
        content = content[os.write(descriptor, content) :]


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
