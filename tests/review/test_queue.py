"""Work in many hands: nobody holds what somebody else holds, what nobody finishes goes on, and everybody is blind."""

from collections import Counter
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from fairhearing.accounts import actions as accounts
from fairhearing.accounts.models import Role
from fairhearing.programmes.models import Programme
from fairhearing.review import assign, judge, settle
from fairhearing.review.models import Assignment, AssignmentState, Judgement, QueueItem, Supervision
from fairhearing.speakers import actions as speakers
from tests.house import House
from tests.probes import at_once, running


def _take(house: House, account: str, holding: frozenset[str] = frozenset()) -> assign.Assigned | None:
    return assign.assign(account=account, programme=house.programme, holding=holding)


def test_of_many_who_ask_at_once_nobody_is_given_what_was_promised_to_others(house: House) -> None:
    """Thirty-two people, ten clips that want two answers each: twenty are given something, each clip to two."""
    for number in range(10):
        house.clip(f"speaker-{number}")
    crowd = [accounts.create_account(email=f"r{n}@example.com", role=Role.REVIEWER).id for n in range(32)]
    given = at_once([lambda account=account: _take(house, account) for account in crowd])
    held = [one for one in given if one is not None]
    assert len({one.id for one in held}) == len(held)
    assert max(Counter(one.clip for one in held).values()) <= 2
    # Who asked while the last rows were locked may have been turned away once; asking again gives what is left.
    for account, one in zip(crowd, given, strict=True):
        if one is None:
            late = _take(house, account)
            held += [late] if late else []
    assert Counter(one.clip for one in held) == dict.fromkeys({one.clip for one in held}, 2)
    assert len(held) == 20
    assert set(QueueItem.objects.values_list("wanted", flat=True)) == {0}
    assert Assignment.objects.filter(state=AssignmentState.OPEN).count() == 20


def test_one_person_asking_from_many_windows_gets_no_clip_twice(house: House) -> None:
    for number in range(6):
        house.clip(f"speaker-{number}")
    alice = house.people["alice"].id
    given = at_once([lambda: _take(house, alice) for _ in range(8)])
    assert any(given)
    open_now = Assignment.objects.filter(account_id=alice, state=AssignmentState.OPEN)
    assert len({one.clip_id for one in open_now}) == open_now.count()
    assert sum(QueueItem.objects.values_list("wanted", flat=True)) == 12 - open_now.count()


def test_a_clip_is_given_once_to_a_reviewer_and_not_beyond_what_is_wanted(house: House) -> None:
    house.clip()
    first = house.judge("alice", choice=1)
    assert _take(house, house.people["alice"].id) is None, "who judged it does not get it again"
    assert house.next("bob")["clip"] == first["clip"]
    assert _take(house, house.people["charlie"].id) is None, "two were wanted, two have it"


def test_a_reloaded_page_gets_what_it_held(house: House) -> None:
    for number in range(4):
        house.clip(f"speaker-{number}")
    alice = house.client("alice")
    first = house.next("alice", alice)
    assert house.next("alice", alice)["assignment"] == first["assignment"]
    second = house.next("alice", alice, holding=[first["assignment"]])
    assert second["clip"] != first["clip"]
    both = [first["assignment"], second["assignment"]]
    assert house.next("alice", alice, holding=both)["assignment"] in both, "two are enough in one hand"


def test_what_nobody_finishes_in_time_goes_to_somebody_else(house: House) -> None:
    Programme.objects.update(judgements_wanted=1)
    house.programme.refresh_from_db()
    house.clip()
    work = house.next("alice")
    assert assign.expire_leases() == 0, "her time has not run out"
    assert _take(house, house.people["bob"].id) is None
    Assignment.objects.update(lease_ends_at=timezone.now() - timedelta(seconds=1))
    late = house.client("alice").post(
        "/api/v1/review/judgements", {"assignment": work["assignment"], "skip": True}, content_type="application/json"
    )
    assert (late.status_code, late.json()["reasons"]) == (409, ["expired"])
    assert assign.renew(assignment=work["assignment"], account=house.people["alice"].id) is None
    assert assign.expire_leases() == 1
    assert assign.expire_leases() == 0
    bobs = house.judge("bob", choice=1)
    assert bobs["clip"] == work["clip"]
    assert _take(house, house.people["alice"].id) is None, "it wants no more"


