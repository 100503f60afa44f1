"""Private records against their commitments: they open, until anything is changed, forgotten or destroyed."""

import json
import secrets
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fairhearing.home import epochs
from fairhearing.home.epochs import EpochKeyMissing, EpochKeys, Unwrappable, epoch_keys, epoch_of
from fairhearing.home.folder import Home
from fairhearing.ledger import actions, log, queries
from fairhearing.ledger.entries import PARTS, Kind, NewEntry, commitment
from fairhearing.ledger.models import LogEntry, Record
from fairhearing.operations import upkeep
from fairhearing.vault import keys
from fairhearing.vault.models import DataKey
from tests.probes import whole_log

pytestmark = pytest.mark.django_db

FACTS = NewEntry(
    kind=Kind.PLAYED, recording="rec_r", clip="clip_c", account="acc_a", vendor="tarn", country="IE",
    role="reviewer", purpose="human_review", duration_ms=4711, reasons=("paused",), detail={"scope": "everything"},
)  # fmt: skip
CHANGES: dict[str, Any] = {
    "recording": "rec_s", "clip": "clip_d", "account": "acc_b", "vendor": "other", "country": "PT", "role": "speaker",
    "purpose": "own_ears", "duration_ms": 4712, "reasons": ["withdrawn"], "detail": {"scope": "region:IE"},
}  # fmt: skip


def _record() -> Record:
    return Record.objects.get(id=log.append(FACTS).record)


def test_a_record_opens_its_entry() -> None:
    record = _record()
    assert queries.opens(record)
    body = json.loads(bytes(LogEntry.objects.get(index=record.index).body))
    salt = epoch_keys().unwrap(record.epoch, bytes(record.circumstances_salt), f"salt|circumstances|{record.id}")
    assert commitment("circumstances", salt, FACTS.part("circumstances")) == body["parts"]["circumstances"]


def test_a_record_in_which_anything_was_changed_or_taken_out_opens_no_more() -> None:
    record = _record()
    for field, other in CHANGES.items():
        taken_out = {"reasons": [], "detail": {}}.get(field)
        for value in (other, taken_out):
            Record.objects.filter(id=record.id).update(**{field: value})
            assert not queries.opens(Record.objects.get(id=record.id)), (field, value)
        Record.objects.filter(id=record.id).update(**{field: getattr(record, field)})
        assert queries.opens(Record.objects.get(id=record.id))


@pytest.mark.parametrize("part", PARTS)
def test_an_entry_whose_commitment_was_changed_is_opened_by_no_record(part: str) -> None:
    record = _record()
    entry = LogEntry.objects.get(index=record.index)
    body = json.loads(bytes(entry.body))
    body["parts"][part] = secrets.token_hex(32)
    LogEntry.objects.filter(index=record.index).update(body=json.dumps(body).encode())
    assert not queries.opens(record)


def test_a_record_does_not_open_another_records_entry() -> None:
    one, other = _record(), _record()
    one.index = other.index
    assert not queries.opens(one)


def test_forgetting_the_speaker_leaves_the_circumstances_to_be_checked() -> None:
    record, stranger = _record(), Record.objects.get(id=log.append(NewEntry(kind=Kind.PLAYED, clip="clip_x")).record)
    assert actions.forget_speakers(recordings=[], clips=["clip_c"]) == 1
    forgotten = Record.objects.get(id=record.id)
    assert (forgotten.recording, forgotten.clip, forgotten.speaker_salt) == (None, None, None)
    assert (forgotten.vendor, forgotten.country, forgotten.duration_ms) == ("tarn", "IE", 4711)
    assert queries.opens(forgotten)
    Record.objects.filter(id=record.id).update(duration_ms=1)
    assert not queries.opens(Record.objects.get(id=record.id)), "what is left is still held to its commitment"
    assert Record.objects.get(id=stranger.id).clip == "clip_x"
    assert whole_log().size == 2


