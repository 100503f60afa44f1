"""Recording what speakers answered."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from fairhearing import ids
from fairhearing.consent import queries
from fairhearing.consent.models import ConsentRecord, Method, Purpose
from fairhearing.consent.speaker_key import SpeakerKey

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


@transaction.atomic
def record(*, key: SpeakerKey, statement: Statement) -> None:
    """Append a statement; the same statement again adds nothing.

    Raises:
        ConsentFromTheFuture: ``given_at`` is more than five minutes ahead of our clock.
        ConsentOutdated: it agrees to a purpose that was refused or withdrawn later.
    """
    if statement.given_at > timezone.now() + CLOCKS_DIFFER:
        raise ConsentFromTheFuture(f"consent.given_at: {statement.given_at.isoformat()} lies in the future")
    for purpose, given in sorted(statement.given.items(), key=lambda item: item[0].value):
        handle = key.consent_handle(purpose)
        newest = queries.find_newest(handle)
        if newest is not None and newest.given_at > statement.given_at:
            if given and not newest.given:
                raise ConsentOutdated(
                    f"consent.{purpose.value}: given {statement.given_at.isoformat()}, but withdrawn later; ask again"
                )
            continue
        if newest is not None and newest.given == given and newest.notice == statement.notice:
            continue
        _append(handle, given, statement)


def _append(handle: bytes, given: bool, statement: Statement) -> None:
    ConsentRecord.objects.bulk_create(
        [
            ConsentRecord(
                id=ids.new("consent record"),
                handle=handle,
                given=given,
                notice=statement.notice,
                method=statement.method,
                given_at=statement.given_at,
            )
        ],
        ignore_conflicts=True,
    )


def withdraw(*, key: SpeakerKey, purpose: Purpose) -> None:
    """End a consent from now on. What was recorded before stays on record."""
    record(
        key=key,
        statement=Statement(
            given={purpose: False}, notice="withdrawal", method=Method.DASHBOARD, given_at=timezone.now()
        ),
    )
