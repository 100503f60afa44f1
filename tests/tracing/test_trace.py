"""A leak, from the file to the listens: through the reviewer's own sealed copy, and the command that anybody runs."""

import base64
import io
import wave

import numpy as np
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bench import attacks
from fairhearing.accounts import actions as accounts
from fairhearing.accounts.models import Account, Role
from fairhearing.audio.encode import from_pcm16, to_pcm16, wav_bytes
from fairhearing.capture.models import Clip
from fairhearing.ledger.entries import Kind
from fairhearing.ledger.models import Record
from fairhearing.speakers import actions as speakers
from fairhearing.tracing import actions, queries
from fairhearing.tracing.actions import TraceRefused
from fairhearing.tracing.models import Finding, Trace
from tests.house import House
from tests.probes import whole_log
from tests.watermark.sounds import RATE, Samples, babbling

CHANCE = np.random.default_rng(4)


def wav(samples: Samples) -> bytes:
    return wav_bytes(to_pcm16(samples), RATE)


def clips(house: House, number: int, seconds: float = 4.0) -> list[Clip]:
    """Clips of different speakers, each a sound of its own."""
    return [house.clip(f"speaker {one}", samples=babbling(70 + one, seconds)) for one in range(number)]


def heard(house: House, name: str, *, plays: int = 1) -> tuple[str, Samples, list[str]]:
    """Somebody takes their next clip, and hears it: the clip, the sound that they had, and the listens."""
    client = house.client(name)
    work = house.next(name, client)
    sealed = client.get(work["sealed_url"]).content
    listens = []
    for _ in range(plays):
        body = {"assignment": work["assignment"]}
        played = client.post("/api/v1/review/plays", body, content_type="application/json").json()
        listens.append(played["listen"])
    cipher = AESGCM(base64.b64decode(played["key"]))
    content = cipher.decrypt(sealed[:12], sealed[12:], work["assignment"].encode())
    with wave.open(io.BytesIO(content)) as file:
        pcm = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.int16)
    client.post("/api/v1/review/judgements", {**body, "choice": 1}, content_type="application/json")
    return work["clip"], from_pcm16(pcm), listens


def found(leak: bytes) -> list[tuple[str, str | None, list[str]]]:
    trace = actions.answer(leak=leak)
    return [(one.clip, one.reviewer, one.listens) for one in queries.list_findings(trace)]


@pytest.fixture
def investigators(house: House) -> tuple[Account, Account]:
    ines, ivo = (
        accounts.create_account(email=f"{name}@example.com", role=Role.INVESTIGATOR) for name in ("ines", "ivo")
    )
    house.people.update(ines=ines, ivo=ivo)
    return ines, ivo


def test_nobody_but_investigators_asks_or_approves(house: House, investigators: tuple[Account, Account]) -> None:
    leak = wav(babbling(1, 4.0))
    for name in ("alice", "owner", "controller", "auditor", "manager"):
        with pytest.raises(TraceRefused, match="Only investigators"):
            actions.ask(leak=leak, reason="a post on a forum", account=house.people[name])
    asked = actions.ask(leak=leak, reason="a post on a forum", account=investigators[0])
    for name in ("alice", "owner", "auditor"):
        with pytest.raises(TraceRefused, match="Only investigators"):
            actions.approve(trace=asked.id, account=house.people[name])
    assert not Trace.objects.get().approved_by


