"""The controller's page of a programme: who sees it, what it exports, what they write and rule there."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from fairhearing.accounts import requests
from fairhearing.accounts.models import DataRequest
from fairhearing.ledger.entries import Kind
from fairhearing.ledger.models import Record
from fairhearing.programmes import actions as programmes
from fairhearing.programmes.models import Programme, Task
from fairhearing.review import known, settle
from fairhearing.review.models import KnownAnswer, MissedData, Verdict
from tests.house import House
from tests.review.posting import rules

PAGE = "/controller/programmes/assistant/"
CLOSED_TO = ("alice", "lead", "auditor", "manager")


def _verdict(house: House, monkeypatch: pytest.MonkeyPatch) -> Verdict:
    """Charlie's wrong answer to a known clip, an hour and more ago."""
    clip = house.clip()
    for name in ("alice", "bob"):
        house.judge(name, choice=2)
    assert settle.settle_due() == 1
    known.add(clip=clip.id, by="controller")
    rules(house, known_share=0.1)
    monkeypatch.setattr(known, "MOST", 1.0)
    monkeypatch.setattr(known, "EAGER", 10.0)
    house.judge("charlie", choice=1)
    Verdict.objects.update(at=timezone.now() - timedelta(hours=2))
    return Verdict.objects.get()


@pytest.mark.parametrize("name", CLOSED_TO)
def test_nobody_else_sees_or_changes_anything_of_it(house: House, name: str) -> None:
    stranger, ask = house.client(name), requests.ask(account=house.people["bob"], kind="access", words="all of it")
    for address in (PAGE, f"{PAGE}progress.csv", f"{PAGE}progress.json"):
        assert stranger.get(address).status_code == 404
    posted = [
        stranger.post(f"{PAGE}guidance", {"guideline": "mine"}),
        stranger.post(f"{PAGE}rulings", {"judgement": "jdg_none", "ruling": "uphold"}),
        stranger.post("/controller/requests", {"request": ask.id, "answer": "no"}),
    ]
    assert [answer.status_code for answer in posted] == [404, 404, 404]
    assert Programme.objects.get(id=house.programme.id).guideline == ""
    assert DataRequest.objects.get().answered_at is None


def test_nobody_signed_in_is_sent_to_the_door(house: House) -> None:
    answer = house.client().get(PAGE)
    assert answer.status_code == 302
    assert "/sign-in" in answer.headers["Location"]


@pytest.mark.parametrize("name", ["controller", "owner"])
def test_its_controller_sees_it_and_a_programme_that_is_none_is_not_found(house: House, name: str) -> None:
    client = house.client(name)
    assert client.get(PAGE).status_code == 200
    assert client.get("/controller/programmes/nothing/").status_code == 404
    for days in ("7", "90", "0", "91", "x", "-1", "१", "9" * 400):
        assert client.get(PAGE, {"days": days}).status_code == 200


def test_both_exports_hold_every_number_of_the_page(house: House) -> None:
    house.clip()
    for name in ("alice", "bob"):
        house.judge(name, choice=2)
    settle.settle_due()
    client = house.client("controller")
    tables = client.get(f"{PAGE}progress.json").json()["tables"]
    assert (tables["days"][-1]["Judgements"], tables["days"][-1]["Settled clips"]) == (2, 1)
    assert tables["agreement"][0]["Value"] == 100.0
    lines = list(csv.DictReader(io.StringIO(client.get(f"{PAGE}progress.csv").content.decode())))
    assert {line["table"] for line in lines} == {name for name, rows in tables.items() if rows}
    for name, rows in tables.items():
        for row in rows:
            first, *columns = row
            for column in columns:
                told = next(
                    line["value"]
                    for line in lines
                    if (line["table"], _plain(line["row"]), _plain(line["column"])) == (name, str(row[first]), column)
                )
                assert told == ("" if row[column] is None else str(row[column]))


def _plain(cell: str) -> str:
    import json

    return str(json.loads(cell[1:])) if cell.startswith("'") else cell


@pytest.mark.parametrize("kind", ["=1+1", "+cmd", "-2", "@sum", "\ta", "a;b"])
def test_no_cell_is_a_formula(house: House, kind: str) -> None:
    MissedData.objects.create(programme=house.programme, kind=kind, count=1)
    text = house.client("controller").get(f"{PAGE}progress.csv").content.decode()
    for line in csv.reader(io.StringIO(text)):
        assert not any(cell[:1] in tuple("=+-@\t\r") or ";" in cell for cell in line), line


