"""Jobs of a worker that died: given back, so that another one takes them. Preparing twice does nothing twice.

A recording that killed its worker again and again is not given back for ever: it is set aside.
"""

from django.db import connection, transaction

from fairhearing.capture.intake import PREPARE_TASK
from fairhearing.capture.models import Recording, RecordingState

# A worker gives a sign of life every few seconds; recognising holds it up for some more.
SILENT_FOR_S = 20.0
DEATHS_MOST = 4
REASON = "worker_died"

# On Django's connection, not procrastinate's: within a worker that one is another, and would wait for the rows here.
_GIVE_BACK = """
UPDATE procrastinate_jobs
SET status = (CASE WHEN attempts + 1 >= %s THEN 'failed' ELSE 'todo' END)::procrastinate_job_status,
    attempts = attempts + 1, scheduled_at = now()
WHERE id IN (
    SELECT j.id FROM procrastinate_jobs j LEFT JOIN procrastinate_workers w ON w.id = j.worker_id
    WHERE j.status = 'doing' AND (w.id IS NULL OR w.last_heartbeat < now() - make_interval(secs => %s))
    FOR UPDATE OF j SKIP LOCKED)
RETURNING task_name, status, args->>'recording'
"""


@transaction.atomic
def give_back() -> int:
    """Let the jobs of silent workers be taken again, or set their recordings aside; gives how many jobs there were."""
    with connection.cursor() as cursor:
        cursor.execute(_GIVE_BACK, [DEATHS_MOST, SILENT_FOR_S])
        jobs = cursor.fetchall()
    deadly = [recording for task, status, recording in jobs if task == PREPARE_TASK and status == "failed"]
    Recording.objects.filter(id__in=deadly, state=RecordingState.RECEIVED).update(
        state=RecordingState.QUARANTINED, reasons=[REASON]
    )
    return len(jobs)
