"""Backups of the database, the objects and the public log, and bringing one back (``docs/backup.md``).

A backup holds no key: whoever has it alone opens nothing. It appears whole, under its name, or not at all. A database
that came back is served when its log holds what it signed and the stop journal was replayed, and not before.
"""

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import psycopg

from fairhearing.home import Home, programs

DUMP: Final = "database.dump"
LOG: Final = "log"
OBJECTS: Final = "objects"
MANIFEST: Final = "manifest.json"
FORMAT: Final = "fairhearing-backup/v1"
Progress = Callable[[int, int], None]


class BackupRefused(Exception):
    """It cannot be written or brought back; the words say why and what to do."""


@dataclass(frozen=True)
class Backup:
    """A backup that is whole: where, when it was begun (UTC), and how many files and bytes it has."""

    folder: Path
    begun: datetime
    files: int
    bytes: int


def write(home: Home, folder: Path, *, url: str, on_progress: Progress) -> Backup:
    """Write a backup into ``folder``, which must not exist or be empty. The platform may go on working.

    The database comes first, in one snapshot: an object that is erased afterwards is missed by nobody. Call it with
    Django set up: the log is written by ``ledger.publish``.

    Raises:
        BackupRefused: the folder is in the way, or pg_dump failed.
    """
    if folder.exists() and any(folder.iterdir()):
        raise BackupRefused(f"{folder} is not empty: name a folder that is not there yet")
    aside = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(mode=0o700, parents=True)
    begun = datetime.now(UTC)
    _program("pg_dump", "--format=custom", "--no-owner", f"--file={aside / DUMP}", url)
    _write_log(aside / LOG)
    _copy_objects(home.objects, aside / OBJECTS, on_progress)
    files = {str(path.relative_to(aside)): _sum(path) for path in sorted(aside.rglob("*")) if path.is_file()}
    manifest = {"format": FORMAT, "begun": begun.isoformat(timespec="seconds"), "sha256": files}
    _write_durably(aside / MANIFEST, json.dumps(manifest, indent=1).encode())
    if folder.exists():
        folder.rmdir()
    aside.rename(folder)
    return _told(folder, manifest)


def check(folder: Path) -> Backup:
    """Read every file of a backup against its manifest.

    Raises:
        BackupRefused: something is missing, was changed, or is there beside it; the first is named.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        given, written = manifest["format"], dict(manifest["sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        raise BackupRefused(f"{folder} has no {MANIFEST} that can be read: it is no whole backup") from None
    if given != FORMAT:
        raise BackupRefused(f"{folder} is of format {given!r}, expected {FORMAT!r}")
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} - {MANIFEST}
    if odd := sorted(there ^ set(written)):
        raise BackupRefused(f"{folder / odd[0]} is {'not of this backup' if odd[0] in there else 'missing'}")
    for name, expected in written.items():
        if _sum(folder / name) != expected:
            raise BackupRefused(f"{folder / name} is not as it was written")
    return _told(folder, manifest)


def bring_back(home: Home, backup: Backup, *, url: str) -> None:
    """Put a checked backup's database and objects into an empty home. Called again after a crash it goes on.

    From here until ``finish`` nothing is served: ``fairhearing run`` refuses.

    Raises:
        BackupRefused: the database holds something, or pg_restore failed; then it is as empty as before.
    """
    begun = unfinished(home).exists()
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    full = row is not None and row[0] > 0
    if full and not begun:
        raise BackupRefused(f"the database of {home.root} is not empty: restore into a data folder of its own")
    _write_durably(unfinished(home), str(backup.folder).encode())
    if not full:
        whole = ("--single-transaction", "--exit-on-error", "--no-owner")
        _program("pg_restore", *whole, f"--dbname={url}", str(backup.folder / DUMP))
    _copy_objects(backup.folder / OBJECTS, home.objects, lambda _done, _all: None)


def finish(home: Home) -> None:
    """The log is sound and what was stopped is stopped again: it may be served."""
    unfinished(home).unlink(missing_ok=True)


def unfinished(home: Home) -> Path:
    """The file that is there while a restore is under way."""
    return home.run / "restore-unfinished"


def _write_log(folder: Path) -> None:
    from fairhearing.ledger import publish  # late: before Django is set up nothing of a domain can be imported

    publish.write(folder)


def _copy_objects(source: Path, target: Path, on_progress: Progress) -> None:
    """What is there already stays; what vanishes meanwhile was erased."""
    found = [path for path in source.glob("??/??/*") if not path.name.startswith(".")]
    for number, path in enumerate(found, start=1):
        copy = target / path.relative_to(source)
        if not copy.exists():
            copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                shutil.copy2(path, copy)
            except FileNotFoundError:
                continue
        on_progress(number, len(found))
    target.mkdir(mode=0o700, parents=True, exist_ok=True)


def _program(name: str, *arguments: str) -> None:
    """One of PostgreSQL's, from the package, else the system's."""
    own = programs.installed_folder() / "bin" / name
    done = subprocess.run([str(own) if own.exists() else name, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise BackupRefused(f"{name} failed: {(done.stderr.strip().splitlines() or ['it said nothing'])[-1]}")


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_durably(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _told(folder: Path, manifest: Mapping[str, object]) -> Backup:
    files = [path for path in folder.rglob("*") if path.is_file()]
    begun = datetime.fromisoformat(str(manifest["begun"]))
    return Backup(folder, begun, len(files), sum(path.stat().st_size for path in files))
