"""What was stopped is known outside the database, and stops an older copy of it again.

The older copy is the database itself: a stop that fails after the journal was written leaves it as it was before.
"""

import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fairhearing.capture.models import Channel, Clip
from fairhearing.home import Home
from fairhearing.home.stop_journal import Stop, StopJournalDamaged
from fairhearing.operations import erase, offboard, receipts, replay, stop
from fairhearing.operations import journal as journals
from fairhearing.programmes import queries as programmes
from fairhearing.programmes.models import Pause
from fairhearing.speakers import actions as speakers
from fairhearing.speakers import asked
from fairhearing.vault.models import DataKey
from fairhearing.vendors import queries as vendors
from tests.house import House


class Crashed(Exception):
    """The process died."""


@pytest.fixture(autouse=True)
def file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A journal of the test's own: tests that run at the same time share their home."""
    path = tmp_path / "stop-journal"
    monkeypatch.setattr(Home, "stop_journal", path)
    return path


def crash_before_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_: object, **__: object) -> None:
        raise Crashed

    monkeypatch.setattr(receipts, "append", die)
    monkeypatch.setattr(offboard.ledger, "append", die)


def now() -> datetime:
    return datetime.now(UTC)


def test_what_was_journalled_and_not_committed_is_finished_by_a_replay(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, taken, gone = (house.clip(name).channel_id for name in ("robin", "wren", "lark"))
    with monkeypatch.context() as patch:
        crash_before_commit(patch)
        with pytest.raises(Crashed):
            speakers.erase(key=house.speaker("lark"))
        with pytest.raises(Crashed):
            speakers.withdraw(key=house.speaker("wren"))
        with pytest.raises(Crashed):
            offboard.leave(account=house.people["bob"])
    assert Channel.objects.filter(withdrawn=False).count() == 3, "the copy is older than the stops"
    keys = DataKey.objects.count()
    signed_in = house.client("alice")
    assert signed_in.get("/review/assistant/").status_code == 200
    done = replay.replay(since=now(), by="test")
    assert signed_in.get("/review/assistant/").status_code != 200, "a session of the copy opens nothing"
    assert (done.erased, done.withdrawn, done.off_boarded) == (1, 1, 1)
    assert set(Channel.objects.values_list("id", "withdrawn")) == {(kept, False), (taken, True)}
    assert not Clip.objects.filter(channel_id=gone).exists()
    assert DataKey.objects.count() < keys
    assert vendors.find_vendor_of(house.people["bob"].id) is None
    assert vendors.find_vendor_of(house.people["alice"].id) == "tarn"
    again = replay.replay(since=now(), by="test")
    assert again == replay.Replayed(0, 0, 0, 0, 0, 0), "what is stopped is left as it is"


def test_a_no_to_a_clip_holds_in_an_older_copy(house: House) -> None:
    clip, other = house.clip("robin"), house.clip("robin")
    speakers_answers = {clip.id: False, other.id: True}
    asked.answer(key=house.speaker("robin"), answers=speakers_answers)
    Clip.objects.update(heard_by_people=True)  # as in a copy from before
    assert replay.replay(since=now(), by="test").not_agreed == 1
    assert dict(Clip.objects.values_list("id", "heard_by_people")) == speakers_answers
    assert replay.replay(since=now(), by="test").not_agreed == 0


def test_what_cannot_be_journalled_is_not_stopped_by_half(house: House, file: Path) -> None:
    channel = house.clip("lark").channel_id
    file.mkdir()
    try:
        with pytest.raises(OSError, match="directory"):
            speakers.erase(key=house.speaker("lark"))
        with pytest.raises(OSError, match="directory"):
            stop.pause(scope="everything", reason="test", by="test")
    finally:
        file.rmdir()
    assert Channel.objects.filter(id=channel).exists()
    assert not Pause.objects.exists()


def test_pauses_and_off_boardings_count_from_the_copy_on(house: House) -> None:
    stop.pause(scope="vendor:tarn", reason="test", by="test")
    stop.pause(scope="vendor:other", reason="test", by="test", drill=True)
    Pause.objects.all().delete()  # as in a copy from before
    assert replay.replay(since=now() + timedelta(hours=2), by="test").paused == 0
    assert replay.replay(since=now(), by="test").paused == 1
    assert [pause.scope for pause in programmes.list_pauses()] == ["vendor:tarn"]


def test_the_journal_names_no_channel_and_no_number_of_them(house: House, file: Path) -> None:
    recordings = [house.recording("lark") for _ in range(3)]
    channels = list(Channel.objects.values_list("id", flat=True))
    speakers.withdraw(key=house.speaker("lark"))
    text = file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not [name for name in (*channels, *(row.id for row in recordings)) if name in text or name[4:] in text]
    lines = [json.loads(line) for line in text.splitlines()]
    assert len(lines) == 8, "three channels look like eight"
    marks = [journals.journal().mark(channel) for channel in channels]
    assert set(marks) <= {line["of"] for line in lines}
    assert {len(line["at"]) for line in lines} == {len("2026-11-23T08")}, "no finer than the hour"


def test_a_torn_end_is_dropped_and_damage_within_is_refused(file: Path) -> None:
    journal = journals.journal()
    journal.append(Stop.PAUSED, "vendor:tarn")
    whole = file.read_bytes()
    file.write_bytes(whole + whole[:-9])
    assert [line.of for line in journal.lines()] == ["vendor:tarn"]
    journal.append(Stop.OFF_BOARDED, "acc_x")
    assert [line.of for line in journal.lines()] == ["vendor:tarn", "acc_x"]
    file.write_bytes(file.read_bytes().replace(b"tarn", b"torn"))
    with pytest.raises(StopJournalDamaged, match="line 1"):
        journal.lines()
    with pytest.raises(StopJournalDamaged):
        journal.forget_before(now())
    assert file.exists()


def test_lines_are_forgotten_when_no_backup_needs_them(monkeypatch: pytest.MonkeyPatch) -> None:
    journal = journals.journal()
    journal.append(Stop.PAUSED, "vendor:tarn")
    assert journals.forget_past() == 0
    assert journal.forget_before(now() + timedelta(hours=1)) == 1
    assert journal.lines() == []
    assert erase.Kind.ERASED.value == Stop.ERASED.value
