"""Telling what waits: a thread of the worker's, so that a slow receiver delays no other work."""

import random
import threading
from datetime import timedelta
from typing import Final

import structlog
from django.db import close_old_connections, transaction
from django.utils import timezone

from fairhearing.webhooks import actions, sending
from fairhearing.webhooks.models import Delivery, Endpoint

log = structlog.get_logger()
EVERY_S: Final = 2.0
_MINUTE, _HOUR = 60, 3600
# Seconds after each attempt that failed: three days in all, as Standard Webhooks advises.
WAITS: Final = (5, 5 * _MINUTE, 30 * _MINUTE, 2 * _HOUR, 5 * _HOUR, 10 * _HOUR, 14 * _HOUR, 20 * _HOUR, 24 * _HOUR)


def deliver_due() -> int:
    """Tell everything whose time has come, once; gives how many attempts were made."""
    attempts = 0
    while (delivery := _take()) is not None:
        _attempt(delivery)
        attempts += 1
    return attempts


@transaction.atomic
def _take() -> Delivery | None:
    """The next one, put off already: whoever crashes now tries it again later, and two couriers never share one."""
    due = Delivery.objects.filter(next_at__lte=timezone.now()).order_by("next_at")
    delivery = due.select_for_update(skip_locked=True, of=("self",)).select_related("endpoint").first()
    if delivery is None:
        return None
    wait = WAITS[min(delivery.attempts, len(WAITS) - 1)] * random.uniform(1.0, 1.2)  # noqa: S311 - no secret
    delivery.attempts += 1
    delivery.next_at = timezone.now() + timedelta(seconds=wait)
    delivery.save(update_fields=["attempts", "next_at"])
    return delivery


def _attempt(delivery: Delivery) -> None:
    endpoint = delivery.endpoint
    answer = sending.send(
        endpoint.url, id_=delivery.id, secret=actions.secret_of(endpoint.id), body=actions.body_of(delivery)
    )
    with transaction.atomic():
        if answer.taken:
            Delivery.objects.filter(id=delivery.id).delete()
            Endpoint.objects.filter(id=endpoint.id).update(failing_since=None, last_problem="")
            return
        since = endpoint.failing_since or timezone.now()
        Endpoint.objects.filter(id=endpoint.id).update(failing_since=since, last_problem=answer.problem)
        if answer.status == sending.GONE or delivery.attempts > len(WAITS):
            _switch_off(endpoint)
    log.warning("a webhook was not taken", webhook=endpoint.id, problem=answer.problem, attempt=delivery.attempts)


def _switch_off(endpoint: Endpoint) -> None:
    """Nothing more is told there, and what waits is dropped: ``fairhearing webhook list`` shows it."""
    Endpoint.objects.filter(id=endpoint.id).update(disabled_at=timezone.now())
    Delivery.objects.filter(endpoint=endpoint).delete()


class Courier(threading.Thread):
    """Tells what waits until it is told to stop."""

    def __init__(self) -> None:
        super().__init__(name="courier", daemon=True)
        self._ended = threading.Event()

    def run(self) -> None:
        """Until ``stop``."""
        while not self._ended.wait(EVERY_S):
            try:
                deliver_due()
            except Exception:
                log.exception("a round of webhooks failed; it is tried again")
            finally:
                close_old_connections()

    def stop(self) -> None:
        """End after the round that is under way."""
        self._ended.set()
        self.join(timeout=10)
