"""Stops against plays in flight: sixteen who replay as fast as they can, and one play that is just under way.

After each the order in the log is the witness, and the whole log verifies.
"""

import threading
from collections.abc import Callable

import pytest
from django.db import transaction

from fairhearing.accounts.models import Account
from fairhearing.capture.models import Clip
from fairhearing.gate import play
from fairhearing.gate.denied import PlayDenied
from fairhearing.ledger import tiles
from fairhearing.ledger.entries import Kind
from fairhearing.ledger.models import Record
from fairhearing.operations import stop
from fairhearing.policy import Reason
from fairhearing.programmes.models import Programme
from fairhearing.speakers import actions as speakers
from fairhearing.speakers import asked
from fairhearing.vendors import actions as vendors
from tests.house import House
from tests.probes import PATIENCE_S, Running, wait_until_blocked, whole_log


def _withdraw(house: House) -> None:
    speakers.withdraw(key=house.speaker("robin"))


def _erase(house: House) -> None:
    speakers.erase(key=house.speaker("robin"))


def _pause(house: House) -> None:
    stop.pause(scope="everything", reason="a test", by=house.people["controller"].id)


def _pause_vendor(house: House) -> None:
    stop.pause(scope="vendor:tarn", reason="a test", by=house.people["controller"].id)


def _say_no(house: House) -> None:
    asked.answer(key=house.speaker("robin"), answers={Clip.objects.get().id: False})


def _leave(house: House) -> None:
    vendors.leave(account=house.people["alice"])


def _close_account(house: House) -> None:
    Account.objects.filter(id=house.people["alice"].id).update(is_active=False)


STOPS: list[tuple[Callable[[House], None], Reason, Kind | None]] = [
    (_withdraw, Reason.WITHDRAWN, Kind.WITHDRAWN),
    (_erase, Reason.UNKNOWN, Kind.ERASED),
    (_pause, Reason.PAUSED, Kind.PAUSED),
    (_pause_vendor, Reason.PAUSED, Kind.PAUSED),
    (_say_no, Reason.CLIP_NOT_AGREED, Kind.ANSWERED),
    (_leave, Reason.NOT_A_MEMBER, None),
    (_close_account, Reason.ACCOUNT_CLOSED, None),
]


@pytest.mark.parametrize(("halt", "reason", "kind"), STOPS, ids=lambda value: getattr(value, "__name__", None))
def test_no_play_comes_after_a_stop_has_answered(
    house: House, halt: Callable[[House], None], reason: Reason, kind: Kind | None
) -> None:
    """Sixteen replay as fast as they can; the order in the log is the witness."""
    Programme.objects.update(plays_most=30_000)
    house.clip("robin")
    work = house.next("alice")
    account = house.people["alice"].id
    begun, answered = threading.Semaphore(0), threading.Event()
    after_the_answer: list[str] = []

    def replay() -> tuple[Reason, ...]:
        for _ in range(500):
            was_answered = answered.is_set()
            try:
                released = play.for_reviewer(assignment=work["assignment"], account=account)
            except PlayDenied as refusal:
                return refusal.reasons
            if was_answered:
                after_the_answer.append(released.listen)
            begun.release()
        return ()

    threads = [Running(replay) for _ in range(16)]
    for thread in threads:
        thread.start()
    for _ in range(32):
        assert begun.acquire(timeout=PATIENCE_S)
    halt(house)
    size_at_answer = tiles.size()
    answered.set()
    grounds = [thread.result() for thread in threads]
    assert all(reason in ground for ground in grounds), grounds
    assert after_the_answer == []
    played = list(Record.objects.filter(kind=Kind.PLAYED).values_list("index", flat=True))
    assert len(played) >= 32
    assert max(played) < size_at_answer, "a listen was committed after the stop had answered"
    if kind is not None:
        assert max(played) < Record.objects.get(kind=kind).index, "a listen stands behind the stop in the log"
    assert Record.objects.filter(kind=Kind.REFUSED).count() == 16
    assert whole_log().size == tiles.size()


@pytest.mark.parametrize("halt", [one[0] for one in STOPS], ids=lambda value: value.__name__)
def test_a_stop_waits_for_the_play_in_flight(house: House, halt: Callable[[House], None]) -> None:
    house.clip("robin")
    work = house.next("alice")
    with transaction.atomic():
        play.for_reviewer(assignment=work["assignment"], account=house.people["alice"].id)
        stopping = Running(lambda: halt(house))
        stopping.start()
        wait_until_blocked()
        assert stopping.is_alive()
    stopping.result()
    with pytest.raises(PlayDenied):
        play.for_reviewer(assignment=work["assignment"], account=house.people["alice"].id)
