"""Kinds of work: what each is asked with, what it takes, and what it settles on."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from fairhearing.programmes import actions as programmes
from fairhearing.programmes.models import Task
from fairhearing.review import settle
from fairhearing.review.kinds import kind_of
from fairhearing.review.models import Judgement, QueueItem, Supervision
from tests.house import House
from tests.review.posting import heard, post, reference, refused, rules

PEOPLE = ("alice", "bob", "charlie")


def _judged(house: House, name: str, **answer: Any) -> None:
    work = heard(house, name)
    judged = post(house, name, "judgements", assignment=work["assignment"], **answer)
    assert judged.status_code == 201, judged.content


@pytest.mark.parametrize("task", list(Task))
def test_every_task_has_its_kind_and_a_page_knows_what_to_ask(house: House, task: Task) -> None:
    rules(house, task=task, target_language="de" if task == Task.TRANSLATION else "")
    house.clip()
    work = house.next("alice")
    kind = kind_of(task)
    assert work["task"] == task
    assert bool(work["options"]) != kind.texts
    assert bool(work["question"]) != kind.texts
    assert [scale["name"] for scale in work["scales"]] == (["adequacy", "fluency"] if task == Task.TRANSLATION else [])
    assert [option["value"] for option in work["options"]] == list(range(1, len(work["options"]) + 1))


@pytest.mark.parametrize("slug", ["me", "help"])
def test_a_programme_does_not_take_the_name_of_a_page(house: House, slug: str) -> None:
    with pytest.raises(ValidationError, match="page's own name"):
        programmes.create(slug=slug, language="en", task=Task.TRANSCRIPTION)


def test_where_words_are_is_told_where_it_is_known(house: House) -> None:
    house.clip()
    first = house.next("alice")
    assert first["words"] == []
    house.clip("wren", words=((0, 240), (260, 900)))
    other = house.next("alice", holding=[first["assignment"]])
    assert other["words"] == [[0.0, 0.24], [0.26, 0.9]]


def test_an_option_is_no_text_and_a_text_is_no_option(house: House) -> None:
    house.clip()
    mine = heard(house, "alice")["assignment"]
    refused(post(house, "alice", "judgements", assignment=mine, value=1), 422, "not_of_this_kind")
    rules(house, task=Task.ACTIVATION)
    for answer in ({"text": "yes"}, {"choice": 1}):
        refused(post(house, "alice", "judgements", assignment=mine, **answer), 422, "not_of_this_kind")
    refused(post(house, "alice", "judgements", assignment=mine, value=4), 422, "no_such_value")
    refused(post(house, "alice", "judgements", assignment=mine, value=1, adequacy=3), 422, "no_such_value")
    refused(post(house, "alice", "judgements", assignment=mine, value=1, skip=True), 422, "one_answer")
    assert post(house, "alice", "judgements", assignment=mine, value=2).status_code == 201
    assert Judgement.objects.values_list("value", "choice", "sealed_text").get() == (2, None, None)


def test_most_say_whether_the_device_was_addressed(house: House) -> None:
    rules(house, task=Task.ACTIVATION)
    clip = house.clip()
    _judged(house, "alice", value=1)
    _judged(house, "bob", value=2)
    assert settle.settle_due() == 0
    _judged(house, "charlie", value=2)
    assert settle.settle_due() == 1
    supervision = Supervision.objects.get()
    assert (reference(clip.id), supervision.agreed, supervision.judgements) == ("not_addressed", 2, 3)


def test_a_comparison_names_the_better_one(house: House) -> None:
    rules(house, task=Task.COMPARISON, question="Which would you rather read?")
    clip = house.clip()
    assert house.next("alice")["question"] == "Which would you rather read?"
    _judged(house, "alice", value=1)
    _judged(house, "bob", value=1)
    assert settle.settle_due() == 1
    assert reference(clip.id) == "a"


def test_steps_that_are_near_settle_on_their_median(house: House) -> None:
    rules(house, task=Task.RATING, scale_labels="poor\nfair\ngood\nexcellent", judgements_most=3)
    near = house.clip()
    assert [option["label"] for option in house.next("alice")["options"]] == [
        "1 – poor",
        "2 – fair",
        "3 – good",
        "4 – excellent",
    ]
    _judged(house, "alice", value=3)
    _judged(house, "bob", value=4)
    assert settle.settle_due() == 1
    assert reference(near.id) == "3"
    far = house.clip("wren")
    _judged(house, "alice", value=1)
    _judged(house, "bob", value=4)
    assert settle.settle_due() == 0
    assert QueueItem.objects.get(clip=far).disputed
    _judged(house, "charlie", value=4)
    assert settle.settle_due() == 1, "the last answer allowed: the median stands"
    assert reference(far.id) == "4"


def test_how_adequate_and_how_fluent_go_with_a_translation(house: House) -> None:
    rules(house, task=Task.TRANSLATION, target_language="de")
    house.clip(texts=("mach das Licht an", "das Licht an machen"))
    mine = heard(house, "alice")["assignment"]
    refused(post(house, "alice", "judgements", assignment=mine, choice=1, adequacy=6), 422, "no_such_value")
    refused(post(house, "alice", "judgements", assignment=mine, choice=1, fluency=0), 422, "no_such_value")
    assert post(house, "alice", "judgements", assignment=mine, choice=1, adequacy=4, fluency=2).status_code == 201
    assert Judgement.objects.values_list("choice", "adequacy", "fluency").get() == (1, 4, 2)
