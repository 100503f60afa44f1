"""What clients were told, held against the database and the log, as often as somebody asks.

The log is read over HTTP and verified like an auditor's: from the checkpoint of last time, and once whole. The database
is asked by a connection of its own. Nothing here is Django's, but the last look, in a process of its own: whether the
entries of the listens commit to what their records say.
"""

import contextlib
import http.client
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

import psycopg

from fairhearing.home import Home
from fairhearing.startup import ready
from fairhearing.tlog import Checkpoint, LogInvalid, Verifier, checkpoint, verify_log

ANSWERS_WITHIN_S: Final = 20.0
Listen = tuple[str, str]
Judged = tuple[str, str]

# A key without its entry: no record of this listen for this clip and this reviewer, or none in the verified log.
_UNLOGGED: Final = """
SELECT count(*) FROM unnest(%s::text[], %s::text[]) AS g (listen, assignment)
WHERE NOT EXISTS (
    SELECT 1 FROM ledger_record r
    JOIN review_assignment a ON a.id = g.assignment AND a.clip_id = r.clip AND a.account_id = r.account
    JOIN ledger_logentry e ON e.index = r.index
    WHERE r.id = g.listen AND r.kind = 'played' AND r.index < %s)
"""
_LOST: Final = """
SELECT (SELECT count(*) FROM unnest(%(judgements)s::text[], %(judged)s::text[]) AS g (judgement, assignment)
        WHERE NOT EXISTS (SELECT 1 FROM review_judgement j WHERE j.assignment_id = g.assignment AND NOT j.undone
                          AND (g.judgement = '' OR j.id = g.judgement))),
       (SELECT count(*) FROM (SELECT assignment, count(*) AS plays FROM unnest(%(heard)s::text[]) AS assignment
                              GROUP BY assignment) g
        JOIN review_assignment a ON a.id = g.assignment WHERE a.plays < g.plays),
       (SELECT COALESCE(max(index) + 1, 0) - count(*) FROM ledger_logentry),
       (SELECT count(*) FROM ledger_logentry e WHERE NOT EXISTS (SELECT 1 FROM ledger_record r WHERE r.index = e.index))
"""
_DOUBLE: Final = """
SELECT (SELECT count(*) FROM (SELECT 1 FROM review_judgement WHERE NOT undone
                              GROUP BY assignment_id HAVING count(*) > 1) d),
       (SELECT count(*) FROM (SELECT 1 FROM review_judgement j JOIN review_assignment a ON a.id = j.assignment_id
                              JOIN programmes_programme g ON g.id = a.programme_id WHERE NOT j.undone
                              GROUP BY j.clip_id, g.judgements_most HAVING count(*) > g.judgements_most) d)
"""


@dataclass
class Found:
    """What did not hold (all 0 where everything did), and how often the log was verified."""

    unlogged: int = 0
    lost: int = 0
    double: int = 0
    unsound: int = 0
    ahead: int = 0
    verified: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> int:
        """All of it together."""
        return self.unlogged + self.lost + self.double + self.unsound + self.ahead


