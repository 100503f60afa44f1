"""The witness over real HTTP: rollback, split view, replay, crashes between checking and answering."""

import http.client
import socket
import threading
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from fairhearing.cli import witness as cli
from fairhearing.cli.witness import StateDamaged, WitnessState
from fairhearing.ledger import witnesses
from fairhearing.ledger.witnesses import Answer
from fairhearing.tlog import Checkpoint, Signer, checkpoint, witness
from fairhearing.tlog.proofs import consistency_proof
from fairhearing.tlog.trust import Party
from fairhearing.tlog.witness import AddCheckpoint, OldSizeDiffers, Seen
from tests.ledger import witnessing
from tests.tlog import naive

LOG = Signer("log.example/heard", b"l" * 32)
LEAVES = naive.leaves(40)
KEYS = witnessing.public_keys()
FORKED = [*LEAVES[:4], *reversed(LEAVES[4:])]


def signed(size: int, leaves: list[bytes] = LEAVES) -> str:
    return checkpoint.sign(Checkpoint(LOG.name, size, naive.root(leaves[:size])), LOG)


def request(old: int, size: int, leaves: list[bytes] = LEAVES) -> AddCheckpoint:
    proof = consistency_proof(old, size, naive.Reader(leaves)) if 0 < old < size else []
    return AddCheckpoint(old, tuple(proof), signed(size, leaves))


def ask(url: str, old: int, size: int, leaves: list[bytes] = LEAVES) -> tuple[int, str, bytes]:
    return witnesses.post(f"{url}/add-checkpoint", request(old, size, leaves).encode())


def test_growth_is_signed_and_everything_else_refused(tmp_path: Path) -> None:
    ours = witnessing.make(tmp_path, [LOG.verifier()])
    with witnessing.serving(ours) as url:
        status, kind, body = ask(url, 0, 10)
        assert (status, kind) == (200, "text/plain")
        found = witness.parse_cosignatures(body, signed(10), ours.public_keys())
        assert len(found) == 2
        assert ask(url, 10, 10)[0] == 200, "the same checkpoint again is signed again"
        assert ask(url, 10, 25)[0] == 200
        # A replay from an older size, a rollback, a split view, at the same size and beyond.
        assert ask(url, 0, 10) == ask(url, 10, 25) == ask(url, 5, 40) == (409, "text/x.tlog.size", b"25\n")
        assert ask(url, 25, 20)[0] == 400
        assert ask(url, 25, 25, FORKED)[0] == 422
        assert ask(url, 25, 30, FORKED)[0] == 422
        assert ask(url, 25, 40)[0] == 200, "what was refused changed nothing"


def test_what_is_no_request_of_a_known_log_is_refused(tmp_path: Path) -> None:
    with witnessing.serving(witnessing.make(tmp_path, [LOG.verifier()])) as url:
        other = Signer("other.example/log", b"o" * 32)
        foreign = checkpoint.sign(Checkpoint(other.name, 3, naive.root(LEAVES[:3])), other)
        add = f"{url}/add-checkpoint"
        assert witnesses.post(add, AddCheckpoint(0, (), foreign).encode())[0] == 404
        mine = checkpoint.sign(Checkpoint(LOG.name, 3, naive.root(LEAVES[:3])), Signer(LOG.name, b"m" * 32))
        assert witnesses.post(add, AddCheckpoint(0, (), mine).encode())[0] == 403
        assert witnesses.post(add, b"nonsense")[0] == 400
        assert witnesses.post(f"{url}/elsewhere", b"")[0] == 404
        assert witnesses.post(add, b"x" * 300_000)[0] == 413
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
        connection.request("GET", "/add-checkpoint")
        assert connection.getresponse().status == 501
        connection.close()
    assert not list(tmp_path.glob("*.seen")), "nothing was kept of those"


