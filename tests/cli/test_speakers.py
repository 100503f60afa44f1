"""Commands in a speaker's name: how they take keys, and what they end."""

import json
from pathlib import Path

import pytest

from fairhearing.capture.models import Recording
from tests.cli import recordings
from tests.cli.calling import Call
from tests.house import House


def test_a_speaker_key_is_derived_alike_from_every_source(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    derive = ("speaker-key", "derive", "--product", recordings.PRODUCT, "--user", "robin", "--json")
    expected = {"speaker_key": recordings.key("robin")}
    file = tmp_path / "secret"
    file.write_text(recordings.SECRET + "\n")
    from_file = call(*derive, "--secret", f"@{file}")
    assert (from_file.value, from_file.errors) == (expected, "")
    from_input = call(*derive, "--secret", "-", stdin=recordings.SECRET + "\n")
    assert (from_input.value, from_input.errors) == (expected, "")
    plain = call(*derive, "--secret", recordings.SECRET)
    assert plain.value == expected
    assert plain.errors.startswith("warning: --secret")
    assert recordings.SECRET not in plain.errors
    assert call(*derive).code == 2
    assert call(*derive, "--secret", "-").code == 2, "nothing is no secret"
    monkeypatch.setenv("FAIRHEARING_PRODUCT_SECRET", recordings.SECRET)
    from_environment = call(*derive)
    assert (from_environment.value, from_environment.errors) == (expected, "")


def test_an_estate_gets_its_keys_where_the_secret_is(call: Call, tmp_path: Path) -> None:
    manifest, out = tmp_path / "manifest.jsonl", tmp_path / "out.jsonl"
    lines = [
        {"audio_filepath": "a.wav", "user": "robin", "language": "en"},
        {"audio_filepath": "b.wav", "channels": [{"user": "wren"}, {"user": "robin", "language": "de"}]},
    ]
    fill = ("speaker-key", "fill", str(manifest), str(out), "--product", recordings.PRODUCT, "--secret", "-", "--json")
    manifest.write_text("\n".join(json.dumps(line) for line in [*lines, {"audio_filepath": "c.wav"}]))
    refused = call(*fill, stdin=recordings.SECRET)
    assert (refused.code, "line 3: user" in refused.sentence) == (1, True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["manifest.jsonl"], "nothing half done"
    manifest.write_text("\n".join(json.dumps(line) for line in lines) + "\n\n")
    assert call(*fill, stdin=recordings.SECRET).value == {"lines": 2, "speakers": 2}
    robin, wren = recordings.key("robin"), recordings.key("wren")
    assert [json.loads(line) for line in out.read_text().splitlines()] == [
        {"audio_filepath": "a.wav", "language": "en", "speaker_key": robin},
        {"audio_filepath": "b.wav", "channels": [{"speaker_key": wren}, {"language": "de", "speaker_key": robin}]},
    ]
    assert out.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("source", ["-", "@", "environment", "plain"])
def test_erase_takes_the_key_from_every_source(
    call: Call, house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    house.clip("robin")
    house.clip("robin")
    mine = house.clip("sam")
    key = recordings.key("robin")
    file = tmp_path / "key"
    file.write_text(key)
    if source == "environment":
        monkeypatch.setenv("FAIRHEARING_SPEAKER_KEY", key)
    given = {"-": ["--speaker-key", "-"], "@": ["--speaker-key", f"@{file}"], "plain": ["--speaker-key", key]}
    done = call("erase", *given.get(source, []), "--json", stdin=key)
    assert done.value.keys() == {"recordings", "seconds", "receipt"}
    assert done.value["recordings"] == 2
    assert bool(done.errors) == (source == "plain")
    assert key not in done.output + done.errors
    assert [one.id for one in Recording.objects.all()] == [mine.channel.recording_id]


def test_erase_takes_one_recording_of_the_speaker_and_none_of_another(call: Call, house: House) -> None:
    mine, other, theirs = house.clip("robin"), house.clip("robin"), house.clip("sam")
    erase = ("erase", "--speaker-key", "-", "--json", "--recording")
    key = recordings.key("robin")
    assert "there is none of this name" in call(*erase, theirs.channel.recording_id, stdin=key).sentence
    assert call(*erase, mine.channel.recording_id, stdin=key).value["recordings"] == 1
    left = {other.channel.recording_id, theirs.channel.recording_id}
    assert set(Recording.objects.values_list("id", flat=True)) == left
    assert call("erase", "--speaker-key", "-", "--json", stdin="abc").code == 2
    assert call("withdraw", "--speaker-key", "-", "--json", stdin=key).value.keys() == {"recordings", "receipt"}


def test_a_link_from_the_command_line_opens(call: Call, house: House) -> None:
    house.clip("robin")
    done = call("speaker-link", "--speaker-key", "-", "--json", stdin=recordings.key("robin"))
    assert done.value.keys() == {"url", "expires_at"}
    token = done.value["url"].partition("#")[2]
    assert house.client().post("/speaker/link", {"token": token}).status_code == 302
