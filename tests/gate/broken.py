"""Ways in which a step breaks, in pairs, and how a play is asked for while it does.

Of each pair the first fails and does nothing, the second does its work and fails after it: whoever waits for an answer
cannot tell which of the two it was.
"""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import pytest
from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client

from fairhearing.capture.models import Clip
from fairhearing.ledger import queries as ledger
from fairhearing.ledger import tiles
from fairhearing.ledger.entries import Kind
from fairhearing.ledger.models import Record
from fairhearing.review.models import Assignment
from tests.house import House
from tests.probes import whole_log

Step = Callable[..., Any]


class Broken(Exception):
    """A step that failed."""


def undone(_step: Step) -> Step:
    """Fails, and nothing was done."""

    def broken(*_: Any, **__: Any) -> NoReturn:
        raise Broken

    return broken


def done(step: Step) -> Step:
    """Fails when everything was done."""

    def broken(*arguments: Any, **named: Any) -> NoReturn:
        step(*arguments, **named)
        raise Broken

    return broken


PAIR = [undone, done]


AtCommit = Callable[[str], contextlib.AbstractContextManager[None]]


def refused_at_commit(table: str) -> contextlib.AbstractContextManager[None]:
    """The database itself refuses the COMMIT of whoever writes to ``table``."""
    return _at_commit(table, "RAISE EXCEPTION 'the disk is full'")


def cut_at_commit(table: str) -> contextlib.AbstractContextManager[None]:
    """The database ends the connection in the COMMIT of whoever writes to ``table``; nothing of it is kept."""
    return _at_commit(table, "PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(10)")


@contextlib.contextmanager
def _at_commit(table: str, statement: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN {statement}; RETURN NULL; END$$"
        )
        cursor.execute(
            f"CREATE CONSTRAINT TRIGGER broken AFTER INSERT OR UPDATE ON {table} "
            "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION broken()"
        )
    try:
        yield
    finally:
        connection.close()  # it may have been cut
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TRIGGER broken ON {table}")
            cursor.execute("DROP FUNCTION broken")


@contextlib.contextmanager
def unanswered_at_commit() -> Iterator[None]:
    """The COMMIT is kept, and the connection breaks before the answer came."""
    commit = BaseDatabaseWrapper._commit

    def committed(self: BaseDatabaseWrapper) -> NoReturn:
        commit(self)
        raise OperationalError("the connection broke after the commit")

    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(BaseDatabaseWrapper, "_commit", committed)
        yield


def played() -> int:
    """Listens in the log."""
    return Record.objects.filter(kind=Kind.PLAYED).count()


def counted() -> tuple[int, bool]:
    """How often the only assignment was played, and whether it may be judged."""
    (found,) = Assignment.objects.all()
    return found.plays, found.first_played_at is not None


def reviewer(house: House) -> Client:
    """Alice's browser, in which a broken server is an answer like any other."""
    client = house.client("alice")
    client.raise_request_exception = False
    return client


def press_play(client: Client, work: dict[str, Any]) -> Any:
    """What the page does at a key press."""
    return client.post("/api/v1/review/plays", {"assignment": work["assignment"]}, content_type="application/json")


def own_ears(house: House, clip: Clip) -> Any:
    """Robin asks to hear what is theirs."""
    robin = house.speaker_client("robin")
    robin.raise_request_exception = False
    return robin.get(f"/speaker/clips/{clip.id}/audio")


def assert_silent(answer: Any) -> None:
    """An error without a key and without sound."""
    assert answer.status_code in (403, 404, 500, 503), answer.status_code
    assert b'"key"' not in answer.content
    assert b"RIFF" not in answer.content
    assert len(answer.content) < 10_000


def assert_works_again(house: House, work: dict[str, Any]) -> None:
    """The fault has gone: the next play is a play, with one entry more, and the whole log verifies."""
    before, (plays, _) = played(), counted()
    answer = press_play(reviewer(house), work)
    assert answer.status_code == 200
    assert len(answer.json()["key"]) == 44
    assert played() == before + 1
    assert counted() == (plays + 1, True)
    assert len(ledger.list_heard(clips=[work["clip"]])) == before + 1, "who heard it shows every entry"
    assert whole_log().size == tiles.size()
