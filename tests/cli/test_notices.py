"""How speakers are asked, by command: notices, receipts, a programme's rules of asking."""

import json
import subprocess
import sys
from pathlib import Path

from fairhearing.capture.models import Channel
from fairhearing.consent import actions, notices
from fairhearing.ledger.models import Record
from fairhearing.operations import invalidate
from tests.cli.calling import Call
from tests.consent.asking import notice, say, send
from tests.house import House, consent, metadata


def test_a_notice_is_checked_published_once_and_shown_by_command(call: Call, house: House, tmp_path: Path) -> None:
    vague, plain, spanish, changed = (tmp_path / name for name in ("vague.json", "en.json", "es.json", "changed.json"))
    vague.write_text(notice(text="We analyse your recordings."))
    plain.write_text(notice())
    spanish.write_text(notice("es"))
    changed.write_text(notice(retention="for ever"))
    assert "people listen to short clips" in call("notice", "check", str(vague)).sentence
    assert "people listen to short clips" in call("notice", "add", str(vague)).sentence
    assert call("notice", "list", "--json").value == {"notices": []}
    assert "listen" in call("notice", "check", str(plain), "--json").value["says"]
    first = call("notice", "add", str(plain), "--json").value
    assert first["notice"] == "hearth-review-1"
    assert call("notice", "add", str(plain), "--json").value == first
    assert call("notice", "add", str(spanish), "--json").value["notice"] == "hearth-review-1"
    assert call("notice", "add", str(changed), "--json").value["notice"] == "hearth-review-2"
    assert call("notice", "show", "hearth-review-1", "--json").value["sha256"] == first["sha256"]
    assert call("notice", "show", "hearth-review", "--json").value["retention"] == "for ever"
    assert "none of this name" in call("notice", "show", "hearth-review-3").sentence
    assert "controller" in call("notice", "check", str(_without(tmp_path, "controller"))).sentence


def _without(folder: Path, field: str) -> Path:
    path = folder / "without.json"
    path.write_text(json.dumps({name: value for name, value in json.loads(notice()).items() if name != field}))
    return path


def test_declaring_a_notice_invalid_stops_every_play_that_relied_on_it(call: Call, house: House) -> None:
    house.clip("robin")
    work = house.next("alice")
    other = house.clip("wren", consent=consent(notice="people-listen-2"))
    value = call("consent", "invalidate", "people-listen-1", "--reason", "it did not say it", "--json").value
    assert value == {"notice": "people-listen-1", "recordings": 1, "changed": True}
    body = {"assignment": work["assignment"]}
    played = house.client("alice").post("/api/v1/review/plays", body, content_type="application/json")
    assert played.status_code == 403
    assert "withdrawn" in played.json()["reasons"]
    assert house.next("alice")["clip"] == other.id
    entry = Record.objects.filter(kind="invalidated").get()
    assert entry.detail == {"notice": "people-listen-1", "reason": "it did not say it", "recordings": 1}
    refused = send(house, metadata(house.speaker("lark")), hertz=303.0)
    assert (refused.status_code, refused.json()["field"]) == (409, "consent.notice")
    assert not invalidate.invalidate(notice="people-listen-1", reason="again", by="test").changed
    assert Channel.objects.filter(withdrawn=True).count() == 1


def test_a_receipt_is_verified_without_the_server_and_refused_when_one_letter_changed(
    call: Call, house: House, tmp_path: Path
) -> None:
    actions.publish(notice=notices.parse(notice()))
    receipt = tmp_path / "receipt.txt"
    receipt.write_text(say(house, "robin", human_review=False).json()["receipt"])
    key = call("consent", "key", "--json").value["key"]
    value = call("consent", "verify", str(receipt), "--key", key, "--json").value
    assert value["ok"]
    assert value["states"] == {
        "service": "ConsentGiven",
        "automatic_improvement": "ConsentGiven",
        "human_review": "ConsentRefused",
    }
    assert _by_the_lines_of_the_docs(receipt, key) == 0
    receipt.write_text(receipt.read_text().replace("ConsentRefused", "ConsentGiven"))
    assert _by_the_lines_of_the_docs(receipt, key) == 1
    assert "is not for this text" in call("consent", "verify", str(receipt), "--key", key).sentence
    log_key = call("log", "key").output.strip()
    assert call("consent", "verify", str(receipt), "--key", log_key).code == 1, "the log's key signs no receipt"
    schema = json.loads(call("consent", "schema").output)
    assert schema["$schema"].endswith("2020-12/schema")


def _by_the_lines_of_the_docs(receipt: Path, key: str) -> int:
    """Verified as docs/consent.md says that anybody can, without our code."""
    docs = (Path(__file__).parents[2] / "docs" / "consent.md").read_text()
    lines = docs.partition("```python\n")[2].partition("```")[0]
    done = subprocess.run([sys.executable, "-c", lines, str(receipt), key], check=False, capture_output=True)
    return done.returncode


def test_a_product_for_children_sends_in_only_known_adults_and_a_signal_can_be_asked_for(
    call: Call, house: House
) -> None:
    unknown, adult = (metadata(house.speaker("robin"), age_band=band) for band in ("unknown", "adult"))
    assert send(house, unknown, hertz=330.0).status_code == 201, "elsewhere an unknown age is no child's"
    rules = call(
        "programme", "rules", "assistant", "--reason", "a toy", "--made-for-children", "--indicator-required", "--json"
    )
    assert rules.value["asking"]["made_for_children"]
    refused = send(house, unknown, hertz=331.0)
    assert (refused.status_code, refused.json()["field"]) == (422, "age_band")
    refused = send(house, adult | {"indicator": ""}, hertz=332.0)
    assert (refused.status_code, refused.json()["field"]) == (422, "indicator")
    assert send(house, adult, hertz=333.0).status_code == 201
