"""A receipt for anybody over HTTP, and the page of the log."""

import os
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from fairhearing.ledger import log, queries, tiles
from fairhearing.ledger.entries import Kind, NewEntry
from fairhearing.ledger.models import LogEntry, Published, Record
from fairhearing.tlog import Receipt, Verifier, receipt
from fairhearing.tlog.receipt import ReceiptMalformed

pytestmark = pytest.mark.django_db
GUIDE = Path(__file__).resolve().parents[2] / "docs" / "receipts.md"


def fill(size: int) -> None:
    while (missing := size - tiles.size()) > 0:
        with transaction.atomic(), connection.cursor() as cursor:
            log.append_with(cursor, [NewEntry(kind=Kind.PLAYED, vendor="tarn")] * min(100, missing))


def test_the_receipt_of_each_entry_is_anybodys_and_verifies(client: Client) -> None:
    fill(270)
    key = Verifier.parse(queries.vkey())
    for index in (0, 1, 127, 255, 256, 269):
        answer = client.get(f"/log/proof/{index}")
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"] == f'attachment; filename="entry-{index}.tlog-proof"'
        assert answer.headers["Content-Type"].startswith("text/plain")
        made = Receipt.parse(answer.content)
        assert made.index == index
        assert receipt.verify(made, bytes(LogEntry.objects.get(index=index).body), key).size == 270
        with pytest.raises(Exception, match="leads to root"):
            receipt.verify(made, bytes(LogEntry.objects.get(index=(index + 1) % 270).body), key)


def test_outside_of_the_log_there_is_a_sentence_and_no_receipt(client: Client) -> None:
    empty = client.get("/log/proof/0")
    assert empty.status_code == 404
    assert b"the log is empty" in empty.content
    fill(3)
    for index in ("3", "9" * 18, "9" * 30, "9" * 5000):
        answer = client.get(f"/log/proof/{index}")
        assert answer.status_code == 404
        with pytest.raises(ReceiptMalformed):
            Receipt.parse(answer.content)
    assert client.get("/log/proof/3").content == b"entry 3 has no proof: the published log has 3 entries, 0 to 2\n"


def test_only_a_number_names_an_entry(client: Client) -> None:
    """By the id of a listen, which its speaker holds, nobody else finds the entry of it."""
    fill(3)
    listen = Record.objects.get(index=1).id
    for name in (listen, "-1", "1.5", "%D9%A1", ""):
        answer = client.get(f"/log/proof/{name}")
        assert answer.status_code == 404
        assert b"tlog-proof" not in answer.content
    assert client.post("/log/proof/1").status_code == 405


def test_an_entry_that_nobody_is_shown_yet_has_no_receipt_yet(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its receipt would be of a larger log than the one that is shown, which looks like a log that was rolled back."""
    fill(3)
    Published.objects.create(id=1, note=tiles.newest(), size=3, published_at=timezone.now())
    monkeypatch.setenv("FAIRHEARING_WITNESSES", str(tmp_path / "policy"))
    fill(5)
    assert Receipt.parse(client.get("/log/proof/2").content).checkpoint_note == tiles.checkpoint()
    assert b"has 3 entries" in client.get("/log/proof/4").content
    Published.objects.update(published_at=timezone.now() - timedelta(minutes=2))
    assert client.get("/log/proof/4").status_code == 200


def test_the_page_is_anybodys_and_shows_the_newest_checkpoint(client: Client) -> None:
    assert b"nothing has been logged" in client.get("/log/").content
    fill(4)
    shown = client.get("/log/").content.decode()
    newest = queries.find_checkpoint()
    assert newest is not None
    origin, size, root = newest.lines
    assert size == 4
    for text in (origin, "<dd>4</dd>", root, queries.vkey(), "dist/receipt.js"):
        assert text in shown
    assert client.post("/log/").status_code == 405


def test_the_recipe_of_the_guide_checks_a_receipt_without_us(client: Client, tmp_path: Path) -> None:
    """docs/receipts.md: Python's standard library for the hashes, OpenSSL for the signature."""
    fill(20)
    script = GUIDE.read_text(encoding="utf-8").split("```python\n")[1].split("```")[0]
    (tmp_path / "check.py").write_text(script)
    for index in (0, 12, 19):
        (tmp_path / "one.tlog-proof").write_bytes(client.get(f"/log/proof/{index}").content)
        (tmp_path / "entry.json").write_bytes(bytes(LogEntry.objects.get(index=index).body))
        assert f"entry {index} of 20 stands in" in _run(tmp_path, *CHECK, queries.vkey()).stdout
        if shutil.which("openssl"):
            assert _run(tmp_path, *SIGNATURE.split()).returncode == 0
            (tmp_path / "text").write_bytes((tmp_path / "text").read_bytes().replace(b"\n20\n", b"\n21\n"))
            assert _run(tmp_path, *SIGNATURE.split()).returncode != 0
    (tmp_path / "entry.json").write_bytes(bytes(LogEntry.objects.get(index=18).body))
    assert "does not stand in this log" in _run(tmp_path, *CHECK, queries.vkey()).stderr


CHECK = (sys.executable, "-I", "check.py", "one.tlog-proof", "entry.json")
SIGNATURE = "openssl pkeyutl -verify -pubin -keyform DER -inkey key.der -rawin -in text -sigfile signature"


def _run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env={"PATH": os.environ["PATH"]}
    )
