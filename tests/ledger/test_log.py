"""The log as everybody reads it: whole, without gaps, with proofs, whoever wrote at once, whatever was rolled back."""

import json
from pathlib import Path

import pytest
from django.db import connection, transaction

from fairhearing.ledger import log, publish, queries, tiles
from fairhearing.ledger.appender import LedgerUnavailable, append_durably
from fairhearing.ledger.entries import Kind, NewEntry
from fairhearing.ledger.models import LogEntry, LogNode, Record
from fairhearing.tlog import (
    Checkpoint,
    LogInvalid,
    ProofInvalid,
    Receipt,
    Verifier,
    checkpoint,
    leaf_hash,
    proofs,
    verify_log,
)
from fairhearing.tlog.tiles import Tile, TileHashReader
from tests.probes import at_once, fetch_log, whole_log

pytestmark = pytest.mark.django_db
REAL_COMMITS = pytest.mark.django_db(transaction=True)


class RolledBack(Exception):
    """The caller's transaction ends for a reason of its own."""


def _entry(number: int = 0) -> NewEntry:
    return NewEntry(kind=Kind.PLAYED, recording=f"rec_{number}", vendor="tarn", duration_ms=number)


def _newest() -> Checkpoint:
    return checkpoint.verify(fetch_log("checkpoint"), Verifier.parse(queries.vkey()))


def _fill(size: int) -> None:
    while tiles.size() < size:
        with transaction.atomic(), connection.cursor() as cursor:
            log.append_with(cursor, [_entry(number) for number in range(min(100, size - tiles.size()))])


def test_the_empty_log_has_no_checkpoint_and_does_not_verify() -> None:
    with pytest.raises(LogInvalid):
        whole_log()
    assert tiles.size() == 0


def test_what_is_appended_in_a_transaction_that_rolls_back_leaves_nothing() -> None:
    log.append(_entry())
    before = (_newest(), LogEntry.objects.count(), Record.objects.count())

    @transaction.atomic
    def rolled_back() -> None:
        log.append(_entry())
        log.append(_entry())
        raise RolledBack

    with pytest.raises(RolledBack):
        rolled_back()
    assert (_newest(), LogEntry.objects.count(), Record.objects.count()) == before
    assert log.append(_entry()).index == 1, "the index that was rolled back is taken by the next"
    assert whole_log().size == 2


@REAL_COMMITS
def test_what_was_made_durable_stands_when_the_callers_transaction_rolls_back() -> None:
    appended: list[log.Appended] = []

    @transaction.atomic
    def rolled_back() -> None:
        appended.append(append_durably(_entry()))
        raise RolledBack

    with pytest.raises(RolledBack):
        rolled_back()
    (kept,) = appended
    assert Record.objects.get(id=kept.record).index == kept.index
    assert whole_log().size == 1


@REAL_COMMITS
def test_many_threads_get_an_index_each_without_a_gap() -> None:
    """Half by group commit, half within transactions of their own, three entries each."""

    def durable(number: int) -> list[log.Appended]:
        return [append_durably(_entry(number)) for _ in range(3)]

    def own(number: int) -> list[log.Appended]:
        with transaction.atomic():
            return [log.append(_entry(number)) for _ in range(3)]

    works = [lambda number=number: (own if number % 4 == 0 else durable)(number) for number in range(32)]
    groups = at_once(works)
    appended = [one for group in groups for one in group]
    assert sorted(one.index for one in appended) == list(range(96))
    for number, group in enumerate(groups):
        for one in group:
            record = Record.objects.get(id=one.record)
            assert (record.index, record.duration_ms) == (one.index, number)
            assert queries.opens(record)
    assert whole_log().size == 96


@REAL_COMMITS
def test_an_entry_whose_commit_fails_is_not_acknowledged() -> None:
    """The database refuses at the commit itself, after every statement succeeded."""
    append_durably(_entry())
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'refused'; END $$; "
            "CREATE CONSTRAINT TRIGGER refused AFTER INSERT ON ledger_logentry "
            "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()"
        )
    try:
        with pytest.raises(LedgerUnavailable):
            append_durably(_entry())
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER refused ON ledger_logentry; DROP FUNCTION refuse()")
    assert (LogEntry.objects.count(), Record.objects.count(), _newest().size) == (1, 1, 1)
    assert append_durably(_entry()).index == 1, "and the next one is written again"


