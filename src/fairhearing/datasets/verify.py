"""Checking a release that left: its checksums, and the rows that were recalled since."""

import gzip
import hashlib
import json
import urllib.request
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TABLES = ("recordings.jsonl.gz", "supervisions.jsonl.gz")


class DatasetInvalid(Exception):
    """The folder is no release, or the feed does not answer."""


@dataclass(frozen=True)
class Checked:
    """``ok``: every file is as it left, and no recalled row is still there."""

    rows: int
    recalled: int
    rewritten: int
    ok: bool


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a release.

    Raises:
        DatasetInvalid: there is none.
    """
    try:
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    except (OSError, ValueError) as error:
        raise DatasetInvalid(
            f"{folder}/manifest.json: {error.__class__.__name__}, expected a release's manifest"
        ) from None
    if not isinstance(manifest, dict) or not {"release", "rows", "files"} <= manifest.keys():
        raise DatasetInvalid(f"{folder}/manifest.json: expected release, rows and files")
    return manifest


def fetch_recalled(url: str, release: str) -> list[str]:
    """The recalled rows of a release, from a server's public feed.

    Raises:
        DatasetInvalid: the server does not answer or not as expected.
    """
    if not url.startswith(("http://", "https://")):
        raise DatasetInvalid(f"--url {url}: expected http:// or https://")
    try:
        with urllib.request.urlopen(f"{url.rstrip('/')}/recalls/{release}", timeout=30) as response:  # noqa: S310
            rows: list[str] = json.load(response)["rows"]
    except (OSError, ValueError, KeyError) as error:
        raise DatasetInvalid(f"{url}: the recall feed does not answer ({error.__class__.__name__})") from None
    return rows


def verify(folder: Path, *, recalled: Collection[str], rewrite: bool) -> Checked:
    """Check the files, and with ``rewrite`` take recalled rows out."""
    manifest = read_manifest(folder)
    intact = all(_digest(folder / name) == digest for name, digest in manifest["files"].items())
    still_there = [row for row in recalled if (folder / "audio" / f"{row}.flac").exists()]
    if rewrite and still_there and intact:
        _take_out(folder, manifest, frozenset(still_there))
    taken = len(still_there) if rewrite and intact else 0
    rows = int(manifest["rows"])
    return Checked(rows, len(still_there), taken, ok=intact and len(still_there) == taken)


def _take_out(folder: Path, manifest: dict[str, Any], rows: frozenset[str]) -> None:
    for name in TABLES:
        lines = [
            line
            for line in gzip.decompress((folder / name).read_bytes()).splitlines()
            if json.loads(line)["id"] not in rows
        ]
        fresh = folder / f"{name}.new"
        with fresh.open("wb") as file, gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed:
            packed.writelines(line + b"\n" for line in lines)
        fresh.replace(folder / name)
    for row in rows:
        (folder / "audio" / f"{row}.flac").unlink()
        del manifest["files"][f"audio/{row}.flac"]
    manifest["rows"] -= len(rows)
    manifest["files"].update({name: _digest(folder / name) for name in TABLES})
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""
