"""Answers: heard first, given once, never changed; agreement settles, disagreement asks one more, flags act at once."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from fairhearing.capture.models import Clip, ClipState
from fairhearing.gate import play
from fairhearing.gate.denied import PlayDenied
from fairhearing.policy import Reason
from fairhearing.programmes.models import Programme
from fairhearing.review import judge, settle
from fairhearing.review.models import Assignment, AssignmentState, Judgement, Purpose, QueueItem, Supervision
from fairhearing.speakers import actions as speakers
from fairhearing.vault import keys, writer
from tests.house import House


def _post(house: House, name: str, call: str, **body: Any) -> Any:
    return house.client(name).post(f"/api/v1/review/{call}", body, content_type="application/json")


def _refused(answer: Any, status: int, reason: str) -> None:
    assert (answer.status_code, answer.json()["reasons"]) == (status, [reason]), answer.content


def _grace(house: House, seconds: int) -> None:
    Programme.objects.update(grace_seconds=seconds)
    house.programme.refresh_from_db()


def _text_of(supervision: Supervision) -> str:
    secret = keys.unwrap(supervision.clip.channel.key_id)
    return writer.open_text(secret, f"supervision|{supervision.id}", bytes(supervision.sealed_text))


def test_what_was_not_heard_is_not_judged(house: House) -> None:
    house.clip()
    work = house.next("alice")
    for answer in ({"choice": 1}, {"text": "turn it on"}):
        _refused(_post(house, "alice", "judgements", assignment=work["assignment"], **answer), 422, "not_heard")
    house.client("alice").get(work["sealed_url"])
    _refused(_post(house, "alice", "judgements", assignment=work["assignment"], choice=1), 422, "not_heard")
    assert not Judgement.objects.exists()
    _post(house, "alice", "plays", assignment=work["assignment"])
    assert _post(house, "alice", "judgements", assignment=work["assignment"], choice=1).status_code == 201


def test_nothing_is_judged_twice_and_an_answer_is_one_of_four(house: House) -> None:
    house.clip()
    work = house.next("alice")
    mine = work["assignment"]
    _post(house, "alice", "plays", assignment=mine)
    both = ({"choice": 1, "text": "both"}, {"choice": 1, "skip": True}, {"flag": "too_sensitive", "choice": 1})
    for answer in ({}, *both):
        _refused(_post(house, "alice", "judgements", assignment=mine, **answer), 422, "one_answer")
    for choice in (0, 3, 9):
        _refused(_post(house, "alice", "judgements", assignment=mine, choice=choice), 422, "no_such_candidate")
    _refused(_post(house, "alice", "judgements", assignment=mine, text="   "), 422, "empty_text")
    assert _post(house, "alice", "judgements", assignment=mine, text="x" * 5001).status_code == 422
    assert _post(house, "alice", "judgements", assignment=mine, choice=2**40).status_code == 422
    assert _post(house, "alice", "judgements", assignment=mine, choice=2).status_code == 201
    for again in ({"choice": 1}, {"skip": True}, {"flag": "too_sensitive"}):
        _refused(_post(house, "alice", "judgements", assignment=mine, **again), 409, "closed")
    assert list(Judgement.objects.values_list("choice", flat=True)) == [2]
    assert Clip.objects.get().state == ClipState.READY


def test_agreement_settles_once_the_grace_time_has_passed(house: House) -> None:
    _grace(house, 3600)
    clip = house.clip(texts=("turn the light on", "turn the lights on"))
    house.judge("alice", choice=2)
    assert settle.settle_due() == 0, "one answer is none"
    house.judge("bob", text="Turn the lights on!")
    assert settle.settle_due() == 0, "somebody may still take an answer back"
    assert not settle.settle(clip=clip.id)
    Judgement.objects.update(at=F("at") - timedelta(hours=2))
    assert settle.settle_due() == 1
    supervision = Supervision.objects.select_related("clip__channel").get()
    assert (supervision.agreed, supervision.judgements) == (2, 2)
    assert _text_of(supervision).lower().rstrip("!") == "turn the lights on"
    assert not QueueItem.objects.exists()
    assert settle.settle_due() == 0


def test_disagreement_asks_a_third_and_never_guesses(house: House) -> None:
    clip = house.clip(texts=("turn the light on", "turn the lights on"))
    house.judge("alice", choice=1)
    house.judge("bob", choice=2)
    assert settle.settle_due() == 0
    item = QueueItem.objects.get(clip=clip)
    assert (item.wanted, item.disputed) == (1, True)
    house.clip("wren")  # fresh work waits as well: the disputed one comes first
    third = house.judge("charlie", choice=2)
    assert third["clip"] == clip.id
    assert settle.settle_due() == 1
    supervision = Supervision.objects.select_related("clip__channel").get()
    assert (supervision.agreed, supervision.judgements, _text_of(supervision)) == (2, 3, "turn the lights on")


def test_people_who_never_agree_leave_the_clip_to_a_lead_reviewer(house: House) -> None:
    Programme.objects.update(judgements_most=3)
    clip = house.clip()
    for name, text in (("alice", "one"), ("bob", "two"), ("charlie", "three")):
        house.judge(name, text=text)
        settle.settle_due()
    assert not Supervision.objects.exists()
    item = QueueItem.objects.get(clip=clip)
    assert (item.purpose, item.wanted) == (Purpose.LEAD, 1)


def test_an_answer_is_taken_back_by_a_new_row_and_given_anew(house: House) -> None:
    _grace(house, 3600)
    house.clip()
    taken = house.judge("alice", choice=1)
    assert taken["undo_until"] is not None
    before = Judgement.objects.values().get(id=taken["judgement"])
    undone = _post(house, "alice", "undo", judgement=taken["judgement"])
    assert undone.status_code == 200
    assert undone.json()["assignment"] == taken["assignment"]
    superseding = Judgement.objects.get(supersedes=taken["judgement"])
    assert superseding.undone
    assert Judgement.objects.values().get(id=taken["judgement"]) == before, "what was answered stays as it was"
    _refused(_post(house, "alice", "undo", judgement=taken["judgement"]), 404, "not_yours")
    _refused(_post(house, "alice", "undo", judgement=superseding.id), 404, "not_yours")
    again = _post(house, "alice", "judgements", assignment=taken["assignment"], choice=2)
    assert again.status_code == 201
    house.judge("bob", choice=2)
    Judgement.objects.update(at=F("at") - timedelta(hours=2))
    assert settle.settle_due() == 1
    assert Supervision.objects.get().judgements == 2, "what was taken back does not count"


def test_an_answer_is_not_taken_back_too_late_or_by_somebody_else(house: House) -> None:
    _grace(house, 3600)
    house.clip()
    taken = house.judge("alice", choice=1)
    _refused(_post(house, "bob", "undo", judgement=taken["judgement"]), 404, "not_yours")
    Judgement.objects.update(at=F("at") - timedelta(seconds=3601))
    _refused(_post(house, "alice", "undo", judgement=taken["judgement"]), 409, "undo_late")
    assert Judgement.objects.count() == 1


@pytest.mark.parametrize("gone", ["withdrawn", "quarantined"])
def test_what_was_taken_from_everybody_is_not_opened_again_by_an_undo(house: House, gone: str) -> None:
    """The texts of a clip that nobody may hear any more are shown to nobody any more."""
    _grace(house, 3600)
    clip = house.clip("robin", texts=("the red canary sings", "a red canary sings"))
    taken = house.judge("alice", choice=1)
    if gone == "withdrawn":
        speakers.withdraw(key=house.speaker("robin"))
    else:
        house.judge("bob", flag="personal_data")
    answer = _post(house, "alice", "undo", judgement=taken["judgement"])
    assert answer.status_code in (404, 409)
    assert b"canary" not in answer.content
    assert not Assignment.objects.filter(clip=clip, state=AssignmentState.OPEN).exists()


@pytest.mark.parametrize("flag", ["personal_data", "too_sensitive"])
def test_a_flag_takes_the_clip_from_everybody_at_once(house: House, flag: str) -> None:
    clip = house.clip()
    bobs = house.next("bob")
    alices = house.next("alice")
    flagged = _post(house, "alice", "judgements", assignment=alices["assignment"], flag=flag)
    assert (flagged.status_code, flagged.json()["undo_until"]) == (201, None)
    assert Clip.objects.get().state == ClipState.QUARANTINED
    assert not QueueItem.objects.exists()
    assert Assignment.objects.get(id=bobs["assignment"]).state == AssignmentState.ENDED
    with pytest.raises(PlayDenied) as refusal:
        play.for_reviewer(assignment=bobs["assignment"], account=house.people["bob"].id)
    assert {Reason.NOT_READY, Reason.ASSIGNMENT_CLOSED} <= set(refusal.value.reasons)
    _refused(_post(house, "bob", "judgements", assignment=bobs["assignment"], choice=1), 409, "closed")
    _refused(_post(house, "alice", "undo", judgement=flagged.json()["judgement"]), 422, "undo_flag")
    assert settle.settle_due() == 0
    assert not Supervision.objects.filter(clip=clip).exists()


def test_not_for_the_device_needs_two_and_a_known_person_sends_the_clip_on(house: House) -> None:
    clip = house.clip()
    work = house.next("alice")
    assert _post(house, "alice", "judgements", assignment=work["assignment"], flag="known_person").status_code == 201
    assert QueueItem.objects.get(clip=clip).wanted == 2
    assert house.client("alice").post(
        "/api/v1/review/next", {"programme": house.programme.slug}, content_type="application/json"
    ).status_code == 204, "who knows the speaker never gets this clip again"  # fmt: skip
    house.judge("bob", flag="not_for_device")
    assert Clip.objects.get().state == ClipState.READY
    house.judge("charlie", flag="not_for_device")
    assert Clip.objects.get().state == ClipState.QUARANTINED


def test_a_skip_gives_the_clip_back_and_leaves_no_judgement(house: House) -> None:
    clip = house.clip()
    work = house.next("alice")
    assert QueueItem.objects.get().wanted == 1
    skipped = _post(house, "alice", "judgements", assignment=work["assignment"], skip=True)
    assert (skipped.status_code, skipped.json()) == (201, {"judgement": None, "undo_until": None})
    assert QueueItem.objects.get().wanted == 2
    assert not Judgement.objects.exists()
    _refused(_post(house, "alice", "judgements", assignment=work["assignment"], choice=1), 409, "closed")
    assert {house.judge("bob", choice=1)["clip"], house.judge("charlie", choice=1)["clip"]} == {clip.id}


def test_a_withdrawn_clip_is_taken_out_of_hands_and_queue(house: House) -> None:
    house.clip("robin")
    work = house.next("alice")
    _post(house, "alice", "plays", assignment=work["assignment"])
    speakers.withdraw(key=house.speaker("robin"))
    _refused(_post(house, "alice", "judgements", assignment=work["assignment"], choice=1), 409, "closed")
    assert _post(house, "alice", "leases", assignment=work["assignment"]).status_code == 409
    next_answer = _post(house, "bob", "next", programme=house.programme.slug)
    assert next_answer.status_code == 204
    assert not Judgement.objects.exists()


def test_own_words_lie_sealed_and_cut_at_both_ends(house: House) -> None:
    clip = house.clip()
    taken = house.judge("alice", text="  my own words\0 ")
    row = Judgement.objects.select_related("clip__channel").get(id=taken["judgement"])
    assert row.sealed_text is not None
    assert b"own words" not in bytes(row.sealed_text)
    secret = keys.unwrap(Clip.objects.select_related("channel").get(id=clip.id).channel.key_id)
    assert writer.open_text(secret, f"judgement|{row.id}", bytes(row.sealed_text)) == "my own words"


def test_the_domain_refuses_what_the_interface_might_let_through(house: House) -> None:
    house.clip()
    work = house.next("alice")
    alice = house.people["alice"].id
    Assignment.objects.update(first_played_at=timezone.now())
    for answer in (judge.Answer(), judge.Answer(choice=1, text="x"), judge.Answer(text=""), judge.Answer(choice=-1)):
        with pytest.raises(judge.JudgementRefused):
            judge.judge(assignment=work["assignment"], account=alice, answer=answer)
    assert not Judgement.objects.exists()
