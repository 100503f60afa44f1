"""``trace`` and ``canary`` as anybody runs them."""

from pathlib import Path

import pytest

from fairhearing.accounts import actions as accounts
from fairhearing.accounts.models import Role
from fairhearing.capture.models import Channel, Clip, Recording
from fairhearing.ledger.entries import Kind
from fairhearing.ledger.models import Record
from fairhearing.prepare.prepare import prepare
from fairhearing.programmes.models import Programme
from fairhearing.review import queries as review
from fairhearing.review import settle
from tests.cli import recordings
from tests.cli.calling import Call
from tests.house import House
from tests.tracing.test_trace import clips, heard, wav
from tests.watermark.sounds import babbling


def test_trace_answers_as_the_contract_says(call: Call, house: House, tmp_path: Path) -> None:
    clips(house, 2)
    clip, sound, listens = heard(house, "alice")
    leak = tmp_path / "leak.wav"
    leak.write_bytes(wav(sound))
    value = call("trace", str(leak), "--json").value
    (found,) = value["found"]
    assert (found["clip"], found["reviewer"], found["listens"]) == (clip, house.people["alice"].id, listens)
    assert found["score"] > 7
    assert 0 <= found["p_false"] < 1e-6
    assert value["candidates"] == 1
    assert value["seconds"] > 0
    leak.write_bytes(wav(babbling(1, 3.0)))
    assert call("trace", str(leak), "--json").value["found"] == []


def test_what_cannot_be_traced_is_told_in_one_sentence(call: Call, house: House, tmp_path: Path) -> None:
    leak = tmp_path / "leak.wav"
    leak.write_bytes(b"no sound")
    assert "could not be read" in call("trace", str(leak)).sentence
    leak.write_bytes(wav(babbling(1, 2.0)))
    accounts.create_account(email="ines@example.com", role=Role.INVESTIGATOR)
    assert "Nobody approved" in call("trace", str(leak)).sentence
    assert call("trace", str(tmp_path / "nothing.wav")).code == 2


@pytest.fixture
def canary(call: Call, house: House, tmp_path: Path) -> Clip:
    """A canary in the programme, among a speaker's clips, prepared like them."""
    Programme.objects.filter(id=house.programme.id).update(voice="off", free_speech="serve")
    house.clip("robin")
    ((text, said),) = recordings.spoken(1)
    sound = tmp_path / "canary.flac"
    sound.write_bytes(said)
    planted = call("canary", "plant", "assistant", str(sound), "--text", text, "--json").value
    prepare(recording=planted["recording"])
    return Clip.objects.get(channel__recording=planted["recording"])


def test_a_canary_is_heard_like_any_clip_and_never_released(house: House, canary: Clip) -> None:
    channel = Channel.objects.get(id=canary.channel_id)
    assert (channel.human_review, channel.automatic_improvement) == (True, False)
    assert canary.fingerprint_sealed is not None
    for name in ("alice", "bob"):
        for _ in range(2):
            heard(house, name)
    settle.settle_due()
    assert canary.id not in {one.clip_id for one in review.list_supervised(house.programme.id)}


def test_a_drill_traces_a_canary_to_whoever_it_was_leaked_for(
    call: Call, house: House, canary: Clip, tmp_path: Path
) -> None:
    leak = tmp_path / "leak.wav"
    value = call("canary", "leak", canary.id, "bob@example.com", str(leak), "--json").value
    assert value["reviewer"] == house.people["bob"].id
    assert "exists" in call("canary", "leak", canary.id, "bob@example.com", str(leak)).sentence
    (found,) = call("trace", str(leak), "--json").value["found"]
    assert (found["clip"], found["reviewer"]) == (canary.id, house.people["bob"].id)
    (listed,) = call("canary", "list", "--json").value["canaries"]
    assert listed == {"clip": canary.id, "programme": "assistant", "heard_by": [house.people["bob"].id]}


def test_no_drill_takes_a_speakers_clip(call: Call, house: House, tmp_path: Path) -> None:
    clip = house.clip("robin")
    assert not Recording.objects.filter(planted=True).exists()
    out = tmp_path / "leak.wav"
    sentence = call("canary", "leak", clip.id, "alice@example.com", str(out)).sentence
    assert "planted clip" in sentence
    assert not out.exists()
    assert Record.objects.get(kind=Kind.REFUSED).reasons == ["not_a_canary"]
    assert "no account" in call("canary", "leak", clip.id, "nobody@example.com", str(out)).sentence
