"""Recording what speakers answered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from fairhearing import ids, statements
from fairhearing.consent import queries
from fairhearing.consent.models import ConsentRecord, Method, Purpose
from fairhearing.consent.speaker_key import SpeakerKey
from fairhearing.ledger import log as ledger
from fairhearing.ledger.entries import Kind, NewEntry

CLOCKS_DIFFER = timedelta(minutes=5)


class ConsentFromTheFuture(ValueError):
    """``given_at`` lies in the future."""


class ConsentOutdated(ValueError):
    """The speaker withdrew after this consent was given; a newer answer is needed."""


@dataclass(frozen=True)
class Statement:
    """What a product says that its speaker agreed to, and when."""

    given: dict[Purpose, bool]
    notice: str
    method: Method
    given_at: datetime


class Recorder:
    """Statements of many speakers, checked against what stands and against each other, then written together.

    Make it within the transaction of what depends on the answers: until that ends, no withdrawal slips in between.
    """

    def __init__(self, keys: Iterable[SpeakerKey]) -> None:
        keys = list(keys)
        _hold("pg_advisory_xact_lock_shared", [key.consent_handle(Purpose.HUMAN_REVIEW) for key in keys])
        handles = [key.consent_handle(purpose) for key in keys for purpose in Purpose]
        self._newest = queries.find_newest_of(handles)
        self._added: list[ConsentRecord] = []
        self._written: list[ConsentRecord] = []

    def add(self, statements: Sequence[tuple[SpeakerKey, Statement]]) -> None:
        """Add statements that belong together: all of them, or none. The same statement again adds nothing.

        Raises:
            ConsentFromTheFuture: ``given_at`` is more than five minutes ahead of our clock.
            ConsentOutdated: it agrees to a purpose that was refused or withdrawn later.
        """
        fresh: dict[bytes, ConsentRecord] = {}
        for key, statement in statements:
            if statement.given_at > timezone.now() + CLOCKS_DIFFER:
                raise ConsentFromTheFuture(f"consent.given_at: {statement.given_at.isoformat()} lies in the future")
            for purpose, given in sorted(statement.given.items(), key=lambda item: item[0].value):
                handle = key.consent_handle(purpose)
                newest = fresh.get(handle) or self._newest.get(handle)
                if newest is None or _adds(newest, purpose, given, statement):
                    fresh[handle] = _row(handle, given, statement)
        self._newest.update(fresh)
        self._added += fresh.values()

    def write(self) -> None:
        """Insert what was added. Call within the transaction of what depends on it."""
        ConsentRecord.objects.bulk_create(self._added, ignore_conflicts=True)
        self._written += self._added
        self._added = []

    def log(self) -> None:
        """One entry for each notice among what was written: how many agreed to what. Takes the log's lock: last."""
        for notice in sorted({row.notice for row in self._written}):
            given = [row.given for row in self._written if row.notice == notice]
            detail: dict[str, str | int] = {"notice": notice, "given": sum(given), "refused": len(given) - sum(given)}
            ledger.append(NewEntry(kind=Kind.CONSENTED, detail=detail))
        self._written = []


def _adds(newest: ConsentRecord, purpose: Purpose, given: bool, statement: Statement) -> bool:
    """Whether a statement says something new.

    Raises:
        ConsentOutdated: it agrees to what was refused or withdrawn later.
    """
    if newest.given_at > statement.given_at:
        if given and not newest.given:
            raise ConsentOutdated(
                f"consent.{purpose.value}: given {statement.given_at.isoformat()}, but withdrawn later; ask again"
            )
        return False
    return newest.given != given or newest.notice != statement.notice


def _row(handle: bytes, given: bool, statement: Statement) -> ConsentRecord:
    return ConsentRecord(
        id=ids.new("consent record"),
        handle=handle,
        given=given,
        notice=statement.notice,
        method=statement.method,
        given_at=statement.given_at,
    )


@transaction.atomic
def record(*, key: SpeakerKey, statement: Statement) -> None:
    """Append a statement; the same statement again adds nothing.

    Raises:
        ConsentFromTheFuture: ``given_at`` is more than five minutes ahead of our clock.
        ConsentOutdated: it agrees to a purpose that was refused or withdrawn later.
    """
    recorder = Recorder([key])
    recorder.add([(key, statement)])
    recorder.write()
    recorder.log()


@transaction.atomic
def withdraw(*, key: SpeakerKey, purpose: Purpose) -> None:
    """End a consent from now on. What was recorded before stays on record.

    Waits for recordings on their way in that rely on the consent; those that come later read the withdrawal.
    """
    handle = key.consent_handle(purpose)
    _hold("pg_advisory_xact_lock", [handle])
    newest, now = queries.find_newest(handle), timezone.now()
    if newest is not None:  # given by a clock that is ahead of ours: the withdrawal is the newer one all the same
        now = max(now, newest.given_at + timedelta(microseconds=1))
    said = Statement(given={purpose: False}, notice="withdrawal", method=Method.DASHBOARD, given_at=now)
    row = _row(handle, False, said)
    if newest is None or _adds(newest, purpose, False, said):
        row.save(force_insert=True)


def _hold(how: str, handles: Iterable[bytes]) -> None:
    """Lock answers until the transaction's end, whether there is a row of them or not."""
    numbers = sorted({int.from_bytes(handle[:8], "big", signed=True) for handle in handles})
    statements.rows(f"SELECT {how}(number) FROM unnest(%s::bigint[]) AS number", [numbers])  # noqa: S608 - our own names
