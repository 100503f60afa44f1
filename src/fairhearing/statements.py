"""Statements of the hot paths: prepared once a connection, their values bound by the server.

Django's own cursor sends the whole text each time, and the database plans it each time, with the eight joins of a
play. These run on Django's connection, in its transaction, and raise Django's errors.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import connections
from psycopg import Cursor, ServerCursor

STREAMED_AT_ONCE = 2000


def rows(sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[Any]:
    """All rows that a statement gives; none for one that gives no rows."""
    ours = connections["default"]  # this thread's; looked up once
    ours.ensure_connection()
    ours.validate_no_broken_transaction()
    with ours.wrap_database_errors, Cursor(ours.connection) as cursor:
        cursor.execute(sql, parameters, prepare=True)
        return cursor.fetchall() if cursor.pgresult is not None and cursor.pgresult.nfields else []


def first(sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> Any:
    """The first row, or None."""
    found = rows(sql, parameters)
    return found[0] if found else None


def streamed(sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> Iterator[Any]:
    """Very many rows, fetched by and by and in binary; call within a transaction, and read them to the end."""
    ours = connections["default"]
    ours.ensure_connection()
    ours.validate_no_broken_transaction()
    with ours.wrap_database_errors, ServerCursor(ours.connection, "streamed") as cursor:
        cursor.itersize = STREAMED_AT_ONCE
        cursor.execute(sql, parameters, binary=True)
        yield from cursor
