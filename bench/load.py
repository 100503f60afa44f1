"""The one process of load: reviewers with keep-alive connections who go round next, sealed copy, play, judgement.

It opens each sealed copy with the key that the play released and looks at what is inside, as the page would.
"""

import base64
import http.client
import json
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bench.machine import median, percentile

API = "/api/v1/review"


@dataclass
class Round:
    """One phase: how long each request took, and what the server acknowledged."""

    steps: dict[str, list[float]] = field(default_factory=dict)
    assignments: list[str] = field(default_factory=list)
    listens: list[str] = field(default_factory=list)
    judgements: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def figures(self) -> dict[str, float]:
        """Percentiles in milliseconds, and cycles a second."""
        found = {"cycles_s": len(self.judgements) / self.seconds}
        for step, times in self.steps.items():
            found[f"{step}_p50_ms"] = percentile(times, 50)
            found[f"{step}_p95_ms"] = percentile(times, 95)
        return found


class Reviewer:
    """One signed-in client with one connection."""

    def __init__(self, port: int, session: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._headers = {"Cookie": f"session={session}", "Content-Type": "application/json"}

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def call(self, round_: Round, step: str, method: str, path: str, body: Any = None) -> tuple[int, bytes]:
        """One request, timed from sending it to having read its answer."""
        content = None if body is None else json.dumps(body).encode()
        begun = time.perf_counter()
        self._connection.request(method, path, content, self._headers)
        answer = self._connection.getresponse()
        received = answer.read()
        round_.steps.setdefault(step, []).append(1000 * (time.perf_counter() - begun))
        return answer.status, received

    def cycle(self, round_: Round, programme: str) -> None:
        """Next, sealed copy, play, judgement."""
        work = self._expect(200, self.call(round_, "next", "POST", f"{API}/next", {"programme": programme}))
        assignment = work["assignment"]
        round_.assignments.append(assignment)
        status, sealed = self.call(round_, "sealed", "GET", work["sealed_url"])
        played = self._expect(200, self.call(round_, "play", "POST", f"{API}/plays", {"assignment": assignment}))
        round_.listens.append(played["listen"])
        cipher = AESGCM(base64.b64decode(played["key"]))
        sound = cipher.decrypt(sealed[:12], sealed[12:], assignment.encode())
        if status != 200 or not sound.startswith(b"RIFF"):
            raise RuntimeError(f"the sealed copy of {assignment} (status {status}) is no WAV")
        said = {"choice": 1} if work["hypotheses"] else {"text": "turn the light on"}
        answer = {"assignment": assignment, **said, "heard_s": work["duration_s"]}
        judged = self._expect(201, self.call(round_, "judge", "POST", f"{API}/judgements", answer))
        round_.judgements.append(judged["judgement"])

    @staticmethod
    def _expect(wanted: int, got: tuple[int, bytes]) -> dict[str, Any]:
        status, content = got
        if status != wanted:
            raise RuntimeError(f"status {status}, expected {wanted}: {content[:200]!r}")
        found: dict[str, Any] = json.loads(content)
        return found


def go(port: int, sessions: list[str], programme: str, cycles: int) -> Round:
    """``cycles`` cycles by so many clients as there are sessions, all at once."""
    parts = [Round() for _ in sessions]
    tickets: Iterator[int] = count()
    start = threading.Barrier(len(sessions) + 1)

    def work(part: Round, session: str) -> None:
        reviewer = Reviewer(port, session)
        start.wait()
        try:
            while next(tickets) < cycles:
                reviewer.cycle(part, programme)
        except Exception as error:
            part.errors.append(f"{type(error).__name__}: {error}")
        finally:
            reviewer.close()

    threads = [threading.Thread(target=work, args=pair) for pair in zip(parts, sessions, strict=True)]
    for thread in threads:
        thread.start()
    start.wait()
    begun = time.monotonic()
    for thread in threads:
        thread.join()
    return _joined(parts, time.monotonic() - begun)


def _joined(parts: list[Round], seconds: float) -> Round:
    whole = Round(seconds=seconds)
    for part in parts:
        for step, times in part.steps.items():
            whole.steps.setdefault(step, []).extend(times)
        whole.assignments += part.assignments
        whole.listens += part.listens
        whole.judgements += part.judgements
        whole.errors += part.errors
    return whole


def main() -> None:
    """Phases from standard input: name, clients, cycles, rounds; medians over the rounds of each."""
    given = json.load(sys.stdin)
    rounds: list[Round] = []
    found: dict[str, Any] = {}
    for phase in given["phases"]:
        sessions = given["sessions"][: phase["clients"]]
        mine = []
        for _ in range(phase["rounds"]):
            print(f"bench: {phase['name']}: {phase['cycles']} cycles", file=sys.stderr, flush=True)
            mine.append(go(given["port"], sessions, given["programme"], phase["cycles"]))
        rounds += mine
        figures = [one.figures() for one in mine]
        found[phase["name"]] = {name: median(one[name] for one in figures) for name in figures[0]}
        found[phase["name"]]["cycles_s_each"] = [round(one["cycles_s"], 1) for one in figures]
    found["acknowledged"] = {
        what: [value for one in rounds for value in getattr(one, what)]
        for what in ("assignments", "listens", "judgements", "errors")
    }
    found["cpu_s"] = time.process_time()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
