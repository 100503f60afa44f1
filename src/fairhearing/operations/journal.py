"""The stop journal of this home: written first, before the transaction of the stop commits (``home.stop_journal``).

A crash in between leaves a stop that was asked for and not answered; a replay finishes it. When the journal cannot be
written the stop fails as a whole, and whoever asked is told.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from django.conf import settings

from fairhearing.home.stop_journal import Stop, StopJournal

_WEEK: Final = 7  # days: a key is destroyed a window after its week ended


def journal() -> StopJournal:
    """The journal of the home that the settings name."""
    return StopJournal(settings.HOME)


def write_marks(stop: Stop, ids: Sequence[str]) -> None:
    """Write a speaker's stop of channels or clips (by id), durably. Call it within the stop's transaction."""
    journal().append_marks(stop, ids)


def write(stop: Stop, of: str) -> None:
    """Write the stop of a scope or an account, durably. Call it within the stop's transaction."""
    journal().append(stop, of)


def forget_past() -> int:
    """Drop the lines that no backup needs: those that are old enough hold keys that nobody can open any more."""
    kept_days = settings.ERASURE_WINDOW_DAYS + _WEEK + 1  # and the upkeep of the day after
    return journal().forget_before(datetime.now(UTC) - timedelta(days=kept_days))