def test_a_leak_is_traced_to_the_listens_it_came_from(house: House) -> None:
    """Alice and Bob heard the same clips; what Bob had is Bob's, through a lossy codec and cut."""
    clips(house, 6)
    by_alice = [heard(house, "alice") for _ in range(6)]
    by_bob = {clip: (sound, listens) for clip, sound, listens in (heard(house, "bob", plays=2) for _ in range(6))}
    clip, of_alice, _ = by_alice[2]
    of_bob, listens = by_bob[clip]
    assert not np.array_equal(of_alice, of_bob), "their copies differ"
    leak = attacks.by_name([babbling(9, 4.0)])["opus_24k"](of_bob[RATE // 2 :], CHANCE)
    assert found(wav(leak)) == [(clip, house.people["bob"].id, listens)]
    named = Record.objects.get(kind=Kind.TRACED, purpose="named")
    assert (named.account, named.clip) == (house.people["bob"].id, clip)
    assert Record.objects.filter(kind=Kind.PROCESSED, purpose="trace", clip=clip).exists(), "what was opened is logged"
    whole_log()


def test_everybody_who_mixed_their_copies_is_named_and_a_clip_that_nobody_leaked_is_not(house: House) -> None:
    clips(house, 3, seconds=5.0)
    alice = {clip: sound for clip, sound, _ in (heard(house, "alice") for _ in range(3))}
    bob = {clip: sound for clip, sound, _ in (heard(house, "bob") for _ in range(3))}
    one, other, _ = list(alice)
    mixed = np.concatenate([babbling(8, 2.0), (alice[one] + bob[one]) / 2, babbling(7, 1.0), alice[other]])
    assert {(clip, who) for clip, who, _ in found(wav(mixed))} == {
        (one, house.people["alice"].id),
        (one, house.people["bob"].id),
        (other, house.people["alice"].id),
    }


def test_what_was_never_heard_names_nobody(house: House) -> None:
    made = clips(house, 3)
    heard(house, "alice")
    unheard = {clip.id for clip in made} - set(Record.objects.filter(kind=Kind.PLAYED).values_list("clip", flat=True))
    assert len(unheard) == 2
    for leak in (babbling(1, 4.0), *(babbling(70 + number, 4.0) for number in range(3)), np.zeros(RATE, np.float32)):
        assert found(wav(leak)) == []
    assert not Finding.objects.exists()
    assert not Record.objects.filter(kind=Kind.TRACED, purpose="named").exists()


def test_after_an_erasure_nothing_is_traced_and_what_was_found_forgets_the_clip(house: House) -> None:
    house.clip("robin", samples=babbling(70, 4.0))
    clip, sound, _ = heard(house, "alice")
    assert found(wav(sound))[0][0] == clip
    speakers.erase(key=house.speaker("robin"))
    assert found(wav(sound)) == []
    left = Finding.objects.get()
    assert (left.clip, left.listens, left.holder) == ("", [], house.people["alice"].id)


def test_a_withdrawn_or_paused_clip_is_traced_all_the_same(house: House) -> None:
    """The speaker took it back: a leak of it is worse, not better."""
    house.clip("robin", samples=babbling(70, 4.0))
    clip, sound, _ = heard(house, "alice")
    speakers.withdraw(key=house.speaker("robin"))
    assert [one[:2] for one in found(wav(sound))] == [(clip, house.people["alice"].id)]


def test_where_there_are_investigators_two_stand_behind_a_trace(
    house: House, investigators: tuple[Account, Account]
) -> None:
    ines, ivo = investigators
    house.clip(samples=babbling(70, 4.0))
    clip, sound, _ = heard(house, "alice")
    leak = wav(sound)
    with pytest.raises(TraceRefused, match="Nobody approved"):
        actions.answer(leak=leak)
    asked = actions.ask(leak=leak, reason="a post on a forum", account=ines)
    with pytest.raises(TraceRefused, match="another investigator"):
        actions.approve(trace=asked.id, account=ines)
    with pytest.raises(TraceRefused, match="Nobody approved"):
        actions.answer(leak=leak)
    actions.approve(trace=asked.id, account=ivo)
    with pytest.raises(TraceRefused, match="Nobody approved"):
        actions.answer(leak=leak + b"\0")  # another file
    assert [one[:2] for one in found(leak)] == [(clip, house.people["alice"].id)]
    steps = Record.objects.filter(kind=Kind.TRACED).order_by("index").values_list("purpose", "account")
    assert list(steps) == [
        ("asked", ines.id),
        ("approved", ivo.id),
        ("answered", ivo.id),
        ("named", house.people["alice"].id),
    ]


def test_an_investigator_who_left_no_longer_stands_behind_it(
    house: House, investigators: tuple[Account, Account]
) -> None:
    ines, ivo = investigators
    house.clip(samples=babbling(70, 4.0))
    _, sound, _ = heard(house, "alice")
    asked = actions.ask(leak=wav(sound), reason="a post on a forum", account=ines)
    actions.approve(trace=asked.id, account=ivo)
    Account.objects.filter(id=ines.id).update(is_active=False)
    with pytest.raises(TraceRefused, match="two investigators"):
        actions.answer(leak=wav(sound))
    assert Record.objects.filter(kind=Kind.REFUSED, purpose="trace").exists()
