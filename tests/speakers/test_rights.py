"""What speakers come for: see what is held, who heard it, take it back, and be gone when they say so."""

import json
from typing import Any

import pytest
from django.test import Client

from fairhearing.capture import incoming, intake
from fairhearing.capture.models import Channel, Clip, ContentTombstone, HandleTombstone, Recording
from fairhearing.consent.models import Purpose
from fairhearing.consent.queries import holds
from fairhearing.datasets.models import Release, ReleaseRow
from fairhearing.gate import play
from fairhearing.gate.denied import PlayDenied
from fairhearing.ledger import queries as ledger
from fairhearing.ledger.entries import Kind, commitment
from fairhearing.ledger.models import LogEntry, Record
from fairhearing.operations import receipts
from fairhearing.programmes.models import Programme
from fairhearing.review import settle
from fairhearing.speakers import actions, queries
from fairhearing.vault.models import DataKey, StoredObject
from tests.house import PRODUCT, House, many_channels_wav, metadata
from tests.probes import dump, object_files, whole_log


def _recordings(house: House, name: str) -> set[str]:
    return {own.id for own in queries.list_own(house.speaker(name))}


def test_a_stranger_sees_and_changes_nothing(house: House) -> None:
    clip = house.clip("robin")
    wren = house.speaker_client("wren")
    page = wren.get("/speaker/")
    assert page.status_code == 200
    assert clip.id.encode() not in page.content
    assert clip.channel.recording_id.encode() not in page.content
    assert _recordings(house, "wren") == set()
    with pytest.raises(actions.NotYours):
        actions.erase(key=house.speaker("wren"), recording=clip.channel.recording_id)
    with pytest.raises(PlayDenied):
        actions.hear(key=house.speaker("wren"), clip=clip.id)
    assert actions.erase(key=house.speaker("wren")).recordings == 0
    assert actions.withdraw(key=house.speaker("wren")).recordings == 0
    assert not Channel.objects.get().withdrawn
    assert Clip.objects.filter(id=clip.id).exists()


def test_the_page_lists_all_that_is_held_and_nothing_of_others(house: House) -> None:
    mine = {house.clip("robin").channel.recording_id for _ in range(2)} | {house.recording("robin").id}
    other = house.clip("wren", texts=("somebody else's words",))
    assert _recordings(house, "robin") == mine
    page = house.speaker_client("robin").get("/speaker/").content
    assert all(recording.encode() in page for recording in mine)
    assert other.channel.recording_id.encode() not in page
    assert b"somebody else" not in page
    assert b"turn the light on" in page, "what reviewers read is shown"


def test_who_heard_tells_vendor_country_hour_and_seconds_and_never_whose_ears(house: House) -> None:
    clip = house.clip("robin")
    house.judge("alice", choice=1)
    house.judge("charlie", choice=1)
    robin = house.speaker_client("robin")
    sound = robin.get(f"/speaker/clips/{clip.id}/audio")
    assert sound.content[:4] == b"RIFF"
    (own,) = queries.list_own(house.speaker("robin"))
    heard = own.clips[0].heard
    told = sorted((one.role, one.vendor, one.country, one.seconds) for one in heard)
    assert told == [
        ("reviewer", "Other Desk", "PT", 1.0),
        ("reviewer", "Tarn Transcription", "IE", 1.0),
        ("you", "", "", 1.0),
    ]
    assert all(one.when.endswith(":00 UTC") for one in heard)
    page = robin.get("/speaker/").content
    assert b"Tarn Transcription" in page
    for name in ("alice", "charlie"):
        account = house.people[name]
        for private in (account.id, account.email, name):
            assert private.encode() not in page
    assert {one.listen for one in heard} == set(
        Record.objects.filter(kind=Kind.PLAYED, clip=clip.id).values_list("id", flat=True)
    )
    assert all(f'href="/log/#entry-{one.index}"'.encode() in page for one in heard), "each entry can be checked"


def test_withdrawing_closes_everything_and_leaves_a_receipt(house: House) -> None:
    house.clip("robin")
    house.recording("robin")
    other = house.clip("wren")
    work = house.next("alice")
    page = house.speaker_client("robin").post("/speaker/withdraw")
    assert page.status_code == 200
    assert not holds(house.speaker("robin"), Purpose.HUMAN_REVIEW)
    own = queries.list_own(house.speaker("robin"))
    assert [one.withdrawn for one in own] == [True, True]
    assert len(own) == 2, "what is held is still shown, and still theirs to hear"
    if work["clip"] != other.id:
        with pytest.raises(PlayDenied):
            play.for_reviewer(assignment=work["assignment"], account=house.people["alice"].id)
    assert not Channel.objects.get(recording_id=other.channel.recording_id).withdrawn
    assert Record.objects.filter(kind=Kind.WITHDRAWN).count() == 1
    assert len(LogEntry.objects.filter(index=Record.objects.get(kind=Kind.WITHDRAWN).index)) == 1


