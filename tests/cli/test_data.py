"""Recordings in, releases out: what the commands answer, refuse, and survive."""

import contextlib
import json
import signal
import subprocess
import sys
import time
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fairhearing.capture.models import Recording, RecordingState
from fairhearing.review import settle
from tests import house as people
from tests.cli import recordings
from tests.cli.calling import Call
from tests.cli.running import answer, environment, remove_database
from tests.house import House


def tiny(folder: Path, number: int, seconds: float = 0.3) -> Path:
    """A small WAV that sounds like no other."""
    path = folder / f"{number}.wav"
    time_s = np.arange(int(seconds * 8000)) / 8000
    sound = (9000 * np.sin(2 * np.pi * (200 + number / 7) * time_s)).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(sound.tobytes())
    return path


def manifest_of(folder: Path, lines: list[dict[str, Any] | str]) -> Path:
    path = folder / "manifest.jsonl"
    text = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("".join(f"{line}\n" for line in text), encoding="utf-8")
    return path


def test_import_takes_what_is_in_order_and_says_why_not_for_the_rest(call: Call, house: House, tmp_path: Path) -> None:
    good = [{**recordings.line("robin"), "audio_filepath": tiny(tmp_path, at).name} for at in range(3)]
    stranger = tmp_path.parent / f"outside-{tmp_path.name}.wav"
    tiny(tmp_path, 99).rename(stranger)
    (tmp_path / "noise.wav").write_bytes(b"no sound at all")
    first = good[0]
    bad: list[tuple[dict[str, Any] | str, str]] = [
        ("no json", "line"),
        ('["a list"]', "line"),
        ({**first, "speaker_key": "abc"}, "speaker_key"),
        ({**first, "consent": people.consent(human_review=False)}, "consent.human_review"),
        ({**first, "consent": people.consent(given_at="2999-01-01T00:00:00Z")}, "consent.given_at"),
        ({**first, "audio_filepath": "missing.wav"}, "audio_filepath"),
        ({**first, "audio_filepath": f"../{stranger.name}"}, "audio_filepath"),
        ({**first, "audio_filepath": str(stranger)}, "audio_filepath"),
        ({**first, "audio_filepath": "noise.wav"}, "audio"),
        ({**first, "language": "Klingon!"}, "language"),
        ({**first, "age_band": "minor"}, "age_band"),
        ({**first, "channels": [{}, {}]}, "speaker_key"),
        ({"recording": 1, "supervisions": [], **first}, ""),
        ({"recording": {}, "supervisions": [2]}, ""),
        ({**first, "external_id": "\ud800"}, ""),
        ("[" * 100_000, "line"),
    ]
    lines: list[dict[str, Any] | str] = [good[0], *(line for line, _ in bad), good[1], "", good[1], good[2]]
    done = call("import", str(manifest_of(tmp_path, lines)), "--programme", "assistant", "--json")
    assert done.value.keys() >= {"accepted", "duplicates", "refused"}
    refused = {one["line"]: one["reason"] for one in done.value["refused"]}
    assert sorted(refused) == list(range(2, 2 + len(bad)))
    for number, (_, field) in enumerate(bad, start=2):
        assert refused[number].startswith(field), refused[number]
    assert (done.value["accepted"], done.value["duplicates"]) == (3, 1)
    assert Recording.objects.count() == 3
    assert recordings.key("robin") not in done.output + done.errors
    again = call("import", str(tmp_path / "manifest.jsonl"), "--programme", "assistant", "--json")
    assert (again.value["accepted"], again.value["duplicates"]) == (0, 4)
    assert (
        "assistent" in call("import", str(tmp_path / "manifest.jsonl"), "--programme", "assistent", "--json").sentence
    )


def test_import_reads_what_other_tools_write(call: Call, house: House, tmp_path: Path) -> None:
    names = [tiny(tmp_path, at).name for at in range(3)]
    lines: list[dict[str, Any] | str] = [
        {"audio_filepath": names[0], "text": "turn the light on", "duration": 0.3},
        {"source-ref": names[1]},
        {
            "id": "cut-1",
            "recording": {"id": "r", "sources": [{"type": "file", "channels": [0], "source": names[2]}]},
            "supervisions": [{"id": "s", "text": "turn the light off"}],
        },
    ]
    given = {"speaker_key": recordings.key("robin"), "consent": people.consent()}
    options = [part for name, value in given.items() for part in ("--default", f"{name}={json.dumps(value)}")]
    done = call("import", str(manifest_of(tmp_path, lines)), "--programme", "assistant", *options, "--json")
    assert done.value == {"accepted": 3, "duplicates": 0, "refused": []}


