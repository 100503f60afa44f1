"""De-identification on its own: personal data in texts, and recordings cut. No database, no server."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from fairhearing.cli import deidentify_files
from fairhearing.cli.main import answer, json_option
from fairhearing.cli.secret_option import Secret

EXISTING_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("find")
@click.option("--language", default="en")
@click.option("--file", "file", type=EXISTING_FILE, help="One {id, text} a line.")
def find(language: str, file: Path | None) -> None:
    """Find personal data in spoken-form texts: lines of standard input, or of --file. One JSON object a text."""
    from fairhearing.deidentify import spoken

    if language not in spoken.languages():
        raise click.UsageError(f"--language {language}: expected one of {', '.join(spoken.languages())}")
    for name, text in _texts(file):
        spans = [{"start": span.start, "end": span.end, "type": span.type} for span in spoken.find(text, language)]
        print(json.dumps({"id": name, "spans": spans}, ensure_ascii=False))


def _texts(file: Path | None) -> Iterator[tuple[str, str]]:
    if file is None:
        for number, line in enumerate(sys.stdin, start=1):
            yield str(number), line.rstrip("\n")
        return
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                value = json.loads(line)
                yield str(value["id"]), str(value["text"])
            except (ValueError, KeyError, TypeError):
                raise click.ClickException(f"{file}:{number}: expected one object with id and text") from None


@click.command("deidentify")
@click.argument("source", metavar="IN", type=click.Path(exists=True, path_type=Path))
@click.argument("target", metavar="OUT", type=click.Path(path_type=Path))
@click.option("--voice", type=click.Choice(["off", "clear", "strong"]), default="off", show_default=True)
@click.option(
    "--voice-key",
    type=Secret(),
    envvar="FAIRHEARING_VOICE_KEY",
    help="32 hex digits or more; with the recording it picks the voice. Without: a fresh one, forgotten at the end.",
)
@click.option("--language", default="en", show_default=True)
@click.option(
    "--words",
    type=click.Path(exists=True, path_type=Path),
    help="[{word, start_s, end_s}, …]; of a folder: a folder with NAME.json for each recording NAME.",
)
@click.option(
    "--free-speech",
    type=click.Choice(["quarantine", "serve"]),
    default="quarantine",
    show_default=True,
    help="What only the embedded recogniser heard; names in it are not found reliably.",
)
@click.option("--command", "commands", multiple=True, metavar="PHRASE", help="What is expected to be said (repeat).")
@click.option("--wake-word", "wake_words", multiple=True, metavar="PHRASE", help="How the device is called (repeat).")
@click.option("--trigger", type=click.Choice(["wake_word", "push_to_talk", "call"]), help="What opened the microphone.")
@click.option("--recogniser", metavar="KIND=FOLDER", help="faster-whisper, sherpa-onnx or vosk with your model.")
@click.option("--recogniser-error", type=click.FloatRange(0, 100), help="Its word error rate in percent, as measured.")
@click.option("--report", type=click.Path(path_type=Path), help="Where to write what was done; of a folder: a folder.")
@click.option("--show-text", is_flag=True, help="Write what was found into the answer and the report: personal data.")
@click.option("--plot", type=click.Path(path_type=Path), help="Before and after as a PNG; of a folder: a folder.")
@click.option("--jobs", type=click.IntRange(1, 64), default=os.cpu_count() or 1, help="Processes, for a folder.")
@json_option
def deidentify(
    source: Path,
    target: Path,
    voice: str,
    voice_key: str | None,
    language: str,
    words: Path | None,
    free_speech: str,
    commands: tuple[str, ...],
    wake_words: tuple[str, ...],
    trigger: str | None,
    recogniser: str | None,
    recogniser_error: float | None,
    report: Path | None,
    show_text: bool,
    plot: Path | None,
    jobs: int,
    as_json: bool,
) -> None:
    """Take what identifies the speaker out of the recording IN; write a FLAC of 16 kHz to OUT.

    Nothing is written for a recording that is set aside: the answer says why. IN may be a folder; then OUT is one,
    and every recording below IN is treated. Channels are taken to be one speaker each.
    """
    way = deidentify_files.Way(
        voice=voice,
        secret=_secret(voice, voice_key),
        language=language,
        free_speech=free_speech,
        commands=commands,
        wake_words=wake_words,
        trigger=trigger or "",
        recogniser=recogniser,
        recogniser_error=recogniser_error,
        show_text=show_text,
    )
    try:
        deidentify_files.check(way)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    if source.is_dir():
        _folder(source, target, way, words=words, report=report, plot=plot, jobs=jobs, as_json=as_json)
        return
    try:
        value = deidentify_files.treat(deidentify_files.Task(source, target, words, report, plot), way)
    except deidentify_files.FileRefused as error:
        raise click.ClickException(str(error)) from None
    why = f" ({', '.join(value['reasons'])})" if value["reasons"] else ""
    said = f"{value['verdict']}{why}: {value['cut_s']} s cut of {value['speech_s']} s of speech"
    answer(value, as_json, said)


def _secret(voice: str, given: str | None) -> bytes:
    if given is None:
        if voice != "off":
            print("no --voice-key: a fresh key is used and forgotten", file=sys.stderr)
        return os.urandom(32)
    try:
        secret = bytes.fromhex(given)
    except ValueError:
        raise click.UsageError("--voice-key: expected hexadecimal digits") from None
    if len(secret) < 16:
        raise click.UsageError(f"--voice-key: got {len(secret)} bytes, expected 16 or more")
    return secret


def _folder(
    source: Path,
    target: Path,
    way: deidentify_files.Way,
    *,
    words: Path | None,
    report: Path | None,
    plot: Path | None,
    jobs: int,
    as_json: bool,
) -> None:
    tasks = deidentify_files.tasks(source, target, words=words, report=report, plot=plot)
    if not tasks:
        raise click.ClickException(f"{source}: holds no recording ({', '.join(deidentify_files.SUFFIXES)})")
    total: dict[str, object] = {"recordings": len(tasks), "clear": 0, "quarantine": 0, "discard": 0, "refused": []}
    sums = {"cut_s": 0.0, "speech_s": 0.0}
    refused: list[dict[str, str]] = []
    done = deidentify_files.treat_all(tasks, way, jobs=jobs)
    with click.progressbar(done, length=len(tasks), label="recordings", file=sys.stderr) as progress:
        for task, value, error in progress:
            if value is None:
                refused.append({"file": str(task.source), "reason": error})
                continue
            verdict = value["verdict"]
            total[verdict] = int(str(total[verdict])) + 1
            sums = {name: round(sums[name] + value[name], 3) for name in sums}
    total |= {"refused": refused, **sums}
    for one in refused:
        print(f"refused: {one['reason']}", file=sys.stderr)
    said = ", ".join(f"{total[name]} {name}" for name in ("clear", "quarantine", "discard"))
    answer(total, as_json, f"{said}, {len(refused)} refused of {len(tasks)} recordings")


commands = {"find": find, "deidentify": deidentify}
