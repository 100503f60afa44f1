import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from fairhearing.demo import recordings
from fairhearing.demo.script import Programme
from fairhearing.demo.stage import RATE, Performance, perform
from fairhearing.demo.voices import Voices

from .conftest import Written, derived


def speech_s(performance: Performance, channel: int) -> float:
    return sum(turn.end - turn.start for turn in performance.turns if turn.channel == channel) / RATE


def test_every_scene_is_as_long_as_its_kind(
    programmes: dict[str, Programme], performances: dict[str, Performance]
) -> None:
    for scene in programmes["assistant"].scenes:
        assert 1.5 < speech_s(performances[scene.id], 0) < 7, scene.id
    for scene in programmes["translator"].scenes:
        assert all(4 < speech_s(performances[scene.id], channel) < 10 for channel in (0, 1)), scene.id


def test_words_lie_in_their_turn(performances: dict[str, Performance]) -> None:
    for performance in performances.values():
        for turn in performance.turns:
            assert turn.words
            assert turn.start / RATE <= turn.words[0].start_s
            assert turn.words[-1].end_s <= turn.end / RATE


def test_one_party_is_silent_while_the_other_talks(written: tuple[Path, Written]) -> None:
    folder, lines = written
    calls = [line for slug, line in lines if slug == "translator"]
    assert len(calls) == 8
    for line in calls:
        samples, rate = soundfile.read(folder / "translator" / line["audio_filepath"], dtype="int16")
        assert rate == RATE
        assert samples.shape[1] == len(line["channels"]) == 2
        # The room's noise of a talking party may touch zero; the other's silence never leaves it.
        assert not np.any(np.all(samples != 0, axis=1))
        assert np.all(np.abs(samples).max(axis=0) > 3000)


def test_two_runs_make_the_same_sound(programmes: dict[str, Programme], performances: dict[str, Performance]) -> None:
    with Voices() as voices:
        for scene in [*programmes["assistant"].scenes[::7], programmes["translator"].scenes[-1]]:
            again = perform(scene, voices)
            assert np.array_equal(again.samples, performances[scene.id].samples)
            assert again.turns == performances[scene.id].turns


def consents(line: dict[str, Any]) -> list[dict[str, Any]]:
    return [party["consent"] for party in line.get("channels", [line])]


def test_every_line_has_the_manifest_fields(written: tuple[Path, Written]) -> None:
    folder, lines = written
    assert len(lines) == 38
    for slug, line in lines:
        assert (folder / slug / line["audio_filepath"]).is_file()
        assert line["language"] == "en"
        assert line["age_band"] == "adult"
        assert re.fullmatch(r"[A-Z]{2}", line["region"])
        assert line["indicator"]
        assert line["product"] in {"hearth", "bridge"}
        captured = datetime.fromisoformat(line["captured_at"])
        assert datetime.now(UTC) - timedelta(days=40) < captured < datetime.now(UTC)
        for party in line.get("channels", [line]):
            assert re.fullmatch(r"[0-9a-f]{64}", party["speaker_key"])
        for consent in consents(line):
            assert consent["notice"]
            assert consent["method"] in {"click", "voice", "paper", "contract"}
            assert datetime.fromisoformat(consent["given_at"]) < captured
            assert consent["service"] is consent["automatic_improvement"] is True
    assert len({line["external_id"] for _, line in lines}) == 38
    refusals = [line for _, line in lines if not all(c["human_review"] for c in consents(line))]
    assert len(refusals) == 2


def test_activation_tells_how_the_microphone_opened(
    written: tuple[Path, Written], programmes: dict[str, Programme]
) -> None:
    accidental = {f"{s.id}.flac" for s in programmes["assistant"].scenes if s.kind == "accidental"}
    for slug, line in written[1]:
        activation = line["activation"]
        if slug == "translator":
            assert activation == {"trigger": "call"}
        elif activation["trigger"] == "wake_word":
            assert activation["wake_word"] == "hey computer"
            assert (activation["score"] < 0.6) == (line["audio_filepath"] in accidental)
        else:
            assert activation == {"trigger": "push_to_talk"}
            assert line["audio_filepath"] not in accidental