def test_prepare_with_nothing_waiting_answers_zeros(call: Call, house: House) -> None:
    done = call("prepare", "--wait", "--json")
    names = ("prepared", "clips", "discarded", "quarantined", "seconds_audio", "seconds_cpu")
    assert done.value == dict.fromkeys(names, 0)


def test_status_counts_by_programme(call: Call, house: House) -> None:
    for speaker in ("robin", "sam"):
        house.clip(speaker)
    for name in ("alice", "bob"):
        house.judge(name, choice=1)
    settle.settle_due()
    value = call("status", "--json").value
    counts = value["programmes"]["assistant"]
    wanted = {"recordings", "clips", "assignments", "judgements", "supervisions", "listens", "erased"}
    assert wanted <= counts.keys()
    assert (counts["recordings"], counts["clips"], counts["listens"], counts["judgements"]) == (2, 2, 2, 2)
    assert call("status").output.startswith("assistant: ")


def test_a_release_is_written_once_and_verified(call: Call, house: House, tmp_path: Path) -> None:
    house.clip("robin")
    house.clip("sam")
    for name in ("alice", "bob"):
        house.judge(name, choice=1)
        house.judge(name, choice=1)
    settle.settle_due()
    out = tmp_path / "out"
    done = call("release", "assistant", "--format", "lhotse", "--out", str(out), "--json")
    assert done.value.keys() == {"release", "rows", "withheld", "marked"}
    assert (done.value["rows"], done.value["withheld"]) == (2, 0)
    assert "not empty" in call("release", "assistant", "--out", str(out), "--json").sentence
    assert "nowhere" in call("release", "nowhere", "--out", str(tmp_path / "more"), "--json").sentence
    whole = {"rows": 2, "recalled": 0, "rewritten": 0, "ok": True}
    assert call("dataset", "verify", str(out), "--json").value == whole
    call("erase", "--speaker-key", "-", stdin=recordings.key("robin"))
    recalled = call("dataset", "verify", str(out), "--json")
    assert recalled.code == 1
    assert json.loads(recalled.output.splitlines()[-1]) == {**whole, "recalled": 1, "ok": False}
    rewritten = call("dataset", "verify", str(out), "--rewrite", "--json").value
    assert rewritten["rewritten"] == 1
    assert rewritten["ok"] is True
    sound = next((out / "audio").glob("*.flac"))
    sound.write_bytes(sound.read_bytes()[:-1])
    assert call("dataset", "verify", str(out), "--json").code == 1, "a changed file is not as it left"
    assert "manifest" in call("dataset", "verify", str(tmp_path), "--json").sentence


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home of its own, whose database stays up between the commands of a test."""
    from fairhearing.home import Home
    from fairhearing.home.postgres import embedded

    folder = tmp_path / "home"
    with embedded(Home(folder, folder / "keys" / "secret.key")):
        yield folder
    remove_database(folder)


def _wait_for_line(process: subprocess.Popen[str], home: Path, at_least: int) -> None:
    """Until so many recordings are in; the import's own database is asked."""
    import psycopg

    from fairhearing.home import Home
    from fairhearing.home.postgres import locate

    url = locate(Home(home, home / "keys" / "secret.key")).url
    with psycopg.connect(url, autocommit=True) as connection:
        while process.poll() is None:
            with contextlib.suppress(psycopg.errors.UndefinedTable):
                row = connection.execute("SELECT count(*) FROM capture_recording").fetchone()
                if row and row[0] >= at_least:
                    return


def test_a_bulk_import_that_is_killed_midway_goes_on_where_it_stopped(home: Path, tmp_path: Path) -> None:
    number = 500
    folder = tmp_path / "in"
    folder.mkdir()
    users = [recordings.line(f"user {at}") for at in range(50)]
    lines = [{**users[at % 50], "audio_filepath": tiny(folder, at).name} for at in range(number)]
    manifest = manifest_of(folder, list(lines))
    answer(home, "programme", "create", "assistant", "--language", "en", "--task", "transcription")
    begun = time.monotonic()
    command = [sys.executable, "-m", "fairhearing.cli", "--home", str(home)]
    command += ["import", str(manifest), "--programme", "assistant", "--json"]
    killed = subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    _wait_for_line(killed, home, 100)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert killed.returncode == -signal.SIGKILL, "it was not done yet"
    value = answer(home, "import", str(manifest), "--programme", "assistant")
    seconds = time.monotonic() - begun
    assert value["refused"] == []
    assert value["duplicates"] >= 100
    assert value["accepted"] + value["duplicates"] == number
    counts = answer(home, "status")["programmes"]["assistant"]
    assert (counts["recordings"], counts[RecordingState.RECEIVED.value]) == (number, number)
    sys.stdout.write(f"\nimport, killed once and started again: {number / seconds:.0f} recordings a second\n")
