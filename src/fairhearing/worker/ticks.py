"""What is done every few seconds by one worker of all: leases that ran out, jobs of workers that died, clips that can
be settled, reliabilities, daily upkeep."""

import threading
import time
from dataclasses import dataclass
from datetime import date

import structlog
from django.db import close_old_connections, connection, transaction
from django.utils import timezone

from fairhearing.operations import upkeep
from fairhearing.prepare import stalled
from fairhearing.review import assign, reliability, settle

log = structlog.get_logger()
EVERY_S = 2.0
ESTIMATE_EVERY_S = 120.0
_LOCK = 0x46480003


@dataclass
class _Estimated:
    """When reliabilities were last estimated, by the monotonic clock."""

    at: float = -ESTIMATE_EVERY_S


_estimated = _Estimated()


def tick(done_on: date | None) -> date | None:
    """One round, unless another worker is at it; gives the day that the daily upkeep was last done on."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        row = cursor.fetchone()
        if not row or not row[0]:
            return done_on
        assign.expire_leases()
        stalled.give_back()
    settle.settle_due()
    if time.monotonic() - _estimated.at > ESTIMATE_EVERY_S:
        reliability.estimate_all()
        _estimated.at = time.monotonic()
    today = timezone.now().date()
    if today != done_on:
        upkeep.daily()
    return today


class Ticker(threading.Thread):
    """Ticks until it is told to stop. A failed round is logged, and tried again in the next."""

    def __init__(self) -> None:
        super().__init__(name="ticks", daemon=True)
        self._ended = threading.Event()

    def run(self) -> None:
        """Until ``stop``."""
        done_on: date | None = None
        while not self._ended.wait(EVERY_S):
            try:
                done_on = tick(done_on)
            except Exception:
                log.exception("a round of upkeep failed; it is tried again")
            finally:
                close_old_connections()

    def stop(self) -> None:
        """End after the round that is under way."""
        self._ended.set()
        self.join(timeout=10)
