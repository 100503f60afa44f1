"""``fairhearing run``: the database, the server and a worker, started together and ended together."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import click

from fairhearing.home import Home, postgres
from fairhearing.operations import backup
from fairhearing.startup import orphans, ready

DEFAULT_PORT = 8000
READY_WITHIN_S = 60.0
END_WITHIN_S = 20.0
PORT_WITHIN_S = 5.0
WORKERS = 2
LOOKS_EVERY_S = 3.0
VAIN_FOR_S = 11.0  # PostgreSQL itself kills after 5 s what does not end when it should


@click.command("run")
@click.option("--port", type=click.IntRange(1, 65535), help="Default 8000, or the next free one.")
@click.option("--no-demo", is_flag=True, help="Start empty, without the demo's people and recordings.")
@click.pass_obj
def run(home: Home, port: int | None, no_demo: bool) -> None:
    """Start everything and print ``ready http://localhost:PORT``. SIGTERM or Ctrl-C ends all of it in order."""
    if backup.unfinished(home).exists():
        raise click.ClickException("a restore has not come to its end: call fairhearing restore again")
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGINT, _interrupt)
    try:
        with _alone(home), _port(port) as chosen:
            os.environ.setdefault("FAIRHEARING_BASE_URL", f"http://localhost:{chosen}")
            if not no_demo:
                os.environ["FAIRHEARING_DEMO"] = "1"
            embedded = not os.environ.get("FAIRHEARING_DATABASE_URL")
            with ready.database(home) as url:
                os.environ["FAIRHEARING_DATABASE_URL"] = url
                _first(home, demo=not no_demo)
                supervisor = Supervisor(_processes(chosen, demo=not no_demo), home if embedded else None)
                supervisor.run(chosen)
    except KeyboardInterrupt:
        print("ended", flush=True)


@click.command("worker")
@click.option("--until-empty", is_flag=True, help="End when no job waits.")
@click.pass_obj
def worker(home: Home, until_empty: bool) -> None:
    """Work on background jobs (``run`` starts one; start more on other machines)."""
    del home  # handed on in the environment
    options = ["--until-empty"] if until_empty else []
    os.execv(sys.executable, [sys.executable, "-m", "fairhearing.worker", *options])  # noqa: S606


@click.command("setup", hidden=True)
@click.option("--demo", is_flag=True)
@click.pass_obj
def setup(home: Home, demo: bool) -> None:
    """Bring tables up to date and make the demo's people. ``run`` calls it in a process of its own, to stay small."""
    with ready.django(home):
        if demo:
            from fairhearing.demo import people

            people.ensure()


@click.command("seed-demo", hidden=True)
@click.pass_obj
def seed_demo(home: Home) -> None:
    """Make the demo's recordings, once; they appear one by one."""
    signal.signal(signal.SIGTERM, _interrupt)  # takes its folder away before it ends
    with ready.django(home):
        from fairhearing.demo import seed

        seed.seed()


_ENDING = threading.Event()


def _interrupt(_signal: int, _frame: object) -> None:
    """End. Python swallows what is raised while a child is being forked; the event remembers that we were told."""
    _ENDING.set()
    raise KeyboardInterrupt


@contextlib.contextmanager
def _alone(home: Home) -> Iterator[None]:
    """One ``run`` a home."""
    import fcntl

    home.prepare()
    with (home.run / "run.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise click.ClickException(f"a server runs on {home.root} already; use another --home") from None
        yield


@contextlib.contextmanager
def _port(wanted: int | None) -> Iterator[int]:
    """A port that nobody else serves, ours until the end.

    The server shares its port between its processes, so the system would let a second server share it too, and send
    it half of the requests. A name in the network's own namespace settles who has it.
    """
    deadline = time.monotonic() + (PORT_WITHIN_S if wanted else 0.0)
    candidates = [wanted] if wanted else range(DEFAULT_PORT, DEFAULT_PORT + 100)
    while True:
        for port in candidates:
            claim = socket.socket(socket.AF_UNIX)
            try:
                if sys.platform == "linux":
                    claim.bind(f"\0fairhearing-port-{port}")
                with socket.socket() as probe:
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    probe.bind(("127.0.0.1", port))
            except OSError:
                claim.close()
                continue
            with claim:
                yield port
            return
        if time.monotonic() > deadline:
            break
        time.sleep(0.2)  # the server of a run that was killed is about to end
    if wanted:
        raise click.ClickException(f"port {wanted} is in use: name another one with --port")
    raise click.ClickException(f"no free port from {candidates[0]} to {candidates[-1]}: name one with --port")


def _first(home: Home, *, demo: bool) -> None:
    """What must be done before the server starts, in a process of its own. A finished home skips it."""
    command = [*_fairhearing(), "--home", str(home.root), "setup", *(["--demo"] if demo else [])]
    if subprocess.call(command) != 0:
        raise click.ClickException("the database could not be brought up to date; what went wrong stands above")


def _fairhearing() -> list[str]:
    return [sys.executable, "-m", "fairhearing.cli"]


@dataclass
class Process:
    """One child: how to start it, and whether its end is an accident."""

    name: str
    command: list[str]
    restart: bool = True
    running: subprocess.Popen[bytes] | None = None
    started: list[float] = field(default_factory=list)

    def tell(self, number: int) -> None:
        """Signal the child and all that it started."""
        if self.running is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.running.pid, number)

    def ended_within(self, seconds: float) -> bool:
        """Wait for its end."""
        try:
            if self.running is not None:
                self.running.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True


