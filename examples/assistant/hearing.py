"""What the assistant hears: PocketSphinx, once with the commands that it knows and once with everything.

An example's recogniser: small, without the network, and often wrong. That is what people listen for.
"""

import io
import threading
import wave
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any, Final

import numpy as np
import pocketsphinx

RATE: Final = 16_000
WAKE_WORD: Final = "computer"
FRAMES_A_S: Final = 100
AROUND_S: Final = 0.5  # of quiet before and after
GRAMMAR: Final = """#JSGF V1.0;
grammar assistant;
<number> = one | two | three | five | ten | twenty;
<light> = turn [on | off] the light [on | off];
<timer> = set a timer for <number> minutes;
<music> = play some music | stop the music;
public <command> = [computer] (<light> | <timer> | <music> | what time is it);
"""


@dataclass(frozen=True)
class Heard:
    """What was said, if it was a command; whether the wake word began it; every machine's text for Fairhearing."""

    command: str | None
    woken: bool
    hypotheses: list[dict[str, Any]] = field(default_factory=list)


class Hearing:
    """Three searches, made once; one recording at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._commands = pocketsphinx.Decoder(lm=None, cmn="batch", loglevel="FATAL")
        self._commands.add_jsgf_string("commands", GRAMMAR)
        self._commands.activate_search("commands")
        self._anything = pocketsphinx.Decoder(cmn="batch", loglevel="FATAL")
        self._wake = pocketsphinx.Decoder(
            lm=None, keyphrase=WAKE_WORD, kws_threshold=1e-30, cmn="batch", loglevel="FATAL"
        )

    def hear(self, sound: bytes) -> Heard:
        """Recognise a WAV with one channel of 16 bits at 16 kHz.

        Raises:
            ValueError: it is none.
        """
        samples = _samples(sound)
        with self._lock:
            found = [_decode(decoder, samples, name) for decoder, name in self._searches()]
            woken = _text(self._wake, samples) != ""
        commands, anything = found
        sure = woken or _agree(commands["text"] if commands else "", anything["text"] if anything else "")
        known = commands if sure else None
        hypotheses = [one for one in (known, anything) if one]
        return Heard(known["text"].removeprefix(f"{WAKE_WORD} ") if known else None, woken, hypotheses)

    def _searches(self) -> list[tuple[pocketsphinx.Decoder, str]]:
        return [(self._commands, "commands"), (self._anything, "anything")]


def _samples(sound: bytes) -> bytes:
    try:
        with wave.open(io.BytesIO(sound)) as opened:
            kind = (opened.getnchannels(), opened.getsampwidth(), opened.getframerate())
            samples = opened.readframes(opened.getnframes())
    except (wave.Error, EOFError) as error:
        raise ValueError(f"no WAV: {error}") from None
    if kind != (1, 2, RATE):
        raise ValueError(f"{kind[0]} channels of {8 * kind[1]} bits at {kind[2]} Hz, expected 1, 16, {RATE}")
    around = np.zeros(int(AROUND_S * RATE), dtype=np.int16)
    padded = np.concatenate([around, np.frombuffer(samples, dtype="<i2"), around]).astype(np.float64)
    # Digital silence has no spectrum, and the recogniser's averages break on it.
    padded += np.random.default_rng(0).normal(0, 30, len(padded))
    quiet: bytes = np.clip(padded, -32768, 32767).astype("<i2").tobytes()
    return quiet


def _text(decoder: pocketsphinx.Decoder, samples: bytes) -> str:
    decoder.start_utt()
    decoder.process_raw(samples, no_search=False, full_utt=True)
    decoder.end_utt()
    heard = decoder.hyp()
    return heard.hypstr if heard else ""


def _decode(decoder: pocketsphinx.Decoder, samples: bytes, name: str) -> dict[str, Any] | None:
    text = _text(decoder, samples)
    if not text:
        return None
    words = [
        {
            "word": one.word.partition("(")[0],
            "start_s": max(0.0, one.start_frame / FRAMES_A_S - AROUND_S),
            "end_s": max(0.01, (one.end_frame + 1) / FRAMES_A_S - AROUND_S),
        }
        for one in decoder.seg()
        if not one.word.startswith(("<", "["))
    ]
    return {"text": text, "engine": f"pocketsphinx {version('pocketsphinx')} {name}", "words": words}


def _agree(one: str, other: str) -> bool:
    """Whether half of a command's words were heard without the grammar too: it always hears some command."""
    wanted, there = one.split(), set(other.split())
    return 2 * sum(word in there for word in wanted) >= len(wanted)
