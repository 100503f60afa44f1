"""The product as its users have it: real processes on a home of their own, with the embedded database."""

import contextlib
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import psutil
import psycopg

from fairhearing.home import Home
from fairhearing.home.postgres import Cluster, locate

Found = TypeVar("Found")
READY_WITHIN_S = 60.0


def environment(**more: str) -> dict[str, str]:
    """Ours, without anything that would lead to the home or the database of the test run."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("FAIRHEARING_")}
    return {**clean, **more}


def as_user(user: int | None) -> list[str]:
    """What a command begins with that root runs as a normal user.

    The interpreter may lie where that user may not look; it keeps the leave to pass, and nothing else of root's.
    """
    if user is None:
        return []
    number = str(user)
    leave = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
    return ["setpriv", "--reuid", number, "--regid", number, "--clear-groups", *leave]


def fairhearing(home: Path, *arguments: str, stdin: str | None = None, **more: str) -> subprocess.CompletedProcess[str]:
    """One command, in a process of its own."""
    command = [sys.executable, "-m", "fairhearing.cli", "--home", str(home), *arguments]
    return subprocess.run(
        command, input=stdin or "", capture_output=True, text=True, env=environment(**more), timeout=120, check=False
    )


def answer(home: Path, *arguments: str, stdin: str | None = None, **more: str) -> Any:
    """What a command answers with --json. It must succeed, and its last line be one object."""
    done = fairhearing(home, *arguments, "--json", stdin=stdin, **more)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert isinstance(found, dict)
    return found


def eventually(
    look: Callable[[], Found], *, within_s: float, what: str, show: Callable[[], object] | None = None
) -> Found:
    """Look until there is something to see; there is no other signal to wait for in another process's database."""
    deadline = time.monotonic() + within_s
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"within {within_s} s: {what}; last seen: {show() if show else found!r}")
        select.select([], [], [], 0.1)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def fetch(url: str, data: bytes | None = None, **headers: str) -> tuple[int, bytes]:
    """Status and body, also of an error."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=20) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


class Running:
    """One ``fairhearing run``. Whoever starts it ends it."""

    def __init__(self, home: Path, *options: str, port: int | None = None, user: int | None = None) -> None:
        self.home, self.user = home, user
        self.port = port or free_port()
        self.errors = home.with_name(f"{home.name}.errors")
        command = [sys.executable, "-m", "fairhearing.cli", "--home", str(home), "run", "--port", str(self.port)]
        with self.errors.open("ab") as errors:
            self.process = subprocess.Popen(
                [*as_user(user), *command, *options],
                env=environment(HOME=str(home.parent)),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                start_new_session=True,
            )
        self.seen: set[psutil.Process] = set()

    def wait_until_ready(self) -> "Running":
        output = self.process.stdout
        assert output is not None
        readable, _, _ = select.select([output], [], [], READY_WITHIN_S)
        line = output.readline().strip() if readable else "nothing"
        assert line == f"ready {self.url}", f"{line}\n{self.errors.read_text()}"
        self.family()
        return self

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def cluster(self) -> Cluster:
        if self.user is not None:  # what a normal user has, seen by root
            return Cluster(self.home / "postgres" / "data", self.home / "postgres" / "socket", None)
        return locate(Home(self.home, self.home / "keys" / "secret.key"))

    def postmaster(self) -> psutil.Process | None:
        """The embedded database's first process, while it lives."""
        try:
            pid = int((self.cluster.data / "postmaster.pid").read_text().split("\n", 1)[0])
            process = psutil.Process(pid)
            return process if process.name() == "postgres" and process.status() != psutil.STATUS_ZOMBIE else None
        except (OSError, ValueError, psutil.NoSuchProcess):
            return None

    def family(self) -> list[psutil.Process]:
        """Everything that runs for this home now; what was seen once is remembered for the end."""
        roots = [self.postmaster()]
        with contextlib.suppress(psutil.NoSuchProcess):
            roots.append(psutil.Process(self.process.pid))
        found: list[psutil.Process] = []
        for root in filter(None, roots):
            with contextlib.suppress(psutil.NoSuchProcess):
                found += [root, *root.children(recursive=True)]
        self.seen.update(found)
        return found

    def named(self, part: str) -> list[psutil.Process]:
        """Those of the family whose command line has ``part`` in it, oldest first."""
        found = []
        for process in self.family():
            with contextlib.suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
                if any(part in word for word in process.cmdline()) and process.pid != self.process.pid:
                    found.append(process)
        return sorted(found, key=lambda process: process.create_time())

    def left_over(self) -> list[str]:
        """What still runs of everything that was ever seen here."""
        return self.alive(list(self.seen))

    @staticmethod
    def alive(processes: list[psutil.Process]) -> list[str]:
        """The command lines of those that run."""
        found = []
        for process in processes:
            with contextlib.suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
                if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(" ".join(process.cmdline())[:120])
        return found

    @contextlib.contextmanager
    def database(self) -> Iterator[psycopg.Connection[Any]]:
        with psycopg.connect(self.cluster.url, autocommit=True) as connection:
            yield connection

    def rows(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        """What the home's database answers."""
        with self.database() as connection:
            return connection.execute(sql.encode(), parameters).fetchall()

    def stop(self) -> int:
        """SIGTERM, as a service manager does it; gives the exit code."""
        self.family()
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=40)
        finally:
            if self.process.stdout:
                self.process.stdout.close()

    def ended(self) -> int:
        """Wait for an end that comes by itself; gives the exit code."""
        try:
            return self.process.wait(timeout=60)
        finally:
            if self.process.stdout:
                self.process.stdout.close()

    def kill(self) -> None:
        """SIGKILL to ``run`` itself, and to nothing else."""
        self.family()
        self.process.kill()
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()

    def remove(self) -> None:
        """End what still runs, and take away what the home left outside its folder."""
        if self.process.poll() is None:
            self.stop()
        with contextlib.suppress(OSError):
            cluster = self.cluster
            postmaster = self.postmaster()
            if postmaster is not None:
                postmaster.send_signal(signal.SIGINT)
                psutil.wait_procs([postmaster], timeout=20)
            shutil.rmtree(cluster.data.parent, ignore_errors=True)


def remove_database(home: Path) -> None:
    """The embedded database of a home whose folder goes away with the test."""
    if (home / "database.name").exists():
        cluster = locate(Home(home, home / "keys" / "secret.key"))
        assert not cluster.running(), f"the database of {home.name} still runs"
        shutil.rmtree(cluster.data.parent, ignore_errors=True)
