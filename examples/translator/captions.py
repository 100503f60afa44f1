"""Captions while somebody speaks: PocketSphinx hears each party apart, its endpointer finds where a sentence ends."""

from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any, Final

import numpy as np
import pocketsphinx

RATE: Final = 16_000
FRAMES_A_S: Final = 100
ENGINE: Final = f"pocketsphinx {version('pocketsphinx')}"


@dataclass(frozen=True)
class Caption:
    """What was understood so far of a sentence, or all of it."""

    text: str
    final: bool


@dataclass
class Captioner:
    """One party's. ``words``: everything that was understood, with its place in the party's sound, in seconds."""

    words: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._decoder = pocketsphinx.Decoder(loglevel="FATAL")
        self._ends = pocketsphinx.Endpointer()
        self._left = b""
        self._speaking = False
        self._dither = np.random.default_rng(0)

    def hear(self, sound: bytes) -> list[Caption]:
        """More of the party's sound: 16-bit samples at 16 kHz. Gives what there is to show."""
        shown: list[Caption] = []
        self._left += self._dithered(sound)
        while len(self._left) >= self._ends.frame_bytes:
            frame, self._left = self._left[: self._ends.frame_bytes], self._left[self._ends.frame_bytes :]
            shown += self._frame(frame)
        if self._speaking and not any(one.final for one in shown) and (text := self._text()):
            shown.append(Caption(text, final=False))
        return shown

    def end(self) -> list[Caption]:
        """The call is over: what was being said is said."""
        return self._sentence() if self._speaking else []

    def _frame(self, frame: bytes) -> list[Caption]:
        speech = self._ends.process(frame)
        if speech is None:
            return []
        if not self._speaking:
            self._decoder.start_utt()
            self._began_s = self._ends.speech_start
            self._speaking = True
        self._decoder.process_raw(speech)
        return [] if self._ends.in_speech else self._sentence()

    def _sentence(self) -> list[Caption]:
        self._decoder.end_utt()
        self._speaking = False
        text = self._text()
        for one in self._decoder.seg() or ():
            if not one.word.startswith(("<", "[")):
                at = self._began_s + one.start_frame / FRAMES_A_S
                until = self._began_s + (one.end_frame + 1) / FRAMES_A_S
                self.words.append({"word": one.word.partition("(")[0], "start_s": at, "end_s": until})
        return [Caption(text, final=True)] if text else []

    def _text(self) -> str:
        heard = self._decoder.hyp()
        return heard.hypstr if heard else ""

    def _dithered(self, sound: bytes) -> bytes:
        """Digital silence has no spectrum, and the recogniser's averages break on it."""
        samples = np.frombuffer(sound, dtype="<i2").astype(np.float64)
        samples += self._dither.normal(0, 20, len(samples))
        dithered: bytes = np.clip(samples, -32768, 32767).astype("<i2").tobytes()
        return dithered
