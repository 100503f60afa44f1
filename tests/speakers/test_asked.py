"""Being asked for each clip: nobody is given one without a yes, a no stops it, and an answer can be changed."""

import json
from typing import Any

import pytest
from django.test import Client

from fairhearing.capture.models import Clip
from fairhearing.ledger.entries import Kind
from fairhearing.ledger.models import LogEntry, Record
from fairhearing.operations import asking, receipts
from fairhearing.programmes.actions import Asking
from fairhearing.programmes.models import Asks
from fairhearing.review import known, settle
from fairhearing.review.models import QueueItem
from fairhearing.speakers import asked
from fairhearing.speakers.actions import NotYours
from tests.house import House
from tests.probes import whole_log
from tests.review.posting import post, refused, rules


def ask(house: House, asks: Asks = Asks.EVERY_CLIP, **judging: Any) -> None:
    """Let the programme ask so."""
    asking.set_rules(slug="assistant", by="test", reason="a test", asking=Asking(asks=asks))
    rules(house, **judging)


def say(house: House, name: str, *clips: Clip, agreed: bool) -> None:
    """One speaker's answer to clips."""
    asked.answer(key=house.speaker(name), answers={clip.id: agreed for clip in clips})


def waits(house: House, name: str) -> str | None:
    """The clip that somebody is given now."""
    answer = post(house, name, "next", programme=house.programme.slug)
    return answer.json()["clip"] if answer.status_code == 200 else None


def api(house: House, call: str, speaker: str, **more: Any) -> Any:
    """One call of the product's for a speaker."""
    body = {"speaker_key": house.speaker(speaker).sealed_form().hex(), **more}
    return Client().post(f"/api/v1/clips/{call}", body, content_type="application/json", **house.product())


def test_a_stranger_is_asked_nothing_and_answers_nothing(house: House) -> None:
    ask(house)
    hers, his = house.clip("robin"), house.clip("wren")
    for nobody in (Client(), house.client("alice"), house.client("owner")):
        assert nobody.get("/speaker/asked").status_code == 401
        assert nobody.post("/speaker/asked", {"clip": hers.id, "heard_by_people": "yes"}).status_code == 401
    wren = house.speaker_client("wren")
    assert hers.id.encode() not in wren.get("/speaker/asked").content
    for clip in (hers.id, "clip_none"):
        assert wren.post("/speaker/asked", {"clip": clip, "heard_by_people": "yes"}).status_code == 404
        both = [{"clip": one, "heard_by_people": True} for one in (his.id, clip)]
        answer = api(house, "answers", "wren", answers=both)
        told = answer.json()["detail"]
        assert (answer.status_code, clip in told, his.id in told) == (404, True, False)
    assert [one["clip"] for one in api(house, "pending", "wren").json()["clips"]] == [his.id]
    assert not Clip.objects.exclude(heard_by_people=None).exists(), "nothing half done"
    assert not Record.objects.filter(kind=Kind.ANSWERED).exists()
    body = {"speaker_key": house.speaker("robin").sealed_form().hex()}
    assert Client().post("/api/v1/clips/pending", body, content_type="application/json").status_code == 401


def test_nobody_is_given_a_clip_before_its_speaker_said_yes(house: House) -> None:
    ask(house)
    asked_for, silent = house.clip("robin"), house.clip("wren")
    assert [waits(house, name) for name in ("alice", "bob", "lead")] == [None] * 3
    say(house, "robin", asked_for, agreed=True)
    assert house.judge("alice", choice=1)["clip"] == asked_for.id
    assert waits(house, "alice") is None
    assert waits(house, "bob") == asked_for.id
    assert Record.objects.filter(kind=Kind.PLAYED, clip=silent.id).count() == 0
    assert house.speaker_client("wren").get(f"/speaker/clips/{silent.id}/audio").status_code == 200, "own ears"


def test_a_no_stops_the_next_play_and_a_yes_lets_it_go_on(house: House) -> None:
    clip = house.clip("robin")
    work = house.next("alice")
    assert post(house, "alice", "plays", assignment=work["assignment"]).status_code == 200
    say(house, "robin", clip, agreed=False)
    answer = post(house, "alice", "plays", assignment=work["assignment"])
    assert (answer.status_code, answer.json()["reasons"]) == (403, ["assignment_closed", "clip_not_agreed"])
    assert post(house, "alice", "judgements", assignment=work["assignment"], choice=1).status_code == 409
    assert [waits(house, name) for name in ("alice", "bob")] == [None, None], "a no holds where nobody is asked, too"
    assert QueueItem.objects.get().wanted == house.programme.judgements_wanted
    say(house, "robin", clip, agreed=True)
    assert [waits(house, name) for name in ("alice", "bob")] == [clip.id, clip.id]


def test_the_rule_holds_from_the_answer_on_and_is_taken_back_but_for_a_no(house: House) -> None:
    kept, refused_clip = house.clip("robin"), house.clip("wren")
    works = [house.next("alice"), house.next("bob")]
    ask(house)
    for name, work in zip(("alice", "bob"), works, strict=True):
        told = post(house, name, "plays", assignment=work["assignment"]).json()["reasons"]
        assert told == ["assignment_closed", "clip_not_agreed"]
        assert waits(house, name) is None
    assert Record.objects.filter(kind=Kind.RULES_SET).latest("index").detail["asks"] == "every_clip"
    say(house, "wren", refused_clip, agreed=False)
    ask(house, Asks.ONCE)
    assert {waits(house, name) for name in ("alice", "bob")} == {kept.id}


