"""A lead reviewer decides what others did not agree on, and looks again where a programme wants that."""

from fairhearing.review import settle
from fairhearing.review.models import Assignment, How, Judgement, Likeness, Purpose, QueueItem, Supervision
from fairhearing.vendors import actions as vendors
from fairhearing.vendors.queries import get_vendor
from tests.house import House
from tests.review.posting import heard, post, reference, refused, rules


def _disagree(house: House) -> str:
    rules(house, judgements_most=3)
    clip = house.clip()
    for name, answer in (("alice", {"choice": 1}), ("bob", {"text": "burn the light"}), ("charlie", {"text": "x y"})):
        house.judge(name, **answer)
        settle.settle_due()
    return clip.id


def test_a_lead_reviewer_sees_what_was_answered_and_whose_it_was_not(house: House) -> None:
    clip = _disagree(house)
    work = heard(house, "lead")
    assert work["clip"] == clip
    assert [one["text"] for one in work["hypotheses"]] == [
        "turn the light on",
        "turn the lights on",
        "burn the light",
        "x y",
    ]
    assert not any(person.id in str(work) for person in house.people.values())
    refused(post(house, "lead", "judgements", assignment=work["assignment"], choice=5), 422, "no_such_candidate")
    assert post(house, "lead", "judgements", assignment=work["assignment"], choice=3).status_code == 201
    assert settle.settle_due() == 1
    supervision = Supervision.objects.get()
    assert (reference(clip), supervision.how, supervision.agreed) == ("burn the light", How.LEAD, 2)
    assert not QueueItem.objects.exists()
    right = dict(Likeness.objects.values_list("account", "number"))
    assert right[house.people["bob"].id] == 0
    assert 0 not in (right[house.people["alice"].id], right[house.people["charlie"].id])


def test_nobody_else_is_asked_to_decide(house: House) -> None:
    _disagree(house)
    vendors.join(account=house.people["nomad"], vendor=get_vendor("tarn"))
    assert post(house, "nomad", "next", programme=house.programme.slug).status_code == 204


def test_a_lead_reviewer_who_judged_it_does_not_decide_it(house: House) -> None:
    rules(house, judgements_most=2)
    house.clip()
    house.judge("lead", choice=1)
    house.judge("alice", choice=2)
    assert settle.settle_due() == 0
    assert QueueItem.objects.get().purpose == Purpose.LEAD
    assert post(house, "lead", "next", programme=house.programme.slug).status_code == 204


def test_a_lead_who_leaves_it_leaves_it_to_a_lead(house: House) -> None:
    _disagree(house)
    work = house.next("lead")
    assert post(house, "lead", "judgements", assignment=work["assignment"], skip=True).status_code == 201
    item = QueueItem.objects.get()
    assert (item.purpose, item.wanted) == (Purpose.LEAD, 1)


def test_where_a_second_stage_is_wanted_nothing_settles_without_it(house: House) -> None:
    rules(house, second_stage=True)
    clip = house.clip()
    house.judge("alice", choice=2)
    house.judge("bob", choice=2)
    assert settle.settle_due() == 0
    assert not Supervision.objects.exists()
    house.judge("lead", choice=2)
    assert Assignment.objects.get(account=house.people["lead"]).purpose == Purpose.LEAD
    assert settle.settle_due() == 1
    supervision = Supervision.objects.get()
    assert (reference(clip.id), supervision.how) == ("turn the lights on", How.LEAD)
    assert Judgement.objects.count() == 3
