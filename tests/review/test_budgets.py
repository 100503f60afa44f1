"""Languages that somebody knows, and how much of what can distress they hear in a day."""

from fairhearing.capture.models import Clip, Recording
from fairhearing.review.models import Distress
from fairhearing.vendors import actions as vendors
from tests.house import House, tone
from tests.review.posting import heard, play, post, refused, rules


def _distressing(clip: Clip, grade: int = 3) -> None:
    """As ``prepare`` writes it: a report for each channel."""
    channel = clip.channel
    report = {
        str(channel.number): {"sensitive": {"grade": grade}},
        str(channel.number + 1): {"sensitive": {"grade": 0}},
    }
    Recording.objects.filter(id=channel.recording_id).update(report=report)


def test_where_skills_are_asked_for_nobody_else_hears(house: House) -> None:
    house.clip()
    rules(house, by_skill=True)
    ask = {"programme": house.programme.slug}
    refused(post(house, "alice", "next", **ask), 403, "other_language")
    vendors.set_skills(account=house.people["alice"], languages=["de"])
    refused(post(house, "alice", "next", **ask), 403, "other_language")
    vendors.set_skills(account=house.people["alice"], languages=["de", "en"])
    work = heard(house, "alice")
    rules(house, task="translation", target_language="fr")
    refused(post(house, "alice", "plays", assignment=work["assignment"]), 403, "other_language")
    vendors.set_skills(account=house.people["alice"], languages=["en", "fr"])
    play(house, "alice", work["assignment"])


def test_the_page_is_told_what_can_distress_from_the_second_grade_on(house: House) -> None:
    clip = house.clip()
    assert house.next("alice")["sensitive"] is None
    _distressing(clip, 1)
    assert house.next("alice")["sensitive"] is None
    _distressing(clip, 2)
    assert house.next("alice")["sensitive"] == "content that can distress"


def test_minutes_of_distress_are_counted_once_a_clip_and_then_there_is_something_else(house: House) -> None:
    rules(house, sensitive_minutes_a_day=1)
    for speaker in ("robin", "wren"):
        _distressing(house.clip(speaker, samples=tone(59.0)))
    for number in range(2):
        work = heard(house, "alice")
        play(house, "alice", work["assignment"])
        assert Distress.objects.get().ms == 59_000 * (number + 1), "a replay counts nothing"
        answer = post(house, "alice", "judgements", assignment=work["assignment"], choice=1)
        assert answer.status_code == 201
    _distressing(house.clip("heron"))
    refused(post(house, "alice", "next", programme=house.programme.slug), 403, "distress_spent")
    assert heard(house, "bob")["sensitive"], "a budget is one person's"
    other = house.clip("finch")
    assert house.next("alice")["clip"] == other.id


def test_a_budget_of_nothing_keeps_all_of_it_away(house: House) -> None:
    rules(house, sensitive_minutes_a_day=0)
    _distressing(house.clip())
    refused(post(house, "alice", "next", programme=house.programme.slug), 403, "distress_spent")
    assert not Distress.objects.exists()
