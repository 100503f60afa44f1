"""After a restore: what the command stops again, and when it refuses to."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from fairhearing.home import Home
from fairhearing.ledger.models import LogState
from fairhearing.operations import stop
from fairhearing.programmes import queries
from fairhearing.programmes.models import Pause
from tests.cli.calling import Call
from tests.house import House


@pytest.fixture
def file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A journal of the test's own: tests that run at the same time share their home."""
    path = tmp_path / "stop-journal"
    monkeypatch.setattr(Home, "stop_journal", path)
    return path


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
    assert value == {"erased": 0, "withdrawn": 0, "speaker_paused": 0, "not_agreed": 0, "paused": 1, "off_boarded": 0}
    assert [pause.scope for pause in queries.list_pauses()] == ["vendor:tarn"]
    assert call("replay-stops").code == 2
