"""Publishing with witnesses, and a log that contradicts what it signed: it stops."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone

from fairhearing.ledger import carry, log, publish, publisher, queries, remote, signing, soundness, tiles
from fairhearing.ledger.appender import LedgerUnavailable, append_durably
from fairhearing.ledger.entries import Kind, NewEntry
from fairhearing.ledger.models import LogEntry, LogNode, LogState, Published, Record, Witness
from fairhearing.ledger.soundness import LogStopped
from fairhearing.tlog import Checkpoint, Receipt, Trust, TrustMalformed, checkpoint, receipt
from tests.ledger import witnessing
from tests.probes import fetch_log, whole_log

pytestmark = pytest.mark.django_db
KEYS = witnessing.public_keys()


@pytest.fixture(autouse=True)
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What is remembered outside the database, for this test alone."""
    path = tmp_path / "log-checkpoint"
    monkeypatch.setattr(soundness, "memory", lambda: path)
    monkeypatch.setattr(log, "_compared", [])
    monkeypatch.delenv("FAIRHEARING_WITNESSES", raising=False)
    return path


def fill(size: int) -> None:
    while (missing := size - tiles.size()) > 0:
        with transaction.atomic(), connection.cursor() as cursor:
            log.append_with(cursor, [NewEntry(kind=Kind.PLAYED, vendor="tarn")] * min(100, missing))


def our_key() -> Checkpoint:
    return checkpoint.verify(tiles.newest(), signing.signer().verifier())


# --- with witnesses


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Trust]:
    """A witness that serves with both its keys, one that is down, and the policy that names them."""
    ours = witnessing.make(tmp_path / "witness", [signing.signer().verifier()])
    with witnessing.serving(ours) as url:
        parties = [(f"up-{number}", key) for number, key in enumerate(ours.public_keys())]
        down = witnessing.public_keys("down.example")[0]
        text = witnessing.policy({url: parties, "http://127.0.0.1:1": [("down", down)]}, quorum="2")
        path = tmp_path / "policy"
        path.write_text(f"log {queries.vkey()}\n{text}")
        monkeypatch.setenv("FAIRHEARING_WITNESSES", str(path))
        yield Trust.parse(path.read_text())


def test_an_empty_log_publishes_nothing(memory: Path) -> None:
    assert publish.publish() is None
    assert not memory.exists()


def test_without_witnesses_the_newest_checkpoint_is_remembered_and_shown(memory: Path) -> None:
    fill(5)
    assert publish.publish() == publish.Publication(5)
    assert memory.read_text() == tiles.checkpoint() == tiles.newest()
    assert memory.stat().st_mode & 0o777 == 0o600


def test_the_published_checkpoint_carries_its_witnesses_and_one_that_is_down_stops_nothing(watched: Trust) -> None:
    keys = [party.key for party in watched.witnesses.values()]
    for size in (3, 300, 301):
        fill(size)
        done = publish.publish()
        assert done is not None
        assert (done.size, done.cosigned, done.quorum) == (size, ("w.example/1",), True)
        assert [problem.split(":")[0] for problem in done.problems] == ["down"]
        note = fetch_log("checkpoint")
        signed = checkpoint.cosigners(note, keys)
        assert signed == keys[:2]
        assert watched.is_met(signed)
        assert whole_log().size == size
    assert set(Witness.objects.exclude(problem="").values_list("key", flat=True)) == {f"down.example+{_id(keys[2])}"}
    assert set(Witness.objects.filter(problem="").values_list("size", flat=True)) == {301}
    again = publish.publish()
    assert again is not None
    assert again.cosigned == ("w.example/1",), "who signed already is not asked again, and still counts"
    assert fetch_log("checkpoint") == note


def _id(key: object) -> str:
    return key.key_id.hex()  # type: ignore[attr-defined,no-any-return]


def test_between_rounds_everybody_is_shown_what_the_witnesses_saw(watched: Trust) -> None:
    fill(3)
    publish.publish()
    shown = tiles.checkpoint()
    fill(4)
    assert tiles.checkpoint() == shown
    assert our_key().size == 4
    # A round that never came again is not waited for.
    Published.objects.update(published_at=timezone.now() - timedelta(minutes=2))
    assert tiles.checkpoint() == tiles.newest() != shown


def test_the_receipt_of_an_entry_carries_the_witnesses(watched: Trust, tmp_path: Path) -> None:
    fill(270)
    publish.publish()
    fill(275)
    out = tmp_path / "one.tlog-proof"
    keys = [party.key for party in watched.witnesses.values()]
    for index, witnesses in ((0, 2), (257, 2), (269, 2), (272, 0)):
        assert publish.prove(str(index), out) == index
        made = Receipt.parse(out.read_text())
        entry = bytes(LogEntry.objects.get(index=index).body)
        assert receipt.verify(made, entry, signing.signer().verifier()).size > index
        assert len(checkpoint.cosigners(made.checkpoint_note, keys)) == witnesses
    assert publish.receipt(Record.objects.get(index=258).id).index == 258
    for nothing in ("275", "9" * 30, "-1", "lis_none"):
        with pytest.raises(LookupError):
            publish.receipt(nothing)


