"""``log verify`` with policies, remembered checkpoints and receipts, and ``witness`` as a process of its own."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from fairhearing.ledger import witnesses
from fairhearing.tlog import Checkpoint, Frontier, Receipt, Signer, checkpoint, leaf_hash, note
from fairhearing.tlog.bundles import encode_bundle
from fairhearing.tlog.keys import KeyType
from fairhearing.tlog.proofs import consistency_proof, inclusion_proof
from fairhearing.tlog.tiles import grow, new_bundles
from fairhearing.tlog.witness import AddCheckpoint, parse_cosignatures
from tests.cli.running import environment, fairhearing
from tests.ledger import witnessing
from tests.tlog import naive

LOG = Signer("log.example/heard", b"l" * 32)
W = Signer("w.example/1", b"1" * 32)
VKEY = LOG.verifier().vkey
POLICY = f"log {VKEY}\nwitness w {W.verifier(KeyType.COSIGNATURE).vkey}\nquorum w\n"


def write(folder: Path, size: int, *, forked: int | None = None, cosigned: bool = True) -> str:
    """A log of so many entries as files; from ``forked`` on they are others. Gives its checkpoint."""
    entries = [b"entry %d%s" % (at, b"" if forked is None or at < forked else b"!") for at in range(size)]
    leaves = [leaf_hash(entry) for entry in entries]
    files = {tile.path: body for tile, body in grow(0, leaves, naive.Reader([]))}
    files |= {tile.path: encode_bundle(entries[tile.index * 256 :][: tile.width]) for tile in new_bundles(0, size)}
    text = Checkpoint(LOG.name, size, Frontier().extend(leaves).root()).encode()
    signatures = [LOG.signature(text), *([W.cosignature(text, 1_700_000_000)] if cosigned else [])]
    files["checkpoint"] = note.build(text, signatures).encode()
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return files["checkpoint"].decode()


def verify(home: Path, where: Path | str, *more: str | Path) -> subprocess.CompletedProcess[str]:
    return fairhearing(home, "log", "verify", str(where), "--key", "-", "--json", *map(str, more), stdin=VKEY)


def value(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def refused(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 1, (done.returncode, done.stderr)
    assert "Traceback" not in done.stderr
    return done.stderr.splitlines()[-1]


def test_witnesses_count_when_the_policy_names_them_and_too_few_are_refused(tmp_path: Path) -> None:
    folder, policy = tmp_path / "log", tmp_path / "policy"
    policy.write_text(POLICY)
    write(folder, 5)
    assert value(verify(tmp_path / "home", folder))["witnesses"] == 0
    found = value(verify(tmp_path / "home", folder, "--policy", policy))
    assert (found["size"], found["ok"], found["witnesses"]) == (5, True, 1)
    write(folder, 6, cosigned=False)
    assert "quorum 'w' is not met: signed by nobody" in refused(verify(tmp_path / "home", folder, "--policy", policy))
    policy.write_text("quorum nobody\n")
    assert verify(tmp_path / "home", folder, "--policy", policy).returncode == 2
    assert not (tmp_path / "home").exists(), "verifying needs no home, no database and makes none"


def test_from_a_remembered_checkpoint_the_log_must_go_on(tmp_path: Path) -> None:
    home, since = tmp_path / "home", tmp_path / "since"
    first = write(tmp_path / "one", 300)
    assert value(verify(home, tmp_path / "one", "--since", since))["size"] == 300
    assert since.read_text() == first
    longer = write(tmp_path / "two", 600)
    (tmp_path / "two" / "tile" / "entries" / "000").unlink()
    assert value(verify(home, tmp_path / "two", "--since", since))["size"] == 600, "what was verified is not read again"
    assert since.read_text() == longer
    assert "rolled back" in refused(verify(home, tmp_path / "one", "--since", since))
    write(tmp_path / "fork", 700, forked=590)
    assert "split" in refused(verify(home, tmp_path / "fork", "--since", since))
    assert since.read_text() == longer, "what was refused is not remembered"


def test_a_receipt_is_verified_with_its_entry_and_its_witnesses(tmp_path: Path) -> None:
    folder, policy, out = tmp_path / "log", tmp_path / "policy", tmp_path / "one.tlog-proof"
    policy.write_text(POLICY)
    leaves = [leaf_hash(b"entry %d" % at) for at in range(300)]
    for index, size in ((7, 290), (288, 290), (299, 300)):
        signed = write(tmp_path / f"at {size}", size)
        out.write_text(Receipt(index, tuple(inclusion_proof(index, size, naive.Reader(leaves))), signed).encode())
        write(folder, 300)
        # The bundle of then is gone when the log goes on; it is then not in the log that is read.
        (folder / "tile/entries/001.p").mkdir(exist_ok=True)
        for bundle in (tmp_path / f"at {size}" / "tile/entries").rglob("001.p/*"):
            (folder / "tile/entries/001.p" / bundle.name).write_bytes(bundle.read_bytes())
        assert value(verify(tmp_path / "h", folder, "--receipt", out, "--policy", policy))["witnesses"] == 1
    entry = tmp_path / "entry"
    entry.write_bytes(b"entry 299")
    assert value(verify(tmp_path / "h", folder, "--receipt", out, "--entry", entry))["ok"]
    entry.write_bytes(b"entry 298")
    assert "does not verify" in refused(verify(tmp_path / "h", folder, "--receipt", out, "--entry", entry))
    bare = write(tmp_path / "bare", 300, cosigned=False)
    out.write_text(Receipt(299, tuple(inclusion_proof(299, 300, naive.Reader(leaves))), bare).encode())
    assert "not met" in refused(verify(tmp_path / "h", folder, "--receipt", out, "--policy", policy))


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        pass


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """The folder ``www`` at an address."""
    (tmp_path / "www" / "log").mkdir(parents=True)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path / "www"))) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_a_log_at_an_address_is_verified_like_one_in_a_folder(tmp_path: Path, served: str) -> None:
    write(tmp_path / "www" / "log", 9000)
    for where in (served, f"{served}/", f"{served}/log"):
        assert value(verify(tmp_path / "h", where))["size"] == 9000
    tile = tmp_path / "www" / "log" / "tile" / "0" / "020"
    tile.write_bytes(tile.read_bytes()[:-1] + b"x")
    assert "tile/0/020" in refused(verify(tmp_path / "h", served))
    tile.unlink()
    assert "tile/0/020" in refused(verify(tmp_path / "h", served))
    assert "does not verify" in refused(verify(tmp_path / "h", "http://127.0.0.1:1"))


def test_the_witness_is_a_process_that_remembers_over_a_kill(tmp_path: Path) -> None:
    leaves = naive.leaves(30)

    def request(old: int, size: int) -> bytes:
        proof = consistency_proof(old, size, naive.Reader(leaves)) if 0 < old < size else []
        return AddCheckpoint(old, tuple(proof), signed(size)).encode()

    def signed(size: int) -> str:
        return checkpoint.sign(Checkpoint(LOG.name, size, naive.root(leaves[:size])), LOG)

    for turn, (old, size, ending) in enumerate([(0, 10, signal.SIGKILL), (10, 20, signal.SIGTERM)]):
        command = [sys.executable, "-m", "fairhearing.cli", "witness", "--state", str(tmp_path / "state")]
        process = subprocess.Popen(
            [*command, "--name", "w.example/1", "--log", VKEY, "--port", "0"],
            env=environment(),
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        try:
            keys = [witnessing.Verifier.parse(process.stdout.readline().strip()) for _ in range(2)]
            ready = process.stdout.readline().strip()
            assert ready.startswith("ready http://127.0.0.1:"), ready
            add = f"{ready.removeprefix('ready ')}/add-checkpoint"
            if turn:
                assert witnesses.post(add, request(0, 20)) == (409, "text/x.tlog.size", b"10\n")
            status, _, body = witnesses.post(add, request(old, size))
            assert status == 200
            assert len(parse_cosignatures(body, signed(size), keys)) == 2
        finally:
            process.send_signal(ending)
            code = process.wait(20)
            process.stdout.close()
    assert code == 0
    key_file = tmp_path / "state" / "witness.key"
    assert key_file.stat().st_mode & 0o777 == 0o600
    os.chmod(key_file, 0o644)
    again = [*command[3:], "--name", "w.example/1", "--log", VKEY, "--keys"]
    assert "can be read by others" in fairhearing(tmp_path / "h", *again).stderr
    os.chmod(key_file, 0o600)
    assert fairhearing(tmp_path / "h", *again).stdout.split() == [key.vkey for key in keys]
    for wrong in (["--name", "a b", "--log", VKEY], ["--name", "w", "--log", "nonsense"], ["--name", "w"]):
        assert fairhearing(tmp_path / "h", *command[3:], *wrong).returncode == 2
