"""Erasing and withdrawing must not lose against the queue's housekeeping."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection
from psycopg.errors import DeadlockDetected

P = ParamSpec("P")
R = TypeVar("R")
TRIES = 5


def again_after_deadlock(action: Callable[P, R]) -> Callable[P, R]:
    """Run an action again when PostgreSQL ended it to resolve a deadlock: it rolled back whole.

    Within somebody else's transaction that one must be run again, so nothing is done here.
    """

    @wraps(action)
    def tried(*args: P.args, **kwargs: P.kwargs) -> R:
        for _ in range(TRIES - 1):
            try:
                return action(*args, **kwargs)
            except OperationalError as error:
                if connection.in_atomic_block or not isinstance(error.__cause__, DeadlockDetected):
                    raise
        return action(*args, **kwargs)

    return tried
