"""Searching the records, for those who check.

Records are never renumbered and never removed, so a page is named by the entry that it goes on from: what a link shows
stays the same while the log grows, and the thousandth page costs what the first one does.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import Max, Q, QuerySet
from psycopg.errors import QueryCanceled

from fairhearing.ledger.entries import Kind
from fairhearing.ledger.models import Record

PAGE = 50
BATCH = 2000
ANSWER_WITHIN_S = 5.0


class SearchTooLong(Exception):
    """The search took longer than 5 s and was given up. Ask about fewer days, or about one id."""


@dataclass(frozen=True)
class Wanted:
    """Which records: whatever is given must hold; what is left empty does not matter. Days are UTC, both included.

    ``recordings`` are the ids of ``programme``'s recordings, since the ledger knows no programmes: a list, or a lazy
    query for one. A record is the programme's by its recording, or because its detail names the programme.
    """

    kinds: tuple[Kind, ...] = ()
    since: date | None = None
    until: date | None = None
    index: int | None = None
    record: str = ""
    recording: str = ""
    clip: str = ""
    account: str = ""
    vendor: str = ""
    country: str = ""
    role: str = ""
    purpose: str = ""
    reason: str = ""
    release: str = ""
    programme: str = ""
    recordings: QuerySet[Any, Any] | Sequence[str] = ()


_EQUAL = ("index", "recording", "clip", "account", "vendor", "country", "role", "purpose")


@dataclass(frozen=True)
class Page:
    """Records, the newest first, and whether there are newer and older ones that match."""

    records: list[Record]
    newer: bool
    older: bool


def page(wanted: Wanted, *, before: int | None = None, after: int | None = None, most: int = PAGE) -> Page:
    """The newest records that match; or those just ``before``, or just ``after``, an entry's index.

    Raises:
        SearchTooLong: it was given up.
    """
    found = matching(wanted)
    with in_time():
        if after is not None:
            rising = list(found.filter(index__gt=after).order_by("index")[: most + 1])
            return Page(rising[:most][::-1], newer=len(rising) > most, older=bool(rising))
        if before is not None:
            found = found.filter(index__lt=before)
        falling = list(found.order_by("-index")[: most + 1])
        return Page(falling[:most], newer=before is not None and bool(falling), older=len(falling) > most)


def walk(wanted: Wanted, *, batch: int = BATCH) -> Iterator[list[Record]]:
    """Everything that matches and is in the log when this is called, the oldest first, in batches.

    Each batch is a statement of its own that goes on from the last one's end: a slow reader holds no snapshot open.
    """
    newest = Record.objects.aggregate(newest=Max("index"))["newest"]
    return iter(()) if newest is None else _walk(matching(wanted).filter(index__lte=newest), batch)


def _walk(found: QuerySet[Record], batch: int) -> Iterator[list[Record]]:
    last = -1
    while records := list(found.filter(index__gt=last).order_by("index")[:batch]):
        yield records
        last = records[-1].index


def matching(wanted: Wanted) -> QuerySet[Record]:
    """All records that match, in no order."""
    given = {name: getattr(wanted, name) for name in _EQUAL}
    found = Record.objects.filter(**{name: value for name, value in given.items() if value not in ("", None)})
    if wanted.record:
        found = found.filter(id=wanted.record)
    if wanted.kinds:
        found = found.filter(kind__in=wanted.kinds)
    if wanted.since:
        found = found.filter(hour__gte=datetime.combine(wanted.since, time.min, UTC))
    if wanted.until:
        found = found.filter(hour__lte=datetime.combine(wanted.until, time.max, UTC))
    if wanted.reason:  # grounds stand in refusals alone, and their index finds these
        found = found.filter(kind=Kind.REFUSED, reasons__contains=[wanted.reason])
    if wanted.release:
        found = found.filter(detail__release=wanted.release)
    if wanted.programme:
        named = Q(detail__programme=wanted.programme) | Q(detail__scope=f"programme:{wanted.programme}")
        found = found.filter(Q(recording__in=wanted.recordings) | named)
    return found


@contextmanager
def in_time() -> Iterator[None]:
    """Give up what the database does within the block after five seconds.

    Raises:
        SearchTooLong: it was given up.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{1000 * ANSWER_WITHIN_S:.0f}ms"])
            yield
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise SearchTooLong(str(SearchTooLong.__doc__)) from None
        raise
