"""Faults at each step of a play, in pairs (failed and not kept; failed but kept), and stops against plays in flight.

After each: no byte without its entry, and the whole log still verifies.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from fairhearing.accounts.models import Account
from fairhearing.capture.models import Clip
from fairhearing.gate import play, seal
from fairhearing.gate.denied import PlayDenied
from fairhearing.ledger import appender, log, tiles
from fairhearing.ledger.appender import Appender, LedgerUnavailable
from fairhearing.ledger.entries import Kind, NewEntry
from fairhearing.ledger.models import Record
from fairhearing.operations import stop
from fairhearing.policy import Reason
from fairhearing.programmes.models import Programme
from fairhearing.review.models import Assignment
from fairhearing.speakers import actions as speakers
from fairhearing.vault import keys, shredder, writer
from fairhearing.vault.objects import ObjectMissing
from fairhearing.vendors import actions as vendors
from tests.house import House
from tests.probes import PATIENCE_S, Running, wait_until_blocked, whole_log


def _played() -> int:
    return Record.objects.filter(kind=Kind.PLAYED).count()


def _ask(house: House, work: dict[str, Any]) -> Any:
    client = house.client("alice")
    client.raise_request_exception = False
    return client.post("/api/v1/review/plays", {"assignment": work["assignment"]}, content_type="application/json")


def _works_again(house: House, work: dict[str, Any]) -> None:
    """The fault has gone: the next play is a play, with one entry more, and the whole log verifies."""
    before = _played()
    assert _ask(house, work).status_code == 200
    assert _played() == before + 1
    assert whole_log().size == tiles.size()


def _not_kept(_self: Appender, batch: list[tuple[NewEntry, Future[log.Appended]]]) -> None:
    for _, future in batch:
        future.set_exception(LedgerUnavailable("the disk is full"))


def _kept_but_unanswered(commit: Callable[..., None]) -> Callable[..., None]:
    def committed(self: Appender, batch: list[tuple[NewEntry, Future[log.Appended]]]) -> None:
        shadows: list[tuple[NewEntry, Future[log.Appended]]] = [(facts, Future()) for facts, _ in batch]
        commit(self, shadows)
        assert all(shadow.exception() is None for _, shadow in shadows)
        for _, future in batch:
            future.set_exception(LedgerUnavailable("the connection broke after the commit"))

    return committed


def test_the_entry_failed_and_was_not_kept(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.clip()
    work = house.next("alice")
    with monkeypatch.context() as broken:
        broken.setattr(Appender, "_commit", _not_kept)
        answer = _ask(house, work)
    assert answer.status_code == 503
    assert "key" not in answer.json()
    assert _played() == 0
    assert Assignment.objects.get().plays == 0, "what was not released was not counted as heard"
    _works_again(house, work)


def test_the_entry_failed_but_was_kept(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry without bytes: allowed, and visible."""
    house.clip()
    work = house.next("alice")
    with monkeypatch.context() as broken:
        broken.setattr(Appender, "_commit", _kept_but_unanswered(Appender._commit))
        answer = _ask(house, work)
    assert answer.status_code == 503
    assert "key" not in answer.json()
    assert _played() == 1
    assert Assignment.objects.get().first_played_at is None, "it cannot be judged: nobody heard it"
    _works_again(house, work)


def test_the_database_refuses_the_entry_and_the_log_stays_whole(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The writing itself breaks, halfway through: nothing of it stays."""
    house.clip()
    work = house.next("alice")

    def halfway(cursor: log.Cursor, batch: list[NewEntry]) -> list[log.Appended]:
        whole(cursor, batch)
        cursor.execute("SELECT 1 / 0")
        raise AssertionError("not reached")

    whole, before = log.append_with, tiles.size()
    with monkeypatch.context() as broken:
        broken.setattr(log, "append_with", halfway)
        assert _ask(house, work).status_code == 503
    assert (_played(), tiles.size()) == (0, before)
    _works_again(house, work)


def test_the_log_that_does_not_answer_in_time_releases_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too late is failed but kept: the entry is written after the listener was turned away."""
    house.clip()
    work = house.next("alice")
    monkeypatch.setattr(appender, "ANSWER_WITHIN_S", 0.05)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [log._LOCK])
        late = Running(lambda: _ask(house, work))
        late.start()
        answer = late.result()
        assert answer.status_code == 503
        assert b"key" not in answer.content
    monkeypatch.setattr(appender, "ANSWER_WITHIN_S", PATIENCE_S)
    assert _ask(house, work).status_code == 200
    assert _played() == 2
    assert Assignment.objects.get().plays == 1
    _works_again(house, work)


def test_the_connection_of_the_log_is_lost_and_found(house: House) -> None:
    house.clip()
    work = house.next("alice")
    _works_again(house, work)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert _ask(house, work).status_code == 503
    assert _played() == 1
    _works_again(house, work)


