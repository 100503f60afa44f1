"""Paths and the key file. Imported before Django, so it imports nothing of Django."""

import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SECRET_BYTES = 32


class HomeUnsafe(Exception):
    """The data folder or the key file could be read by others, or lies where it must not."""


def _default_root() -> Path:
    """As root a folder of our own (the database's user must reach it), else the user's data folder."""
    if os.geteuid() == 0:
        return Path("/var/lib/fairhearing/home")
    data = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local/share")
    return Path(data) / "fairhearing"


@dataclass(frozen=True)
class Home:
    """The folders of one installation. ``root`` is absolute."""

    root: Path
    key_file: Path

    @classmethod
    def from_environment(cls, root: str | None = None) -> "Home":
        """``root`` or ``FAIRHEARING_HOME`` or the default; ``FAIRHEARING_KEY_FILE`` moves the key file."""
        chosen = root or os.environ.get("FAIRHEARING_HOME")
        folder = Path(os.path.abspath(chosen)) if chosen else _default_root()
        key_file = os.environ.get("FAIRHEARING_KEY_FILE")
        return cls(folder, Path(os.path.abspath(key_file)) if key_file else folder / "keys" / "secret.key")

    @property
    def objects(self) -> Path:
        """Encrypted objects, under random names."""
        return self.root / "objects"

    @property
    def epochs(self) -> Path:
        """Epoch keys: outside the database, the objects and every backup of either."""
        return self.key_file.parent / "epochs"

    @property
    def stop_journal(self) -> Path:
        """What was stopped, for databases that come back from a backup: no backup holds it, so none rolls it back."""
        return self.key_file.parent / "stop-journal"

    @property
    def run(self) -> Path:
        """Process ids, locks and logs of what is running."""
        return self.root / "run"

    def prepare(self) -> None:
        """Make the folders, private to us, and refuse what is unsafe.

        Raises:
            HomeUnsafe: a folder or the key file is open to others, or the key file lies among the objects.
        """
        if self.key_file.is_relative_to(self.objects):
            raise HomeUnsafe(
                f"the key file {self.key_file} lies inside the objects folder {self.objects}: whoever copies the "
                "objects would hold their keys. Set FAIRHEARING_KEY_FILE to a place outside it."
            )
        for folder in (self.root, self.key_file.parent, self.epochs, self.objects, self.run):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in (self.root, self.key_file.parent, self.epochs, self.objects):
            _refuse_if_open(folder, forbidden=0o022 if folder == self.root else 0o077, wanted="0700")

    def secrets(self) -> "Secrets":
        """The secrets of this home, made on the first use (mode 0600)."""
        self.prepare()
        return Secrets.load_or_create(self.key_file)


def _refuse_if_open(path: Path, *, forbidden: int, wanted: str) -> None:
    status = path.stat()
    mode = stat.S_IMODE(status.st_mode)
    if mode & forbidden:
        raise HomeUnsafe(f"{path} has mode {mode:04o}, expected {wanted}: run chmod {wanted} {path}")
    if status.st_uid != os.geteuid():
        raise HomeUnsafe(f"{path} belongs to user id {status.st_uid}, expected {os.geteuid()}, who runs this")


class Secrets:
    """What the key file holds: one secret that all others are derived from. Its repr shows nothing."""

    __slots__ = ("_derived", "_master")

    def __init__(self, master: bytes) -> None:
        if len(master) != SECRET_BYTES:
            raise HomeUnsafe(f"the key file holds {len(master)} bytes, expected {SECRET_BYTES}")
        self._master = master
        self._derived: dict[tuple[str, int], bytes] = {}  # a play asks for several; purposes are few and fixed

    def __repr__(self) -> str:
        return "Secrets(…)"

    def __reduce__(self) -> str:
        raise TypeError("secrets are not pickled")

    @classmethod
    def load_or_create(cls, path: Path) -> "Secrets":
        """Read the key file, or make it when there is none.

        Raises:
            HomeUnsafe: the file is readable by others, is another user's, or holds no 32 bytes in hex.
        """
        if not path.exists():
            _write_new(path, secrets.token_bytes(SECRET_BYTES).hex().encode() + b"\n")
        _refuse_if_open(path, forbidden=0o077, wanted="0600")
        try:
            return cls(bytes.fromhex(path.read_text().strip()))
        except ValueError:
            raise HomeUnsafe(f"the key file {path} is not 64 hex digits; restore it from where you keep it") from None

    def derive(self, purpose: str, length: int = 32) -> bytes:
        """A secret for one purpose: HKDF-SHA256 (RFC 5869) of the master, info = purpose."""
        found = self._derived.get((purpose, length))
        if found is None:
            found = HKDF(SHA256(), length, salt=b"fairhearing/key-file/v1", info=purpose.encode()).derive(self._master)
            self._derived[purpose, length] = found
        return found


def _write_new(path: Path, content: bytes) -> None:
    """Create with mode 0600 under another name, then link: of two who race, one wins and both read the same."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(temporary, path)
        except FileExistsError:
            return
    finally:
        temporary.unlink()
