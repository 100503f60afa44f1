"""A speaker lets nobody listen for a while: at once, also to what comes in meanwhile, until its day or its end."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from fairhearing.capture import queries as capture
from fairhearing.capture.models import Channel, Clip
from fairhearing.consent.models import SpeakerPause
from fairhearing.gate import export
from fairhearing.gate.denied import ExportDenied
from fairhearing.ledger.entries import Kind
from fairhearing.ledger.models import Record
from fairhearing.operations import pausing, receipts, replay, upkeep
from fairhearing.review import known, settle
from fairhearing.review.models import QueueItem
from fairhearing.speakers import actions
from tests.house import House
from tests.review.posting import post, refused, rules
from tests.speakers.test_asked import waits


def today() -> date:
    return timezone.now().date()


def pause(house: House, speaker: str, until: date | None = None) -> Any:
    """As the product asks for it."""
    body = {"speaker_key": house.speaker(speaker).sealed_form().hex(), "until": until and until.isoformat()}
    return Client().post("/api/v1/pauses", body, content_type="application/json", **house.product())


def end(house: House, speaker: str) -> Any:
    body = {"speaker_key": house.speaker(speaker).sealed_form().hex()}
    return Client().post("/api/v1/pauses/end", body, content_type="application/json", **house.product())


def test_a_stranger_pauses_nothing(house: House) -> None:
    hers = house.clip("robin")
    for nobody in (Client(), house.client("alice"), house.client("owner")):
        assert nobody.post("/speaker/pause", {"days": "7"}).status_code == 401
    body = {"speaker_key": house.speaker("robin").sealed_form().hex(), "until": None}
    assert Client().post("/api/v1/pauses", body, content_type="application/json").status_code == 401
    assert house.speaker_client("wren").post("/speaker/pause", {"days": "7"}).status_code == 200
    assert waits(house, "alice") == hers.id, "wren's pause is wren's"


def test_a_pause_stops_the_next_play_and_keeps_the_place_in_the_queue(house: House) -> None:
    clip = house.clip("robin")
    work = house.next("alice")
    other = house.clip("wren", texts=("light",))
    assert post(house, "alice", "plays", assignment=work["assignment"]).status_code == 200
    places = dict(QueueItem.objects.values_list("clip_id", "place"))
    told = pause(house, "robin").json()
    assert told["recordings"] == 1
    again = post(house, "alice", "plays", assignment=work["assignment"])
    assert (again.status_code, again.json()["reasons"]) == (403, ["assignment_closed", "paused"])
    assert house.client("alice").get(work["sealed_url"]).status_code == 403
    assert waits(house, "bob") == other.id
    assert house.speaker_client("robin").get(f"/speaker/clips/{clip.id}/audio").status_code == 200, "own ears"
    with pytest.raises(ExportDenied, match="pause"):
        export.export(clip=clip.id, release="rel_test")
    assert end(house, "robin").json()["recordings"] == 1
    assert dict(QueueItem.objects.values_list("clip_id", "place")) == places
    assert {house.judge("alice", choice=1)["clip"] for _ in range(2)} == {clip.id, other.id}
    assert end(house, "robin").json()["recordings"] == 0, "nothing is left to end"


def test_the_law_refuses_what_a_queue_gave_out_by_mistake(house: House) -> None:
    house.clip("robin")
    work = house.next("alice")
    Channel.objects.update(paused=True)
    refused(post(house, "alice", "plays", assignment=work["assignment"]), 403, "paused")


def test_what_comes_in_meanwhile_is_paused_and_others_are_not(house: House) -> None:
    assert pause(house, "robin", today() + timedelta(days=9)).json()["recordings"] == 0
    late, other = house.clip("robin"), house.clip("wren")
    assert [waits(house, name) for name in ("alice", "bob")] == [other.id, other.id]
    assert end(house, "robin").json()["recordings"] == 1
    assert house.judge("alice", choice=1)["clip"] == other.id
    assert waits(house, "alice") == late.id


def test_a_clip_whose_answer_is_known_rests_as_well(house: House) -> None:
    rules(house, judgements_wanted=1)
    clip = house.clip("robin")
    house.judge("alice", choice=1)
    assert settle.settle_due() == 1
    known.add(clip=clip.id, by="controller")
    rules(house, known_share=0.5)
    pause(house, "robin")
    assert {waits(house, "bob") for _ in range(12)} == {None}


def test_it_ends_by_its_day_and_not_before(house: House) -> None:
    short, long_, endless = (house.clip(name) for name in ("robin", "wren", "lark"))
    pause(house, "robin", today() + timedelta(days=2))
    pause(house, "wren", today() + timedelta(days=3))
    pause(house, "lark")
    assert upkeep.end_past_pauses() == 0
    assert pausing.end_past(today=today() + timedelta(days=2)) == 1
    assert waits(house, "alice") == short.id
    assert pausing.end_past(today=today() + timedelta(days=400)) == 1
    assert set(Channel.objects.filter(paused=True).values_list("id", flat=True)) == {endless.channel_id}
    assert SpeakerPause.objects.count() == 1
    assert not Channel.objects.get(id=long_.channel_id).pause_sealed


def test_a_pause_that_was_prolonged_does_not_end_on_its_first_day(house: House) -> None:
    house.clip("robin")
    pause(house, "robin", today() + timedelta(days=2))
    pause(house, "robin", today() + timedelta(days=20))
    assert pausing.end_past(today=today() + timedelta(days=2)) == 0
    assert waits(house, "alice") is None


@pytest.mark.parametrize("days", [0, -1, 367])
def test_a_day_that_does_not_fit_is_named(house: House, days: int) -> None:
    house.clip("robin")
    answer = pause(house, "robin", today() + timedelta(days=days))
    assert (answer.status_code, answer.json()["field"]) == (422, "until")
    assert (today() + timedelta(days=days)).isoformat() in answer.json()["detail"]
    assert not Channel.objects.filter(paused=True).exists()
    assert not SpeakerPause.objects.exists()


def test_the_page_pauses_and_says_so_and_ends_it(house: House) -> None:
    house.clip("robin")
    robin = house.speaker_client("robin")
    assert b"Let nobody listen for a while" in robin.get("/speaker/").content
    for wrong in ("x", "-3", "0", "1000", "9" * 30):
        assert robin.post("/speaker/pause", {"days": wrong}).status_code == 404
    said = robin.post("/speaker/pause", {"days": "7"}).content.decode()
    assert f"Nobody listens to your recordings before {today() + timedelta(days=7)}" in said
    assert "You paused it: nobody hears it for now" in said
    assert "Paused: nobody hears it for now" in said
    assert "until you end the pause" in robin.post("/speaker/pause", {"days": ""}).content.decode()
    assert "You agreed to people listening" in robin.post("/speaker/pause", {"end": "yes"}).content.decode()
    assert waits(house, "alice") is not None


def test_the_log_says_how_many_and_the_receipt_shows_which(house: House) -> None:
    clips = [house.clip("robin", texts=(f"light {number}",)) for number in range(3)]
    receipt = actions.pause(key=house.speaker("robin"), until=None)
    record = Record.objects.get(kind=Kind.SPEAKER_PAUSED)
    assert record.detail == {"root": receipt.root, "recordings": 3}
    names = [clip.channel.recording_id for clip in clips]
    assert receipts.root(bytes.fromhex(receipt.salt), names) == receipt.root


def test_equal_days_look_different_in_a_dump(house: House) -> None:
    for _ in range(4):
        house.clip("robin")
    pause(house, "robin", today() + timedelta(days=5))
    sealed = {bytes(one) for one in Channel.objects.values_list("pause_sealed", flat=True) if one}
    assert (len(sealed), {len(one) for one in sealed}) == (4, {32})


def test_an_older_copy_of_the_database_is_paused_again(house: House) -> None:
    kept, ended = house.clip("robin"), house.clip("wren")
    pause(house, "robin", today() + timedelta(days=5))
    Channel.objects.update(paused=False, pause_sealed=None)  # as in a copy from before
    SpeakerPause.objects.all().delete()
    done = replay.replay(since=datetime.now(UTC), by="test")
    assert done.speaker_paused == 1
    assert set(Channel.objects.filter(paused=True).values_list("id", flat=True)) == {kept.channel_id}
    assert house.clip("robin").channel.paused, "what comes in is paused too"
    assert not Channel.objects.get(id=ended.channel_id).paused
    assert replay.replay(since=datetime.now(UTC), by="test").speaker_paused == 0


def test_who_withdrew_while_paused_is_not_heard_when_the_pause_ends(house: House) -> None:
    clip = house.clip("robin")
    pause(house, "robin")
    actions.withdraw(key=house.speaker("robin"))
    end(house, "robin")
    assert waits(house, "alice") is None
    assert capture.list_by_ids([Clip.objects.get(id=clip.id).channel_id], open_only=True) == []
