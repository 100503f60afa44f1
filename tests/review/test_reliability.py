"""Reliabilities come from who agreed with whom and from known clips: how many are asked follows them, nothing else."""

from fairhearing.capture.models import Clip
from fairhearing.review import known, reliability, settle
from fairhearing.review.models import How, Likeness, Reliability, Supervision
from tests.house import House
from tests.review.posting import reference, rules

TEXTS = ("turn the light on", "turn the lights on")


def _settled(house: House, speaker: str, wrong: str = "") -> Clip:
    """A clip that three people judged, one of them perhaps wrongly."""
    rules(house, judgements_wanted=3, judgements_least=3, certain_at=0.5)
    clip = house.clip(speaker, texts=TEXTS)
    for name in ("alice", "bob", "charlie"):
        house.judge(name, choice=1 if name == wrong else 2)
    settle.settle_due()
    return clip


def test_who_is_often_alone_is_taken_to_be_wrong_more_often(house: House) -> None:
    for number in range(6):
        _settled(house, f"speaker {number}", wrong="charlie")
    assert Likeness.objects.count() == 18
    assert reliability.estimate_programme(house.programme.id) == 3
    right = dict(Reliability.objects.values_list("account__email", "right"))
    assert right["charlie@example.com"] < 0.5
    assert min(right["alice@example.com"], right["bob@example.com"]) > 0.8


def test_known_clips_tell_of_somebody_who_judges_alone(house: House) -> None:
    from tests.review.test_known import _verdict

    clips = [house.clip(f"speaker {number}") for number in range(10)]
    for clip in clips:
        _verdict(house, clip, right=False)
    assert reliability.estimate_all() == 1
    found = Reliability.objects.get()
    assert (found.account_id, found.judgements) == (house.people["alice"].id, 10)
    assert found.right < 0.5
    before = found.at
    assert reliability.estimate_all() == 1
    assert Reliability.objects.get().at > before, "one row a reviewer, estimated anew"


def test_certain_answers_settle_early_and_uncertain_ones_ask_on(house: House) -> None:
    rules(house, judgements_wanted=3, judgements_least=1, judgements_most=5, certain_at=0.9)
    for name, right in (("alice", 0.999), ("bob", 0.3)):
        Reliability.objects.create(
            account=house.people[name], programme=house.programme, right=right, spread=0.01, judgements=500,
            at="2026-01-01T00:00Z",
        )  # fmt: skip
    clip = house.clip(texts=("turn the light on",))
    house.judge("bob", text="turn the night on")
    assert settle.settle_due() == 0, "one answer of somebody who is mostly wrong"
    house.judge("alice", choice=1)
    assert settle.settle_due() == 1
    supervision = Supervision.objects.get()
    assert (reference(clip.id), supervision.how, supervision.judgements) == ("turn the light on", How.AGREED, 2)
    assert supervision.probability is not None
    assert supervision.probability >= 0.9


def test_as_many_as_are_wanted_settle_whoever_they_are(house: House) -> None:
    clip = house.clip(texts=TEXTS)
    for name in ("alice", "bob"):
        Reliability.objects.create(
            account=house.people[name], programme=house.programme, right=0.2, spread=0.01, judgements=500,
            at="2026-01-01T00:00Z",
        )  # fmt: skip
        house.judge(name, choice=1)
    assert settle.settle_due() == 1
    assert reference(clip.id) == TEXTS[0]


def test_a_record_of_known_clips_and_reliability_suspend_nobody(house: House) -> None:
    from tests.review.test_known import _verdict

    for number in range(10):
        _verdict(house, house.clip(f"speaker {number}"), right=False)
    reliability.estimate_all()
    house.people["alice"].refresh_from_db()
    assert house.people["alice"].is_active
    assert known.rate(account=house.people["alice"].id, programme=house.programme) == 0
    house.clip("after")
    assert house.next("alice")
