"""Every command of the contract: help, wrong usage, and what people and things are made by."""

import json
import re
from pathlib import Path

import pytest

from fairhearing.accounts.models import Account, ApiKey, Role
from fairhearing.cli.main import COMMANDS
from fairhearing.ledger.models import Record
from fairhearing.programmes.models import Programme
from fairhearing.review.models import Assignment, AssignmentState
from fairhearing.vendors.models import Membership
from tests.cli import recordings
from tests.cli.calling import Call
from tests.house import House


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
