"""Nobody gets to know a speaker: no neighbouring clips, and so much of a bucket a week; and a dump tells none of it."""

from datetime import date, timedelta
from typing import Any

import pytest

from fairhearing.capture import actions as capture
from fairhearing.capture import buckets
from fairhearing.capture.models import Channel, Clip
from fairhearing.gate import play, seal
from fairhearing.gate.denied import PlayDenied
from fairhearing.policy import Reason
from fairhearing.programmes.models import Programme
from fairhearing.review import exposure, settle
from fairhearing.review.models import Assignment, Exposure, QueueItem, Recusal
from tests.house import House
from tests.probes import at_once

RATE = 16000


def _several(house: House, number: int, speaker: str = "robin") -> list[Clip]:
    """A recording with so many clips, one after the other."""
    recording = house.recording(speaker)
    channel = Channel.objects.select_related("recording").get(recording=recording)
    pcm, texts = b"\1\0" * RATE, (capture.NewCandidate("turn the light on", "en", "engine"),)
    new = [
        capture.NewClip(start=at * RATE, end=(at + 1) * RATE, pcm16=pcm, peaks=[50] * 50, candidates=texts, worth=1.0)
        for at in range(number)
    ]
    clips = capture.add_clips(channel=channel, clips=new)
    settle.enqueue(clips=clips, wanted=3)
    return clips


def _ask(house: House, name: str, *holding: str) -> Any:
    body = {"programme": house.programme.slug, "holding": list(holding)}
    return house.client(name).post("/api/v1/review/next", body, content_type="application/json")


def _denied(assignment: str, account: str) -> tuple[Reason, ...]:
    with pytest.raises(PlayDenied) as refusal:
        play.for_reviewer(assignment=assignment, account=account)
    return refusal.value.reasons


def _budget(house: House, clips: int) -> None:
    Programme.objects.update(bucket_clips_a_week=clips)
    house.programme.refresh_from_db()


def test_a_stranger_learns_nothing_of_what_others_have_heard(house: House) -> None:
    _budget(house, 1)
    house.clip()
    work = house.next("alice")
    play.for_reviewer(assignment=work["assignment"], account=house.people["alice"].id)
    assert _denied(work["assignment"], house.people["charlie"].id) == (Reason.NOT_YOURS,)


def test_nobody_hears_clips_that_follow_each_other(house: House) -> None:
    clips = [clip.id for clip in _several(house, 5)]
    heard = []
    while (answer := _ask(house, "alice")).status_code == 200:
        heard.append(clips.index(house.judge("alice", choice=1)["clip"]))
        assert answer.json()["clip"] == clips[heard[-1]]
    assert answer.status_code == 204, "nothing waits for them"
    gaps = [other - one for one, other in zip(sorted(heard), sorted(heard)[1:], strict=False)]
    assert len(heard) >= 2
    assert min(gaps) >= 2, heard
    assert Assignment.objects.filter(state="open").count() == 0
    assert sum(QueueItem.objects.values_list("wanted", flat=True)) == 15 - len(heard), "the rest waits for others"
    assert house.next("bob")["clip"] in clips


def test_two_neighbours_are_not_held_at_once_and_a_replay_is_allowed(house: House) -> None:
    _several(house, 2)
    alice = house.people["alice"].id
    first = house.next("alice")
    assert _ask(house, "alice", first["assignment"]).status_code == 204
    for _ in range(2):
        assert play.for_reviewer(assignment=first["assignment"], account=alice).content


def test_of_two_neighbours_in_one_persons_hands_one_is_heard(house: House) -> None:
    """However they came to hold both: plays of one person come one after the other, and the second sees the first."""
    one, other = _several(house, 2)
    alice, held = house.people["alice"].id, house.next("alice")
    left = other if held["clip"] == one.id else one
    copy = Assignment.objects.get(id=held["assignment"])
    Assignment.objects.create(
        id="asg_second", clip=left, account_id=alice, programme=house.programme,
        lease_ends_at=copy.lease_ends_at, nonce=b"n" * 16,
    )  # fmt: skip
    outcomes = at_once([lambda one=one: _play(one, alice) for one in (held["assignment"], "asg_second")])
    assert sorted(outcomes) == ["heard", "neighbour_heard"]


def _play(assignment: str, account: str) -> str:
    try:
        play.for_reviewer(assignment=assignment, account=account)
    except PlayDenied as denied:
        return " ".join(denied.reasons)
    return "heard"


