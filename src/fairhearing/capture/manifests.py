"""Importing a manifest: a stream of lines, in batches, in constant memory.

Lines are Fairhearing's own, or NeMo's (``audio_filepath``, ``text``), SageMaker Ground Truth's (``source-ref``) or
Lhotse's (a cut with its recording and supervisions); what these lack, ``defaults`` give. Importing again goes on where
it stopped: what came in is known by its external id, or else by its sound.
"""

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from fairhearing.capture import intake
from fairhearing.capture.incoming import FieldInvalid, Incoming, parse
from fairhearing.programmes.models import Programme

BATCH = 64
REFUSALS_KEPT = 1000
SOUND_MOST = 25_000_000


@dataclass
class Imported:
    """What an import did. Of very many refusals the first thousand are kept; ``refused_count`` counts all."""

    accepted: int = 0
    duplicates: int = 0
    refused_count: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)

    def refuse(self, line: int, reason: str) -> None:
        """Note why a line was refused."""
        self.refused_count += 1
        if len(self.refused) < REFUSALS_KEPT:
            self.refused.append({"line": line, "reason": reason})


@dataclass(frozen=True)
class _Line:
    number: int
    incoming: Incoming
    product: str
    sound: Path


def import_manifest(
    *, manifest: Path, programme: Programme, product: str, defaults: Mapping[str, Any] | None = None
) -> Iterator[tuple[int, Imported]]:
    """Import line by line; after each batch gives (bytes read of the manifest, what was done so far)."""
    done = Imported()
    with manifest.open("rb") as file, ThreadPoolExecutor(2) as pool:
        numbered = enumerate(file, start=1)
        while batch := list(islice(numbered, BATCH)):
            lines = _parsed(batch, manifest.parent, programme, product, defaults or {}, done)
            fresh = [line for line in lines if not _known(line, done)]
            checked = list(pool.map(lambda line: _checked(programme, line), fresh))
            _store(programme, fresh, checked, done)
            yield file.tell(), done


def _parsed(
    batch: list[tuple[int, bytes]],
    folder: Path,
    programme: Programme,
    product: str,
    defaults: Mapping[str, Any],
    done: Imported,
) -> list[_Line]:
    lines = []
    for number, raw in batch:
        if not raw.strip():
            continue
        try:
            value = json.loads(raw)
            if not isinstance(value, dict):
                raise FieldInvalid("line", f"a {type(value).__name__}", "a JSON object")
            merged = {**defaults, **_translated(value)}
            sound = _sound_path(merged, folder)
            incoming = parse(merged, language=programme.language)
        except FieldInvalid as error:
            done.refuse(number, str(error))
        except ValueError as error:
            done.refuse(number, f"line: no JSON ({error.__class__.__name__}), expected one object a line")
        else:
            lines.append(_Line(number, incoming, incoming.product or product, sound))
    return lines


def _translated(line: dict[str, Any]) -> dict[str, Any]:
    """Another tool's line in our words."""
    if "source-ref" in line:
        return {"audio_filepath": line["source-ref"], **line}
    if "recording" in line and "supervisions" in line:
        source = line["recording"]["sources"][0]["source"]
        texts = [one for one in line["supervisions"] if one.get("text")]
        found = [{"text": one["text"], "engine": "lhotse", "channel": 0} for one in texts]
        own = {"audio_filepath": source, "external_id": line.get("id"), "hypotheses": found}
        return {**own, **line.get("custom", {})}
    if "text" in line and "hypotheses" not in line:
        return {"hypotheses": [{"text": line["text"], "engine": "nemo"}], **line}
    return line


def _sound_path(line: Mapping[str, Any], folder: Path) -> Path:
    """The sound beside the manifest. A path that leads out of its folder is refused: a manifest may be a stranger's."""
    name = line.get("audio_filepath")
    if not isinstance(name, str) or not name:
        raise FieldInvalid("audio_filepath", repr(name)[:60], "a path relative to the manifest")
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise FieldInvalid("audio_filepath", "a path outside the manifest's folder", "a path below it")
    return path


def _known(line: _Line, done: Imported) -> bool:
    known = intake.find_known(product=line.product, external_id=line.incoming.external_id)
    done.duplicates += known is not None
    return known is not None


def _checked(programme: Programme, line: _Line) -> intake.Checked | str:
    """Runs in a thread: reads and decodes, touches no database."""
    from fairhearing.audio.decode import AudioRefused

    try:
        size = line.sound.stat().st_size
        if size > SOUND_MOST:
            return f"audio_filepath: {size} bytes, expected at most {SOUND_MOST}"
        sound = line.sound.read_bytes()
        return intake.check(programme=programme, product=line.product, incoming=line.incoming, sound=sound)
    except OSError as error:
        return f"audio_filepath: {error.strerror}"
    except AudioRefused as error:
        return f"audio: {error}"
    except FieldInvalid as error:
        return str(error)


def _store(programme: Programme, lines: list[_Line], checked: list[intake.Checked | str], done: Imported) -> None:
    good = [(line, item) for line, item in zip(lines, checked, strict=True) if not isinstance(item, str)]
    for line, item in zip(lines, checked, strict=True):
        if isinstance(item, str):
            done.refuse(line.number, item)
    outcomes = intake.store(programme=programme, checked=[item for _, item in good])
    for (line, _), outcome in zip(good, outcomes, strict=True):
        if isinstance(outcome, Exception):
            done.refuse(line.number, str(outcome))
        elif outcome.duplicate:
            done.duplicates += 1
        else:
            done.accepted += 1