def test_of_two_histories_that_come_at_once_one_is_signed(tmp_path: Path) -> None:
    """Sixteen ask at the same moment for one of two trees of the same size; never are both signed."""
    for turn in range(5):
        ours = witnessing.make(tmp_path / str(turn), [LOG.verifier()])
        answers: list[tuple[bool, int]] = []
        with witnessing.serving(ours) as url:
            gate = threading.Barrier(16)

            def work(
                number: int, gate: threading.Barrier = gate, url: str = url, into: list[tuple[bool, int]] = answers
            ) -> None:
                gate.wait()
                forked = number % 2 == 0
                into.append((forked, ask(url, 0, 20, FORKED if forked else LEAVES)[0]))

            threads = [threading.Thread(target=work, args=[number]) for number in range(16)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert len({forked for forked, status in answers if status == 200}) == 1
        assert {status for _, status in answers} <= {200, 409}


class Crashed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("persisted", [False, True], ids=["failed and not persisted", "failed but persisted"])
def test_a_witness_that_crashed_between_check_and_answer_signs_one_history(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, persisted: bool
) -> None:
    ours = witnessing.make(tmp_path, [LOG.verifier()])
    ours.cosign(request(0, 10))
    keep: Callable[[WitnessState, Checkpoint], None] = WitnessState.keep

    def crash(state: WitnessState, kept: Checkpoint) -> None:
        if persisted:
            keep(state, kept)
        raise Crashed

    monkeypatch.setattr(WitnessState, "keep", crash)
    with pytest.raises(Crashed):
        ours.cosign(request(10, 20))
    monkeypatch.setattr(WitnessState, "keep", keep)
    again = witnessing.make(tmp_path, [LOG.verifier()])
    if persisted:
        with pytest.raises(OldSizeDiffers) as differs:
            again.cosign(request(10, 20))
        assert differs.value.size == 20
        with pytest.raises(witness.Inconsistent):
            again.cosign(request(20, 20, FORKED))
        assert again.cosign(request(20, 20))
    else:
        assert again.cosign(request(10, 20))
    assert again.cosign(request(20, 30))


def test_a_disk_that_fails_signs_nothing_and_leaves_what_was_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = witnessing.make(tmp_path, [LOG.verifier()])

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with witnessing.serving(ours) as url:
        assert ask(url, 0, 10)[0] == 200
        monkeypatch.setattr(cli.os, "fsync", full)
        assert ask(url, 10, 20)[0] == 500
        monkeypatch.undo()
        assert ask(url, 10, 30)[0] == 200


def test_a_damaged_memory_is_not_taken_for_none(tmp_path: Path) -> None:
    ours = witnessing.make(tmp_path, [LOG.verifier()])
    ours.cosign(request(0, 10))
    (path,) = tmp_path.glob("*.seen")
    assert path.name == f"{sha256(LOG.name.encode()).hexdigest()}.seen"
    assert WitnessState(tmp_path).seen(LOG.name) == Seen(10, naive.root(LEAVES[:10]))
    for content in (b"", path.read_bytes()[:-2], b"\xff", path.read_bytes().replace(b"heard", b"other")):
        path.write_bytes(content)
        with pytest.raises(StateDamaged):
            ours.cosign(request(0, 10))
    with witnessing.serving(ours) as url:
        assert ask(url, 0, 10)[0] == 500


# --- the client


def asked(url: str, size: int, known: int = 0, leaves: list[bytes] = LEAVES, tree_key: bool = False) -> Answer:
    reader = naive.Reader(leaves)
    return witnesses.ask(
        [Party("w", KEYS[tree_key], url)],
        note=signed(size, leaves),
        size=size,
        known={"w": known},
        prove=lambda old: consistency_proof(old, size, reader),
    )["w"]


def test_the_log_s_side_learns_what_the_witness_signed_last(tmp_path: Path) -> None:
    with witnessing.serving(witnessing.make(tmp_path, [LOG.verifier()])) as url:
        for size, known in ((10, 0), (20, 0), (20, 20), (30, 7), (40, 40)):
            for tree_key in (False, True):
                (signature,) = asked(url, size, known, tree_key=tree_key).signatures
                assert signature.name == "w.example/1"
        behind = asked(url, 30)
        assert (behind.signatures, behind.size) == ((), 40), "a log that was rolled back is told so"
        split = asked(url, 40, 40, FORKED)
        assert split.signatures == ()
        assert "422" in split.problem


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\r\n" + b"x" * 70_000,
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 409 Conflict\r\nContent-Type: text/x.tlog.size\r\nContent-Length: 2\r\n\r\nx\n",
        b"HTTP/1.1 409 Conflict\r\nContent-Type: text/x.tlog.size\r\nContent-Length: 2\r\n\r\n0\n",
        b"HTTP/1.1 500 Broken\r\n\r\n",
        b"\xff\xfe\r\n\r\n",
    ],
)
def test_whatever_a_witness_answers_the_log_goes_on(answer: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def once() -> None:
            for _ in range(3):
                connection, _ = listener.accept()
                with connection:
                    connection.recv(65_536)
                    connection.sendall(answer)

        thread = threading.Thread(target=once, daemon=True)
        thread.start()
        found = asked(f"http://127.0.0.1:{port}", 10)
    assert found.signatures == ()
    assert found.problem


def test_a_witness_that_is_silent_or_drips_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(witnesses, "ANSWER_WITHIN_S", 0.4)
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            connection, _ = listener.accept()
            with connection:
                while not ended.wait(0.05):
                    try:
                        connection.sendall(b"H")
                    except OSError:
                        return

        threading.Thread(target=drip, daemon=True).start()
        found = asked(f"http://127.0.0.1:{listener.getsockname()[1]}", 10)
        ended.set()
    assert found.problem
    assert asked("http://127.0.0.1:1", 10).problem, "nobody listens"
    assert "no address" in asked("ftp://w.example", 10).problem