def test_so_much_of_a_bucket_a_week_is_heard_and_others_hear_the_rest(house: House) -> None:
    Programme.objects.update(exposure_buckets=1)
    _budget(house, 2)
    for number in range(3):
        house.clip(f"speaker-{number}")
    house.judge("alice", choice=1)
    second = house.next("alice")
    alice = house.people["alice"].id
    for _ in range(3):
        play.for_reviewer(assignment=second["assignment"], account=alice)
    refused = _ask(house, "alice", second["assignment"])
    assert (refused.status_code, refused.json()["reasons"]) == (403, ["bucket_spent"])
    assert play.for_reviewer(assignment=second["assignment"], account=alice).content, "a replay is no clip more"
    assert [one.clips for one in Exposure.objects.all()] == [2]
    assert _ask(house, "bob").status_code == 200
    week = timedelta(weeks=1)
    Exposure.objects.update(digest=b"last week's", week=exposure.counted(**_of(house), day=date.today() - week).week)
    assert _ask(house, "alice", second["assignment"]).status_code == 200, "a new week begins"


def _of(house: House) -> dict[str, Any]:
    return {"account": house.people["alice"].id, "programme": "assistant", "language": "en", "bucket": 0}


def test_a_budget_that_is_spent_meanwhile_stops_the_sealed_copy_and_the_play(house: House) -> None:
    house.clip()
    work, alice = house.next("alice"), house.people["alice"].id
    _budget(house, 0)
    assert _denied(work["assignment"], alice) == (Reason.BUCKET_SPENT,)
    with pytest.raises(PlayDenied):
        seal.seal(assignment=work["assignment"], account=alice)
    assert not Exposure.objects.exists()


def test_a_speaker_stays_in_a_bucket_and_the_dump_does_not_show_which(house: House) -> None:
    Programme.objects.update(exposure_buckets=4)
    house.programme.refresh_from_db()
    for number in range(24):
        for _ in range(2):
            house.recording(f"speaker-{number % 12}")
    channels = list(Channel.objects.all())
    sealed = {bytes(channel.bucket_sealed or b"") for channel in channels}
    assert len(sealed) == len(channels)
    assert {len(one) for one in sealed} == {30}
    mine = [house.recording("robin").channels.get() for _ in range(4)]
    found = {buckets.open_sealed(channel=one.id, sealed=bytes(one.bucket_sealed or b"")) for one in mine}
    assert len(found) == 1
    assert found <= set(range(4))
    opened = {buckets.open_sealed(channel=one.id, sealed=bytes(one.bucket_sealed or b"")) for one in channels}
    assert len(opened) > 1
    swapped = bytes(mine[0].bucket_sealed or b"")
    assert buckets.open_sealed(channel=mine[1].id, sealed=swapped) == buckets.UNKNOWN
    assert buckets.open_sealed(channel=mine[1].id, sealed=None) == buckets.UNKNOWN


def test_numbers_of_past_weeks_are_forgotten(house: House) -> None:
    today = date(2026, 11, 22)
    for weeks in range(6):
        counted = exposure.counted(**_of(house), day=today - timedelta(weeks=weeks))
        Exposure.objects.create(digest=counted.digest, week=counted.week, clips=1)
    assert exposure.forget_past(today) == 4
    assert Exposure.objects.count() == 2


def test_who_knows_a_person_hears_nothing_more_of_their_bucket_and_others_do(house: House) -> None:
    Programme.objects.update(exposure_buckets=1)
    house.programme.refresh_from_db()
    alice = house.client("alice")
    house.clip("robin")
    held = house.next("alice", alice)
    house.clip("robin")
    prefetched = house.next("alice", alice, holding=[held["assignment"]])
    body = {"assignment": held["assignment"], "flag": "known_person"}
    assert alice.post("/api/v1/review/judgements", body, content_type="application/json").status_code == 201
    assert _denied(prefetched["assignment"], house.people["alice"].id) == (Reason.RECUSED,)
    assert _ask(house, "alice", prefetched["assignment"]).status_code == 204
    assert Recusal.objects.count() == 1
    assert {house.judge("bob", choice=1)["clip"] for _ in range(2)} == {held["clip"], prefetched["clip"]}


def test_who_knows_a_person_goes_on_with_other_buckets(house: House) -> None:
    Programme.objects.update(exposure_buckets=1000)
    house.programme.refresh_from_db()
    alice = house.client("alice")
    house.clip("robin")
    held = house.next("alice", alice)
    body = {"assignment": held["assignment"], "flag": "known_person"}
    alice.post("/api/v1/review/judgements", body, content_type="application/json")
    others = {house.clip(name).id for name in ("wren", "sam", "lee")}  # one of them is of another bucket, surely
    assert house.judge("alice", choice=1)["clip"] in others
