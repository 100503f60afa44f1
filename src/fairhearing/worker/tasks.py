"""Job entry points. Each calls one domain function; the database is the referee of who does what."""

from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from fairhearing.capture.intake import PREPARE_TASK

SILENT_FOR_S = 30.0


@app.task(name=PREPARE_TASK, queue="prepare", retry=RetryStrategy(max_attempts=4, exponential_wait=3))
def prepare_recording(recording: str) -> None:
    """De-identify one recording and make its clips. Run again after a crash, it does nothing twice."""
    from fairhearing.prepare import prepare

    prepare.prepare(recording=recording)


@app.periodic(cron="* * * * *")
@app.task(name="fairhearing.retry_stalled", queue="upkeep", queueing_lock="retry_stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:
    """Give the jobs of a worker that died to another one."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=SILENT_FOR_S):
        await app.job_manager.retry_job(job)
    await app.job_manager.prune_stalled_workers(SILENT_FOR_S)
