"""Jobs of a worker that died: given back, so that another one takes them. Preparing twice does nothing twice."""

from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django import app

# A worker gives a sign of life every few seconds; recognising holds it up for some more.
SILENT_FOR_S = 20.0

_STALLED = """
SELECT j.id FROM procrastinate_jobs j LEFT JOIN procrastinate_workers w ON w.id = j.worker_id
WHERE j.status = 'doing' AND (w.id IS NULL OR w.last_heartbeat < now() - make_interval(secs => %s))
FOR UPDATE OF j SKIP LOCKED
"""


@transaction.atomic
def give_back() -> int:
    """Let the jobs of silent workers be taken again; gives how many there were."""
    with connection.cursor() as cursor:
        cursor.execute(_STALLED, [SILENT_FOR_S])
        found = [row[0] for row in cursor.fetchall()]
    for job in found:
        app.job_manager.retry_job_by_id(job_id=job, retry_at=timezone.now())
    return len(found)
