"""Speech folders: ``manifest.jsonl`` beside sound, as ``--speech DIR`` takes them."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from fairhearing.audio import resample

RATE = 16_000
NEIGHBOUR = "speech_train"  # a folder of other readers that lies beside a speech folder, where there is one


@dataclass(frozen=True)
class Utterance:
    """One line of the manifest. ``text`` is the reference in upper case, or empty; ``audio`` is absolute."""

    set: str
    id: str
    speaker: str
    text: str
    audio: Path
    duration_s: float
    sex: str = ""

    @property
    def is_personal(self) -> bool:
        """Return whether this answers a census question: AN4's spelled names, numbers and dates."""
        return self.set == "an4" and self.id.startswith("cen")

    def samples(self) -> NDArray[np.float32]:
        """Return its sound, mono float32 of shape (n,) at 16 kHz."""
        found, rate = soundfile.read(self.audio, dtype="float32", always_2d=True)
        return resample.to_16k(found.mean(axis=1), rate)


def load(folder: Path | None) -> list[Utterance]:
    """Return the utterances of a speech folder; ends the bench with a sentence where there is none."""
    if folder is None or not (folder / "manifest.jsonl").is_file():
        sys.exit(f"bench: --speech {folder or 'DIR'}: expected a folder with manifest.jsonl")
    found = []
    for line in (folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        speaker = str(one["speaker"])
        sex = str(one.get("sex") or (speaker[0].upper() if one["set"] == "an4" else ""))
        found.append(
            Utterance(
                set=str(one["set"]),
                id=str(one["id"]),
                speaker=speaker,
                text=str(one.get("text") or ""),
                audio=folder / str(one["audio"]),
                duration_s=float(one["duration_s"]),
                sex=sex,
            )
        )
    return found


def neighbour(folder: Path | None) -> list[Utterance]:
    """Return the readers of ``speech_train`` beside a speech folder, or none."""
    beside = folder.resolve().parent / NEIGHBOUR if folder is not None else None
    return load(beside) if beside is not None and (beside / "manifest.jsonl").is_file() else []