def test_a_policy_that_is_none_or_another_log_s_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(1)
    path = tmp_path / "policy"
    monkeypatch.setenv("FAIRHEARING_WITNESSES", str(path))
    with pytest.raises(TrustMalformed):
        publish.publish()
    path.write_text("quorum nobody\n")
    with pytest.raises(TrustMalformed):
        publish.publish()
    other = queries.vkey().split("+", 1)[0]
    path.write_text(f"log {witnessing.make(tmp_path, [])._signer.verifier().vkey}\nquorum none\n")
    with pytest.raises(TrustMalformed, match=other):
        publish.publish()
    assert tiles.checkpoint() == tiles.newest(), "and the log goes on"
    fill(2)


# --- a log that contradicts what it signed


def refused() -> str:
    """Nothing is appended, in a transaction or durably, and nothing is published; gives the reason."""
    before = (LogEntry.objects.count(), Record.objects.count(), LogState.objects.values_list("checkpoint").first())
    with pytest.raises(LogStopped) as caught:
        log.append(NewEntry(kind=Kind.PAUSED))
    with pytest.raises(LogStopped):
        publish.publish()
    after = (LogEntry.objects.count(), Record.objects.count(), LogState.objects.values_list("checkpoint").first())
    assert after == before
    assert "Restore the database" in str(caught.value), "it says what to do"
    return caught.value.reason


def test_a_log_whose_newest_entries_are_gone_stops() -> None:
    fill(10)
    LogEntry.objects.filter(index__gte=8).delete()
    assert "signed 10 entries, and its table ends after 8" in refused()


def test_a_log_whose_table_was_emptied_stops() -> None:
    fill(10)
    LogEntry.objects.all().delete()
    assert "signed 10 entries, and its table ends after 0" in refused()


def test_a_log_whose_state_is_gone_stops() -> None:
    fill(10)
    LogState.objects.all().delete()
    assert "signed 0 entries, and its table ends after 10" in refused()


def test_a_log_whose_state_was_rolled_back_alone_stops() -> None:
    fill(10)
    old = LogState.objects.values("frontier", "checkpoint").get()
    fill(12)
    LogState.objects.update(**old)
    assert "signed 10 entries, and its table ends after 12" in refused()


def test_a_log_whose_tree_is_not_what_was_signed_stops() -> None:
    fill(10)
    frontier = bytes(LogState.objects.get().frontier)
    LogState.objects.update(frontier=frontier[:-1] + bytes([frontier[-1] ^ 1]))
    assert "another tree" in refused()
    LogState.objects.update(frontier=b"x", stopped="")
    assert "frontier" in refused()


def test_a_log_whose_checkpoint_it_never_signed_stops() -> None:
    fill(10)
    note = LogState.objects.get().checkpoint
    LogState.objects.update(checkpoint=note[:-4] + "AAA=" if not note.endswith("AAA=\n") else note)
    with pytest.raises(LogStopped):
        publish.publish()


@pytest.mark.parametrize("where", [3, 299])
def test_a_log_whose_rows_are_not_what_was_signed_stops_when_they_are_compared(where: int) -> None:
    fill(300)
    if where < 256:
        LogNode.objects.update(hash=b"x" * 32)
    else:
        LogEntry.objects.filter(index=where).update(leaf=b"x" * 32)
    log._compared.clear()
    assert "have root" in refused()


def test_a_log_with_a_missing_row_in_its_middle_stops_when_it_is_compared() -> None:
    fill(300)
    LogEntry.objects.filter(index=290).delete()
    log._compared.clear()
    assert "rows are missing" in refused()


