"""Writing a release: each row through ``gate.export``, each file with its checksum.

First format: Lhotse manifests (recordings and supervisions as gzipped JSON lines) with one FLAC a row. A row's id is
made for the release: it leads neither to the clip nor to another release.
"""

import gzip
import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from django.db import transaction

from fairhearing import ids
from fairhearing.audio.encode import flac_bytes, from_pcm16
from fairhearing.capture.models import Candidate
from fairhearing.datasets.models import Release, ReleaseRow
from fairhearing.deidentify import cut, spoken
from fairhearing.gate import export as gate
from fairhearing.gate.denied import ExportDenied
from fairhearing.gate.mark import MarkFailed
from fairhearing.programmes.models import Programme, Task
from fairhearing.review import queries as review
from fairhearing.review import settle
from fairhearing.review.models import Supervision
from fairhearing.vault import keys, writer

FORMATS = ("lhotse",)
RATE = 16000
Progress = Callable[[int, int], None]


class FolderInTheWay(Exception):
    """The folder for a release exists and is not empty."""


class FormatUnknown(ValueError):
    """A release can be written in: lhotse."""


@dataclass(frozen=True)
class Written:
    """A release that left."""

    release: str
    rows: int
    withheld: int


@dataclass(frozen=True)
class _Row:
    """One row as it is written."""

    id: str
    clip: str
    samples: int
    text: str
    language: str
    agreed: int


def release(
    *,
    programme: Programme,
    format: str,  # noqa: A002
    out: Path,
    recipient: str = "",
    on_progress: Progress | None = None,
) -> Written:
    """Write every settled clip whose speaker allows it, now; the others are withheld and counted.

    With a ``recipient`` every sound bears a mark of this release, so that a copy of it found elsewhere is told from a
    reviewer's; without one the manifest says that nothing is marked.

    The folder appears whole or not at all: it is written beside its place and moved there at the end.

    Raises:
        FormatUnknown, FolderInTheWay.
    """
    if format not in FORMATS:
        raise FormatUnknown(f"format {format!r}: expected one of {', '.join(FORMATS)}")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise FolderInTheWay(f"{out} exists and is not empty: name another folder")
    leaving = Release(id=ids.new("release"), programme=programme, format=format, recipient=recipient.strip()[:200])
    fresh = out.with_name(f".{out.name}.{leaving.id}")
    try:
        (fresh / "audio").mkdir(parents=True)
        rows, withheld = _export_rows(leaving, fresh, on_progress)
        leaving.rows, leaving.withheld = len(rows), withheld
        _write_manifests(fresh, leaving, rows)
        with transaction.atomic():
            leaving.save(force_insert=True)
            ReleaseRow.objects.bulk_create(ReleaseRow(release=leaving, row=row.id, clip_id=row.clip) for row in rows)
            if out.exists():
                out.rmdir()
            fresh.rename(out)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return Written(leaving.id, len(rows), withheld)


def _export_rows(leaving: Release, folder: Path, on_progress: Progress | None) -> tuple[list[_Row], int]:
    while settle.settle_due():  # what nobody can take back any more, also when no worker runs
        pass
    settled = review.list_supervised(leaving.programme_id)
    rows, withheld = [], 0
    for done, supervision in enumerate(settled, start=1):
        row = _export(leaving, supervision, folder)
        if row is None:
            withheld += 1
        else:
            rows.append(row)
        if on_progress:
            on_progress(done, len(settled))
    rows.sort(key=lambda row: row.id)  # ids are random: the order tells nothing
    return rows, withheld


def _export(leaving: Release, supervision: Supervision, folder: Path) -> _Row | None:
    """One row, or None when its speaker does not allow it (any more), or it could not be marked."""
    language = _language(leaving.programme, supervision)
    try:
        text = writer.open_text(
            keys.unwrap(supervision.clip.channel.key_id),
            f"supervision|{supervision.id}",
            bytes(supervision.sealed_text),
        )
        text = redact(text, language)
        exported = gate.export(clip=supervision.clip_id, release=leaving.id, recipient=leaving.recipient)
    except (ExportDenied, MarkFailed, keys.KeyShredded):
        return None
    samples = np.frombuffer(exported.pcm16, dtype="<i2").astype(np.int16)
    row = ids.new("release row")
    (folder / "audio" / f"{row}.flac").write_bytes(flac_bytes(from_pcm16(samples), RATE))
    return _Row(row, supervision.clip_id, len(samples), text, language, supervision.agreed)


def _language(programme: Programme, supervision: Supervision) -> str:
    """The language of a settled text. Of a translation that of its candidates: each party of a call has its own."""
    if programme.task != Task.TRANSLATION:
        return supervision.clip.channel.language
    candidate = Candidate.objects.filter(clip_id=supervision.clip_id).order_by("number").first()
    return candidate.language if candidate else programme.target_language


def redact(text: str, language: str) -> str:
    """What a person typed may name somebody, whatever was cut before: it passes the finder like a machine's text.

    In a language that the finder does not know, the text is what candidates and people agreed on, as it is.
    """
    code = language.split("-", maxsplit=1)[0]
    if code not in spoken.languages():
        return text
    return cut.cut_text(text, [(span.start, span.end, span.type) for span in spoken.find(text, code)])


def _write_manifests(folder: Path, leaving: Release, rows: list[_Row]) -> None:
    _write_lines(folder / "recordings.jsonl.gz", [_recording(row) for row in rows])
    _write_lines(folder / "supervisions.jsonl.gz", [_supervision(row, leaving.programme) for row in rows])
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    manifest = {
        "release": leaving.id,
        "programme": leaving.programme.slug,
        "task": leaving.programme.task,
        "format": leaving.format,
        "rows": leaving.rows,
        "withheld": leaving.withheld,
        "marked": bool(leaving.recipient),
        "recipient": leaving.recipient or None,
        "files": {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")


def _recording(row: _Row) -> dict[str, object]:
    """Lhotse's Recording."""
    source = {"type": "file", "channels": [0], "source": f"audio/{row.id}.flac"}
    return {
        "id": row.id,
        "sources": [source],
        "sampling_rate": RATE,
        "num_samples": row.samples,
        "duration": row.samples / RATE,
        "channel_ids": [0],
    }


def _supervision(row: _Row, programme: Programme) -> dict[str, object]:
    """Lhotse's SupervisionSegment: no speaker, since none is known."""
    return {
        "id": row.id,
        "recording_id": row.id,
        "start": 0.0,
        "duration": row.samples / RATE,
        "channel": 0,
        "text": row.text,
        "language": row.language,
        "custom": {"task": programme.task, "agreed": row.agreed},
    }


def _write_lines(path: Path, lines: list[dict[str, object]]) -> None:
    with path.open("wb") as file, gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed:
        for line in lines:
            packed.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
