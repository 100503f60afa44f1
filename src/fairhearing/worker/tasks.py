"""Job entry points. Each calls one domain function; the database is the referee of who does what."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from fairhearing.capture.intake import PREPARE_TASK


@app.task(name=PREPARE_TASK, queue="prepare", retry=RetryStrategy(max_attempts=4, exponential_wait=3))
def prepare_recording(recording: str) -> None:
    """De-identify one recording and make its clips. Run again after a crash, it does nothing twice."""
    from fairhearing.prepare import prepare

    prepare.prepare(recording=recording)
