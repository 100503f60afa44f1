"""``import``: ``fairhearing import`` of tiny recordings, each with its own sound; and once more when all are known.

The rate is of metadata: recordings last a fifth of a second, so that decoding weighs little. Every tenth line brings
a new speaker, every line a hypothesis. The command's own start and the database's are within the time. Memory is the
command's peak, from the short manifest to the long one: it should not grow.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import wave
from pathlib import Path
from typing import Any

import numpy as np

from bench import machine, server
from bench.options import Options, say

LINES = (1_000, 5_000, 5_000, 20_000)  # the first for memory, the others for the rate
RATE = 16000
SAMPLES = RATE // 5
LINES_A_SPEAKER = 10


def run(_options: Options) -> dict[str, Any]:
    """Import fresh manifests, then the same again."""
    with server.temporary_home() as home, tempfile.TemporaryDirectory(prefix="fairhearing-bench-") as folder:
        say("making manifests and sounds")
        manifests = [_manifest(Path(folder) / str(number), number, lines) for number, lines in enumerate(LINES)]
        server.fairhearing(home, "programme", "create", "assistant", "--language", "en", "--task", "transcription")
        fresh, grown, cpu = _all(home, manifests, "accepted")
        known, known_grown, known_cpu = _all(home, manifests, "duplicates")
        return {
            "recordings_s": machine.median(fresh, 1),
            "recordings_s_each": fresh,
            "cpu_ms_a_recording": cpu,
            "known_s": machine.median(known, 1),
            "known_s_each": known,
            "known_cpu_ms_a_line": known_cpu,
            "rss_growth_mb": grown,
            "known_rss_growth_mb": known_grown,
        }


def _all(home: Path, manifests: list[Path], expected: str) -> tuple[list[float], float, float]:
    rates, peaks, cpu = [], [], []
    for manifest, lines in zip(manifests, LINES, strict=True):
        say(f"importing {lines:,} lines, expected {expected}")
        seconds, peak, spent = _import(home, manifest, {expected: lines})
        cpu.append(1000 * spent / lines)
        rates.append(round(lines / seconds, 1))
        peaks.append(peak)
    return rates[1:], round(peaks[-1] - peaks[0], 1), machine.median(cpu[1:])


def _import(home: Path, manifest: Path, expected: dict[str, int]) -> tuple[float, float, float]:
    """Seconds, the command's peak of resident memory in MB, and its processor time in seconds."""
    command = [sys.executable, "-m", "fairhearing.cli", "import", str(manifest), "--programme", "assistant", "--json"]
    begun = time.monotonic()
    child = subprocess.Popen(command, env=server.environment(home), stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    done = json.loads(child.stdout.read().strip().splitlines()[-1])
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0 or any(done[name] != number for name, number in expected.items()):
        raise RuntimeError(f"the import ended with {child.returncode} and {str(done)[:200]}, expected {expected}")
    return time.monotonic() - begun, usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime


def _manifest(folder: Path, number: int, lines: int) -> Path:
    folder.mkdir()
    path = folder / "manifest.jsonl"
    with path.open("w") as file:
        for line in range(lines):
            name = f"{line}.wav"
            _sound(folder / name, number * 1_000_000 + line)
            file.write(json.dumps(_line(name, number, line)) + "\n")
    return path


def _sound(path: Path, seed: int) -> None:
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(np.random.default_rng(seed).integers(-500, 500, SAMPLES).astype("<i2").tobytes())


def _line(name: str, number: int, line: int) -> dict[str, Any]:
    consent = {
        "service": True,
        "automatic_improvement": True,
        "human_review": True,
        "notice": "people-listen-1",
        "method": "click",
        "given_at": "2026-01-02T03:04:05Z",
    }
    return {
        "audio_filepath": name,
        "language": "en",
        "speaker_key": f"{number * 1_000_000 + line // LINES_A_SPEAKER:064x}",
        "consent": consent,
        "hypotheses": [{"text": f"turn the light number {line} on", "engine": "bench"}],
        "external_id": f"{number}/{line}",
    }
