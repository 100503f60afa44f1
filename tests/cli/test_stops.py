"""After a restore: what the command stops again, and when it refuses to."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings

from fairhearing.ledger.models import LogState
from fairhearing.operations import stop
from fairhearing.programmes import queries
from fairhearing.programmes.models import Pause
from tests.cli.calling import Call
from tests.house import House


@pytest.fixture
def file() -> Iterator[Path]:
    """An empty journal."""
    path: Path = settings.HOME.stop_journal
    path.unlink(missing_ok=True)
    yield path
    path.unlink(missing_ok=True)


def test_a_copy_is_stopped_again_or_the_command_says_why_not(call: Call, house: House, file: Path) -> None:
    since = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M")
    stop.pause(scope="vendor:tarn", reason="test", by="test")
    Pause.objects.all().delete()  # as in a copy from before
    whole = file.read_bytes()
    file.write_bytes(whole.replace(b"tarn", b"torn") + whole)
    assert "line 1" in call("replay-stops", "--since", since).sentence
    file.write_bytes(whole)
    LogState.objects.update(stopped="it was rolled back")
    assert "the log has stopped" in call("replay-stops", "--since", since).sentence
    assert not Pause.objects.exists()
    LogState.objects.update(stopped="")
    value = call("replay-stops", "--since", since, "--json").value
    assert value == {"erased": 0, "withdrawn": 0, "paused": 1, "off_boarded": 0}
    assert [pause.scope for pause in queries.list_pauses()] == ["vendor:tarn"]
    assert call("replay-stops").code == 2