def test_a_few_answers_of_a_reviewer_are_counts_without_a_share(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    verdict = _verdict(house, monkeypatch)
    rows = house.client("controller").get(f"{PAGE}progress.json").json()["tables"]["known"]
    (mine,) = [row for row in rows if row["Reviewer"] == verdict.account_id]
    assert (mine["Right"], mine["Answers"], mine["Share, %"]) == (0, 1, None)


def test_what_reviewers_are_told_is_written_and_the_log_says_so_without_the_words(house: House) -> None:
    client = house.client("controller")
    sent = {"guideline": "Write every word.\r\nLeave out <b>noises</b>.", "help_text": "Call Robin Fell, 0000."}
    assert client.post(f"{PAGE}guidance", sent).status_code == 302
    kept = Programme.objects.get(id=house.programme.id)
    assert (kept.guideline, kept.help_text) == (
        "Write every word.\nLeave out <b>noises</b>.",
        "Call Robin Fell, 0000.",
    )
    entry = Record.objects.filter(kind=Kind.RULES_SET).latest("index")
    assert entry.detail == {"programme": "assistant", "changed": "guideline help_text"}
    assert client.post(f"{PAGE}guidance", sent).status_code == 302
    assert Record.objects.filter(kind=Kind.RULES_SET).count() == 1  # nothing changed, nothing to say
    assert client.post(f"{PAGE}guidance", {"guideline": "x" * 20_001}).status_code == 400
    shown = house.client("alice").get("/review/help/").content.decode()
    assert "Call Robin Fell, 0000." in shown
    assert "&lt;b&gt;" in client.get(PAGE).content.decode()


@pytest.mark.parametrize(("ruling", "right"), [("uphold", True), ("reject", False)])
def test_a_dispute_is_shown_and_ruled_on_once(
    house: House, monkeypatch: pytest.MonkeyPatch, ruling: str, right: bool
) -> None:
    verdict = _verdict(house, monkeypatch)
    known.dispute(judgement=verdict.judgement_id, account=verdict.account_id, words="it was <i>light</i>, no s")
    client = house.client("controller")
    shown = client.get(PAGE).content.decode()
    assert "it was &lt;i&gt;light&lt;/i&gt;, no s" in shown
    assert "turn the light on" in shown
    sent = {"judgement": verdict.judgement_id, "ruling": ruling}
    assert client.post(f"{PAGE}rulings", {**sent, "ruling": "maybe"}).status_code == 404
    assert client.post(f"{PAGE}rulings", sent).status_code == 302
    assert Verdict.objects.get().right is right
    assert KnownAnswer.objects.exists() is not right
    assert client.post(f"{PAGE}rulings", sent).status_code == 404
    assert "Nothing is disputed." in client.get(PAGE).content.decode()


def test_a_dispute_is_ruled_on_from_its_own_programme(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    verdict = _verdict(house, monkeypatch)
    known.dispute(judgement=verdict.judgement_id, account=verdict.account_id, words="no")
    programmes.create(slug="other", language="en", task=Task.TRANSCRIPTION)
    sent: dict[str, Any] = {"judgement": verdict.judgement_id, "ruling": "uphold"}
    answer = house.client("controller").post("/controller/programmes/other/rulings", sent)
    assert answer.status_code == 404
    assert Verdict.objects.get().ruled_at is None


def test_a_request_is_listed_with_its_last_day_and_answered_once(house: House) -> None:
    ask = requests.ask(account=house.people["alice"], kind="erase", words="my <old> address")
    client = house.client("controller")
    listed = client.get("/controller/").content.decode()
    assert "my &lt;old&gt; address" in listed
    assert (ask.at + timedelta(days=30)).strftime("Answer by %Y-%m-%d") in listed
    assert client.post("/controller/requests", {"request": ask.id, "answer": " "}).status_code == 400
    sent = {"request": ask.id, "answer": "It is gone."}
    assert client.post("/controller/requests", sent).status_code == 302
    assert client.post("/controller/requests", {**sent, "answer": "Another."}).status_code == 400
    assert "It is gone." in house.client("alice").get("/review/me/").content.decode()
    assert "It is gone." not in house.client("bob").get("/review/me/").content.decode()
    assert "Nobody waits for an answer." in client.get("/controller/").content.decode()
