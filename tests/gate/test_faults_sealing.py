"""Faults at each step of sealing, in pairs, and in the vault: no ciphertext, no listen, and the next one is whole."""

from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection, transaction
from django.test import Client

from fairhearing.capture.models import Clip
from fairhearing.gate import facts, keys, mark, play, seal, wav
from fairhearing.ledger import tiles
from fairhearing.ledger.entries import Kind
from fairhearing.ledger.models import Record
from fairhearing.review import assign
from fairhearing.review.models import Assignment
from fairhearing.vault import keys as data_keys
from fairhearing.vault import reader, shredder, writer
from fairhearing.vault.objects import ObjectMissing
from tests.gate import broken
from tests.house import House
from tests.probes import whole_log

STEPS = [
    (facts, "of_assignment"),
    (seal, "decide"),
    (reader, "open"),
    (mark, "copy_for"),
    (wav, "of_pcm16"),
    (assign, "note_served"),
    (keys, "sealed_copy"),
]


def _served() -> str:
    return str(Assignment.objects.values_list("served_sha256", flat=True).get())


def _assert_whole(house: House, work: dict[str, Any]) -> None:
    """The fault has gone: the sealed copy opens with the key of one play, whose entry is of this very copy."""
    client = broken.reviewer(house)
    sealed = client.get(work["sealed_url"])
    assert sealed.status_code == 200
    assert broken.played() == 0, "a sealed copy is no listen"
    broken.assert_works_again(house, work)
    key = keys.sealed_copy(work["assignment"], bytes(Assignment.objects.get().nonce))
    sound = AESGCM(key).decrypt(sealed.content[:12], sealed.content[12:], work["assignment"].encode())
    assert sound.startswith(b"RIFF")


@pytest.mark.parametrize(("where", "step"), STEPS, ids=[step for _, step in STEPS])
def test_a_copy_that_cannot_be_sealed_is_not_handed_out(
    house: House, monkeypatch: pytest.MonkeyPatch, where: object, step: str
) -> None:
    house.clip("robin")
    work, before = house.next("alice"), tiles.size()
    for breaks in broken.PAIR:
        with monkeypatch.context() as fault:
            fault.setattr(where, step, breaks(getattr(where, step)))
            broken.assert_silent(broken.reviewer(house).get(work["sealed_url"]))
        assert (tiles.size(), _served()) == (before, ""), "nothing was handed out, and nothing is known as served"
    _assert_whole(house, work)


def test_a_copy_whose_hash_was_not_kept_is_not_handed_out(house: House) -> None:
    """Else the entry of its play would be of no copy, or of another one."""
    house.clip("robin")
    work, before = house.next("alice"), tiles.size()
    client = broken.reviewer(house)
    for breaks in (broken.refused_at_commit, broken.cut_at_commit):
        with breaks("review_assignment"):
            broken.assert_silent(client.get(work["sealed_url"]))
        assert (tiles.size(), _served()) == (before, "")
    _assert_whole(house, work)


def test_a_copy_whose_hash_was_kept_but_not_answered_comes_again_as_the_same(house: House) -> None:
    house.clip("robin")
    work, before = house.next("alice"), tiles.size()
    client = broken.reviewer(house)
    with broken.unanswered_at_commit():
        broken.assert_silent(client.get(work["sealed_url"]))
    served = _served()
    assert (tiles.size(), len(served)) == (before, 64)
    _assert_whole(house, work)
    assert _served() == served


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
    key = data_keys.unwrap(clip.channel.key_id)
    path = writer.store()._path(clip.object_name)
    path.write_bytes(writer.sealing.seal(key, writer.owner("f" * 64, "clip"), b"\0" * 32000))


@pytest.mark.parametrize("damage", [_lose_the_bytes, _lose_the_row, _shred, _other_bytes])
def test_what_the_vault_does_not_open_is_no_sound_to_anybody(house: House, damage: Callable[[Clip], None]) -> None:
    """The entry was written before: it stays, without bytes. A sealed copy is not even begun."""
    clip = Clip.objects.select_related("channel").get(id=house.clip("robin").id)
    work = house.next("alice")
    damage(clip)
    answer = broken.own_ears(house, clip)
    assert answer.status_code in (404, 500)
    assert b"RIFF" not in answer.content
    assert Record.objects.filter(kind=Kind.PLAYED, role="speaker", clip=clip.id).count() == 1
    alice = house.client("alice")
    alice.raise_request_exception = False
    sealed = alice.get(work["sealed_url"])
    assert sealed.status_code in (403, 404, 500)
    assert len(sealed.content) < 10_000
    with pytest.raises((ObjectMissing, data_keys.KeyShredded, writer.sealing.SealBroken)):
        play.for_speaker(clip=clip.id, handle=bytes(clip.channel.handle))
    assert whole_log().size == tiles.size()


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