def test_a_lease_is_renewed_by_its_holder_alone(house: House) -> None:
    house.clip()
    work = house.next("alice")
    soon = timezone.now() + timedelta(seconds=5)
    Assignment.objects.update(lease_ends_at=soon)
    assert assign.renew(assignment=work["assignment"], account=house.people["bob"].id) is None
    assert Assignment.objects.get().lease_ends_at == soon
    renewed = assign.renew(assignment=work["assignment"], account=house.people["alice"].id)
    assert renewed is not None
    assert renewed > soon


def test_reviewers_are_blind_to_each_other(house: House) -> None:
    """What the second one is shown is what the first one was shown, whatever the first one answered."""
    house.clip(texts=("turn the light on", "turn the lights on"))
    own_words = "turn the lamp on please"
    first = house.judge("alice", text=own_words)
    bob = house.client("bob")
    answer = bob.post("/api/v1/review/next", {"programme": house.programme.slug}, content_type="application/json")
    second = answer.json()
    telling = ("assignment", "sealed_url", "lease_ends_at")
    shown = [{name: work[name] for name in second if name not in telling} for work in (first, second)]
    assert shown[0] == shown[1]
    assert own_words.encode() not in answer.content
    assert house.people["alice"].id.encode() not in answer.content
    assert b"engine" not in answer.content, "which machine wrote a candidate sways people"
    page = bob.get(f"/review/{house.programme.slug}/").content + bob.get("/review/").content
    assert house.people["alice"].id.encode() not in page
    assert b"alice" not in page


def _work_on(house: House, account: str) -> str:
    """One round of a restless reviewer: take, hear, answer in one way or another; gives what came of it."""
    taken = _take(house, account)
    if taken is None:
        return "nothing"
    Assignment.objects.filter(id=taken.id).update(first_played_at=timezone.now())
    answers = [{"choice": 1}, {"skip": True}, {"text": "something else"}]
    try:
        judge.judge(assignment=taken.id, account=account, answer=judge.Answer(**answers[hash(taken.id) % 3]))
    except judge.JudgementRefused as refusal:
        return refusal.refusal.name
    return "judged"


def test_erasing_and_withdrawing_among_people_at_work_fails_nobody(house: House) -> None:
    """Everybody locks in one order: neither the speaker's request nor a reviewer's answer ends in a deadlock."""
    for number in range(24):
        house.clip(f"speaker-{number % 4}")
    crowd = [accounts.create_account(email=f"r{n}@example.com", role=Role.REVIEWER).id for n in range(6)]
    keys = [house.speaker(f"speaker-{number}") for number in range(4)]

    def reviewer(account: str) -> list[str]:
        return [_work_on(house, account) for _ in range(25)]

    def upkeep() -> None:
        for _ in range(10):
            assign.expire_leases()
            settle.settle_due()

    works: list[Any] = [lambda account=account: reviewer(account) for account in crowd]
    works += [upkeep, lambda: speakers.withdraw(key=keys[0]), lambda: speakers.erase(key=keys[1])]
    works += [lambda: speakers.withdraw(key=keys[2]), lambda: speakers.erase(key=keys[2])]
    outcomes = at_once(works)
    seen = {what for rounds in outcomes[:6] for what in rounds}
    assert seen <= {"judged", "nothing", "CLOSED", "EXPIRED", "NOT_YOURS"}
    assert "judged" in seen
    closed = Assignment.objects.filter(clip__channel__withdrawn=True, state=AssignmentState.OPEN)
    assert not closed.exists()
    assert not QueueItem.objects.filter(clip__channel__withdrawn=True).exists()


def test_settling_leaves_a_clip_alone_that_somebody_else_is_settling(house: House) -> None:
    clip = house.clip()
    house.judge("alice", choice=1)
    house.judge("bob", choice=1)
    with transaction.atomic():
        QueueItem.objects.select_for_update().get(clip=clip)
        with running(settle.settle_due) as other:
            assert other.result() == 0
    assert settle.settle_due() == 1
    assert (Supervision.objects.count(), Judgement.objects.count()) == (1, 2)
