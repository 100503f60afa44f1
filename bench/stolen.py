"""What a thief holds who has everything but the key file, and how its rows are joined to recordings.

The dump: every row of every table as it lies on the disk, as ``pg_dump`` writes it. Beside it the public log, the
recall feed, and the objects with their names, sizes, times and places in the file system.
"""

import itertools
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

OF_ONE_RECORDING = 16  # rows of the dump in which a name of one recording stands at most
ID = re.compile(r"\b[a-z]{3,4}_[a-z2-7]{26}\b|\b[0-9a-f]{64}\b")


@dataclass(frozen=True)
class Table:
    """One table, whole, in the order in which its rows lie."""

    name: str
    columns: list[str]
    rows: list[tuple[Any, ...]]


def dump(url: str) -> list[Table]:
    """Every table of the database at ``url``."""
    found = []
    with psycopg.connect(url) as connection:
        names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
        for (name,) in names:
            cursor = connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(name)))
            columns = [column.name for column in cursor.description or ()]
            found.append(Table(name, columns, cursor.fetchall()))
    return found


def objects(folder: Path) -> Table:
    """The objects as a table: name, size in bytes, time of change in ns, number of the inode."""
    rows = []
    for path in folder.rglob("*"):
        if path.is_file():
            told = path.stat()
            rows.append((path.name, told.st_size, told.st_mtime_ns, told.st_ino))
    return Table("objects", ["name", "size", "mtime", "inode"], rows)


def plain(value: Any) -> Any:
    """A value that can be compared: bytes as hex, JSON as text."""
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, dict | list):
        return json.dumps(value, sort_keys=True)
    return value


def names_in(row: tuple[Any, ...]) -> set[str]:
    """Every random id, object name or digest that a row holds, also within its JSON."""
    found = set[str]()
    for value in row:
        if isinstance(value, str | dict | list | bytes | memoryview):
            found |= set(ID.findall(str(plain(value))))
    return found


def rows_of(tables: list[Table], recordings: set[str]) -> Iterator[tuple[Table, dict[str, list[int]]]]:
    """For each table: which of its rows lead to which recording, by names that lead to one recording alone."""
    named = [[names_in(row) for row in table.rows] for table in tables]
    shared = _shared(named)
    named = [[names - shared for names in rows] for rows in named]
    owner = {recording: recording for recording in recordings}
    grown = True
    while grown:
        known = len(owner)
        for names in itertools.chain(*named):
            _spread(names, owner)
        grown = len(owner) > known
    for table, rows in zip(tables, named, strict=True):
        led: dict[str, list[int]] = defaultdict(list)
        for at, names in enumerate(rows):
            for recording in {owner[name] for name in names if name in owner}:
                led[recording].append(at)
        yield table, led


def _shared(named: list[list[set[str]]]) -> set[str]:
    """Names of programmes, people, releases: in so many rows that they lead to nobody's recording."""
    times = Counter(name for names in itertools.chain(*named) for name in names)
    return {name for name, number in times.items() if number > OF_ONE_RECORDING}


def _spread(names: set[str], owner: dict[str, str]) -> None:
    """A row that leads to one recording gives it all its names."""
    of = {owner[name] for name in names if name in owner}
    if len(of) == 1:
        (recording,) = of
        owner.update(dict.fromkeys(names, recording))
