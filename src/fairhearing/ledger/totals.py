"""Adding records up: how many entries, listens, refusals and seconds, by vendor, by country and by time."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection

from fairhearing.ledger.entries import Kind
from fairhearing.ledger.search import Wanted, in_time, matching

SUMMED_MOST = 100_000  # a fraction of a second; who wants more asks for fewer days at a time, or exports
RELEASING = (Kind.PLAYED, Kind.PROCESSED, Kind.EXPORTED)

# Which columns a row adds up over is told by GROUPING: a bit for each of the three that was left out.
_EVERYTHING, _VENDOR, _COUNTRY, _HOUR = 0b111, 0b011, 0b101, 0b110
_SUMS = """
SELECT GROUPING(vendor, country, hour), vendor, country, hour,
       count(*), count(*) FILTER (WHERE kind = %s), count(*) FILTER (WHERE kind = %s),
       COALESCE(sum(duration_ms) FILTER (WHERE kind = ANY(%s)), 0)
FROM ({}) newest GROUP BY GROUPING SETS ((), (vendor), (country), (hour))
"""


@dataclass(frozen=True)
class Sum:
    """Entries; of these, listens (``played``) and refusals; and the milliseconds of sound that were released."""

    entries: int = 0
    listens: int = 0
    refused: int = 0
    released_ms: int = 0

    def __add__(self, other: "Sum") -> "Sum":
        return Sum(
            self.entries + other.entries,
            self.listens + other.listens,
            self.refused + other.refused,
            self.released_ms + other.released_ms,
        )


@dataclass(frozen=True)
class Totals:
    """Sums of what was asked for, or of the newest part of it: ``complete`` says whether nothing is left out.

    ``vendors`` and ``countries`` are in the order of their listens; "" are entries without one. ``times`` begin at the
    first ``step`` ("hour", "day", "month" or "year") that has an entry and end at the last, with none left out.
    """

    all: Sum
    vendors: list[tuple[str, Sum]]
    countries: list[tuple[str, Sum]]
    step: str
    times: list[tuple[str, Sum]]
    complete: bool


def of(wanted: Wanted, *, most: int = SUMMED_MOST) -> Totals:
    """Add up the newest ``most`` records that match.

    Raises:
        SearchTooLong: it was given up.
    """
    rows = [(row[0], row[1:4], Sum(*map(int, row[4:]))) for row in _rows(wanted, most)]
    whole = sum((one for grouping, _, one in rows if grouping == _EVERYTHING), Sum())
    step, times = _by_time([(names[2], one) for grouping, names, one in rows if grouping == _HOUR])
    return Totals(
        all=whole,
        vendors=_ranked((names[0], one) for grouping, names, one in rows if grouping == _VENDOR),
        countries=_ranked((names[1], one) for grouping, names, one in rows if grouping == _COUNTRY),
        step=step,
        times=times,
        complete=whole.entries < most,
    )


def _rows(wanted: Wanted, most: int) -> list[Any]:
    newest = matching(wanted).order_by("-index").values("vendor", "country", "hour", "kind", "duration_ms")[:most]
    try:
        sql, parameters = newest.query.sql_with_params()
    except EmptyResultSet:  # a programme without recordings, say: Django does not ask then, and nor do we
        return []
    kinds: list[Any] = [Kind.PLAYED.value, Kind.REFUSED.value, [kind.value for kind in RELEASING]]
    with in_time(), connection.cursor() as cursor:
        cursor.execute(_SUMS.format(sql), [*kinds, *parameters])
        rows: list[Any] = cursor.fetchall()
        return rows


def _ranked(sums: Iterable[tuple[str | None, Sum]]) -> list[tuple[str, Sum]]:
    merged: dict[str, Sum] = {}
    for name, one in sums:
        merged[name or ""] = merged.get(name or "", Sum()) + one
    return sorted(merged.items(), key=lambda item: (not item[0], -item[1].listens, -item[1].entries, item[0]))


# A step of time as whole numbers without gaps, and each number's name; the finest that gives few enough to compare.
_Step = tuple[str, int, Callable[[datetime], int], Callable[[int], str]]
_STEPS: tuple[_Step, ...] = (
    (
        "hour",
        72,
        lambda at: at.toordinal() * 24 + at.hour,
        lambda number: f"{datetime.fromordinal(number // 24):%Y-%m-%d} {number % 24:02d}:00",
    ),
    ("day", 93, lambda at: at.toordinal(), lambda number: f"{datetime.fromordinal(number):%Y-%m-%d}"),
    ("month", 120, lambda at: at.year * 12 + at.month - 1, lambda number: f"{number // 12:04d}-{number % 12 + 1:02d}"),
    ("year", 10_000, lambda at: at.year, lambda number: f"{number:04d}"),
)


def _by_time(hours: list[tuple[datetime, Sum]]) -> tuple[str, list[tuple[str, Sum]]]:
    """The finest step that spans them in few enough numbers, and the sum of each."""
    if not hours:
        return "hour", []
    first, last = (pick(hour.astimezone(UTC) for hour, _ in hours) for pick in (min, max))
    step, _, number, name = next(one for one in _STEPS if one[2](last) - one[2](first) < one[1])
    merged: dict[int, Sum] = {}
    for hour, one in hours:
        at = number(hour.astimezone(UTC))
        merged[at] = merged.get(at, Sum()) + one
    return step, [(name(at), merged.get(at, Sum())) for at in range(number(first), number(last) + 1)]
