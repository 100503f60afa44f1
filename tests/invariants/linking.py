"""The search for links: which recordings are one speaker's, tried by joining on every column of every table."""

import json
import re
from collections import defaultdict
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from fairhearing.capture.models import Channel
from tests.invariants.world import World
from tests.probes import Table

_ID = re.compile(r"\b[a-z]{3,4}_[a-z2-7]{26}\b|\b[0-9a-f]{64}\b")
# Joins that no constraint in the database names.
_REFERENCES: dict[tuple[str, str], str] = {("ledger_record", "index"): "ledger_logentry"}


class Joined:
    """The dump as a graph: which rows belong to which recording, by foreign keys, by ids, by the log's index."""

    def __init__(self, dumped: list[Table]) -> None:
        self.tables = {table.name: table for table in dumped}
        self._keys = _primary_keys()
        self._by_token: dict[Any, list[tuple[str, int]]] = defaultdict(list)  # a name -> rows that bear it
        self._mentions: dict[Any, list[tuple[str, int]]] = defaultdict(list)  # a name -> rows that mention it
        for table in dumped:
            for at, row in enumerate(table.rows):
                own = self._own_names(table, row)
                for token in own:
                    self._by_token[token].append((table.name, at))
                for token in self._names(table, row) - own:
                    self._mentions[token].append((table.name, at))

    def _own_names(self, table: Table, row: tuple[Any, ...]) -> set[Any]:
        names = set()
        for column in self._keys.get(table.name, []):
            value = row[table.columns.index(column)]
            names.add(value if isinstance(value, str) and _ID.fullmatch(value) else (table.name, _plain(value)))
        return names

    def _names(self, table: Table, row: tuple[Any, ...]) -> set[Any]:
        names: set[Any] = set()
        for column, value in zip(table.columns, row, strict=True):
            if isinstance(value, str | dict | list):
                names |= set(_ID.findall(value if isinstance(value, str) else json.dumps(value)))
            target = _REFERENCES.get((table.name, column))
            if target is not None and value is not None:
                names.add((target, _plain(value)))
        return names

    def rows_of(self, recording: str) -> set[tuple[str, int]]:
        """Every row that leads to this recording or that this recording leads to."""
        reached: set[tuple[str, int]] = set()
        edge = set(self._by_token[recording]) | set(self._mentions[recording])
        while edge:
            reached |= edge
            tokens = {token for row in edge for token in self._own_names(self.tables[row[0]], self._row(row))}
            edge = {row for token in tokens for row in self._mentions[token]} - reached
        forward = reached
        while forward:
            tokens = {token for row in forward for token in self._names(self.tables[row[0]], self._row(row))}
            forward = {row for token in tokens for row in self._by_token[token]} - reached
            reached |= forward
        return reached

    def _row(self, row: tuple[str, int]) -> tuple[Any, ...]:
        return self.tables[row[0]].rows[row[1]]

    def values(self, recordings: list[str]) -> dict[tuple[str, str], dict[str, frozenset[Any]]]:
        """For each column of each table: the values that each recording has there."""
        found: dict[tuple[str, str], dict[str, set[Any]]] = defaultdict(lambda: {name: set() for name in recordings})
        for recording in recordings:
            for name, at in self.rows_of(recording):
                table = self.tables[name]
                for column, value in zip(table.columns, table.rows[at], strict=True):
                    found[(name, column)][recording].add(_plain(value))
        return {column: {name: frozenset(values) for name, values in by.items()} for column, by in found.items()}


def _primary_keys() -> dict[str, list[str]]:
    sql = """
    SELECT c.conrelid::regclass::text, a.attname, c.contype, c.confrelid::regclass::text
    FROM pg_constraint c JOIN unnest(c.conkey) AS k(number) ON TRUE
    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number
    WHERE c.contype IN ('p', 'f') AND array_length(c.conkey, 1) = 1
    """
    primary: dict[str, list[str]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(sql)
        for table, column, kind, target in cursor.fetchall():
            if kind == "p":
                primary[table].append(column)
            else:
                _REFERENCES[(table, column)] = target
    return primary


def _plain(value: Any) -> Any:
    """A value that can be compared: bytes as hex, JSON as text."""
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, dict | list):
        return json.dumps(value, sort_keys=True)
    return value


def advantages(world: World, dumped: list[Table], strata: dict[str, Any]) -> dict[tuple[str, str], tuple[float, float]]:
    """For each column: true minus false positive rate of "same value, so same speaker", and what chance allows.

    Pairs are compared within a stratum (both withdrawn, or both not): that a recording was withdrawn is what its
    row must say, and who knows it knows no more than that.
    """
    recordings = sorted(strata)
    one, other = np.triu_indices(len(recordings), k=1)
    alike = np.array([strata[recordings[a]] == strata[recordings[b]] for a, b in zip(one, other, strict=True)])
    one, other = one[alike], other[alike]
    same = np.array([[bool(world.who[a] & world.who[b]) for b in recordings] for a in recordings])
    assert same[one, other].sum() > 80
    assert (~same[one, other]).sum() > 500
    # What chance does: the same recordings, dealt out to the speakers anew within each stratum.
    dealt = [same, *(same[np.ix_(order, order)] for order in _deals([strata[name] for name in recordings]))]
    found = {}
    for column, values in Joined(dumped).values(recordings).items():
        pairs = zip(one, other, strict=True)
        shares = np.array([_shares(values[recordings[a]], values[recordings[b]]) for a, b in pairs])
        gains = np.array([shares[by[one, other]].mean() - shares[~by[one, other]].mean() for by in dealt])
        found[column] = (float(gains[0]), float(0.03 + 6 * gains[1:].std()))
    return found


def _deals(strata: list[Any], times: int = 200) -> list[NDArray[np.intp]]:
    """Orders of the recordings, shuffled within each stratum, the same in every run."""
    chance = np.random.default_rng(2019)
    places = [[at for at, stratum in enumerate(strata) if stratum == wanted] for wanted in set(strata)]
    orders = []
    for _ in range(times):
        order = np.arange(len(strata))
        for place in places:
            order[place] = chance.permutation(place)
        orders.append(order)
    return orders


def _shares(one: frozenset[Any], other: frozenset[Any]) -> bool:
    return bool(one & other) or one == other


def strata_of(world: World) -> dict[str, Any]:
    withdrawn = dict(Channel.objects.values_list("recording_id", "withdrawn"))
    return {recording: withdrawn[recording] for recording in world.who if recording in withdrawn}
