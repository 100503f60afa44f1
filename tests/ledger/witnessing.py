"""A real witness on a port of its own, for tests."""

import contextlib
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from fairhearing.cli.witness import Witness, WitnessState, serve
from fairhearing.tlog import Verifier


def make(folder: Path, logs: Sequence[Verifier], name: str = "w.example/1") -> Witness:
    """A witness with its state in a folder; made again on the same folder it is the same one, after a crash."""
    return Witness(name=name, seed=name.encode().ljust(32)[:32], logs=logs, state=WitnessState(folder))


def public_keys(name: str = "w.example/1") -> list[Verifier]:
    """The keys of the witness that ``make`` makes."""
    with tempfile.TemporaryDirectory() as folder:
        return make(Path(folder), [], name).public_keys()


@contextlib.contextmanager
def serving(witness: Witness, port: int = 0) -> Iterator[str]:
    """Its address while it serves."""
    with serve(witness, "127.0.0.1", port) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def policy(witnesses: dict[str, Sequence[tuple[str, Verifier]]], quorum: str = "any") -> str:
    """A policy file: for each address the witnesses that stand there."""
    lines, names = [], []
    for url, parties in witnesses.items():
        for name, key in parties:
            lines.append(f"witness {name} {key.vkey} {url}")
            names.append(name)
    return "\n".join([*lines, f"group all-of-them {quorum} {' '.join(names)}", "quorum all-of-them", ""])
