"""Importing a manifest: a stream of lines, in batches, in constant memory.

Lines are Fairhearing's own, or NeMo's (``audio_filepath``, ``text``), SageMaker Ground Truth's (``source-ref``) or
Lhotse's (a cut with its recording and supervisions); what these lack, ``defaults`` give. Importing again goes on where
it stopped: what came in is known by its external id, or else by its sound.
"""

import json
from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from fairhearing.capture import intake
from fairhearing.capture.incoming import FieldInvalid, Incoming, parse
from fairhearing.programmes.models import Programme

BATCH = 256
AHEAD_BYTES_MOST = 4_000_000  # of files that are being read: decoded, they can be many times as long
HELD_BYTES_MOST = 64_000_000  # of decoded sound that waits to be stored
REFUSALS_KEPT = 1000
SOUND_MOST = 25_000_000


@dataclass
class Imported:
    """What an import did. Of very many refusals the first thousand are kept; ``refused_count`` counts all."""

    accepted: int = 0
    duplicates: int = 0
    refused_count: int = 0
    silenced_s: float = 0.0  # on channels of calls, because it was the other party's
    texts_lost: int = 0  # that held, or could hold, words of the other party
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


# A line with its recording, or with why it was refused.
_Read = tuple[_Line, intake.Checked | str]


class _Ahead:
    """Recordings that are read and decoded ahead, in threads, while others are stored; as many as fit into memory."""

    def __init__(self, pool: ThreadPoolExecutor, programme: Programme) -> None:
        self._pool, self._programme = pool, programme
        self._begun: deque[tuple[_Line, int, Future[intake.Checked | str]]] = deque()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._begun)

    def begin(self, line: _Line) -> None:
        """Have a line's recording read. What cannot be read says so when its turn comes."""
        size = line.sound.stat().st_size if line.sound.is_file() else 0
        self._begun.append((line, size, self._pool.submit(_checked, self._programme, line)))
        self._bytes += size

    def crowded(self) -> bool:
        """Whether one must be taken before another begins: a few seconds of work are enough."""
        return len(self) > BATCH or (self._bytes > AHEAD_BYTES_MOST and len(self) > 2)

    def take(self) -> _Read:
        """The next one, in the order of the manifest."""
        line, size, read = self._begun.popleft()
        self._bytes -= size
        return line, read.result()


def import_manifest(
    *, manifest: Path, programme: Programme, product: str, defaults: Mapping[str, Any] | None = None
) -> Iterator[tuple[int, Imported]]:
    """Import line by line; after each batch gives (bytes read of the manifest, what was done so far)."""
    done = Imported()
    with manifest.open("rb") as file, ThreadPoolExecutor(2) as pool:
        ahead, part = _Ahead(pool, programme), _Part(programme, done)
        numbered = enumerate(file, start=1)
        while batch := list(islice(numbered, BATCH)):
            for line in _fresh(_parsed(batch, manifest.parent, programme, product, defaults or {}, done), done):
                ahead.begin(line)
                while ahead.crowded():
                    part.add(ahead.take())
            yield file.tell(), done
        while ahead:
            part.add(ahead.take())
        part.store()
        done.refused.sort(key=lambda one: one["line"])
        yield file.tell(), done


def _fresh(lines: list[_Line], done: Imported) -> list[_Line]:
    """Those whose external id is not known yet, by one look-up for all."""
    known = intake.find_known_of((line.product, line.incoming.external_id) for line in lines)
    fresh = [line for line in lines if (line.product, line.incoming.external_id) not in known]
    done.duplicates += len(lines) - len(fresh)
    return fresh


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
        except (ValueError, RecursionError) as error:
            done.refuse(number, f"line: no JSON ({error.__class__.__name__}), expected one object a line")
        else:
            lines.append(_Line(number, incoming, incoming.product or product, sound))
    return lines


def _translated(line: dict[str, Any]) -> dict[str, Any]:
    """Another tool's line in our words."""
    if "source-ref" in line:
        return {"audio_filepath": line["source-ref"], **line}
    if "recording" in line and "supervisions" in line:
        try:
            return _of_lhotse(line)
        except (KeyError, IndexError, TypeError, AttributeError):
            raise FieldInvalid(
                "recording", "another shape", "a Lhotse cut: recording.sources[0].source, a list of supervisions"
            ) from None
    if "text" in line and "hypotheses" not in line:
        return {"hypotheses": [{"text": line["text"], "engine": "nemo"}], **line}
    return line


def _of_lhotse(line: dict[str, Any]) -> dict[str, Any]:
    source = line["recording"]["sources"][0]["source"]
    texts = [one for one in line["supervisions"] if one.get("text")]
    found = [{"text": one["text"], "engine": "lhotse", "channel": 0} for one in texts]
    own = {"audio_filepath": source, "external_id": line.get("id"), "hypotheses": found}
    return {**own, **(line.get("custom") or {})}


def _sound_path(line: Mapping[str, Any], folder: Path) -> Path:
    """The sound beside the manifest. A path that leads out of its folder is refused: a manifest may be a stranger's."""
    name = line.get("audio_filepath")
    if not isinstance(name, str) or not name:
        raise FieldInvalid("audio_filepath", repr(name)[:60], "a path relative to the manifest")
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise FieldInvalid("audio_filepath", "a path outside the manifest's folder", "a path below it")
    return path


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


class _Part:
    """Recordings that were read and wait to be stored together."""

    def __init__(self, programme: Programme, done: Imported) -> None:
        self._programme, self._done = programme, done
        self._read: list[tuple[_Line, intake.Checked]] = []
        self._bytes = 0

    def add(self, read: _Read) -> None:
        """Add one, or note why it was refused; stores all when they are many."""
        line, item = read
        if isinstance(item, str):
            self._done.refuse(line.number, item)
            return
        self._read.append((line, item))
        self._bytes += sum(map(len, item.wavs))
        if len(self._read) >= BATCH or self._bytes > HELD_BYTES_MOST:
            self.store()

    def store(self) -> None:
        """Store what waits, in one transaction."""
        outcomes = intake.store(programme=self._programme, checked=[item for _, item in self._read])
        for (line, item), outcome in zip(self._read, outcomes, strict=True):
            if isinstance(outcome, Exception):
                self._done.refuse(line.number, str(outcome))
            elif outcome.duplicate:
                self._done.duplicates += 1
            else:
                self._done.accepted += 1
                self._done.silenced_s += sum(one.seconds for one in item.silenced)
                self._done.texts_lost += sum(one.texts for one in item.silenced)
        self._read, self._bytes = [], 0
