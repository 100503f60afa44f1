"""Every command of the contract: what it answers, how it fails, how it takes keys."""

import contextlib
import json
import re
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

from fairhearing.accounts.models import Account, ApiKey, Role
from fairhearing.capture.models import Recording, RecordingState
from fairhearing.cli.main import COMMANDS
from fairhearing.ledger.models import Record
from fairhearing.programmes.models import Programme
from fairhearing.review import settle
from fairhearing.review.models import Assignment, AssignmentState
from fairhearing.vendors.models import Membership
from tests import house as people
from tests.cli import recordings
from tests.cli.calling import Call
from tests.cli.running import answer, environment, fairhearing, remove_database
from tests.house import House


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home of its own, whose database stays up between the commands of a test."""
    from fairhearing.home import Home
    from fairhearing.home.postgres import embedded

    folder = tmp_path / "home"
    with embedded(Home(folder, folder / "keys" / "secret.key")):
        yield folder
    remove_database(folder)


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


# --- the table itself


def test_help_lists_every_command_of_the_contract() -> None:
    table = Path(__file__).resolve().parents[3] / "shared" / "CONTRACT.md"
    if not table.exists():
        pytest.skip("no contract at ../shared/CONTRACT.md")
    section = table.read_text(encoding="utf-8").split("## Command line")[1].split("## HTTP")[0]
    named = set(re.findall(r"(?:^\| |, )`([a-z-]+)", section, re.MULTILINE))
    assert len(named) >= 15
    assert named <= set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(call: Call, name: str) -> None:
    done = call(name, "--help")
    assert (done.code, done.errors) == (0, "")
    assert "Usage:" in done.output


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["status", "--nonsense"],
        ["programme", "create"],
        ["programme", "create", "x", "--language", "en", "--task", "singing"],
        ["programme", "create", "x", "--language", "en", "--task", "translation"],
        ["account", "create", "x@example.com", "--role", "emperor"],
        ["vendor", "create", "x", "--name", "X", "--country", "Ireland"],
        ["import", "no/such/manifest.jsonl", "--programme", "x"],
        ["release", "assistant", "--format", "scrolls", "--out", "somewhere"],
        ["pause", "moon:full", "--reason", "x"],
        ["resume", "moon:full"],
        ["erase", "--speaker-key", "@no/such/file"],
        ["log", "verify", "http://localhost:1", "--key", "nonsense"],
        ["find", "--language", "tlh"],
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2_and_says_what_was_expected(call: Call, house: House, arguments: list[str]) -> None:
    done = call(*arguments)
    assert done.code == 2, done.errors
    assert "Error: " in done.errors
    assert "Traceback" not in done.errors


# --- setting up


def test_a_programme_is_made_once(call: Call, house: House) -> None:
    create = ("programme", "create", "calls", "--language", "en", "--task", "translation", "--target-language", "es")
    done = call(*create, "--json")
    assert done.value.keys() == {"programme"}
    made = Programme.objects.get(slug="calls")
    assert (made.id, made.task, made.target_language) == (done.value["programme"], "translation", "es")
    assert made.id.startswith("prg_")
    assert "calls" in call(*create, "--json").sentence
    assert call("programme", "create", "Bad Slug!", "--language", "en", "--task", "transcription").code == 1


def test_an_account_is_made_with_a_password_or_an_invitation(call: Call, house: House, tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text("a quiet meadow at noon\n")
    create = ("account", "create", "Dee@Example.com", "--role", "reviewer", "--vendor", "tarn")
    done = call(*create, "--password-file", str(password), "--json")
    assert done.value.keys() == {"account", "invitation"}
    made = Account.objects.get(id=done.value["account"])
    assert made.check_password("a quiet meadow at noon")
    assert Membership.objects.filter(account=made, vendor__slug="tarn", ended_at=None).exists()
    address = done.value["invitation"]
    assert re.fullmatch(r"http://localhost:8000/invitation/\S{40,}", address)
    assert house.client().get(address.removeprefix("http://localhost:8000")).status_code == 200
    assert "there is an account" in call(*create, "--json").sentence
    assert (
        "vendor nowhere"
        in call("account", "create", "e@example.com", "--role", "reviewer", "--vendor", "nowhere").sentence
    )
    assert not Account.objects.filter(email="e@example.com").exists(), "all or nothing"
    password.write_text("short\n")
    weak = call("account", "create", "f@example.com", "--role", "auditor", "--password-file", str(password))
    assert "short" in weak.sentence.lower()


@pytest.mark.parametrize("role", Role.values)
def test_an_account_of_every_role_can_be_made(call: Call, house: House, role: str) -> None:
    done = call("account", "create", f"new-{role}@example.com", "--role", role, "--json")
    assert Account.objects.get(id=done.value["account"]).role == role


def test_a_vendor_is_made_and_made_again(call: Call, house: House) -> None:
    done = call("vendor", "create", "fern", "--name", "Fern Desk", "--country", "pt", "--json")
    assert done.value.keys() == {"vendor"}
    assert call("vendor", "create", "fern", "--name", "Fern Desk", "--country", "PT", "--json").code in (0, 1)


def test_an_api_key_is_shown_once_and_opens(call: Call, house: House) -> None:
    done = call("apikey", "create", "ours", "--product", "hearth", "--json")
    assert done.value.keys() == {"key"}
    secret = done.value["key"]
    body = json.dumps({"speaker_key": recordings.key("robin")})
    headers = {"Authorization": f"Bearer {secret}"}
    made = house.client().post("/api/v1/speaker-links", body, content_type="application/json", headers=headers)
    assert made.status_code == 201
    row = ApiKey.objects.get(name="ours")
    assert secret.encode() not in bytes(row.secret_digest)


# --- in, prepared, counted


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


# --- stopping


def test_pause_stops_what_is_open_and_resume_lets_it_go_on(call: Call, house: House) -> None:
    house.clip()
    work = house.next("alice")
    done = call("pause", "programme:assistant", "--reason", "a test", "--json")
    assert done.value.keys() == {"scope", "open_assignments_ended", "seconds"}
    assert (done.value["scope"], done.value["open_assignments_ended"]) == ("programme:assistant", 1)
    assert Assignment.objects.get(id=work["assignment"]).state != AssignmentState.OPEN
    assert call("status", "--json").value["paused"] == ["programme:assistant"]
    resumed = call("resume", "programme:assistant", "--json").value
    assert resumed.keys() == {"scope", "open_assignments_ended", "seconds"}
    assert call("status", "--json").value["paused"] == []


def test_a_drill_measures_and_ends_nothing(call: Call, house: House) -> None:
    house.clip()
    work = house.next("alice")
    done = call("pause", "everything", "--reason", "a drill", "--drill", "--json")
    assert done.value["open_assignments_ended"] == 0
    assert Assignment.objects.get(id=work["assignment"]).state == AssignmentState.OPEN
    assert call("status", "--json").value["paused"] == []


# --- keys


def test_a_speaker_key_is_derived_alike_from_every_source(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    derive = ("speaker-key", "derive", "--product", recordings.PRODUCT, "--user", "robin", "--json")
    expected = {"speaker_key": recordings.key("robin")}
    file = tmp_path / "secret"
    file.write_text(recordings.SECRET + "\n")
    from_file = call(*derive, "--secret", f"@{file}")
    assert (from_file.value, from_file.errors) == (expected, "")
    from_input = call(*derive, "--secret", "-", stdin=recordings.SECRET + "\n")
    assert (from_input.value, from_input.errors) == (expected, "")
    plain = call(*derive, "--secret", recordings.SECRET)
    assert plain.value == expected
    assert plain.errors.startswith("warning: --secret")
    assert recordings.SECRET not in plain.errors
    assert call(*derive).code == 2
    assert call(*derive, "--secret", "-").code == 2, "nothing is no secret"
    monkeypatch.setenv("FAIRHEARING_PRODUCT_SECRET", recordings.SECRET)
    from_environment = call(*derive)
    assert (from_environment.value, from_environment.errors) == (expected, "")


@pytest.mark.parametrize("source", ["-", "@", "environment", "plain"])
def test_erase_takes_the_key_from_every_source(
    call: Call, house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    house.clip("robin")
    house.clip("robin")
    mine = house.clip("sam")
    key = recordings.key("robin")
    file = tmp_path / "key"
    file.write_text(key)
    if source == "environment":
        monkeypatch.setenv("FAIRHEARING_SPEAKER_KEY", key)
    given = {"-": ["--speaker-key", "-"], "@": ["--speaker-key", f"@{file}"], "plain": ["--speaker-key", key]}
    done = call("erase", *given.get(source, []), "--json", stdin=key)
    assert done.value.keys() == {"recordings", "seconds", "receipt"}
    assert done.value["recordings"] == 2
    assert bool(done.errors) == (source == "plain")
    assert key not in done.output + done.errors
    assert [one.id for one in Recording.objects.all()] == [mine.channel.recording_id]


def test_erase_takes_one_recording_of_the_speaker_and_none_of_another(call: Call, house: House) -> None:
    mine, other, theirs = house.clip("robin"), house.clip("robin"), house.clip("sam")
    erase = ("erase", "--speaker-key", "-", "--json", "--recording")
    key = recordings.key("robin")
    assert "there is none of this name" in call(*erase, theirs.channel.recording_id, stdin=key).sentence
    assert call(*erase, mine.channel.recording_id, stdin=key).value["recordings"] == 1
    left = {other.channel.recording_id, theirs.channel.recording_id}
    assert set(Recording.objects.values_list("id", flat=True)) == left
    assert call("erase", "--speaker-key", "-", "--json", stdin="abc").code == 2
    assert call("withdraw", "--speaker-key", "-", "--json", stdin=key).value.keys() == {"recordings", "receipt"}


def test_a_link_from_the_command_line_opens(call: Call, house: House) -> None:
    house.clip("robin")
    done = call("speaker-link", "--speaker-key", "-", "--json", stdin=recordings.key("robin"))
    assert done.value.keys() == {"url", "expires_at"}
    token = done.value["url"].partition("#")[2]
    assert house.client().post("/speaker/link", {"token": token}).status_code == 302


# --- out, and the log


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


def test_the_log_is_written_out_and_verified_with_its_key_alone(call: Call, house: House, tmp_path: Path) -> None:
    house.clip()
    listen = house.judge("alice", choice=1)["listen"]
    key = call("log", "key", "--json").value["key"]
    folder, receipt = tmp_path / "log", tmp_path / "one.tlog-proof"
    exported = call("log", "export", str(folder), "--json").value
    done = call("log", "verify", str(folder), "--key", "-", "--json", stdin=key)
    assert done.value.keys() == {"size", "root", "ok", "witnesses"}
    assert (done.value["size"], done.value["ok"]) == (exported["size"], True)
    assert done.value["size"] == Record.objects.count()
    assert call("log", "prove", listen, "--out", str(receipt), "--json").code == 0
    verify = ("log", "verify", str(folder), "--key", "-", "--receipt", str(receipt), "--json")
    assert call(*verify, stdin=key).value["ok"] is True
    assert "lis_none" in call("log", "prove", "lis_none", "--out", str(receipt)).sentence

    bundle = next(path for path in (folder / "tile" / "entries").rglob("*") if path.is_file())
    whole = bundle.read_bytes()
    bundle.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert "does not verify" in call(*verify[:5], "--json", stdin=key).sentence
    bundle.write_bytes(whole)
    name, number, _ = key.split("+", 2)
    other = f"{name}+{number}+{'A' * 44}"
    assert call("log", "verify", str(folder), "--key", "-", stdin=other).code in (1, 2), "another's key"
    assert "does not verify" in call("log", "verify", "http://127.0.0.1:1", "--key", "-", "--json", stdin=key).sentence


def test_the_doctor_finds_nothing_where_all_is_well(call: Call, house: House) -> None:
    house.clip()
    value = call("doctor", "--json").value
    assert (value["ok"], value["findings"]) == (True, [])


# --- homes


def test_two_homes_share_nothing(tmp_path: Path) -> None:
    homes = [tmp_path / "one", tmp_path / "two"]
    try:
        create = ("programme", "create", "assistant", "--language", "en", "--task", "transcription")
        made = [answer(home, *create)["programme"] for home in homes]
        assert made[0] != made[1]
        secrets = [(home / "keys" / "secret.key").read_text() for home in homes]
        assert secrets[0] != secrets[1]
        names = [(home / "database.name").read_text() for home in homes]
        assert names[0] != names[1]
        assert (homes[0] / "keys" / "secret.key").stat().st_mode & 0o777 == 0o600
    finally:
        for home in homes:
            remove_database(home)


def test_a_home_that_others_could_read_is_refused(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "keys").mkdir(parents=True, mode=0o700)
    home.chmod(0o700)
    key = home / "keys" / "secret.key"
    key.write_text("ab" * 32 + "\n")
    key.chmod(0o644)
    done = fairhearing(home, "log", "key")
    remove_database(home)
    assert done.returncode == 1
    assert re.fullmatch(r"fairhearing: \S+secret.key has mode 0644, expected 0600: run chmod 0600 \S+\n", done.stderr)
    (home / "keys").chmod(0o755)
    done = fairhearing(home, "status")
    assert (done.returncode, "has mode 0755, expected 0700" in done.stderr) == (1, True)


def test_a_key_file_among_the_objects_is_refused(tmp_path: Path) -> None:
    home = tmp_path / "home"
    done = fairhearing(home, "status", FAIRHEARING_KEY_FILE=str(home / "objects" / "secret.key"))
    assert done.returncode == 1
    assert "lies inside the objects folder" in done.stderr
    assert not (home / "objects" / "secret.key").exists()


# --- bulk


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
