"""Whether the log still holds what it signed. If not it stops: nothing is appended and nothing is signed.

Three memories are compared: the state row with the rows of the tree; the newest signed checkpoint with both; and the
checkpoint in a file beside the key file, which no backup of the database rolls back.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from fairhearing.ledger import signing
from fairhearing.ledger.rows import Cursor, RowHashReader, RowsMissing
from fairhearing.tlog import Checkpoint, CheckpointInvalid, Frontier, NoteInvalid
from fairhearing.tlog import checkpoint as checkpoints
from fairhearing.tlog.encoding import encode_base64
from fairhearing.tlog.proofs import tree_root
from fairhearing.tlog.tree import FrontierInvalid

_STATE = """
SELECT s.frontier, s.checkpoint, s.stopped, (SELECT max(index) FROM ledger_logentry)
FROM (VALUES (1)) one (id) LEFT JOIN ledger_logstate s ON s.id = one.id
"""


class LogStopped(Exception):
    """The log contradicts a checkpoint that it signed, so nothing is appended and no sound is released.

    Restore the database from its newest backup, with every entry that the log ever published, and start again.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"the log has stopped: {reason}. {str(LogStopped.__doc__).splitlines()[2].strip()}")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class State:
    """The right edge of the tree and the newest checkpoint, as signed; "" while nothing was logged."""

    frontier: Frontier
    note: str


def read(cursor: Cursor, *, although_stopped: bool = False) -> State:
    """The log's state, if the state row and the newest entry agree with the checkpoint that was signed last.

    Raises:
        LogStopped: they do not, or the log was stopped before.
    """
    cursor.execute(_STATE)
    stored, note, stopped, newest = cursor.fetchone()
    if stopped and not although_stopped:
        raise LogStopped(stopped)
    rows = 0 if newest is None else newest + 1
    try:
        frontier = Frontier() if stored is None else Frontier.from_bytes(bytes(stored))
    except FrontierInvalid as problem:
        raise LogStopped(str(problem)) from None
    if frontier.size != rows:
        raise LogStopped(f"it signed {frontier.size} entries, and its table ends after {rows}")
    if frontier.size and f"\n{frontier.size}\n{encode_base64(frontier.root())}\n" not in note:
        raise LogStopped(f"the signed checkpoint is of another tree than the {frontier.size} entries of its state")
    return State(frontier, note or "")


def compare(cursor: Cursor, state: State) -> None:
    """Compare the rows and the remembered checkpoint with the state: a few hundred hashes, whatever the log's size.

    Raises:
        LogStopped: the tree of the rows has another root than was signed, or is smaller than is remembered.
    """
    size = state.frontier.size
    if size:
        _verified(state.note, "the newest checkpoint")
        _check_root(cursor, size, state.frontier.root())
    remembered = recall()
    if remembered is None:
        return
    if remembered.size > size:
        raise LogStopped(f"it signed {remembered.size} entries once ({memory()}), and holds {size}: it was rolled back")
    _check_root(cursor, remembered.size, remembered.root)


def memory() -> Path:
    """The file of the remembered checkpoint."""
    folder: Path = settings.HOME.key_file.parent
    return folder / "log-checkpoint"


def recall() -> Checkpoint | None:
    """The remembered checkpoint of this log; None when there is none, or another log's.

    Raises:
        LogStopped: the file holds none.
        OSError: it cannot be read now.
    """
    try:
        note = memory().read_text()
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        raise LogStopped(f"{memory()} holds no checkpoint") from None
    return None if note.split("\n", 1)[0] != signing.signer().name else _verified(note, str(memory()))


def remember(note: str) -> None:
    """Keep a signed checkpoint in the file, durably: from now on no smaller log is gone on from."""
    path = memory()
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(note)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _verified(note: str, what: str) -> Checkpoint:
    try:
        return checkpoints.verify(note, signing.signer().verifier())
    except (NoteInvalid, CheckpointInvalid) as problem:
        raise LogStopped(f"{what} is not signed by this log's key: {problem}") from None


def _check_root(cursor: Cursor, size: int, wanted: bytes) -> None:
    """Compare the root of the first ``size`` entries, out of the rows."""
    try:
        root = tree_root(size, RowHashReader(cursor))
    except RowsMissing as problem:
        raise LogStopped(f"rows are missing: {problem}") from None
    if root != wanted:
        raise LogStopped(f"its first {size} entries have root {root.hex()}, and it signed {wanted.hex()}")
