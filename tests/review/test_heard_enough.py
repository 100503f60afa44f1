"""An answer counts when enough was heard, by the server's own clock; and a share of clips comes without candidates."""

from datetime import timedelta

from django.db.models import F

from fairhearing.review.models import Assignment, Judgement
from tests.house import House, tone
from tests.review.posting import heard, play, post, refused, rules


def test_who_could_not_have_heard_enough_is_not_believed(house: House) -> None:
    rules(house, must_hear_share=1.0)
    house.clip(samples=tone(9.0))
    work = heard(house, "alice")
    assert work["must_hear_s"] == 9.0
    mine = work["assignment"]
    refused(post(house, "alice", "judgements", assignment=mine, choice=1, heard_s=9.0), 422, "not_heard_enough")
    play(house, "alice", mine)
    refused(post(house, "alice", "judgements", assignment=mine, choice=1, heard_s=9.0), 422, "not_heard_enough")
    assert not Judgement.objects.exists()
    Assignment.objects.update(first_played_at=F("first_played_at") - timedelta(seconds=3))  # three times as fast
    assert post(house, "alice", "judgements", assignment=mine, choice=1).status_code == 201


def test_a_flag_and_a_skip_need_no_hearing_to_the_end(house: House) -> None:
    rules(house, must_hear_share=1.0)
    house.clip(samples=tone(9.0))
    mine = heard(house, "alice")["assignment"]
    assert post(house, "alice", "judgements", assignment=mine, skip=True, why="sensitive").status_code == 201
    mine = heard(house, "bob")["assignment"]
    assert post(house, "bob", "judgements", assignment=mine, flag="too_sensitive").status_code == 201


def test_without_candidates_there_is_nothing_to_pick(house: House) -> None:
    rules(house, unaided_share=1.0)
    house.clip()
    work = heard(house, "alice")
    assert work["hypotheses"] == []
    mine = work["assignment"]
    refused(post(house, "alice", "judgements", assignment=mine, choice=1), 422, "no_such_candidate")
    rules(house, unaided_share=0.0)
    again = house.next("alice")
    assert (again["assignment"], again["hypotheses"]) == (mine, []), "reloading the page brings no candidates"
    assert post(house, "alice", "judgements", assignment=mine, text="turn the light on").status_code == 201


def test_about_the_share_is_shown_without(house: House) -> None:
    from fairhearing.review import assign

    happened = sum(assign._happens(0.25) for _ in range(4000))
    assert 850 < happened < 1150  # beyond five standard deviations once in two million runs
    assert not any(assign._happens(0.0) for _ in range(100))
    assert all(assign._happens(1.0) for _ in range(100))
