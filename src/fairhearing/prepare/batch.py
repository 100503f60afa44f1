"""Preparing everything that waits, on all cores, and saying what came of it."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from django.db import connection
from django.db.models import Sum
from procrastinate.contrib.django import app

from fairhearing.capture.intake import PREPARE_TASK
from fairhearing.capture.models import Clip, Recording, RecordingState
from fairhearing.prepare import stalled

POLL_S = 0.3

_WITHOUT_JOB = """
SELECT r.id FROM capture_recording r
WHERE r.state = 'received' AND NOT EXISTS (
    SELECT 1 FROM procrastinate_jobs j
    WHERE j.task_name = %s AND j.status IN ('todo', 'doing') AND j.args->>'recording' = r.id)
"""


@dataclass(frozen=True)
class Summary:
    """What preparing came to. ``seconds_audio``: length of the recordings; ``seconds_cpu``: processor time spent."""

    prepared: int
    clips: int
    discarded: int
    quarantined: int
    seconds_audio: float
    seconds_cpu: float

    def as_dict(self) -> dict[str, int | float]:
        """For printing."""
        return asdict(self)


def waiting() -> int:
    """How many recordings wait to be prepared."""
    return Recording.objects.filter(state=RecordingState.RECEIVED).count()


def prepare_all(*, on_progress: Callable[[int], object] | None = None) -> Summary:
    """Prepare what waits now, with one worker a core; a server's own worker helps when it runs."""
    wanted = list(Recording.objects.filter(state=RecordingState.RECEIVED).values_list("id", flat=True))
    if not wanted:
        return summary_of([])
    _defer_forgotten()
    workers = [_start_worker() for _ in range(min(os.cpu_count() or 1, len(wanted)))]
    done = 0
    try:
        while True:
            left = Recording.objects.filter(id__in=wanted, state=RecordingState.RECEIVED).count()
            if on_progress and len(wanted) - left > done:
                on_progress(len(wanted) - left - done)
            done = len(wanted) - left
            stalled.give_back()
            alive = [worker for worker in workers if worker.poll() is None]
            if left == 0 or (not alive and not _jobs_left("todo", "doing")):
                break
            if not alive and _jobs_left("todo"):
                workers.append(_start_worker())
            time.sleep(POLL_S)
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.wait()
    return summary_of(wanted)


def summary_of(recordings: Sequence[str]) -> Summary:
    """What preparing of these recordings came to."""
    rows = Recording.objects.filter(id__in=recordings)
    sums = rows.aggregate(audio=Sum("duration_ms"), cpu=Sum("cpu_ms"))
    return Summary(
        prepared=rows.filter(state=RecordingState.PREPARED).count(),
        clips=Clip.objects.filter(channel__recording__in=recordings).count(),
        discarded=rows.filter(state=RecordingState.DISCARDED).count(),
        quarantined=rows.filter(state=RecordingState.QUARANTINED).count(),
        seconds_audio=round((sums["audio"] or 0) / 1000, 3),
        seconds_cpu=round((sums["cpu"] or 0) / 1000, 3),
    )


def _start_worker() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "fairhearing.worker", "--until-empty"], stdin=subprocess.DEVNULL)


def _defer_forgotten() -> None:
    """A recording whose job failed for good gets a new one: somebody asks for it now."""
    with connection.cursor() as cursor:
        cursor.execute(_WITHOUT_JOB, [PREPARE_TASK])
        forgotten = [row[0] for row in cursor.fetchall()]
    task = app.configure_task(PREPARE_TASK, queue="prepare")
    for recording in forgotten:
        task.defer(recording=recording)


def _jobs_left(*states: str) -> bool:
    sql = "SELECT EXISTS (SELECT 1 FROM procrastinate_jobs WHERE task_name = %s AND status::text = ANY(%s))"
    with connection.cursor() as cursor:
        cursor.execute(sql, [PREPARE_TASK, list(states)])
        row = cursor.fetchone()
    return bool(row and row[0])