def test_both_programmes_appear_early_and_manifests_hold_every_line(written: tuple[Path, Written]) -> None:
    folder, lines = written
    assert {slug for slug, _ in lines[:5]} == {"assistant", "translator"}
    for slug in ("assistant", "translator"):
        kept = (folder / slug / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
        assert [json.loads(text) for text in kept] == [line for owner, line in lines if owner == slug]


def test_nothing_on_disk_names_a_user(written: tuple[Path, Written], programmes: dict[str, Programme]) -> None:
    users = {user.id for programme in programmes.values() for s in programme.scenes for user in s.users}
    manifests = [path.read_text(encoding="utf-8") for path in written[0].rglob("manifest.jsonl")]
    assert not [user for user in users for text in manifests if user in text]
    names = {path.name for path in written[0].rglob("*.flac")}
    assert all(re.fullmatch(r"[at]\d\d\.flac", name) for name in names)


def test_a_speaker_has_the_key_that_was_derived(
    written: tuple[Path, Written], programmes: dict[str, Programme]
) -> None:
    speaker = programmes["assistant"].speaker
    assert speaker is not None
    key = derived("hearth", speaker.id)
    assert sum(line.get("speaker_key") == key for _, line in written[1]) >= 6


def test_the_spanish_channel_says_where_its_words_come_from(written: tuple[Path, Written]) -> None:
    for line in (line for slug, line in written[1] if slug == "translator"):
        spanish, *translations = [h for h in line["hypotheses"] if h["channel"] == 1]
        assert re.fullmatch(r"espeak-ng \d[\d.]* \(script\)", spanish["engine"])
        assert spanish["language"] == line["channels"][1]["language"] == "es"
        assert len(spanish["words"]) == len(spanish["text"].split())
        assert [h["engine"] for h in translations] == [f"demo phrasebook {x}" for x in "ABC"[: len(translations)]]
        assert {h["language"] for h in translations} == {"en"}
        assert not any("words" in h for h in translations)


def test_recognition_is_real_and_comes_one_by_one(tmp_path: Path, programmes: dict[str, Programme]) -> None:
    wanted = {"a25", "t05"}
    few = {
        slug: replace(programme, scenes=tuple(s for s in programme.scenes if s.id in wanted))
        for slug, programme in programmes.items()
    }
    progress: list[tuple[int, int]] = []
    made = recordings.write(
        tmp_path, derive=derived, programmes=few, on_progress=lambda done, of: progress.append((done, of))
    )
    slug, command = next(made)
    assert slug == "assistant"
    assert progress == [(1, 2)]
    assert not list((tmp_path / "translator").glob("*.flac"))
    _, call = next(made)
    made.close()
    best, *others = command["hypotheses"]
    assert best["engine"].startswith("pocketsphinx ")
    assert len({h["text"] for h in command["hypotheses"]}) == len(others) + 1 == 3
    said = set(programmes["assistant"].scenes[24].turns[0].say.lower().strip("?").split())
    assert len(said & set(best["text"].split())) >= 6
    english = [h for h in call["hypotheses"] if h["channel"] == 0 and h["language"] == "en"]
    assert "words" in english[0]
    assert not any("words" in h or "score" in h for h in english[1:])


@pytest.mark.parametrize("gone", [False, True])
def test_leaving_early_ends_the_voices(tmp_path: Path, gone: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[bool] = []
    close = Voices.close

    def closing(voices: Voices) -> None:
        close(voices)
        ended.append(True)

    monkeypatch.setattr(Voices, "close", closing)
    made = recordings.write(tmp_path, derive=derived)
    if gone:
        next(made)
    made.close()
    assert ended == [True] * gone