def test_a_policy_that_breaks_allows_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    clip = house.clip("robin")
    work, before = house.next("alice"), tiles.size()

    def broken_policy(_facts: object) -> None:
        raise ZeroDivisionError("the policy is broken")

    with monkeypatch.context() as broken:
        broken.setattr(play, "decide", broken_policy)
        broken.setattr(seal, "decide", broken_policy)
        assert _ask(house, work).status_code == 500
        alice, robin = house.client("alice"), house.speaker_client("robin")
        alice.raise_request_exception = robin.raise_request_exception = False
        for client, address in ((alice, work["sealed_url"]), (robin, f"/speaker/clips/{clip.id}/audio")):
            answer = client.get(address)
            assert answer.status_code == 500
            assert b"RIFF" not in answer.content
            assert len(answer.content) < 10_000
    assert tiles.size() == before
    _works_again(house, work)


def _own_ears(house: House, clip: Clip) -> Any:
    robin = house.speaker_client("robin")
    robin.raise_request_exception = False
    return robin.get(f"/speaker/clips/{clip.id}/audio")


def _lose_the_bytes(clip: Clip) -> None:
    writer.store().delete(clip.object_name)


def _lose_the_row(clip: Clip) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM vault_storedobject WHERE name = %s", [clip.object_name])


def _shred(clip: Clip) -> None:
    with transaction.atomic():
        shredder.shred([clip.channel.key_id])


def _other_bytes(clip: Clip) -> None:
    """Bytes that were sealed for another object under the same name."""
    key = keys.unwrap(clip.channel.key_id)
    path = writer.store()._path(clip.object_name)
    path.write_bytes(writer.sealing.seal(key, writer.owner("f" * 64, "clip"), b"\0" * 32000))


@pytest.mark.parametrize("damage", [_lose_the_bytes, _lose_the_row, _shred, _other_bytes])
def test_what_the_vault_does_not_open_is_no_sound_to_anybody(house: House, damage: Callable[[Clip], None]) -> None:
    """The entry was written before: it stays, without bytes. A sealed copy is not even begun."""
    clip = Clip.objects.select_related("channel").get(id=house.clip("robin").id)
    work = house.next("alice")
    damage(clip)
    answer = _own_ears(house, clip)
    assert answer.status_code in (404, 500)
    assert b"RIFF" not in answer.content
    assert Record.objects.filter(kind=Kind.PLAYED, role="speaker", clip=clip.id).count() == 1
    alice = house.client("alice")
    alice.raise_request_exception = False
    sealed = alice.get(work["sealed_url"])
    assert sealed.status_code in (403, 404, 500)
    assert len(sealed.content) < 10_000
    with pytest.raises((ObjectMissing, keys.KeyShredded, writer.sealing.SealBroken)):
        play.for_speaker(clip=clip.id, handle=bytes(clip.channel.handle))
    assert whole_log().size == tiles.size()


# --- Stops against sixteen who replay --------------------------------------------------------------------------------


def _withdraw(house: House) -> None:
    speakers.withdraw(key=house.speaker("robin"))


def _erase(house: House) -> None:
    speakers.erase(key=house.speaker("robin"))


def _pause(house: House) -> None:
    stop.pause(scope="everything", reason="a test", by=house.people["controller"].id)


def _pause_vendor(house: House) -> None:
    stop.pause(scope="vendor:tarn", reason="a test", by=house.people["controller"].id)


def _leave(house: House) -> None:
    vendors.leave(account=house.people["alice"])


def _close_account(house: House) -> None:
    Account.objects.filter(id=house.people["alice"].id).update(is_active=False)


STOPS: list[tuple[Callable[[House], None], Reason, Kind | None]] = [
    (_withdraw, Reason.WITHDRAWN, Kind.WITHDRAWN),
    (_erase, Reason.UNKNOWN, Kind.ERASED),
    (_pause, Reason.PAUSED, Kind.PAUSED),
    (_pause_vendor, Reason.PAUSED, Kind.PAUSED),
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


def test_nobody_is_served_a_key_that_was_fetched_for_another_assignment(house: House) -> None:
    """The key is bound to the assignment: after a lease has ended and begun anew, the old copy does not open."""
    house.clip("robin")
    work = house.next("alice")
    account = house.people["alice"].id
    first = play.for_reviewer(assignment=work["assignment"], account=account).content
    nonce = bytes(Assignment.objects.get().nonce)
    Assignment.objects.update(nonce=bytes(16))
    second = play.for_reviewer(assignment=work["assignment"], account=account).content
    assert first != second
    Assignment.objects.update(nonce=nonce)
    assert play.for_reviewer(assignment=work["assignment"], account=account).content == first
    assert Client().get(work["sealed_url"]).status_code == 401
