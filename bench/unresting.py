"""The one process of load that nobody kills: reviewers who ask again until they are answered.

Each goes round next, sealed copy, a few plays, judgement, over a connection of their own. What the server acknowledged
is kept here, in memory, and told to whoever asks on standard input: a line ``report`` or ``end``, answered by one line
of JSON with what is new since the last one. When standard input ends, so does this process.
"""

import base64
import http.client
import json
import random
import sys
import threading
import time
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

API: Final = "/api/v1/review"
THINKS_S: Final = 0.04  # on average, between two requests
PATIENCE_S: Final = 15.0
ASKS_AGAIN_AFTER_S: Final = 0.1
PLAYS_MOST: Final = 5
TAKEN_BEFORE: Final = 409


@dataclass
class Acknowledged:
    """What the server said that it did, and how it failed.

    ``listens`` are (listen, assignment, asked at, answered at) with the clock's seconds; ``judgements`` (judgement,
    assignment), without the judgement's name where its answer was lost and the server said, asked again, that it has
    it. ``failures`` count answers that did not come, and those of 500 and more; ``refused`` are answers that nobody
    should get.
    """

    listens: list[tuple[str, str, float, float]] = field(default_factory=list)
    judgements: list[tuple[str, str]] = field(default_factory=list)
    failures: dict[str, int] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    nothing_to_do: int = 0


class Diary:
    """What all reviewers were told since it was last read."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now = Acknowledged()

    def heard(self, listen: str, assignment: str, asked: float) -> None:
        """A key came."""
        with self._lock:
            self._now.listens.append((listen, assignment, asked, time.monotonic()))

    def judged(self, judgement: str, assignment: str) -> None:
        """A judgement was acknowledged, or ("") that there is one."""
        with self._lock:
            self._now.judgements.append((judgement, assignment))

    def failed(self, how: str) -> None:
        """No answer, or one of a broken server."""
        with self._lock:
            self._now.failures[how] = self._now.failures.get(how, 0) + 1

    def refused(self, what: str) -> None:
        """An answer that should not have come."""
        with self._lock:
            self._now.refused.append(what)

    def idle(self) -> None:
        """Nothing waited."""
        with self._lock:
            self._now.nothing_to_do += 1

    def take(self) -> Acknowledged:
        """Everything since the last time."""
        with self._lock:
            taken, self._now = self._now, Acknowledged()
        return taken


class Ended(Exception):
    """The bench is over."""


class Reviewer(threading.Thread):
    """Works until it is told to stop, whatever happens to the server."""

    def __init__(self, given: dict[str, Any], number: int, diary: Diary, ended: threading.Event) -> None:
        super().__init__(daemon=True)
        self._programme, self._diary, self._ended = given["programme"], diary, ended
        self._chance = random.Random(f"{given['seed']} {number}")
        self._headers = {"Cookie": f"session={given['sessions'][number]}", "Content-Type": "application/json"}
        self._connection = http.client.HTTPConnection("127.0.0.1", given["port"], timeout=PATIENCE_S)

    def run(self) -> None:
        """Round after round."""
        try:
            while True:
                self._round()
        except Ended:
            self._connection.close()

    def _round(self) -> None:
        status, content = self._insist("POST", f"{API}/next", {"programme": self._programme})
        if status == 200:
            self._work(json.loads(content))
        elif status == 204 or (status == 403 and b"neighbour_heard" in content):
            self._diary.idle()
        else:
            self._diary.refused(f"next: {status} {content[:100]!r}")

    def _work(self, work: dict[str, Any]) -> None:
        for _ in range(self._chance.randint(1, PLAYS_MOST)):
            if not self._play(work["assignment"], work["sealed_url"]):
                return
        self._judge(work["assignment"], work["duration_s"])

    def _play(self, assignment: str, address: str) -> bool:
        sealed_status, sealed = self._insist("GET", address)
        asked = time.monotonic()
        status, content = self._insist("POST", f"{API}/plays", {"assignment": assignment})
        if (sealed_status, status) != (200, 200):
            self._diary.refused(f"sealed: {sealed_status}, play: {status} {content[:100]!r}")
            return False
        played = json.loads(content)
        self._diary.heard(played["listen"], assignment, asked)
        cipher = AESGCM(base64.b64decode(played["key"]))
        if not cipher.decrypt(sealed[:12], sealed[12:], assignment.encode()).startswith(b"RIFF"):
            self._diary.refused(f"the sealed copy of {assignment} is no WAV")
        return True

    def _judge(self, assignment: str, duration_s: float) -> None:
        """Sent again until it is answered, as a page does that lost its server: it must not count twice."""
        answer = {"assignment": assignment, "choice": 1, "heard_s": duration_s}
        status, content = self._insist("POST", f"{API}/judgements", answer)
        if status == 201:
            self._diary.judged(json.loads(content)["judgement"], assignment)
        elif status == TAKEN_BEFORE:
            self._diary.judged("", assignment)
        else:
            self._diary.refused(f"judgement: {status} {content[:100]!r}")

    def _insist(self, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, bytes]:
        """The same request until a server that works has answered it."""
        self._wait(self._chance.expovariate(1 / THINKS_S))
        while True:
            try:
                self._connection.request(method, path, None if body is None else json.dumps(body), self._headers)
                answer = self._connection.getresponse()
                content = answer.read()
                if answer.status < 500:
                    return answer.status, content
                self._diary.failed(str(answer.status))
            except (OSError, http.client.HTTPException) as problem:
                self._connection.close()
                self._diary.failed(type(problem).__name__)
            self._wait(ASKS_AGAIN_AFTER_S)

    def _wait(self, seconds: float) -> None:
        if self._ended.wait(seconds):
            raise Ended


def main() -> None:
    """First line of standard input: ``port``, ``programme``, ``sessions`` and ``seed``; then orders."""
    given = json.loads(sys.stdin.readline())
    diary, ended = Diary(), threading.Event()
    reviewers = [Reviewer(given, number, diary, ended) for number in range(len(given["sessions"]))]
    for one in reviewers:
        one.start()
    for order in sys.stdin:
        if order.strip() == "end":
            ended.set()
            for one in reviewers:
                one.join()
        print(json.dumps(asdict(diary.take())), flush=True)


if __name__ == "__main__":
    main()
