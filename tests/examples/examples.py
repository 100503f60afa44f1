"""An example as somebody starts it: its own process, with everything that it starts; and browsers that talk."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import psutil
import soundfile

from fairhearing.audio import resample
from fairhearing.demo.voices import Line, Voices
from tests import chromium, house
from tests.browser.watching import ROOT
from tests.cli.running import answer, environment, free_port, remove_database

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SPEECH = ROOT.parent / "shared" / "data" / "speech"
RATE = 16_000


class Example:
    """``python -m examples.NAME`` in a folder of its own; ``platform`` is the Fairhearing beside it."""

    def __init__(self, name: str, folder: Path) -> None:
        port = free_port()
        self.folder, self.origin = folder, f"http://localhost:{port}"
        command = [sys.executable, "-m", f"examples.{name}", "--port", str(port), "--folder", str(folder)]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        assert self.process.stdout is not None
        said = [line.strip() for line in iter(self.process.stdout.readline, f"ready {self.origin}\n")]
        assert self.process.poll() is None, said
        self.platform = said[-1].removeprefix("fairhearing ")
        self.family = psutil.Process(self.process.pid).children(recursive=True)

    @property
    def home(self) -> Path:
        return self.folder / "fairhearing"

    def reviewer(self, email: str, folder: Path) -> None:
        """Somebody at the vendor that the example made."""
        password = folder / "password"
        password.write_text(house.PASSWORD + "\n")
        answer(
            self.home, "account", "create", email,
            "--role", "reviewer", "--vendor", "tarn", "--password-file", str(password),
        )  # fmt: skip

    def counted(self, slug: str) -> dict[str, int]:
        """``fairhearing status`` of its programme."""
        found: dict[str, int] = answer(self.home, "status")["programmes"][slug]
        return found

    def end(self) -> None:
        """As its user ends it; nothing of it is left."""
        self.process.send_signal(signal.SIGTERM)
        with self.process:
            assert self.process.wait(timeout=60) == 0
        _, left = psutil.wait_procs(self.family, timeout=20)
        assert left == []
        remove_database(self.home)


def speech(path: Path, number: int = 0, *, least_s: float = 3.0) -> Path:
    """Somebody speaks for a few seconds and is quiet for a few: a real recording where there are any, else espeak."""
    spoken = _recorded(number, least_s) if (SPEECH / "manifest.jsonl").exists() else _synthetic(number)
    sound = np.concatenate([np.zeros(RATE // 2), 0.6 * spoken / np.abs(spoken).max(), np.zeros(3 * RATE)])
    soundfile.write(path, sound + np.random.default_rng(number).normal(0, 0.001, len(sound)), RATE, subtype="PCM_16")
    return path


def _recorded(number: int, least_s: float) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    lines = [json.loads(line) for line in (SPEECH / "manifest.jsonl").read_text().splitlines()]
    fitting = [line for line in lines if line["set"] == "librispeech" and 0 < line["duration_s"] - least_s < 2]
    samples: np.ndarray[tuple[int], np.dtype[np.float64]]
    samples, rate = soundfile.read(SPEECH / fitting[number]["audio"])
    assert rate == RATE
    return samples


def _synthetic(number: int) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    text = (
        "Turn on the light and tell me what time it is. There is still half an hour before we go to the station.",
        "We meet at the house by the water when the last train has gone. Take the books and do not come too late.",
    )
    with Voices() as voices:
        spoken = voices.speak(Line(text[number], voice="en-us"))
    return resample.to_16k(spoken.samples, spoken.sampling_rate).astype(np.float64)


@contextmanager
def talking(browser: "Browser", sound: Path) -> Iterator["Browser"]:
    """A browser whose microphone plays a file again and again, and which was allowed to be heard."""
    path = chromium.find()
    assert path
    arguments = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    arguments.append("--allow-loopback-in-peer-connection")  # two pages of one machine
    arguments.append(f"--use-file-for-fake-audio-capture={sound}")
    launched = browser.browser_type.launch(executable_path=Path(path), args=[*chromium.ARGUMENTS, *arguments])
    try:
        yield launched
    finally:
        launched.close()
