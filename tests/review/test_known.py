"""Clips whose answer is known: unseen among others, told afterwards, disputed, ruled on by somebody else."""

from typing import Any

import pytest

from fairhearing.capture.models import Clip
from fairhearing.review import known, settle
from fairhearing.review.models import Assignment, Judgement, KnownAnswer, Purpose, QueueItem, Supervision, Verdict
from fairhearing.speakers import actions as speakers
from tests.house import House
from tests.review.posting import heard, post, rules


def _known_clip(house: House, speaker: str = "robin") -> Clip:
    """A clip that alice and bob settled, whose answer is known from now on."""
    clip = house.clip(speaker)
    house.judge("alice", choice=2)
    house.judge("bob", choice=2)
    assert settle.settle_due() == 1
    known.add(clip=clip.id, by="controller")
    return clip


@pytest.fixture
def always(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """A house in which a known clip comes whenever there is one."""
    rules(house, known_share=0.1)
    monkeypatch.setattr(known, "MOST", 1.0)
    monkeypatch.setattr(known, "EAGER", 10.0)
    return house


def test_a_known_clip_looks_like_any_other(always: House) -> None:
    clip = _known_clip(always)
    always.clip("wren")
    mixed_in = always.next("charlie")
    assert mixed_in["clip"] == clip.id
    other = always.next("charlie", holding=[mixed_in["assignment"]])
    assert other["clip"] != clip.id
    assert mixed_in.keys() == other.keys()
    shape = {name: type(value) for name, value in mixed_in.items()}
    assert shape == {name: type(value) for name, value in other.items()}
    answers = []
    for work in (mixed_in, other):
        post(always, "charlie", "plays", assignment=work["assignment"])
        answers.append(post(always, "charlie", "judgements", assignment=work["assignment"], choice=1).json())
    assert answers[0].keys() == answers[1].keys()
    assert all(answer["undo_until"] for answer in answers)


def test_nobody_is_given_a_known_clip_that_they_had(always: House) -> None:
    clip = _known_clip(always)
    assert Assignment.objects.filter(clip=clip, account=always.people["alice"]).count() == 1
    answer = post(always, "alice", "next", programme=always.programme.slug)
    assert answer.status_code == 204


@pytest.mark.parametrize(
    ("answer", "right"),
    [({"choice": 2}, True), ({"choice": 1}, False), ({"text": "Turn the LIGHTS on."}, True), ({"text": "no"}, False)],
)
def test_an_answer_is_compared_and_settles_nothing(always: House, answer: dict[str, Any], right: bool) -> None:
    clip = _known_clip(always)
    before = Supervision.objects.values().get()
    work = heard(always, "charlie")
    taken = post(always, "charlie", "judgements", assignment=work["assignment"], **answer)
    assert taken.status_code == 201
    verdict = Verdict.objects.get()
    assert (verdict.clip_id, verdict.account_id, verdict.right) == (clip.id, always.people["charlie"].id, right)
    assert settle.settle_due() == 0
    assert (Supervision.objects.values().get(), QueueItem.objects.exists()) == (before, False)


def test_it_can_be_taken_back_like_any_other(always: House) -> None:
    rules(always, grace_seconds=0)
    _known_clip(always)
    rules(always, grace_seconds=60)
    work = heard(always, "charlie")
    taken = post(always, "charlie", "judgements", assignment=work["assignment"], choice=1).json()
    undone = post(always, "charlie", "undo", judgement=taken["judgement"])
    assert (undone.status_code, undone.json()["assignment"]) == (200, work["assignment"])
    assert not Verdict.objects.exists()
    assert post(always, "charlie", "judgements", assignment=work["assignment"], choice=2).status_code == 201
    assert Verdict.objects.get().right


@pytest.mark.parametrize("way", ["skip", "expire"])
def test_what_was_left_asks_nobody_more(always: House, way: str) -> None:
    _known_clip(always)
    work = always.next("charlie")
    if way == "skip":
        assert post(always, "charlie", "judgements", assignment=work["assignment"], skip=True).status_code == 201
    else:
        from fairhearing.review import assign

        assign.give_back(assignment=work["assignment"])
    assert not QueueItem.objects.exists()
    assert post(always, "charlie", "next", programme=always.programme.slug).status_code == 204


def test_the_rate_follows_the_record(house: House) -> None:
    alice = house.people["alice"].id
    assert known.rate(account=alice, programme=house.programme) == 0
    rules(house, known_share=0.05)
    assert known.rate(account=alice, programme=house.programme) == pytest.approx(0.2)
    clips = [house.clip(f"speaker {number}") for number in range(12)]
    for number, clip in enumerate(clips):
        _verdict(house, clip, right=True)
        if number == 3:
            few = known.rate(account=alice, programme=house.programme)
    many = known.rate(account=alice, programme=house.programme)
    assert 0.05 < many < few < 0.2
    Verdict.objects.update(right=False)
    assert known.rate(account=alice, programme=house.programme) == pytest.approx(0.2)


def _verdict(house: House, clip: Clip, *, right: bool) -> None:
    account = house.people["alice"]
    assignment = Assignment.objects.create(
        id=f"asg_{clip.id}", clip=clip, account=account, programme=house.programme, purpose=Purpose.KNOWN,
        lease_ends_at="2026-01-01T00:00Z", nonce=b"",
    )  # fmt: skip
    judgement = Judgement.objects.create(
        id=f"jud_{clip.id}", assignment=assignment, clip=clip, account=account, choice=1
    )
    Verdict.objects.create(judgement=judgement, clip=clip, account=account, programme=house.programme, right=right)


def test_only_what_is_settled_and_can_be_heard_becomes_known(house: House) -> None:
    clip = house.clip()
    with pytest.raises(known.NotKnown, match="being judged"):
        known.add(clip=clip.id, by="controller", text="turn the light on")
    QueueItem.objects.all().delete()
    with pytest.raises(known.NotKnown, match="no reference"):
        known.add(clip=clip.id, by="controller")
    with pytest.raises(known.NotKnown, match="must be a text"):
        known.add(clip=clip.id, by="controller", value=1)
    with pytest.raises(known.NotKnown, match="no such clip"):
        known.add(clip="clip_of_nobody", by="controller", text="x")
    assert known.add(clip=clip.id, by="controller", text="turn the light on").clip_id == clip.id


def test_a_dispute_is_the_reviewers_own_and_somebody_else_rules(always: House) -> None:
    clip = _known_clip(always)
    work = heard(always, "charlie")
    taken = post(always, "charlie", "judgements", assignment=work["assignment"], choice=1).json()
    mine, charlie = taken["judgement"], always.people["charlie"].id
    with pytest.raises(known.DisputeRefused):
        known.dispute(judgement=mine, account=always.people["bob"].id, words="it was not mine")
    with pytest.raises(known.DisputeRefused, match="1 to 1000"):
        known.dispute(judgement=mine, account=charlie, words="  ")
    known.dispute(judgement=mine, account=charlie, words="one light is meant")
    with pytest.raises(known.DisputeRefused):
        known.dispute(judgement=mine, account=charlie, words="again")
    (waiting,) = known.list_disputed(always.programme)
    assert (waiting.given, waiting.known, waiting.words) == (
        "turn the light on",
        "turn the lights on",
        "one light is meant",
    )
    speakers.pause(key=always.speaker("robin"), until=None)
    assert known.list_disputed(always.programme) == [], "nobody reads what its speaker let nobody hear"
    speakers.end_pause(key=always.speaker("robin"))
    assert len(known.list_disputed(always.programme)) == 1
    with pytest.raises(known.DisputeRefused):
        known.rule(judgement=mine, upheld=True, by=charlie)
    known.rule(judgement=mine, upheld=True, by="controller")
    assert Verdict.objects.get().right
    assert not KnownAnswer.objects.filter(clip=clip).exists()
    assert known.list_disputed(always.programme) == []


def test_withdrawing_ends_it_and_erasing_forgets_the_verdicts(always: House) -> None:
    _known_clip(always)
    work = heard(always, "charlie")
    post(always, "charlie", "judgements", assignment=work["assignment"], choice=1)
    speakers.withdraw(key=always.speaker("robin"))
    assert not KnownAnswer.objects.exists()
    speakers.erase(key=always.speaker("robin"))
    assert not Verdict.objects.exists()
    assert not Judgement.objects.exists()