def rolled_back(to: int, then: int, copy: Path | None = None) -> None:
    """The database as a backup had it, after more was logged and published; ``copy``: where that was written out."""
    fill(to)
    state = LogState.objects.values("frontier", "checkpoint").get()
    fill(then)
    publish.publish()
    if copy is not None:
        publish.write(copy)
    LogEntry.objects.filter(index__gte=to).delete()
    Record.objects.filter(index__gte=to).delete()
    LogNode.objects.filter(index__gte=to // 256).delete()
    LogState.objects.update(**state)
    log._compared.clear()


def test_a_log_that_was_restored_from_an_older_backup_stops() -> None:
    rolled_back(10, 12)
    assert "it signed 12 entries once" in refused()
    assert tiles.size() == 10


def test_a_log_that_was_rolled_back_and_grew_beyond_what_it_signed_stops(memory: Path) -> None:
    rolled_back(10, 12)
    kept = memory.read_text()
    memory.unlink()
    fill(20)
    memory.write_text(kept)
    log._compared.clear()
    assert "its first 12 entries have root" in refused()


def test_once_publishing_found_it_out_every_process_stops(memory: Path) -> None:
    rolled_back(10, 12)
    log._compared.append(True)  # this one compared long ago
    with pytest.raises(LogStopped):
        publish.publish()
    with pytest.raises(LogStopped, match="it signed 12 entries once"):
        log.append(NewEntry(kind=Kind.PAUSED))
    with pytest.raises(LogStopped):
        publish.reconsider()
    # The right backup comes: what was remembered is there again.
    memory.unlink()
    fill_although_stopped(12)
    assert publish.reconsider() == 12
    assert log.append(NewEntry(kind=Kind.RESUMED)).index == 12


def fill_although_stopped(size: int) -> None:
    LogState.objects.update(stopped="")
    fill(size)
    LogState.objects.update(stopped="it was rolled back")


def test_a_log_goes_on_from_a_copy_of_what_it_published_since_the_backup(tmp_path: Path) -> None:
    rolled_back(250, 520, copy=tmp_path / "log")
    assert "it signed 520 entries once" in refused()
    fetch = remote.Folder(tmp_path / "log").fetch
    assert carry.carry_on(fetch) == 270
    assert carry.carry_on(fetch) == 0, "doing it again takes nothing more"
    log._compared.clear()
    assert log.append(NewEntry(kind=Kind.RESUMED)).index == 520
    assert whole_log().size == 521
    assert Record.objects.count() == 251, "what was behind the entries went with the database"


def test_a_log_takes_nothing_from_a_copy_that_is_changed_short_or_not_its_own(tmp_path: Path, memory: Path) -> None:
    rolled_back(10, 14, copy=tmp_path / "log")
    refused()
    bundle = tmp_path / "log/tile/entries/000.p/14"
    whole = bundle.read_bytes()
    assert b"play" in whole
    newest = memory.read_text()
    for content, note, why in (
        (whole.replace(b"play", b"plaz"), newest, "do not go on from the 10"),
        (whole[:-3], newest, "cannot be read"),
        (whole, newest.replace("\n14\n", "\n12\n"), "not signed by this log's key"),
    ):
        bundle.write_bytes(content)
        (tmp_path / "log/checkpoint").write_text(note)
        with pytest.raises(carry.CarryRefused, match=why):
            carry.carry_on(remote.Folder(tmp_path / "log").fetch)
    publish.write(tmp_path / "short")  # as old as the backup
    with pytest.raises(carry.CarryRefused, match="it signed 14 entries once"):
        carry.carry_on(remote.Folder(tmp_path / "short").fetch)
    assert tiles.size() == 10
    assert "it signed 14 entries once" in refused()


@pytest.mark.django_db(transaction=True)
def test_a_stopped_log_releases_nothing() -> None:
    append_durably(NewEntry(kind=Kind.PLAYED))
    LogState.objects.update(stopped="it was rolled back")
    with pytest.raises(LedgerUnavailable):
        append_durably(NewEntry(kind=Kind.PLAYED))
    assert LogEntry.objects.count() == 1
    LogState.objects.update(stopped="")
    assert append_durably(NewEntry(kind=Kind.PLAYED)).index == 1


def test_what_is_remembered_of_another_log_is_not_ours(memory: Path) -> None:
    memory.write_text("other.example/log\n5\n")
    fill(1)
    memory.write_text(f"{signing.signer().name}\nnonsense\n")
    log._compared.clear()
    assert "not signed by this log's key" in refused()


# --- the job


def test_the_job_publishes_and_tells_each_trouble_once(monkeypatch: pytest.MonkeyPatch) -> None:
    fill(3)
    done = publisher.publish_once()
    assert done is not None
    assert done.size == 3
    rounds: list[object] = [
        publish.Publication(3, problems=("down: refused",)),
        publish.Publication(4, problems=("down: refused",)),
        None,
        LogStopped("it was rolled back"),
        LogStopped("it was rolled back"),
        publish.Publication(5),
    ]
    job, said = publisher.Publisher(), list[object]()

    def once() -> object:
        step = rounds.pop(0)
        if not rounds:
            job._ended.set()
        if isinstance(step, Exception):
            raise step
        return step

    monkeypatch.setattr(publisher, "EVERY_S", 0.001)
    monkeypatch.setattr(publisher, "publish_once", once)
    monkeypatch.setattr(publisher.log, "error", lambda *_, problems: said.append(problems))
    monkeypatch.setattr(publisher.log, "info", lambda *_: said.append("well"))
    job.start()
    job.join(10)
    assert [str(one)[:18] for one in said] == ["['down: refused']", "['LogStopped: the ", "well"]
