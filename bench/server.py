"""A home of its own for one measurement, and a real ``fairhearing run`` on it. Both are gone afterwards."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from bench import machine
from fairhearing.home import Home
from fairhearing.home.postgres import locate

READY_WITHIN_S = 120.0
ENDS_WITHIN_S = 60.0


def environment(home: Path, **more: str) -> dict[str, str]:
    """Ours, without settings of another installation, pointing to ``home``, with ``more`` of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FAIRHEARING_")}
    return {**kept, "FAIRHEARING_HOME": str(home), **more}


@contextlib.contextmanager
def temporary_home() -> Iterator[Path]:
    """An empty home; it and its database are removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="fairhearing-bench-"))
    home = folder / "home"
    try:
        yield home
    finally:
        remove_database(home)
        shutil.rmtree(folder, ignore_errors=True)


def remove_database(home: Path) -> None:
    """Remove a home's database, which lies elsewhere."""
    if (home / "database.name").exists():
        shutil.rmtree(locate(Home.from_environment(str(home))).data.parent, ignore_errors=True)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def in_process(module: str, home: Path, argument: dict[str, Any], **more: str) -> dict[str, Any]:
    """Run ``python -m MODULE`` on a home with JSON on its standard input; gives the JSON of its last line."""
    done = subprocess.run(
        [sys.executable, "-m", module],
        env=environment(home, **more),
        input=json.dumps(argument),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def fairhearing(home: Path, *arguments: str, given: str = "", **more: str) -> dict[str, Any]:
    """Run ``fairhearing … --json`` on a home with ``given`` on its standard input; gives its answer."""
    command = [sys.executable, "-m", "fairhearing.cli", *arguments, "--json"]
    done = subprocess.run(
        command, env=environment(home, **more), input=given, stdout=subprocess.PIPE, text=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


@dataclass
class Running:
    """A server that answers; ``ready_s`` is the time from its process's start to its ``ready`` line."""

    process: subprocess.Popen[str]
    home: Path
    port: int
    ready_s: float

    def pids(self) -> set[int]:
        """All processes of the installation: supervisor, server, worker, database."""
        return machine.family({self.process.pid}) | self.database_pids()

    def database_pids(self) -> set[int]:
        """The embedded database's processes."""
        data = locate(Home.from_environment(str(self.home))).data
        return machine.family({int((data / "postmaster.pid").read_text().split("\n", 1)[0])})


@contextlib.contextmanager
def running(
    home: Path, *, demo: bool = False, stderr: IO[str] | None = None, more: Mapping[str, str] | None = None
) -> Iterator[Running]:
    """``fairhearing run`` on a home, ended by SIGTERM."""
    port = free_port()
    command = [sys.executable, "-m", "fairhearing.cli", "run", "--port", str(port)]
    begun = time.monotonic()
    process = subprocess.Popen(
        [*command, *([] if demo else ["--no-demo"])],
        env=environment(home, **(more or {})),
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
    )
    try:
        yield Running(process, home, port, _wait(process, begun))
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()  # its children end with it
            raise


def _wait(process: subprocess.Popen[str], begun: float) -> float:
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("ready "):
            return time.monotonic() - begun
        if time.monotonic() > begun + READY_WITHIN_S:
            break
    raise RuntimeError(f"fairhearing run was not ready (it ended with {process.poll()}); see above")