class Weeks:
    """Epoch keys of a home of the test's own, on a clock of its own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self._patch = monkeypatch
        home = Home(folder, folder / "keys" / "secret.key")
        home.prepare()
        self.keys = EpochKeys(home)
        for module in (epochs, keys, log, actions, queries, upkeep):
            monkeypatch.setattr(module, "epoch_keys", lambda: self.keys)
        self.go_to(datetime(2026, 3, 4, tzinfo=UTC))

    def go_to(self, now: datetime) -> str:
        """Set the clock of the epochs; gives the week's name."""

        class Clock(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> datetime:
                return now.astimezone(tz)

        self._patch.setattr(epochs, "datetime", Clock)
        self.now = now
        return epoch_of(now)


@pytest.fixture
def weeks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Weeks:
    return Weeks(monkeypatch, tmp_path)


def test_keys_and_salts_are_carried_into_the_new_week_and_still_open(weeks: Weeks) -> None:
    old = weeks.keys.current()
    record, key_id = _record(), keys.create()
    secret = keys.unwrap(key_id)
    backup = (bytes(DataKey.objects.get().wrapped), bytes(record.speaker_salt))
    new = weeks.go_to(weeks.now + timedelta(days=8))
    assert (keys.rewrap_forward(), actions.rewrap_salts()) == (1, 1)
    assert set(DataKey.objects.values_list("epoch", flat=True)) == {new}
    assert set(Record.objects.values_list("epoch", flat=True)) == {new}
    assert keys.unwrap(key_id) == secret
    assert queries.opens(Record.objects.get(id=record.id))
    assert (keys.rewrap_forward(), actions.rewrap_salts()) == (0, 0), "what is of this week stays as it is"
    # Until the old week's key is destroyed, a backup still opens; from then on nobody opens it.
    assert weeks.keys.unwrap(old, backup[0], key_id) == secret
    weeks.keys.destroy(old)
    for wrapped, owner in zip(backup, (key_id, f"salt|speaker|{record.id}"), strict=True):
        with pytest.raises(EpochKeyMissing):
            weeks.keys.unwrap(old, wrapped, owner)
        with pytest.raises(Unwrappable):
            weeks.keys.unwrap(new, wrapped, owner)
    assert keys.unwrap(key_id) == secret


def test_a_forgotten_salt_is_not_carried_forward_and_dies_with_its_week(weeks: Weeks) -> None:
    old = weeks.keys.current()
    record = _record()
    backup = bytes(record.speaker_salt)
    actions.forget_speakers(recordings=["rec_r"], clips=[])
    weeks.go_to(weeks.now + timedelta(days=8))
    assert actions.rewrap_salts() == 1
    assert Record.objects.get(id=record.id).speaker_salt is None
    assert queries.opens(Record.objects.get(id=record.id))
    weeks.keys.destroy(old)
    with pytest.raises(EpochKeyMissing):
        weeks.keys.unwrap(old, backup, f"salt|speaker|{record.id}")


def test_a_week_s_key_is_destroyed_after_the_erasure_window_and_not_a_day_sooner(
    weeks: Weeks, settings: Any, tmp_path: Path
) -> None:
    settings.ERASURE_WINDOW_DAYS = 28
    old, key_id = weeks.keys.current(), keys.create()
    secret = keys.unwrap(key_id)
    path = tmp_path / "keys" / "epochs" / f"{old}.key"
    content = path.read_bytes()
    last_day = datetime.combine(date.fromisocalendar(2026, 10, 7), datetime.min.time(), UTC)
    weeks.go_to(last_day + timedelta(days=28))
    assert upkeep.carry_keys_forward() == []
    weeks.go_to(last_day + timedelta(days=29))
    assert upkeep.carry_keys_forward() == [old]
    assert not path.exists()
    assert not any(content in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert keys.unwrap(key_id) == secret


def test_a_key_that_something_live_still_needs_is_not_destroyed(weeks: Weeks, settings: Any, monkeypatch: Any) -> None:
    """Carrying forward failed meanwhile: better late than the loss of what was not erased."""
    settings.ERASURE_WINDOW_DAYS = 7
    old, key_id = weeks.keys.current(), keys.create()
    weeks.go_to(weeks.now + timedelta(days=60))
    monkeypatch.setattr(keys, "rewrap_forward", lambda: 0)
    assert upkeep.carry_keys_forward() == []
    assert old in weeks.keys.held()
    assert keys.unwrap(key_id)


def test_a_wrapped_key_opens_for_its_owner_alone(weeks: Weeks) -> None:
    epoch = weeks.keys.current()
    wrapped = weeks.keys.wrap(epoch, b"s" * 32, "dek_mine")
    assert weeks.keys.unwrap(epoch, wrapped, "dek_mine") == b"s" * 32
    with pytest.raises(Unwrappable):
        weeks.keys.unwrap(epoch, wrapped, "dek_yours")
    for at in range(0, len(wrapped), 7):
        changed = wrapped[:at] + bytes([wrapped[at] ^ 1]) + wrapped[at + 1 :]
        with pytest.raises(Unwrappable):
            weeks.keys.unwrap(epoch, changed, "dek_mine")
