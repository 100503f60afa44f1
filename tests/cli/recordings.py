"""Manifests with real speech where ../shared/data/speech is there, else with speech that is synthesised."""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from fairhearing.audio.encode import flac_bytes
from fairhearing.consent.speaker_key import derive
from tests import house
from tests.deidentify import speech

SECRET = "the product's own secret"
PRODUCT = house.PRODUCT
# Where there is no real speech, a synthesiser's takes its place: it fits neither its text nor the voice's model well.
SERVED = ("--free-speech", "serve", "--voice", "off")
SENTENCES = (
    "The harvest was late that year and the barns stood half empty.",
    "She walked along the river until the light was gone.",
    "Nobody in the village had ever seen such a large ship.",
    "The old clock in the hall struck four and then fell silent.",
    "They carried the table out into the garden and had their tea there.",
    "A narrow road led through the forest to the mill.",
)


def key(user: str) -> str:
    """A speaker's key, as the product derives it."""
    return derive(product_secret=SECRET.encode(), product=PRODUCT, user=user).sealed_form().hex()


@cache
def spoken(count: int, shortest_first: bool = True) -> tuple[tuple[str, bytes], ...]:
    """(text, FLAC) of prose: LibriSpeech, or espeak-ng where there is none."""
    if (speech.FOLDER / "manifest.jsonl").exists():
        prose = [one for one in speech.manifest().values() if one["set"] == "librispeech"]
        fitting = sorted((one for one in prose if 3.9 <= float(one["duration_s"]) <= 8), key=_length)
        chosen = fitting[:count] if shortest_first else fitting[-count:]
        return tuple((one["text"].lower(), (speech.FOLDER / one["audio"]).read_bytes()) for one in chosen)
    from fairhearing.demo.voices import Line, speak

    said = [SENTENCES[number % len(SENTENCES)] for number in range(count)]
    lines = [Line(text, voice="en-us", rate=140 + number) for number, text in enumerate(said)]
    sounds = [flac_bytes(one.samples, one.sampling_rate) for one in speak(lines)]
    return tuple((text.lower().strip("."), sound) for text, sound in zip(said, sounds, strict=True))


def _length(one: dict[str, str]) -> float:
    return float(one["duration_s"])


def line(user: str, text: str | None = None, **changes: Any) -> dict[str, Any]:
    """A manifest line without its sound; two candidates where there is a text."""
    found: dict[str, Any] = {
        "language": "en",
        "speaker_key": key(user),
        "consent": house.consent(),
        "age_band": "adult",
        "captured_at": "2026-02-03T04:05:06Z",
        "region": "DE",
        "product": PRODUCT,
        "activation": {"trigger": "push_to_talk"},
        "indicator": "light",
        **changes,
    }
    if text:
        other = text.rsplit(" ", 1)[0] + " something else"
        found["hypotheses"] = [{"text": one, "engine": f"engine {at}"} for at, one in enumerate((text, other))]
    return found


def write_manifest(folder: Path, lines: list[tuple[dict[str, Any], bytes]], suffix: str = "flac") -> Path:
    """The lines and their sounds, side by side; equal sounds share a file."""
    folder.mkdir(parents=True, exist_ok=True)
    manifest = folder / "manifest.jsonl"
    with manifest.open("w", encoding="utf-8") as file:
        for one, sound in lines:
            name = f"{hashlib.sha256(sound).hexdigest()[:16]}.{suffix}"
            if not (folder / name).exists():
                (folder / name).write_bytes(sound)
            file.write(json.dumps({"audio_filepath": name, **one}, ensure_ascii=False) + "\n")
    return manifest
