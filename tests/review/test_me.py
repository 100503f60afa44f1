"""What reviewers see of themselves: their own alone, verdicts late, everything to take away."""

from datetime import timedelta

import pytest
from django.utils import timezone

from fairhearing.accounts.models import DataRequest
from fairhearing.review import known, settle
from fairhearing.review.models import Verdict
from tests.house import House
from tests.review.posting import rules


@pytest.fixture
def verdict(house: House, monkeypatch: pytest.MonkeyPatch) -> Verdict:
    """Charlie's wrong answer to a known clip, just now."""
    clip = house.clip()
    for name in ("alice", "bob"):
        house.judge(name, choice=2)
    assert settle.settle_due() == 1
    known.add(clip=clip.id, by="controller")
    rules(house, known_share=0.1)
    monkeypatch.setattr(known, "MOST", 1.0)
    monkeypatch.setattr(known, "EAGER", 10.0)
    house.judge("charlie", choice=1)
    return Verdict.objects.get()


def _older(minutes: int) -> None:
    Verdict.objects.update(at=timezone.now() - timedelta(minutes=minutes))


@pytest.mark.parametrize("name", ["controller", "owner", "auditor", "manager"])
def test_who_reviews_nothing_has_no_such_page(house: House, name: str) -> None:
    for address in ("/review/me/", "/review/me/data.json", "/review/help/"):
        assert house.client(name).get(address).status_code == 404
    assert house.client(name).post("/review/me/requests", {"kind": "access"}).status_code == 404
    assert not DataRequest.objects.exists()


@pytest.mark.parametrize("name", ["alice", "bob", "lead"])
def test_a_strangers_dispute_is_refused(house: House, verdict: Verdict, name: str) -> None:
    _older(120)
    sent = {"judgement": verdict.judgement_id, "words": "I would like it to be right"}
    answer = house.client(name).post("/review/me/disputes", sent)
    nothing = house.client(name).post("/review/me/disputes", {**sent, "judgement": "jdg_none"})
    assert answer.status_code == nothing.status_code == 400
    assert Verdict.objects.get().disputed_at is None
    assert verdict.judgement_id not in house.client(name).get("/review/me/").content.decode()


def test_a_verdict_is_told_an_hour_later_and_not_before(house: House, verdict: Verdict) -> None:
    charlie = house.client("charlie")
    sent = {"judgement": verdict.judgement_id, "words": "it was light"}
    for minutes, told in ((0, False), (59, False), (61, True)):
        _older(minutes)
        assert (f'data-judgement="{verdict.judgement_id}"' in charlie.get("/review/me/").content.decode()) is told
        assert bool(charlie.get("/review/me/data.json").json()["verdicts"]) is told
        assert charlie.post("/review/me/disputes", sent).status_code == (302 if told else 400)
    assert Verdict.objects.get().disputed_at is not None
    assert charlie.post("/review/me/disputes", sent).status_code == 400
    assert "nobody has ruled" in charlie.get("/review/me/").content.decode()


def test_what_is_taken_away_is_ones_own_and_no_text_of_a_clip(house: House, verdict: Verdict) -> None:
    _older(120)
    charlie = house.client("charlie").get("/review/me/data.json")
    taken = charlie.json()
    assert charlie.headers["Cache-Control"] == "no-store"
    assert taken["account"]["email"] == "charlie@example.com"
    assert [one["id"] for one in taken["judgements"]] == [verdict.judgement_id]
    assert [one["vendor__slug"] for one in taken["vendors"]] == ["other"]
    assert {one["kind"] for one in taken["log"]} == {"played", "heard"}
    text = charlie.content.decode()
    assert "turn the light" not in text
    assert "alice" not in text
    assert house.people["alice"].id not in text
    assert "purpose" not in text


def test_a_request_waits_for_an_answer_and_there_are_not_many_at_once(house: House) -> None:
    alice = house.client("alice")
    assert alice.post("/review/me/requests", {"kind": "everything", "words": "x"}).status_code == 400
    assert alice.post("/review/me/requests", {"kind": "access", "words": "x" * 4001}).status_code == 400
    for _ in range(5):
        assert alice.post("/review/me/requests", {"kind": "access", "words": "all\0 of <it>"}).status_code == 302
    assert alice.post("/review/me/requests", {"kind": "access"}).status_code == 400
    assert DataRequest.objects.count() == 5
    assert "It waits for an answer." in alice.get("/review/me/").content.decode()
    assert "It waits for an answer." not in house.client("bob").get("/review/me/").content.decode()


def test_the_numbers_and_the_way_there(house: House) -> None:
    house.clip()
    house.judge("alice", choice=1)
    alice = house.client("alice")
    assert 'href="/review/me/"' in alice.get("/review/").content.decode()
    today = f"{timezone.now().date().isoformat()}</th><td>1</td>"
    assert today in alice.get("/review/me/").content.decode()
    assert today not in house.client("bob").get("/review/me/").content.decode()
