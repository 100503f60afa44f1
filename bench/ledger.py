"""``ledger``: how fast entries become durable, how long the whole log takes to verify, what a receipt costs.

16 clients (threads of one server process) each wait for their entry to be on the disk before they send the next. Then a
log of a million entries, written as files by ``tlog`` itself, is verified as an auditor does it; and receipts are made
from a database that holds a hundred thousand entries.
"""

import json
import os
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from bench import server
from bench.options import Options, say
from fairhearing.home import Home
from fairhearing.startup import ready

CLIENTS = 16
SECONDS = 15.0
VERIFIED = 1_000_000
STORED = 100_000
RECEIPTS = 200


def run(_options: Options) -> dict[str, Any]:
    """All three, the database's part in a process and a home of its own."""
    with server.temporary_home() as home:
        say(f"{CLIENTS} clients wait for their entries for {SECONDS:.0f} s; then {RECEIPTS} receipts")
        found = server.in_process("bench.ledger", home, {})
    with tempfile.TemporaryDirectory(prefix="fairhearing-bench-") as folder:
        say(f"a log of {VERIFIED:,} entries")
        _write_log(Path(folder), VERIFIED)
        found |= _verify(Path(folder))
    return found


def main() -> None:
    """The part with a database: read what is asked, print the figures."""
    json.load(sys.stdin)
    with ready.django(Home.from_environment()):
        figures = _durable()
        _fill(STORED)
        print(json.dumps({**figures, **_receipts()}))


def _durable() -> dict[str, Any]:
    from fairhearing.ledger.appender import append_durably
    from fairhearing.ledger.entries import Kind, NewEntry

    def entry(number: int) -> NewEntry:
        return NewEntry(
            kind=Kind.PLAYED,
            recording=f"rec_{number:026d}",
            clip=f"clip_{number:026d}",
            account="acc_bench",
            vendor="bench",
            country="IE",
            role="reviewer",
            purpose="human_review",
            duration_ms=3000,
            served_sha256="ab" * 32,
        )

    waits: list[list[float]] = [[] for _ in range(CLIENTS)]
    append_durably(entry(0))
    begun = time.monotonic()
    until = begun + SECONDS

    def client(mine: list[float]) -> None:
        while (asked := time.monotonic()) < until:
            append_durably(entry(len(mine)))
            mine.append(time.monotonic() - asked)

    threads = [threading.Thread(target=client, args=[mine]) for mine in waits]
    cpu = time.process_time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.monotonic() - begun
    every = sorted(one for mine in waits for one in mine)
    return {
        "durable_s": round(len(every) / seconds),
        "p50_ms": round(1000 * statistics.median(every), 1),
        "p95_ms": round(1000 * every[int(len(every) * 0.95)], 1),
        "max_ms": round(1000 * every[-1], 1),
        "entries": len(every),
        "cpu_ms_an_entry": round(1000 * (time.process_time() - cpu) / len(every), 3),
    }


def _fill(size: int) -> None:
    """Entries by the product's own way of appending, in batches."""
    from django.db import connection, transaction

    from fairhearing.ledger import log, tiles
    from fairhearing.ledger.entries import Kind, NewEntry

    while (missing := size - tiles.size()) > 0:
        with transaction.atomic(), connection.cursor() as cursor:
            log.append_with(cursor, [NewEntry(kind=Kind.PLAYED, vendor="bench")] * min(2000, missing))


def _receipts() -> dict[str, Any]:
    """Receipts of entries all over the log, each made and written to a file, as ``log prove`` does it."""
    from fairhearing.ledger import publish, tiles

    size, took = tiles.size(), []
    publish.receipt("0")
    cpu = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(RECEIPTS):
            begun = time.monotonic()
            publish.prove(str(number * (size - 1) // RECEIPTS), Path(folder) / "one.tlog-proof")
            took.append(time.monotonic() - begun)
    cpu = time.process_time() - cpu
    took.sort()
    return {
        "receipt_ms": round(1000 * statistics.median(took), 2),
        "receipt_p95_ms": round(1000 * took[int(len(took) * 0.95)], 2),
        "receipt_cpu_ms": round(1000 * cpu / RECEIPTS, 2),
        "receipt_log": size,
    }


def _write_log(folder: Path, size: int) -> None:
    """A log as files, with entries of the usual length."""
    from fairhearing.tlog import Checkpoint, Frontier, Signer, checkpoint, leaf_hash
    from fairhearing.tlog.bundles import encode_bundle
    from fairhearing.tlog.tiles import grow, new_bundles

    class Nothing:
        """The tree before the first entry."""

        def read_hashes(self, _nodes: Any) -> list[bytes]:
            return []

    entries = [
        b'{"hour":"2026-11-22T15Z","kind":"played","parts":{"circumstances":"%064x","reviewer":"%064x",'
        b'"speaker":"%064x"},"served":"%064x","v":1}' % (number, number, number, number)
        for number in range(size)
    ]
    leaves = [leaf_hash(entry) for entry in entries]
    files = [(tile, body) for tile, body in grow(0, leaves, Nothing())]
    for tile in new_bundles(0, size):
        files.append((tile, encode_bundle(entries[tile.index * 256 : tile.index * 256 + tile.width])))
    for tile, body in files:
        path = folder / tile.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    signer = Signer("bench.example/log", b"b" * 32)
    signed = checkpoint.sign(Checkpoint(signer.name, size, Frontier().extend(leaves).root()), signer)
    (folder / "checkpoint").write_text(signed)


def _verify(folder: Path) -> dict[str, Any]:
    """``fairhearing log verify`` itself, with its start."""
    from fairhearing.tlog import Signer

    key = Signer("bench.example/log", b"b" * 32).verifier().vkey
    begun = time.monotonic()
    found = server.fairhearing(folder / "home", "log", "verify", str(folder), "--key", "-", given=key)
    seconds = time.monotonic() - begun
    assert (found["ok"], found["size"]) == (True, VERIFIED), found
    return {"verify_1m_s": round(seconds, 2)}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fairhearing.settings")
    main()