def _traces(house: House, names: list[str]) -> list[tuple[str, str]]:
    """Where any of these names still stands, in any table or file."""
    content = {**dump(), "objects": "\n".join(object_files()).encode()}
    return [(place, name) for place, text in content.items() for name in names if name.encode() in text]


def _everything_of(recordings: list[str]) -> list[str]:
    channels = Channel.objects.filter(recording__in=recordings)
    clips = Clip.objects.filter(channel__in=channels)
    names = [*recordings]
    for row in channels:
        names += [row.id, row.key_id, row.original_key_id, row.original_object]
    for clip in clips:
        names += [clip.id, clip.object_name]
    objects = StoredObject.objects.filter(key_id__in=[row.key_id for row in channels])
    return [name for name in [*names, *objects.values_list("name", flat=True)] if name]


def _work_it_over(house: House) -> Clip:
    """A clip that was heard by two, settled, and stands in a release."""
    clip = house.clip("robin")
    house.judge("alice", text="turn the lamp on")
    house.judge("bob", text="turn the lamp on")
    assert settle.settle_due() == 1
    release = Release.objects.create(id="rel_test", programme=house.programme, format="lhotse", rows=1, withheld=0)
    ReleaseRow.objects.create(release=release, row="row_test", clip_id=clip.id)
    return clip


def test_erasing_one_leaves_the_others_and_nothing_of_the_one(house: House) -> None:
    clip = _work_it_over(house)
    kept, gone = house.recording("robin").id, clip.channel.recording_id
    names = _everything_of([gone])
    assert len(names) >= 5
    robin = house.speaker_client("robin")
    answer = robin.post("/speaker/erase", {"recording": gone})
    assert answer.status_code == 200
    assert _traces(house, names) == []
    assert _recordings(house, "robin") == {kept}
    assert robin.get(f"/speaker/clips/{clip.id}/audio").status_code == 404
    assert ReleaseRow.objects.get().recalled_day is not None
    assert Client().get("/recalls/rel_test").json()["rows"] == ["row_test"]
    assert Record.objects.filter(kind=Kind.PLAYED).count() == 2
    for record in Record.objects.all():
        assert record.kind != Kind.PLAYED or record.vendor
        assert (record.recording, record.clip, record.speaker_salt) == (None, None, None)
        assert ledger.opens(record)
    assert whole_log().size == Record.objects.count()


def test_erasing_all_takes_everything_also_what_was_never_prepared(house: House) -> None:
    recordings = [_work_it_over(house).channel.recording_id, house.recording("robin").id, house.recording("robin").id]
    other = house.recording("wren").id
    names = _everything_of(recordings)
    keys = DataKey.objects.count()
    house.speaker_client("robin").post("/speaker/erase", {"all": "yes"})
    assert _traces(house, names) == []
    assert set(Recording.objects.values_list("id", flat=True)) == {other}
    assert 0 < DataKey.objects.count() < keys
    assert HandleTombstone.objects.count() == ContentTombstone.objects.count() == 3
    assert Programme.objects.get().erased == 3
    assert whole_log().size == Record.objects.count()


def test_what_was_erased_is_not_taken_in_again_and_the_numbers_go_on(house: House) -> None:
    line = incoming.parse(metadata(house.speaker("robin"), external_id="the-same"))
    sounds = [many_channels_wav(300.0 + number) for number in range(3)]
    checked = [
        intake.check(programme=house.programme, product=PRODUCT, incoming=line, sound=sounds[0]),
        intake.check(
            programme=house.programme, product=PRODUCT, sound=sounds[1],
            incoming=incoming.parse(metadata(house.speaker("robin"))),
        ),
    ]  # fmt: skip
    assert all(isinstance(one, intake.Outcome) for one in intake.store(programme=house.programme, checked=checked))
    actions.erase(key=house.speaker("robin"))
    again = intake.store(programme=house.programme, checked=checked)
    assert [type(one) for one in again] == [intake.WasErased] * 2
    assert not Recording.objects.exists()
    house.recording("robin")
    key = house.speaker("robin")
    assert bytes(Channel.objects.get().handle) == key.recording_handle(2), "tombstones keep the row of numbers whole"
    assert set(map(bytes, HandleTombstone.objects.values_list("handle", flat=True))) == {
        key.recording_handle(0),
        key.recording_handle(1),
    }


def _call(house: House) -> Recording:
    lines = [metadata(house.speaker(name)) for name in ("robin", "wren")]
    parties = [{key: line[key] for key in ("speaker_key", "consent")} for line in lines]
    line = {"language": "en", "channels": parties}
    checked = intake.check(
        programme=house.programme, product=PRODUCT, incoming=incoming.parse(line), sound=many_channels_wav(300.0, 400.0)
    )
    (outcome,) = intake.store(programme=house.programme, checked=[checked])
    assert isinstance(outcome, intake.Outcome)
    return Recording.objects.get(id=outcome.recording)


