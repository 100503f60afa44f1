"""Hashes of the tree out of the database: all that a proof asks for in one statement, over any cursor."""

from collections.abc import Sequence
from typing import Any, Protocol

from fairhearing import statements
from fairhearing.tlog.encoding import HASH_BYTES
from fairhearing.tlog.proofs import Node
from fairhearing.tlog.tiles import HEIGHT, subtree_root

_HASHES = """
SELECT CASE WHEN w.tile_level = 0
    THEN (SELECT string_agg(e.leaf, '' ORDER BY e.index) FROM ledger_logentry e
          WHERE e.index >= w.first AND e.index < w.past)
    ELSE (SELECT string_agg(n.hash, '' ORDER BY n.index) FROM ledger_lognode n
          WHERE n.tile_level = w.tile_level AND n.index >= w.first AND n.index < w.past)
    END
FROM unnest(%s::integer[], %s::bigint[], %s::bigint[]) WITH ORDINALITY w (tile_level, first, past, at)
ORDER BY w.at
"""


class Cursor(Protocol):
    """The few calls that Django's cursor and psycopg's share."""

    def execute(self, sql: Any, parameters: Any = None) -> Any:
        """Run one statement."""

    def fetchone(self) -> Any:
        """The next row."""

    def fetchall(self) -> Any:
        """All rows."""


class Prepared:
    """Django's connection as such a cursor, with statements that are planned once a connection."""

    def execute(self, sql: str, parameters: Any = None) -> None:
        """Run one statement and keep its rows."""
        self._rows = statements.rows(sql, parameters)

    def fetchone(self) -> Any:
        """The next row, or None."""
        return self._rows.pop(0) if self._rows else None

    def fetchall(self) -> Any:
        """All rows."""
        return self._rows


class RowsMissing(LookupError):
    """The tables do not hold a subtree that the log's size says they hold."""


class RowHashReader:
    """A ``tlog`` hash reader over the log's tables."""

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor

    def read_hashes(self, nodes: Sequence[Node]) -> list[bytes]:
        """The 32-byte hashes of complete subtrees.

        Raises:
            RowsMissing: the tables do not hold them.
        """
        if not nodes:
            return []
        spans = [(level // HEIGHT, index << level % HEIGHT, index + 1 << level % HEIGHT) for level, index in nodes]
        self._cursor.execute(_HASHES, [list(column) for column in zip(*spans, strict=True)])
        found = [bytes(row[0] or b"") for row in self._cursor.fetchall()]
        for (level, first, past), hashes in zip(spans, found, strict=True):
            if len(hashes) != (past - first) * HASH_BYTES:
                missing = past - first - len(hashes) // HASH_BYTES
                raise RowsMissing(f"{missing} hashes of tile level {level} between {first} and {past}")
        return [subtree_root(hashes) for hashes in found]
