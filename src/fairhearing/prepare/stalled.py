"""Jobs of a worker that died: given back, so that another one takes them. Preparing twice does nothing twice."""

from django.db import connection

# A worker gives a sign of life every few seconds; recognising holds it up for some more.
SILENT_FOR_S = 20.0

# On Django's connection, not procrastinate's: within a worker that one is another, and would wait for the rows here.
_GIVE_BACK = """
UPDATE procrastinate_jobs SET status = 'todo', attempts = attempts + 1, scheduled_at = now()
WHERE id IN (
    SELECT j.id FROM procrastinate_jobs j LEFT JOIN procrastinate_workers w ON w.id = j.worker_id
    WHERE j.status = 'doing' AND (w.id IS NULL OR w.last_heartbeat < now() - make_interval(secs => %s))
    FOR UPDATE OF j SKIP LOCKED)
"""


def give_back() -> int:
    """Let the jobs of silent workers be taken again; gives how many there were."""
    with connection.cursor() as cursor:
        cursor.execute(_GIVE_BACK, [SILENT_FOR_S])
        return int(cursor.rowcount)