def test_of_a_call_each_erases_their_own_side(house: House) -> None:
    call = _call(house)
    hers = Channel.objects.get(recording=call, number=1)
    names = [
        name
        for row in Channel.objects.filter(recording=call, number=0)
        for name in (row.id, row.key_id, row.original_key_id, row.original_object)
    ]
    actions.erase(key=house.speaker("robin"))
    assert _traces(house, names) == []
    assert Channel.objects.get() == hers
    assert _recordings(house, "robin") == set()
    assert _recordings(house, "wren") == {call.id}
    assert not ContentTombstone.objects.exists(), "the recording is not gone while one side of it is there"
    actions.erase(key=house.speaker("wren"))
    assert not Recording.objects.exists()
    assert ContentTombstone.objects.count() == 1


def _opens_its_entry(receipt: dict[str, Any], recordings: list[str]) -> bool:
    """What a speaker can check with the receipt, their recordings and the public log; the salt was theirs alone."""
    return receipts.root(bytes.fromhex(receipt["salt"]), recordings) == receipt["root"]


@pytest.mark.parametrize("request_kind", ["withdrawals", "erasures"])
def test_a_receipt_opens_the_root_of_its_one_entry(house: House, request_kind: str) -> None:
    recordings = [house.recording("robin").id, house.clip("robin").channel.recording_id]
    house.clip("wren")
    before = Record.objects.count()
    answer = Client().post(
        f"/api/v1/{request_kind}",
        {"speaker_key": house.speaker("robin").sealed_form().hex()},
        content_type="application/json",
        **house.product(),
    )
    assert answer.status_code == 200, answer.content
    assert answer.json()["recordings"] == 2
    receipt = json.loads(answer.json()["receipt"])
    assert Record.objects.count() == before + 1, "one entry a request, however many recordings"
    record = Record.objects.get(id=receipt["record"])
    assert (record.index, record.detail["root"]) == (receipt["index"], receipt["root"])
    assert _opens_its_entry(receipt, recordings)
    assert _opens_its_entry(receipt, recordings[::-1])
    for wrong in (recordings[:1], [*recordings, "rec_other"], ["rec_other", recordings[1]]):
        assert not _opens_its_entry(receipt, wrong)
    body = json.loads(bytes(LogEntry.objects.get(index=record.index).body))
    assert set(body["parts"]) == {"circumstances"}
    assert ledger.opens(record)
    assert commitment("circumstances", bytes(32), {"detail": record.detail}) != body["parts"]["circumstances"]
    content = b"".join(dump().values())
    assert receipt["salt"].encode() not in content, "the salt of a request is the speaker's alone"
    assert bytes.fromhex(receipt["salt"]).hex().encode() not in content


def test_own_ears_are_limited_in_rate_and_stand_in_who_heard(house: House) -> None:
    clip = house.clip("robin")
    robin = house.speaker_client("robin")
    from fairhearing.gate.facts import OWN_PLAYS_AN_HOUR

    statuses = [robin.get(f"/speaker/clips/{clip.id}/audio").status_code for _ in range(OWN_PLAYS_AN_HOUR + 2)]
    assert statuses == [200] * OWN_PLAYS_AN_HOUR + [404] * 2
    (own,) = queries.list_own(house.speaker("robin"))
    assert len(own.clips[0].heard) == OWN_PLAYS_AN_HOUR
    assert Record.objects.filter(kind=Kind.REFUSED, role="speaker").count() == 2


def test_the_recording_as_it_came_is_heard_by_its_speaker_alone_while_it_is_kept(house: House) -> None:
    kept = house.recording("robin")
    gone = house.clip("robin")
    for stranger in (Client(), house.client("alice"), house.client("owner"), house.speaker_client("wren")):
        assert stranger.get(f"/speaker/recordings/{kept.id}/audio").status_code in (401, 404)
    robin = house.speaker_client("robin")
    assert f"/speaker/recordings/{kept.id}/audio" in robin.get("/speaker/").content.decode()
    sound = robin.get(f"/speaker/recordings/{kept.id}/audio")
    assert bytes(sound.content).startswith(b"RIFF")
    record = Record.objects.get(kind=Kind.PLAYED)
    assert (record.recording, record.clip, record.role, record.purpose) == (kept.id, None, "speaker", "own_ears")
    assert robin.get(f"/speaker/recordings/{gone.channel.recording_id}/audio").status_code == 404
    robin.post("/speaker/erase", {"recording": kept.id})
    assert robin.get(f"/speaker/recordings/{kept.id}/audio").status_code == 404