def _processes(port: int, *, demo: bool) -> list[Process]:
    granian = shutil.which("granian", path=str(Path(sys.executable).parent)) or "granian"
    server = [
        granian, "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", str(WORKERS), "--blocking-threads", "4", "--backpressure", "64",
        "--no-ws", "--respawn-failed-workers", "--log-level", "warning", "fairhearing.web.wsgi:application",
    ]  # fmt: skip
    processes = [Process("server", server), Process("worker", [sys.executable, "-m", "fairhearing.worker"])]
    if demo:
        processes.append(Process("demo", [*_fairhearing(), "seed-demo"], restart=False))
    return processes


class Supervisor:
    """Starts the children, restarts one that died, ends all of them in order.

    ``embedded`` is the home whose database is started again, too; None where it is somebody else's.
    """

    def __init__(self, processes: list[Process], embedded: Home | None) -> None:
        self._processes = processes
        self._embedded = embedded
        self._looked = 0.0  # when we last looked at the database
        self._vain_since: float | None = None

    def run(self, port: int) -> None:
        """Until a signal. Nothing outlives it: children are ended, and killed when they do not end."""
        try:
            first, *others = self._processes
            self._start(first)
            _wait_until_ready(port, first)
            print(f"ready http://localhost:{port}", flush=True)
            for process in others:
                self._start(process)
            while not _ENDING.wait(0.5):
                self._look_after()
            raise KeyboardInterrupt
        finally:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            self._end()

    def _start(self, process: Process) -> None:
        serves = process.name == "server"
        environment = {**os.environ, **({"FAIRHEARING_POOL": "1", orphans.SWITCH: "1"} if serves else {})}
        last_signal = signal.SIGKILL if serves else signal.SIGTERM
        process.running = subprocess.Popen(
            process.command,
            env=environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=lambda: orphans.end_with_parent(last_signal),  # noqa: PLW1509 - no thread of ours runs here
        )
        process.started.append(time.monotonic())

    def _look_after(self) -> None:
        if self._embedded is not None:
            if postgres.revive(self._embedded):
                print("the database ended: started again", file=sys.stderr)
            self._look_at(self._embedded)
        for process in self._processes:
            if process.running is None or process.running.poll() is None:
                continue
            # What a child started does not end by itself when the child was killed hard, and keeps the port.
            process.tell(signal.SIGKILL)
            if not process.restart:
                process.running = None
                continue
            if self._embedded is not None and not postgres.answers(self._embedded):
                continue  # it would only end again; a database that recovers is no fault of the child's
            recent = [moment for moment in process.started if moment > time.monotonic() - 60]
            if len(recent) > 5:
                raise click.ClickException(f"the {process.name} ended {len(recent)} times within a minute; see above")
            print(f"the {process.name} ended with {process.running.returncode}: started again", file=sys.stderr)
            self._start(process)

    def _look_at(self, embedded: Home) -> None:
        """A database that has waited in vain for long enough is ended, so that it is started again."""
        now = time.monotonic()
        if now < self._looked + LOOKS_EVERY_S:
            return
        self._looked = now
        if not postgres.waits_in_vain(embedded):
            self._vain_since = None
        elif self._vain_since is None:
            self._vain_since = now
        elif now > self._vain_since + VAIN_FOR_S:
            print("the database neither answers nor recovers: ended hard", file=sys.stderr)
            postgres.end_hard(embedded)
            self._vain_since = None

    def _end(self) -> None:
        living = [one for one in self._processes if one.running and one.running.poll() is None]
        for process in living:
            process.tell(signal.SIGTERM)
        deadline = time.monotonic() + END_WITHIN_S
        for process in living:
            while not process.ended_within(1.0):
                if time.monotonic() > deadline:
                    process.tell(signal.SIGKILL)
                elif process.name == "server":
                    process.tell(signal.SIGTERM)  # a part of it that was just starting lost the first one
            process.tell(signal.SIGKILL)  # what outlived its leader


def _wait_until_ready(port: int, server: Process) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline:
        if server.running is None or server.running.poll() is not None:
            raise click.ClickException(f"the server did not start on port {port}: is the port free? See above.")
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=1).read()
            return
        time.sleep(0.03)
    raise click.ClickException(f"the server did not answer on port {port} within {READY_WITHIN_S:.0f} s")


commands = {"run": run, "worker": worker, "setup": setup, "seed-demo": seed_demo}
