"""The publishing job: every few seconds, by one worker of all; a thread, so that a slow witness delays nothing."""

import threading

import structlog
from django.db import close_old_connections, connection

from fairhearing.ledger import publish

log = structlog.get_logger()
EVERY_S = 5.0
_LOCK = 0x46480004


def publish_once() -> publish.Publication | None:
    """One round, unless another worker is at it or the log is empty: then None.

    Raises:
        soundness.LogStopped: the log contradicts what it signed.
        tlog.TrustMalformed: the witnesses' policy file is none.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        row = cursor.fetchone()
        if not row or not row[0]:
            return None
        try:
            return publish.publish()
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


class Publisher(threading.Thread):
    """Publishes until it is told to stop. A failed round is logged once for each reason, and tried again."""

    def __init__(self) -> None:
        super().__init__(name="publisher", daemon=True)
        self._ended = threading.Event()
        self._told: tuple[str, ...] = ()

    def run(self) -> None:
        """Until ``stop``."""
        while not self._ended.wait(EVERY_S):
            try:
                done = publish_once()
                if done is not None:
                    self._tell(done.problems)
            except Exception as error:
                self._tell((f"{type(error).__name__}: {error}",))
            finally:
                close_old_connections()

    def stop(self) -> None:
        """End after the round that is under way."""
        self._ended.set()
        self.join(timeout=10)

    def _tell(self, problems: tuple[str, ...]) -> None:
        if problems != self._told:
            self._told = problems
            if problems:
                log.error("the log's checkpoint is not published as it should be", problems=list(problems))
            else:
                log.info("the log's checkpoint is published as it should be again")
