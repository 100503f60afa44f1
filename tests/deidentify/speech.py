"""Real speech for the tests that need some; they skip, and say so, where it is absent."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "speech"
needed = pytest.mark.skipif(not (FOLDER / "manifest.jsonl").exists(), reason="no speech data at ../shared/data/speech")


@cache
def manifest() -> dict[str, dict[str, str]]:
    """Utterances by id."""
    lines = (FOLDER / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    return {one["id"]: one for one in map(json.loads, lines)}


def chosen(prefix: str, count: int) -> list[str]:
    """``count`` ids that begin with ``prefix`` (a set's name or an id's), spread over the manifest."""
    ids = [key for key, one in manifest().items() if key.startswith(prefix) or one["set"] == prefix]
    return ids[:: max(1, len(ids) // count)][:count]


def samples(key: str) -> NDArray[np.float32]:
    """The utterance, float32 of shape (n,) at 16 kHz."""
    sound, rate = soundfile.read(FOLDER / manifest()[key]["audio"], dtype="float32")
    assert rate == 16_000
    return np.asarray(sound, dtype=np.float32)


def text(key: str) -> str:
    """Its reference, lower case."""
    return manifest()[key]["text"].lower()
