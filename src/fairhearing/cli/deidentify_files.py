"""Recordings in files: read, de-identified, written; one by one or a folder in several processes."""

import hashlib
import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from fairhearing.deidentify import GivenText, Options, Recogniser, Result

SUFFIXES = (".wav", ".flac", ".mp3", ".ogg", ".opus", ".webm", ".m4a")
WORST = ("quarantine", "discard", "clear")  # of several channels: one that is set aside sets all aside


class FileRefused(Exception):
    """A file cannot be read, or what was asked for is missing; the message names it."""


@dataclass(frozen=True)
class Way:
    """How every file of a run is treated."""

    voice: str
    secret: bytes
    language: str
    free_speech: str
    commands: tuple[str, ...]
    wake_words: tuple[str, ...]
    trigger: str
    recogniser: str | None
    recogniser_error: float | None
    show_text: bool


@dataclass(frozen=True)
class Task:
    """One recording: where it is and where what becomes of it goes."""

    source: Path
    target: Path
    words: Path | None = None
    report: Path | None = None
    plot: Path | None = None


def check(way: Way) -> None:
    """Raise ``ValueError`` for what no recording could be treated by, before the first is read."""
    from fairhearing.deidentify import VoiceKey

    _options(way, heard=False).check(VoiceKey(way.secret, b""))


def tasks(source: Path, target: Path, *, words: Path | None, report: Path | None, plot: Path | None) -> list[Task]:
    """Return a task for every recording below ``source``, in order; results mirror its folders."""
    found = []
    for file in sorted(path for path in source.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file()):
        name = file.relative_to(source)
        own_words = words / name.with_suffix(".json") if words is not None else None
        found.append(
            Task(
                file,
                target / name.with_suffix(".flac"),
                own_words if own_words is not None and own_words.exists() else None,
                report / name.with_suffix(".json") if report is not None else None,
                plot / name.with_suffix(".png") if plot is not None else None,
            )
        )
    return found


def treat_all(todo: list[Task], way: Way, *, jobs: int) -> Iterator[tuple[Task, dict[str, Any] | None, str]]:
    """Yield each task as it is done, with its answer, or with None and why it was refused."""
    with ProcessPoolExecutor(min(jobs, len(todo)), mp_context=get_context("spawn")) as pool:
        running = {pool.submit(treat, task, way): task for task in todo}
        for done in as_completed(running):
            error = done.exception()
            if error is None:
                yield running[done], done.result(), ""
            elif isinstance(error, FileRefused):
                yield running[done], None, str(error)
            else:
                raise error


def treat(task: Task, way: Way) -> dict[str, Any]:
    """De-identify one file. Writes the target only when the verdict is clear.

    Raises:
        FileRefused: the recording or its words cannot be read, a recogniser or matplotlib is missing.
    """
    import numpy as np

    from fairhearing.audio import decode, encode, resample
    from fairhearing.deidentify import RATE, VoiceKey, deidentify

    content = task.source.read_bytes()
    try:
        decoded = decode.decode(content)
    except decode.AudioRefused as error:
        raise FileRefused(f"{task.source}: {error}") from None
    given = [] if task.words is None else [_given(task.words, way.language)]
    digest = hashlib.sha256(content).digest()
    channels, results = [], []
    for number, channel in enumerate(decoded.samples):
        samples = resample.to_16k(channel, decoded.sampling_rate)
        key = VoiceKey(way.secret, digest + bytes([number]))
        options = _options(way)
        results.append(deidentify(samples, language=way.language, given=given, options=options, voice_key=key))
        channels.append(samples)
    verdict = next(verdict for verdict in WORST if verdict in {one.verdict for one in results})
    after = [one.samples for one in results]
    if verdict == "clear":
        _write(task.target, encode.flac_bytes(after[0] if len(after) == 1 else np.stack(after), RATE))
    reports = [one.report for one in results]
    if task.report is not None:
        _write(task.report, (json.dumps(reports[0] if len(reports) == 1 else reports, indent=1) + "\n").encode())
    if task.plot is not None:
        _draw(task.plot, channels, results)
    return {
        "cut_s": round(sum(one["cut_s"] for one in reports), 3),
        "speech_s": round(sum(one["speech_s"] for one in reports), 3),
        "findings": [found for number, one in enumerate(results) for found in _findings(one, number, len(results))],
        "verdict": verdict,
        "reasons": sorted({reason.value for one in results for reason in one.reasons}),
    }


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _draw(path: Path, channels: "list[NDArray[np.float32]]", results: "list[Result]") -> None:
    from fairhearing.cli import picture

    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        picture.draw(path, [(before, one.samples, one.findings) for before, one in zip(channels, results, strict=True)])
    except picture.MatplotlibMissing as error:
        raise FileRefused(str(error)) from None


def _findings(result: "Result", channel: int, channels: int) -> list[dict[str, Any]]:
    from fairhearing.deidentify import RATE

    texts = result.report.get("texts_found") or [""] * len(result.findings)
    return [
        {"type": one.type, "start_s": one.start / RATE, "end_s": one.end / RATE, "text": text}
        | ({"channel": channel} if channels > 1 else {})
        for one, text in zip(result.findings, texts, strict=True)
    ]


def _options(way: Way, *, heard: bool = True) -> "Options":
    from fairhearing.deidentify import Options

    return Options(
        voice=way.voice,  # type: ignore[arg-type]  # click has checked it
        free_speech=way.free_speech,  # type: ignore[arg-type]
        commands=way.commands,
        wake_words=way.wake_words,
        trigger=way.trigger,  # type: ignore[arg-type]
        recogniser=_recogniser(way.recogniser, way.language) if heard else None,
        recogniser_error=way.recogniser_error,
        show_text=way.show_text,
    )


@cache
def _recogniser(chosen: str | None, language: str) -> "Recogniser | None":
    """Load a recogniser once a process."""
    from fairhearing.deidentify import recognisers

    if chosen is None:
        return None
    kind, _, folder = chosen.partition("=")
    try:
        return recognisers.load(kind, Path(folder), language=language)
    except recognisers.RecogniserUnavailable as error:
        raise FileRefused(str(error)) from None


def _given(words: Path, language: str) -> "GivenText":
    """A text with its timed words, from a file."""
    from fairhearing.deidentify import RATE, GivenText, Word

    try:
        timed = [
            (str(one["word"]), float(one["start_s"]), float(one["end_s"])) for one in json.loads(words.read_text())
        ]
    except (OSError, ValueError, KeyError, TypeError):
        raise FileRefused(f"{words}: expected a list of objects with word, start_s and end_s") from None
    found = tuple(Word(word, round(start * RATE), round(end * RATE)) for word, start, end in timed)
    return GivenText(" ".join(word.text for word in found), "transcription", language, "given", found)
