"""Calls of two parties, in memory and for as long as they last: what each page is told, and each party's sound."""

import io
import secrets
import threading
import time
import wave
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from examples.translator.captions import RATE, Captioner

MOST_S: Final = 600
WAIT_S: Final = 10.0


class NotThere(LookupError):
    """There is no such call for this user: ended, full, or never was."""


@dataclass
class Party:
    """One side of a call. ``told``: what their page was, and is, to be told."""

    user: str
    language: str
    captioner: Captioner = field(default_factory=Captioner)
    began_s: float | None = None  # of the call, at their first sample
    sound: bytearray = field(default_factory=bytearray)
    told: list[dict[str, Any]] = field(default_factory=list)
    hearing: threading.Lock = field(default_factory=threading.Lock)


@dataclass
class Call:
    """A call; at most two parties, who are known by their cookies."""

    name: str
    begun: float = field(default_factory=time.monotonic)
    parties: list[Party] = field(default_factory=list)
    ended: bool = False
    changed: threading.Condition = field(default_factory=threading.Condition)

    def number(self, user: str) -> int:
        """Which party somebody is.

        Raises:
            NotThere: none.
        """
        for number, party in enumerate(self.parties):
            if party.user == user:
                return number
        raise NotThere(f"call {self.name}: you are not in it")

    def tell(self, number: int, **news: Any) -> None:
        """Tell one party's page."""
        with self.changed:
            self.parties[number].told.append(news)
            self.changed.notify_all()

    def wait(self, number: int, since: int) -> list[dict[str, Any]]:
        """What a party is told after the first ``since`` things; waits a while for something."""
        told = self.parties[number].told
        with self.changed:
            self.changed.wait_for(lambda: len(told) > since, timeout=WAIT_S)
            return told[since:]

    def keep(self, number: int, sound: bytes) -> None:
        """More of a party's sound, at most ten minutes of it."""
        party = self.parties[number]
        if party.began_s is None:
            party.began_s = time.monotonic() - self.begun - len(sound) / (2 * RATE)
        if len(party.sound) < MOST_S * RATE * 2:
            party.sound += sound

    def wav(self) -> bytes:
        """Both parties' sound side by side, 16 bits at 16 kHz; also of who did not agree.

        Fairhearing keeps nothing of them, and needs it to silence their echo on the other's side.
        """
        starts = [round(max(0.0, party.began_s or 0.0) * RATE) for party in self.parties]
        sides = [np.frombuffer(bytes(party.sound), dtype="<i2") for party in self.parties]
        both = np.zeros((max(at + len(side) for at, side in zip(starts, sides, strict=True)), 2), dtype="<i2")
        for number, (at, side) in enumerate(zip(starts, sides, strict=True)):
            both[at : at + len(side), number] = side
        written = io.BytesIO()
        with wave.open(written, "wb") as file:
            file.setnchannels(2)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(both.tobytes())
        return written.getvalue()


class Calls:
    """The calls that are going on."""

    def __init__(self) -> None:
        self._calls: dict[str, Call] = {}
        self._lock = threading.Lock()

    def make(self) -> Call:
        """A call of a name that nobody guesses."""
        call = Call(secrets.token_urlsafe(12))
        with self._lock:
            self._calls[call.name] = call
        return call

    def join(self, name: str, user: str, language: str) -> tuple[Call, int]:
        """Enter a call; whoever is in it comes back to their own side.

        Raises:
            NotThere: it does not exist, or two are in it.
        """
        call = self._calls.get(name)
        if call is None:
            raise NotThere("there is no such call")
        with self._lock:
            if user not in [party.user for party in call.parties]:
                if len(call.parties) == 2:
                    raise NotThere("there is no such call")
                call.parties.append(Party(user, language))
        return call, call.number(user)

    def get(self, name: str, user: str) -> tuple[Call, int]:
        """A call and which party of it somebody is.

        Raises:
            NotThere: it is not theirs.
        """
        call = self._calls.get(name)
        if call is None:
            raise NotThere("there is no such call")
        return call, call.number(user)

    def end(self, call: Call) -> bool:
        """End it; True for whoever is the first to do so."""
        with self._lock:
            first, call.ended = not call.ended, True
            self._calls.pop(call.name, None)
        return first
