"""Where a speaker's data lay, and by when each place is empty of it: what an erasure's answer names."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from django.conf import settings

AT_ONCE: Final = ("originals", "clips", "texts", "peaks", "fingerprints", "judgements", "queue", "recalls")


@dataclass(frozen=True)
class Store:
    """One place; ``by`` is the day by whose end it is done there (recalls: published)."""

    store: str
    by: date


def after_erasing(moment: datetime) -> list[Store]:
    """Every store and its day, for an erasure answered at ``moment``.

    A key file is deleted when its week is more than the erasure window ago, by the upkeep of the day after; the keys of
    what was erased now were carried into this week at the latest.
    """
    today = moment.astimezone(UTC).date()
    sunday = today + timedelta(days=7 - today.isoweekday())
    backups = sunday + timedelta(days=settings.ERASURE_WINDOW_DAYS + 1)
    later = [Store("database files", today + timedelta(days=1)), Store("backups", backups)]
    return [*(Store(name, today) for name in AT_ONCE), *later]
