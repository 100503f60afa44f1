"""Jobs of workers that died."""

from django.db import connection

from fairhearing.capture.models import Recording, RecordingState
from fairhearing.prepare import stalled
from tests.house import House


def _died(recording: Recording) -> None:
    """The recording's job as a worker leaves it that was killed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing' WHERE args->>'recording' = %s AND status = 'todo'",
            [recording.id],
        )
        assert cursor.rowcount == 1


def test_a_job_of_a_dead_worker_is_given_back_until_it_killed_too_many(house: House) -> None:
    poison, innocent = house.recording("robin"), house.recording("wren")
    for _ in range(stalled.DEATHS_MOST - 1):
        _died(poison)
        assert stalled.give_back() == 1
        poison.refresh_from_db()
        assert poison.state == RecordingState.RECEIVED
    _died(poison)
    assert stalled.give_back() == 1
    poison.refresh_from_db()
    assert (poison.state, poison.reasons) == (RecordingState.QUARANTINED, [stalled.REASON])
    innocent.refresh_from_db()
    assert innocent.state == RecordingState.RECEIVED
    assert stalled.give_back() == 0
