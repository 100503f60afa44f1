"""``pipeline``: how fast and how large de-identification is, on thirty minutes of speech.

Utterances of the folder are joined with pauses to one recording. Each case runs in a process of its own with
one thread; its speed is the sound's length by the processor time (user and system) that all stages took, with the
models loaded at their first use, and its memory the most that the process ever held.
"""

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from bench import speech
from bench.options import Options, say
from bench.speech import RATE
from bench.spoken import Nothing, truth
from fairhearing.deidentify import GivenText, deidentify
from fairhearing.deidentify import Options as Choices
from fairhearing.deidentify.options import VoiceKey
from fairhearing.deidentify.words import Samples, Word

MINUTES = 30
PAUSE_S = 0.7
CASES = ("small", "full", "words_given")
KEY = VoiceKey(secret=b"the bench's own, known to everyone", recording=b"bench")
THREADS = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def run(options: Options) -> dict[str, Any]:
    """Each case in a fresh process; with the voice where it can be changed."""
    speech.load(options.speech)
    found: dict[str, Any] = {}
    for case in CASES:
        say(f"{case}: {MINUTES} minutes of speech")
        command = [sys.executable, "-m", "bench.pipeline", str(options.speech), case]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, **THREADS})
        told = json.loads(done.stdout.splitlines()[-1])
        found |= {f"{case}_x": told.pop("x"), f"{case}_details": told}
    found["rss_mb"] = max(found[f"{case}_details"]["rss_mb"] for case in CASES)
    return found


def recording(folder: Path, seconds: float) -> tuple[Samples, list[tuple[int, str, Samples]]]:
    """Return about ``seconds`` of joined utterances, prose and personal in turn, and where each begins."""
    everyone = [one for one in speech.load(folder) if one.text]
    rng = np.random.default_rng(3)
    pause = np.zeros(int(PAUSE_S * RATE), np.float32)
    parts: list[Samples] = []
    places: list[tuple[int, str, Samples]] = []
    size = 0
    while size < seconds * RATE:
        for at in rng.permutation(len(everyone)):
            sound = everyone[at].samples()
            places.append((size, everyone[at].text, sound))
            parts += [sound, pause]
            size += sound.size + pause.size
            if size >= seconds * RATE:
                break
    return np.concatenate(parts), places


def _case(folder: Path, case: str) -> dict[str, Any]:
    sound, places = recording(folder, MINUTES * 60)
    given = []
    if case == "words_given":
        words = [
            Word(word.text, start + word.start, start + word.end)
            for start, text, samples in places
            for word in truth(samples, text)
        ]
        given = [GivenText(" ".join(word.text for word in words), "transcription", "en", "bench", tuple(words))]
    del places
    choices = Choices(voice="strong", free_speech="serve", recogniser=Nothing() if case == "small" else None)
    begun, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    result = deidentify(sound, language="en", given=given, options=choices, voice_key=KEY)
    spent = time.process_time() - begun
    return {
        "x": round(sound.size / RATE / spent, 2),
        "rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "rss_before_mb": round(before / 1024),
        "verdict": result.verdict,
        "reasons": [one.value for one in result.reasons],
        "cut_share": round(sum(one.end - one.start for one in result.findings) / sound.size, 3),
        "voice": choices.voice,
        "minutes": round(sound.size / RATE / 60, 1),
    }


if __name__ == "__main__":
    print(json.dumps(_case(Path(sys.argv[1]), sys.argv[2])))