def test_a_log_of_more_than_a_tile_verifies_over_http_with_every_kind_of_proof() -> None:
    sizes = [1, 255, 256, 257, 600]
    seen: list[Checkpoint] = []
    for size in sizes:
        _fill(size)
        seen.append(_newest())
        assert whole_log().size == size
    assert LogNode.objects.filter(tile_level=1).count() == 2
    newest = seen[-1]
    reader = TileHashReader(lambda tile: fetch_log(tile.path), newest.size)
    bodies = dict(LogEntry.objects.values_list("index", "body"))
    for index in (0, 1, 254, 255, 256, 511, 512, 598, 599):
        proof = proofs.inclusion_proof(index, newest.size, reader)
        leaf = leaf_hash(bytes(bodies[index]))
        proofs.verify_inclusion(leaf=leaf, index=index, size=newest.size, proof=proof, root=newest.root)
        with pytest.raises(ProofInvalid):
            proofs.verify_inclusion(
                leaf=leaf_hash(b"another entry"), index=index, size=newest.size, proof=proof, root=newest.root
            )
    for older in seen[:-1]:
        proof = proofs.consistency_proof(older.size, newest.size, reader)
        proofs.verify_consistency(
            old_size=older.size, size=newest.size, old_root=older.root, root=newest.root, proof=proof
        )
        with pytest.raises(ProofInvalid):
            proofs.verify_consistency(
                old_size=older.size, size=newest.size, old_root=b"\0" * 32, root=newest.root, proof=proof
            )
    full = Tile(0, 0, 256)
    assert len(fetch_log(full.path)) == 256 * 32
    for missing in ("tile/0/003", "tile/1/000.p/3", "tile/entries/002.p/89", "tile/9/000", "tile/0/../0"):
        with pytest.raises(FileNotFoundError):
            fetch_log(missing)


@pytest.mark.parametrize("what", ["body", "leaf", "gone", "node", "checkpoint"])
def test_what_is_changed_behind_the_logs_back_does_not_verify(what: str) -> None:
    _fill(258)
    kept = LogEntry.objects.get(index=7)
    if what == "body":
        body = json.loads(bytes(kept.body))
        LogEntry.objects.filter(index=7).update(body=json.dumps({**body, "kind": "refused"}).encode())
    elif what == "leaf":
        LogEntry.objects.filter(index=7).update(body=b"{}", leaf=leaf_hash(b"{}"))
    elif what == "gone":
        LogEntry.objects.filter(index=7).delete()
    elif what == "node":
        LogNode.objects.update(hash=b"\1" * 32)
    verifier = Verifier.parse(queries.vkey())

    def fetch(path: str) -> bytes:
        content = fetch_log(path)
        return content.replace(b"\n258\n", b"\n257\n") if what == "checkpoint" and path == "checkpoint" else content

    with pytest.raises(LogInvalid):
        verify_log(fetch, verifier)


def test_the_log_written_as_files_verifies_like_the_log_over_http(tmp_path: Path) -> None:
    _fill(300)
    folder = tmp_path / "log"
    assert publish.write(folder) == 300
    found = verify_log(lambda path: (folder / path).read_bytes(), Verifier.parse(queries.vkey()))
    assert found == whole_log()


def test_the_receipt_of_an_entry_proves_it_without_the_log(tmp_path: Path) -> None:
    _fill(260)
    wanted = log.append(NewEntry(kind=Kind.PLAYED, vendor="tarn", duration_ms=1))
    _fill(270)
    out = tmp_path / "entry.tlog-proof"
    assert publish.prove(wanted.record, out) == wanted.index
    body = bytes(LogEntry.objects.get(index=wanted.index).body)
    signed = checkpoint.verify(Receipt.parse(out.read_text()).checkpoint_note.encode(), Verifier.parse(queries.vkey()))
    receipt = Receipt.parse(out.read_text())
    proofs.verify_inclusion(
        index=receipt.index, size=signed.size, leaf=leaf_hash(body), proof=receipt.proof, root=signed.root
    )
    with pytest.raises(LookupError):
        publish.prove("lis_none", out)


def test_entries_say_in_public_no_more_than_kind_hour_and_commitments() -> None:
    made = NewEntry(
        kind=Kind.PLAYED, recording="rec_r", clip="clip_c", account="acc_a", vendor="tarn", country="IE",
        role="reviewer", purpose="human_review", duration_ms=4711, reasons=("paused",), detail={"scope": "everything"},
        served_sha256="ab" * 32,
    )  # fmt: skip
    with transaction.atomic():
        log.append(made)
        log.append(made)
    bodies = [bytes(body) for body in LogEntry.objects.order_by("index").values_list("body", flat=True)]
    public = [json.loads(body) for body in bodies]
    assert all(set(one) == {"v", "kind", "hour", "parts", "served"} for one in public)
    assert all(set(one["parts"]) == {"speaker", "reviewer", "circumstances"} for one in public)
    for part in public[0]["parts"]:
        assert public[0]["parts"][part] != public[1]["parts"][part], "salted: the same facts do not look the same"
    for private in (b"rec_r", b"clip_c", b"acc_a", b"tarn", b"4711", b"paused", b"everything", b"reviewer_"):
        assert not any(private in body for body in bodies)
    assert public[0]["served"] != public[1]["served"], "two plays of one copy are not told from others"
    for record in Record.objects.all():
        assert queries.was_served(record, "ab" * 32), "to whom the salt is opened, the copy shows"
        assert not queries.was_served(record, "ac" * 32), "and a forged one does not"
    assert public[0]["hour"].endswith("Z")
    assert len(public[0]["hour"]) == len("2026-01-02T03Z")
