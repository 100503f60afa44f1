"""De-identification as a command of its own: texts, one recording, a folder of them."""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fairhearing.audio.decode import decode
from fairhearing.audio.encode import flac_bytes
from fairhearing.cli import picture
from tests.cli import recordings
from tests.cli.calling import Call

KEY = "6b" * 32


def test_find_answers_a_line_a_text(call: Call, tmp_path: Path) -> None:
    done = call("find", stdin="my number is five five five two one three four\nturn the light on\n")
    first, second = (json.loads(line) for line in done.output.splitlines())
    assert first.keys() == {"id", "spans"}
    assert second["spans"] == []
    (span, *_) = first["spans"]
    assert span.keys() == {"start", "end", "type"}
    text = "my number is five five five two one three four"
    assert "five five five two one three four" in text[span["start"] : span["end"]]
    file = tmp_path / "texts.jsonl"
    file.write_text(json.dumps({"id": "a7", "text": text}) + "\n")
    from_file = json.loads(call("find", "--file", str(file)).output)
    assert from_file == {"id": "a7", "spans": first["spans"]}
    file.write_text("nonsense\n")
    assert ":1: expected" in call("find", "--file", str(file)).sentence


# --- one recording


@pytest.fixture
def prose(tmp_path: Path) -> tuple[Path, Path]:
    """A recording of prose and its words with made-up times, the last ones a telephone number of fiction."""
    ((text, sound),) = recordings.spoken(1)
    source, words = tmp_path / "in.flac", tmp_path / "words.json"
    source.write_bytes(sound)
    said = [*text.split()[:4], *["my", "number", "is", "five", "five", "five", "oh", "one", "four", "two"]]
    step = decode(sound).duration_s / len(said)
    words.write_text(
        json.dumps([{"word": w, "start_s": at * step, "end_s": (at + 0.9) * step} for at, w in enumerate(said)])
    )
    return source, words


def test_what_is_left_is_written_and_what_was_cut_is_said(call: Call, prose: tuple[Path, Path], tmp_path: Path) -> None:
    (source, words), target, report = prose, tmp_path / "out.flac", tmp_path / "report.json"
    done = call("deidentify", str(source), str(target), "--words", str(words), "--report", str(report), "--json")
    assert done.value.keys() == {"cut_s", "speech_s", "findings", "verdict", "reasons"}
    assert done.value["verdict"] == "clear"
    assert "PHONE" in [one["type"] for one in done.value["findings"]]
    assert all(one.keys() == {"type", "start_s", "end_s", "text"} for one in done.value["findings"])
    assert {one["text"] for one in done.value["findings"]} == {""}
    assert "five" not in report.read_text()
    before, after = decode(source.read_bytes()), decode(target.read_bytes())
    assert after.sampling_rate == 16_000
    assert after.duration_s == pytest.approx(before.duration_s, abs=1 / 16_000)
    shown = call("deidentify", str(source), str(target), "--words", str(words), "--show-text", "--json").value
    assert "five five five oh one four two" in [one["text"] for one in shown["findings"]]


def test_what_is_set_aside_is_not_written(call: Call, prose: tuple[Path, Path], tmp_path: Path) -> None:
    (source, _), target = prose, tmp_path / "out.flac"
    value = call("deidentify", str(source), str(target), "--json").value
    assert (value["verdict"], value["reasons"]) == ("quarantine", ["free_speech"])
    assert not target.exists()
    assert call("deidentify", str(source), str(target), "--free-speech", "serve", "--json").value["verdict"] == "clear"
    assert target.exists()


def test_the_same_key_gives_the_same_voice_and_another_key_another(
    call: Call, prose: tuple[Path, Path], tmp_path: Path
) -> None:
    source, words = prose
    key_file = tmp_path / "key"
    key_file.write_text(KEY + "\n")

    def voiced(name: str, *options: str, stdin: str = "") -> bytes:
        target = tmp_path / name
        given = ("--words", str(words), "--voice", "clear", *options)
        assert call("deidentify", str(source), str(target), *given, stdin=stdin).code == 0
        return target.read_bytes()

    first = voiced("1.flac", "--voice-key", f"@{key_file}")
    assert voiced("2.flac", "--voice-key", "-", stdin=KEY) == first
    assert voiced("3.flac", "--voice-key", f"@{key_file}", "--report", str(tmp_path / "r.json")) == first
    assert KEY not in (tmp_path / "r.json").read_text()
    assert voiced("4.flac") != first, "without a key a fresh one is used"


