"""The processes of one ``fairhearing run``, told apart by what they are, and killed hard one by one.

Everything is read from /proc. A process is its number *and* its start, so that no number that was given to somebody
else since is ever killed.
"""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench import machine, server
from fairhearing.home import Home
from fairhearing.home.postgres import Cluster, locate

WEB_PROCESSES: Final = 2
LOOK_EVERY_S: Final = 0.02
_DEAD: Final = ("Z", "X")
_WEB: Final = "granian"
_WORKER: Final = "fairhearing.worker"


@dataclass(frozen=True)
class Process:
    """A process that lived when it was looked at; ``born`` is its start in clock ticks since the machine's."""

    pid: int
    parent: int
    born: int
    command: str

    def lives(self) -> bool:
        """Whether it runs still."""
        found = look(self.pid)
        return found is not None and found.born == self.born

    def kill(self) -> bool:
        """SIGKILL; False when it had ended before."""
        try:
            handle = os.pidfd_open(self.pid)
        except ProcessLookupError:
            return False
        try:
            if not self.lives():
                return False
            signal.pidfd_send_signal(handle, signal.SIGKILL)
            return True
        except ProcessLookupError:
            return False
        finally:
            os.close(handle)


def look(pid: int) -> Process | None:
    """The process of this number, or None when there is none, or only what is left of one."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        words = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return None
    return None if fields[0] in _DEAD else Process(pid, int(fields[1]), int(fields[19]), words.strip())


class Installation:
    """A home with a ``fairhearing run`` that is killed and started again; ends what it started."""

    def __init__(self, home: Path) -> None:
        self.home, self.port = home, server.free_port()
        self.errors = home.with_name(f"{home.name}.errors")
        self._process: subprocess.Popen[bytes] | None = None
        self._seen: dict[tuple[int, int], Process] = {}

    @property
    def cluster(self) -> Cluster:
        """The embedded database."""
        return locate(Home.from_environment(str(self.home)))

    @property
    def running(self) -> bool:
        """Whether ``run`` itself lives."""
        return self._process is not None and self._process.poll() is None

    @property
    def ended_by_itself(self) -> bool:
        """Whether ``run`` ended, and not because it was killed."""
        return self._process is not None and self._process.poll() not in (None, -signal.SIGKILL)

    def start(self) -> None:
        """Start ``run`` on what is there."""
        command = [sys.executable, "-m", "fairhearing.cli", "run", "--no-demo", "--port", str(self.port)]
        with self.errors.open("ab") as errors:
            self._process = subprocess.Popen(
                command,
                env=server.environment(self.home),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
            )

    def stop(self) -> None:
        """SIGTERM, as a service manager does it."""
        if self._process is not None and self.running:
            self.family()
            self._process.terminate()
            self._process.wait(server.ENDS_WITHIN_S)

    def leave_nothing(self) -> int:
        """Kill what still runs of all that was ever seen here; gives how many that were."""
        deadline = time.monotonic() + 5.0  # what was killed a moment ago is about to end
        while any(one.lives() for one in self._seen.values()) and time.monotonic() < deadline:
            time.sleep(LOOK_EVERY_S)
        left = [one for one in self._seen.values() if one.lives()]
        for one in left:
            print(f"bench: left over: {one.command[:100]}", file=sys.stderr)
            one.kill()
        if self._process is not None:
            self._process.wait()
        return len(left)

    def family(self) -> list[Process]:
        """Everything that lives for this home now, ``run`` first."""
        roots = [self._process.pid] if self._process is not None and self.running else []
        postmaster = self.postmaster()
        if postmaster is not None:
            roots.append(postmaster.pid)
        pids = sorted(machine.family(roots), key=lambda pid: (pid not in roots, pid))
        found = [one for pid in pids if (one := look(pid)) is not None]
        self._seen.update({(one.pid, one.born): one for one in found})
        return found

    def postmaster(self) -> Process | None:
        """The embedded database's first process, while it lives; the file of a dead one may name anybody."""
        data = self.cluster.data
        with contextlib.suppress(OSError, ValueError):
            found = look(int((data / "postmaster.pid").read_text().split("\n", 1)[0]))
            return found if found is not None and f"-D {data}" in found.command else None
        return None

    def web(self) -> list[Process]:
        """The web server's first process, and those that answer."""
        return [one for one in self.family() if _WEB in one.command]

    def workers(self) -> list[Process]:
        """The job workers."""
        return [one for one in self.family() if _WORKER in one.command]

    def backends(self) -> list[Process]:
        """The database's processes below its first one: those that serve connections and those that write."""
        first = self.postmaster()
        return [] if first is None else [one for one in self.family() if one.parent == first.pid]

    def whole(self) -> bool:
        """Whether every process that ``run`` keeps alive is there."""
        family = self.family()
        answering = sum(_WEB in one.command for one in family) > WEB_PROCESSES
        working = any(_WORKER in one.command for one in family)
        return self.running and answering and working and self.postmaster() is not None

    def kill(self, target: str, chance: random.Random) -> bool:
        """Kill one process of a kind, or everything; False when none of it was alive."""
        victims = _TARGETS[target](self)
        if target != "everything":
            victims = [chance.choice(victims)] if victims else []
        return bool(sum(one.kill() for one in victims))


def _postmaster(installation: Installation) -> list[Process]:
    first = installation.postmaster()
    return [] if first is None else [first]


_TARGETS: Final[dict[str, Callable[[Installation], list[Process]]]] = {
    "web": Installation.web,
    "worker": Installation.workers,
    "backend": Installation.backends,
    "postmaster": _postmaster,
    "everything": Installation.family,
}
TARGETS: Final[Iterable[str]] = tuple(_TARGETS)
