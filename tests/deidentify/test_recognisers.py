"""Adapters for recognisers with the user's weights, by results in the shapes that their packages give."""

import json
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from fairhearing.deidentify import recognisers
from fairhearing.deidentify.recognisers import (
    RecogniserUnavailable,
    faster_whisper_adapter,
    sherpa_onnx_adapter,
    unavailable,
    vosk_adapter,
)
from fairhearing.deidentify.words import RATE, Word

SECOND = np.zeros(RATE, dtype=np.float32)
# As vosk 0.3.45 answers.
VOSK = json.dumps(
    {
        "result": [
            {"conf": 0.91, "end": 0.42, "start": 0.12, "word": "call"},
            {"conf": 0.5, "end": 0.6, "start": 0.42, "word": "[unk]"},
            {"conf": 1.0, "end": 1.4, "start": 0.6, "word": "Home"},
        ],
        "text": "call home",
    }
)


@dataclass
class Heard:
    """As faster-whisper's ``Word``."""

    start: float
    end: float
    word: str
    probability: float


def test_an_unknown_recogniser_is_named_with_those_that_are_there(tmp_path: Path) -> None:
    with pytest.raises(RecogniserUnavailable, match="cloud: expected one of faster-whisper, sherpa-onnx, vosk"):
        recognisers.load("cloud", tmp_path, language="en")


@pytest.mark.parametrize("kind", recognisers.KINDS)
def test_a_package_that_is_not_installed_is_said_with_its_extra(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, kind.replace("-", "_"), None)
    with pytest.raises(RecogniserUnavailable, match=rf"pip install 'fairhearing\[{kind}\]'"):
        recognisers.load(kind, tmp_path, language="en")


@pytest.mark.parametrize(
    ("kind", "missing"),
    [("faster-whisper", "model.bin"), ("sherpa-onnx", r"encoder\*.onnx"), ("vosk", r"\*\*/final.mdl")],
)
def test_weights_that_are_missing_are_named_and_nothing_is_fetched(
    kind: str, missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = kind.replace("-", "_")
    monkeypatch.setattr(f"fairhearing.deidentify.recognisers.{module}_adapter.package", lambda *_: (None, "1"))
    with pytest.raises(RecogniserUnavailable, match=f"holds no {missing}"):
        recognisers.load(kind, tmp_path, language="en")
    with pytest.raises(RecogniserUnavailable, match="is no folder"):
        recognisers.load(kind, tmp_path / "nowhere", language="en")


def test_whisper_without_its_tokenizer_is_refused_because_it_would_be_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faster_whisper_adapter, "package", lambda *_: (None, "1"))
    for name in ("model.bin", "config.json"):
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(RecogniserUnavailable, match=r"holds no tokenizer\.json"):
        faster_whisper_adapter.load(tmp_path, "en")


def test_the_smaller_weights_are_taken_where_there_are_two(tmp_path: Path) -> None:
    for name in ("encoder-a.onnx", "encoder-a.int8.onnx"):
        (tmp_path / name).write_bytes(b"")
    assert [path.name for path in unavailable.files("x", tmp_path, "encoder*.onnx")] == ["encoder-a.int8.onnx"]


def test_vosk_words_keep_their_times_and_lose_what_was_not_known() -> None:
    assert vosk_adapter.words_of(VOSK, RATE) == [Word("call", 1920, 6720, 0.91), Word("home", 9600, RATE, 1.0)]
    assert vosk_adapter.words_of('{"text": ""}', RATE) == []


def test_vosk_is_given_the_sound_by_the_second_and_asked_at_each_end() -> None:
    class Kaldi:
        def __init__(self, model: object, rate: int) -> None:
            assert (model, rate) == ("model", RATE)
            self.blocks = 0

        def SetWords(self, wanted: bool) -> None:  # noqa: N802
            assert wanted

        def AcceptWaveform(self, block: bytes) -> bool:  # noqa: N802
            assert len(block) == 2 * RATE
            self.blocks += 1
            return self.blocks == 1

        def Result(self) -> str:  # noqa: N802
            return VOSK

        FinalResult = Result

    found = vosk_adapter.VoskRecogniser(SimpleNamespace(KaldiRecognizer=Kaldi), "model", made_by="1").words(
        np.zeros(2 * RATE, dtype=np.float32)
    )
    assert [word.text for word in found] == ["call", "home", "call", "home"]


def test_whispers_words_are_stripped_widened_and_in_order() -> None:
    segments = [
        SimpleNamespace(words=[Heard(0.0, 0.4, " Call,", 0.9), Heard(0.4, 0.4, " —", 0.9)]),
        SimpleNamespace(words=None),
        SimpleNamespace(words=[Heard(0.42, 1.2, " Home!", 1.2)]),
    ]
    asked: dict[str, Any] = {}

    class Model:
        def transcribe(self, samples: object, **options: object) -> tuple[list[Any], None]:
            asked.update(options)
            return segments, None

    found = faster_whisper_adapter.FasterWhisperRecogniser(Model(), language="en", made_by="1").words(SECOND)
    assert [(word.text, word.start, word.end) for word in found] == [
        ("call", 0, 8000),
        ("home", 5120, RATE),
    ]
    assert asked["word_timestamps"] is True
    assert asked["language"] == "en"


def test_sherpas_tokens_become_words_that_end_where_the_next_begins() -> None:
    found = sherpa_onnx_adapter.words_of(["▁CA", "LL", "▁HOME"], [0.2, 0.3, 0.6], RATE, 3 * RATE)
    assert found == [Word("call", RATE + 1600, RATE + 8000), Word("home", RATE + 8000, 2 * RATE + 8000)]
    assert sherpa_onnx_adapter.words_of([], [], 0, RATE) == []