@pytest.mark.parametrize("key", ["", "nothex", "6b" * 15])
def test_a_key_that_is_none_is_wrong_usage(call: Call, prose: tuple[Path, Path], tmp_path: Path, key: str) -> None:
    done = call("deidentify", str(prose[0]), str(tmp_path / "o"), "--voice", "clear", "--voice-key", "-", stdin=key)
    assert done.code == 2
    assert "--voice-key" in done.errors


def test_what_cannot_be_read_is_named(call: Call, prose: tuple[Path, Path], tmp_path: Path) -> None:
    source, words = prose
    target = str(tmp_path / "out.flac")
    words.write_text('{"word": "not a list"}')
    assert "words.json: expected a list" in call("deidentify", str(source), target, "--words", str(words)).sentence
    missing = call("deidentify", str(source), target, "--recogniser", f"vosk={tmp_path}").sentence
    assert "recogniser vosk" in missing
    phrase = call("deidentify", str(source), target, "--command", "turn (on the lights").sentence
    assert "turn (on the lights" in phrase
    source.write_bytes(b"no sound at all")
    assert "in.flac" in call("deidentify", str(source), target).sentence


def test_each_channel_is_one_speaker_and_one_that_is_set_aside_sets_aside_both(
    call: Call, prose: tuple[Path, Path], tmp_path: Path
) -> None:
    source, words = prose
    one = decode(source.read_bytes())
    both = tmp_path / "call.flac"
    both.write_bytes(flac_bytes(np.stack([one.samples[0], np.zeros_like(one.samples[0])]), one.sampling_rate))
    value = call("deidentify", str(both), str(tmp_path / "out.flac"), "--words", str(words), "--json").value
    assert {finding["channel"] for finding in value["findings"]} >= {0}
    alone = call("deidentify", str(both), str(tmp_path / "alone.flac"), "--json").value
    assert alone["reasons"] == ["free_speech", "no_speech"]
    assert alone["verdict"] == "quarantine"


def test_a_picture_shows_before_and_after(call: Call, prose: tuple[Path, Path], tmp_path: Path) -> None:
    (source, words), shown = prose, tmp_path / "shown.png"
    call("deidentify", str(source), str(tmp_path / "o.flac"), "--words", str(words), "--plot", str(shown))
    assert shown.read_bytes().startswith(b"\x89PNG")


def test_a_picture_without_matplotlib_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "matplotlib.figure", None)
    with pytest.raises(picture.MatplotlibMissing, match=r"pip install 'fairhearing\[plot\]'"):
        picture.draw(tmp_path / "p.png", [])


# --- a folder


def test_a_folder_is_treated_whole_and_what_is_refused_is_named(
    call: Call, prose: tuple[Path, Path], tmp_path: Path
) -> None:
    source, words = prose
    folder, target, reports = tmp_path / "in", tmp_path / "out", tmp_path / "reports"
    (folder / "deep").mkdir(parents=True)
    for name in ("one.flac", "deep/two.flac"):
        (folder / name).write_bytes(source.read_bytes())
    (folder / "broken.wav").write_bytes(b"no sound")
    (folder / "notes.txt").write_text("no recording")
    given = tmp_path / "words"
    given.mkdir()
    (given / "one.json").write_text(words.read_text())
    done = call(
        "deidentify", str(folder), str(target), "--words", str(given), "--report", str(reports), "--jobs", "1", "--json"
    )
    value: dict[str, Any] = done.value
    assert (value["recordings"], value["clear"], value["quarantine"], value["discard"]) == (3, 1, 1, 0)
    (refused,) = value["refused"]
    assert refused["file"].endswith("broken.wav")
    assert "broken.wav" in done.errors
    assert [path.relative_to(target) for path in target.rglob("*.flac")] == [Path("one.flac")]
    assert sorted(os.listdir(reports)) == ["deep", "one.json"]
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "holds no recording" in call("deidentify", str(empty), str(target)).sentence
