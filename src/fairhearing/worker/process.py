"""The worker's process: jobs one after another; ticks and the publishing of the log beside them."""

import asyncio

from procrastinate.contrib.django import app
from procrastinate.jobs import DeleteJobCondition

from fairhearing.ledger.publisher import Publisher
from fairhearing.prepare import stalled
from fairhearing.webhooks.courier import Courier
from fairhearing.worker.ticks import Ticker

QUEUES = ("prepare",)
HEARTBEAT_S = 5.0


def run(*, until_empty: bool = False) -> None:
    """Work until SIGTERM, or with ``until_empty`` until no job waits (then without ticks).

    A job under way when the process is killed is given to another worker.
    """
    from fairhearing.worker import tasks  # noqa: F401 - registers the tasks

    beside: tuple[Ticker | Publisher | Courier, ...] = () if until_empty else (Ticker(), Publisher(), Courier())
    for thread in beside:
        thread.start()
    try:
        asyncio.run(_work(until_empty))
    finally:
        for thread in beside:
            thread.stop()


async def _work(until_empty: bool) -> None:
    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]
    with app.replace_connector(connector) as ours:
        async with ours.open_async():
            await ours.run_worker_async(
                queues=list(QUEUES),
                concurrency=1,
                wait=not until_empty,
                delete_jobs=DeleteJobCondition.SUCCESSFUL,
                fetch_job_polling_interval=2.0,
                shutdown_graceful_timeout=15,
                update_heartbeat_interval=HEARTBEAT_S,
                stalled_worker_timeout=stalled.SILENT_FOR_S,
            )