def test_a_clip_whose_answer_is_known_waits_as_well(house: House) -> None:
    rules(house, judgements_wanted=1)
    clip = house.clip("robin")
    house.judge("alice", choice=1)
    assert settle.settle_due() == 1
    known.add(clip=clip.id, by="controller")
    ask(house, known_share=0.5)
    assert {waits(house, "bob") for _ in range(12)} == {None}
    say(house, "robin", clip, agreed=True)
    assert any(waits(house, "bob") == clip.id for _ in range(60)), "half of all clips are known ones"


def test_who_is_in_the_middle_of_it_is_refused_by_the_law_itself(house: House) -> None:
    """Should the queue ever be wrong, the gate asks the clip's own row."""
    clip = house.clip("robin")
    work = house.next("alice")
    Clip.objects.filter(id=clip.id).update(heard_by_people=False)
    refused(post(house, "alice", "plays", assignment=work["assignment"]), 403, "clip_not_agreed")
    assert Client().get(work["sealed_url"]).status_code == 401
    assert house.client("alice").get(work["sealed_url"]).status_code == 403


def test_a_product_asks_and_answers_for_its_speaker_and_the_log_says_how_many(house: House) -> None:
    ask(house)
    clips = [house.clip("robin", texts=(f"light {number}",)) for number in range(3)]
    told = api(house, "pending", "robin").json()
    assert told["waiting"] == 3
    assert {one["clip"] for one in told["clips"]} == {clip.id for clip in clips}
    first = next(one for one in told["clips"] if one["clip"] == clips[0].id)
    assert first == {
        "clip": clips[0].id,
        "recording": clips[0].channel.recording_id,
        "seconds": 1.0,
        "text": "light 0",
        "language": "en",
        "who_listens": [{"vendor": "Other Desk", "country": "PT"}, {"vendor": "Tarn Transcription", "country": "IE"}],
    }
    said = [{"clip": clip.id, "heard_by_people": clip is not clips[2]} for clip in clips]
    twice = api(house, "answers", "robin", answers=[*said, said[0]])
    assert (twice.status_code, twice.json()["field"]) == (422, "answers")
    answer = api(house, "answers", "robin", answers=said).json()
    assert (answer["yes"], answer["no"]) == (2, 1)
    assert api(house, "pending", "robin").json() == {"clips": [], "waiting": 0}
    record = Record.objects.get(kind=Kind.ANSWERED)
    assert (record.recording, record.clip, record.detail["given"], record.detail["refused"]) == (None, None, 2, 1)
    receipt = json.loads(answer["receipt"])
    names = [f"{one['clip']}={'yes' if one['heard_by_people'] else 'no'}" for one in said]
    assert receipts.root(bytes.fromhex(receipt["salt"]), names) == receipt["root"] == record.detail["root"]
    body = json.loads(bytes(LogEntry.objects.get(index=record.index).body))
    assert set(body["parts"]) == {"circumstances"}
    whole_log()


def test_the_page_asks_one_by_one_and_an_answer_can_be_changed(house: House) -> None:
    ask(house)
    clip = house.clip("robin", texts=("turn <b>it</b> on",))
    house.clip("robin")
    robin = house.speaker_client("robin")
    assert b"2 clips wait for your answer" in robin.get("/speaker/").content
    page = robin.get("/speaker/asked").content.decode()
    assert page.count("May a person listen to these 1.0 seconds?") == 2
    assert "turn &lt;b&gt;it&lt;/b&gt; on" in page
    assert "Tarn Transcription (IE)" in page
    assert page.count('value="yes"') == page.count('value="no"') == 2
    for wrong in ({"heard_by_people": ""}, {"heard_by_people": "perhaps"}, {"heard_by_people": "yes", "back": "x"}):
        assert robin.post("/speaker/asked", {"clip": clip.id, **wrong}).status_code == 404
    answered = robin.post("/speaker/asked", {"clip": clip.id, "heard_by_people": "yes"})
    assert (answered.status_code, answered.headers["Location"]) == (302, "/speaker/asked")
    assert clip.id not in robin.get("/speaker/asked").content.decode()
    home = robin.get("/speaker/").content.decode()
    assert "1 clip waits" in home
    assert "You said yes: people may hear this clip." in home
    assert home.count('data-recording-state="prepared">De-identified; people hear a clip if you say yes') == 2
    assert waits(house, "alice") == clip.id
    changed = robin.post("/speaker/asked", {"clip": clip.id, "heard_by_people": "no", "back": "home"}, follow=True)
    assert b"You said no: nobody may hear this clip." in changed.content
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = robin.cookies
    assert strict.post("/speaker/asked", {"clip": clip.id, "heard_by_people": "yes"}).status_code == 403


def test_a_speaker_who_withdrew_is_not_asked(house: House) -> None:
    ask(house)
    clip = house.clip("robin")
    assert asked.count_pending(house.speaker("robin")) == 1
    house.speaker_client("robin").post("/speaker/withdraw")
    assert asked.count_pending(house.speaker("robin")) == 0
    say(house, "robin", clip, agreed=True)
    assert waits(house, "alice") is None, "a yes to a clip is no consent"
    with pytest.raises(NotYours, match=clip.id):
        say(house, "wren", clip, agreed=True)
