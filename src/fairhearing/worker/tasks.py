"""Job entry points. Each calls one domain function; the database is the referee of who does what."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from fairhearing.capture.intake import PREPARE_TASK
from fairhearing.review.flags import RECUT_TASK


@app.task(name=PREPARE_TASK, queue="prepare", retry=RetryStrategy(max_attempts=4, exponential_wait=3))
def prepare_recording(recording: str) -> None:
    """De-identify one recording and make its clips. Run again after a crash, it does nothing twice."""
    from fairhearing.prepare import prepare

    prepare.prepare(recording=recording)


@app.task(name=RECUT_TASK, queue="prepare", retry=RetryStrategy(max_attempts=4, exponential_wait=3))
def recut_clip(clip: str, start_ms: int, end_ms: int) -> None:
    """Cut a span that a reviewer flagged. Run again after a crash, it does nothing twice."""
    from fairhearing.prepare.recut import recut

    recut(clip=clip, start_ms=start_ms, end_ms=end_ms)