class Claims:
    """Everything that was acknowledged so far, and the auditor's memory of the log at ``log`` (host and port)."""

    def __init__(self, *, home: Path, log: str, database: str, vkey: str) -> None:
        self._memory = Home.from_environment(str(home)).key_file.with_name("log-checkpoint")
        self._log, self._database, self._verifier = log, database, Verifier.parse(vkey)
        self._last: Checkpoint | None = None
        self.listens: list[Listen] = []
        self.judgements: list[Judged] = []
        self.found = Found()

    def check(self, *, whole: bool = False) -> None:
        """Verify the log (from the last checkpoint on, or whole), then look for all that was acknowledged before."""
        remembered = self._remembered()
        size = self._verify(None if whole else self._last)
        if remembered is not None:
            self._goes_on_from(remembered, size)
        listens, assignments = [one[0] for one in self.listens], [one[1] for one in self.listens]
        with self._connect() as connection:
            unlogged = self._ask(connection, _UNLOGGED, [listens, assignments, size])
            judged = {"judgements": [one[0] for one in self.judgements], "judged": [one[1] for one in self.judgements]}
            lost = self._ask(connection, _LOST, {**judged, "heard": assignments})
            double = self._ask(connection, _DOUBLE, None)
        twice = len(listens) - len(set(listens))
        # Not added up: what is missing now was missing at the last look.
        self.found.unlogged = max(self.found.unlogged, unlogged)
        self.found.lost = max(self.found.lost, lost)
        self.found.double = max(self.found.double, double + twice)

    @property
    def size(self) -> int:
        """Entries of the log when it was verified last."""
        return 0 if self._last is None else self._last.size

    def count_plays(self) -> int:
        """All listens in the log, answered or not."""
        with self._connect() as connection:
            return self._ask(connection, "SELECT count(*) FROM ledger_record WHERE kind = 'played'", None)

    def remembered_size(self) -> int:
        """Entries of the checkpoint that the product keeps outside its database."""
        found = self._remembered()
        return 0 if found is None else found.size

    def _remembered(self) -> Checkpoint | None:
        try:
            return checkpoint.verify(self._memory.read_bytes(), self._verifier)
        except FileNotFoundError:
            return None

    def _verify(self, since: Checkpoint | None) -> int:
        """The log's size; 0 when it does not verify. A server that was just killed is asked again."""
        until = time.monotonic() + ANSWERS_WITHIN_S
        while True:
            try:
                with contextlib.closing(http.client.HTTPConnection(self._log, timeout=ANSWERS_WITHIN_S)) as connection:
                    result = verify_log(partial(_fetch, connection), self._verifier, since=since)
                break
            except LogInvalid as problem:
                self.found.unsound += 1
                self.found.problems.append(str(problem))
                return 0
            except (OSError, http.client.HTTPException):
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)
        self.found.verified += 1
        self._last = checkpoint.verify(result.note, self._verifier)
        return result.size

    def _goes_on_from(self, remembered: Checkpoint, size: int) -> None:
        """The checkpoint beside the key file was read before the log, which must have come at least so far."""
        if remembered.size > size:
            self.found.ahead += 1
            self.found.problems.append(f"{remembered.size} entries are remembered, the log has {size}")
        else:
            self._verify(remembered)

    def _connect(self) -> psycopg.Connection[Any]:
        until = time.monotonic() + ANSWERS_WITHIN_S
        while True:
            try:
                return psycopg.connect(self._database, autocommit=True)
            except psycopg.OperationalError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)

    @staticmethod
    def _ask(connection: psycopg.Connection[Any], sql: str, parameters: Any) -> int:
        row = connection.execute(sql.encode(), parameters).fetchone()
        assert row is not None
        return sum(int(number) for number in row)


def _fetch(connection: http.client.HTTPConnection, path: str) -> bytes:
    """A part of the public log, as anybody gets it."""
    connection.request("GET", f"/log/{path}")
    answer = connection.getresponse()
    content = answer.read()
    if answer.status == 404:
        raise FileNotFoundError(path)
    if answer.status != 200:
        raise OSError(f"{path}: the log answers {answer.status}")
    return content


def main() -> None:
    """``listens`` from standard input; prints how many of their entries do not commit to what their records say."""
    given = json.load(sys.stdin)
    with ready.django(Home.from_environment()):
        print(json.dumps({"unopened": count_unopened(given["listens"])}))


def count_unopened(listens: Sequence[str]) -> int:
    """How many of these listens have no record whose facts are what its entry committed to. Needs Django."""
    from fairhearing.ledger import queries
    from fairhearing.ledger.models import Record

    opened = sum(queries.opens(record) for record in Record.objects.filter(id__in=list(listens), kind="played"))
    return len(set(listens)) - opened


if __name__ == "__main__":
    main()
