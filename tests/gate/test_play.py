"""The heart: who hears what, and what stands in the log when."""

import base64
import threading

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection, transaction

from fairhearing.capture.models import Channel
from fairhearing.gate import play
from fairhearing.gate.denied import PlayDenied
from fairhearing.ledger.entries import Kind
from fairhearing.ledger.models import LogEntry, Record
from fairhearing.operations import stop
from fairhearing.policy import Reason
from fairhearing.vendors import actions as vendors
from tests.house import House


def _denied(assignment: str, account: str) -> tuple[Reason, ...]:
    with pytest.raises(PlayDenied) as refusal:
        play.for_reviewer(assignment=assignment, account=account)
    return refusal.value.reasons


def test_a_stranger_is_refused_and_the_refusal_is_logged(house: House) -> None:
    house.clip()
    work = house.next("alice")
    assert Reason.NOT_YOURS in _denied(work["assignment"], house.people["charlie"].id)
    record = Record.objects.get(kind=Kind.REFUSED)
    assert record.account == house.people["charlie"].id
    assert "not_yours" in record.reasons


def test_a_play_gives_the_key_of_the_sealed_copy_and_one_entry(house: House) -> None:
    house.clip()
    alice = house.client("alice")
    work = house.next("alice", alice)
    sealed = alice.get(work["sealed_url"]).content
    assert not Record.objects.filter(kind=Kind.PLAYED).exists(), "a sealed copy is no listen"
    played = alice.post(
        "/api/v1/review/plays", {"assignment": work["assignment"]}, content_type="application/json"
    ).json()
    cipher = AESGCM(base64.b64decode(played["key"]))
    sound = cipher.decrypt(sealed[:12], sealed[12:], work["assignment"].encode())
    assert sound[:4] == b"RIFF"
    record = Record.objects.get(kind=Kind.PLAYED)
    assert (record.id, record.vendor, record.country, record.duration_ms) == (played["listen"], "tarn", "IE", 1000)
    assert LogEntry.objects.filter(index=record.index).exists()


def test_each_replay_is_an_entry_of_its_own(house: House) -> None:
    house.clip()
    work = house.next("alice")
    listens = {
        play.for_reviewer(assignment=work["assignment"], account=house.people["alice"].id).listen for _ in range(3)
    }
    assert len(listens) == 3
    assert Record.objects.filter(kind=Kind.PLAYED).count() == 3


def test_without_a_vendor_nobody_reads_or_hears(house: House) -> None:
    house.clip()
    body = {"programme": house.programme.slug}
    refused = house.client("nomad").post("/api/v1/review/next", body, content_type="application/json")
    assert refused.status_code == 403
    assert refused.json()["reasons"] == ["not_a_member"]
    work = house.next("alice")
    vendors.leave(account=house.people["alice"])
    assert _denied(work["assignment"], house.people["alice"].id) == (Reason.NOT_A_MEMBER,)


@pytest.mark.parametrize("scope", ["vendor:tarn", "product:hearth", "region:EU"])
def test_a_paused_scope_shows_no_text_either(house: House, scope: str) -> None:
    house.clip(texts=("an unmistakable text",), region="EU")
    stop.pause(scope=scope, reason="a test", by="controller")
    body = {"programme": house.programme.slug}
    refused = house.client("alice").post("/api/v1/review/next", body, content_type="application/json")
    assert refused.status_code == 403
    assert b"unmistakable" not in refused.content
    assert refused.json()["reasons"] == ["paused"]


def test_withdrawing_waits_for_a_play_in_flight(house: House) -> None:
    """A play holds the channel's row until its key is out; a withdrawal that comes meanwhile answers after it."""
    from fairhearing.speakers import actions

    house.clip("robin")
    work = house.next("alice")
    order: list[str] = []

    def withdraw() -> None:
        try:
            actions.withdraw(key=house.speaker("robin"))
            order.append("withdrawn")
        finally:
            connection.close()

    other = threading.Thread(target=withdraw)
    with transaction.atomic():
        play.for_reviewer(assignment=work["assignment"], account=house.people["alice"].id)
        other.start()
        other.join(0.5)
        assert other.is_alive(), "the withdrawal answered while a play was in flight"
        order.append("released")
    other.join(10)
    assert order == ["released", "withdrawn"]
    assert Channel.objects.get().withdrawn
    assert Reason.WITHDRAWN in _denied(work["assignment"], house.people["alice"].id)
