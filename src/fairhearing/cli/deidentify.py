"""De-identification on its own: personal data in texts, and a recording cut. No database, no server."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fairhearing.cli.main import answer, json_option

if TYPE_CHECKING:
    from fairhearing.deidentify import GivenText


@click.command("find")
@click.option("--language", default="en")
@click.option(
    "--file", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="One {id, text} a line."
)
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
@click.argument("source", metavar="IN", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("target", metavar="OUT", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--voice", type=click.Choice(["off", "clear", "strong"]), default="off", show_default=True)
@click.option("--language", default="en")
@click.option(
    "--words", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="[{word, start_s, end_s}, …]"
)
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Where to write what was done.")
@json_option
def deidentify(
    source: Path, target: Path, voice: str, language: str, words: Path | None, report: Path | None, as_json: bool
) -> None:
    """Cut what identifies the speaker out of the recording IN; write a FLAC to OUT unless it is set aside."""
    if voice != "off":
        raise click.ClickException(f"--voice {voice}: voices are not changed yet; only off is there")
    from fairhearing.audio import decode, encode, resample
    from fairhearing.deidentify import RATE
    from fairhearing.deidentify import deidentify as work

    try:
        decoded = decode.decode(source.read_bytes())
    except decode.AudioRefused as error:
        raise click.ClickException(f"{source}: {error}") from None
    samples = resample.to_16k(decoded.samples.mean(axis=0), decoded.sampling_rate)
    given = [] if words is None else [_given(words, language)]
    result = work(samples, language=language, given=given)
    if result.verdict == "clear":
        target.write_bytes(encode.flac_bytes(result.samples, RATE))
    if report is not None:
        report.write_text(json.dumps(result.report, indent=1) + "\n")
    findings = [{"type": f.type, "start_s": f.start / RATE, "end_s": f.end / RATE, "text": ""} for f in result.findings]
    value: dict[str, Any] = {
        "cut_s": round(sum(one.end - one.start for one in result.findings) / RATE, 3),
        "speech_s": round(_speech_s(samples), 3),
        "findings": findings,
        "verdict": result.verdict,
        "reasons": [reason.value for reason in result.reasons],
    }
    answer(value, as_json, f"{result.verdict}: {value['cut_s']} s cut of {value['speech_s']} s of speech")


def _speech_s(samples: Any) -> float:
    from fairhearing.deidentify import RATE, activity

    return sum(end - start for start, end in activity.regions(samples)) / RATE


def _given(words: Path, language: str) -> "GivenText":
    """A text with its timed words, from a file."""
    from fairhearing.deidentify import RATE, GivenText, Word

    try:
        timed = [
            (str(one["word"]), float(one["start_s"]), float(one["end_s"])) for one in json.loads(words.read_text())
        ]
    except (ValueError, KeyError, TypeError):
        raise click.ClickException(f"{words}: expected a list of objects with word, start_s and end_s") from None
    found = tuple(Word(word, round(start * RATE), round(end * RATE)) for word, start, end in timed)
    return GivenText(" ".join(word.text for word in found), "transcription", language, "given", found)


commands = {"find": find, "deidentify": deidentify}
