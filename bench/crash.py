"""``crash``: killed hard at random points, five hundred times, under reviewers who go on asking.

A real ``fairhearing run`` on a home of its own. One process of load remembers what it was told; we kill one process of
the web server, the worker, one process of the database, the database's first one, or everything at once, wait until
all of it is there again and a play was answered, and hold what was told against the database and the log
(``bench.claims``). Some kills come while the one before has not been recovered from. Nothing is restarted by us but
``run`` itself, which everything at once takes with it, and which gives up when a part of it dies again and again.
"""

import contextlib
import json
import random
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from bench import machine, server
from bench.claims import Claims
from bench.machine import percentile
from bench.options import Options, say
from bench.unresting import Acknowledged
from bench.victims import Installation

KILLS: Final = 500
REVIEWERS: Final = 4
CLIPS_A_KILL: Final = 6
CLIPS_LEAST: Final = 100
WORKS_FOR_S: Final = 0.6  # at most, between recovering and the next kill
RECOVERS_WITHIN_S: Final = 90.0
WHOLE_WITHIN_S: Final = 20.0
PUBLISHED_WITHIN_S: Final = 30.0
LOOKS_EVERY_S: Final = 0.05
# One life of ``run``: these in random order, then everything. It gives up when one part of it ends more than five times
# within a minute, which is its right.
LIFE: Final = {"web": 4, "backend": 4, "postmaster": 2, "worker": 1}
HURRIED: Final = 0.15  # so often the next kill does not wait
HURRIED_WITHIN_S: Final = 0.8


class NotRecovered(Exception):
    """The product did not come back; the end of its own words follows."""


@dataclass
class Killing:
    """What was killed, and how long it took to be whole and answering again."""

    kills: dict[str, int] = field(default_factory=dict)
    recovery_s: dict[str, list[float]] = field(default_factory=dict)  # by the last kill before it
    gave_up: list[str] = field(default_factory=list)  # the last words of a ``run`` that ended by itself
    degraded: int = 0  # it answered, and a process was missing that nobody started again
    failures: dict[str, int] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    idle: int = 0

    @property
    def killed(self) -> int:
        """All kills."""
        return sum(self.kills.values())


def run(options: Options) -> dict[str, Any]:
    """``--cases`` kills, 500 without it."""
    return storm(kills=options.given or KILLS, seed=secrets.randbelow(2**32))


def storm(*, kills: int, seed: int, hurried: float = HURRIED) -> dict[str, Any]:
    """So many kills at points that ``seed`` decides (the processes' own timing aside); the figures.

    ``hurried`` is the share of kills after which the next one does not wait until all is well again.
    """
    with server.temporary_home() as home:
        clips = max(CLIPS_LEAST, CLIPS_A_KILL * kills)
        say(f"seed {seed}: making {clips} clips and {REVIEWERS} reviewers")
        made = server.in_process("bench.populate", home, {"clips": clips, "reviewers": REVIEWERS})
        vkey = server.fairhearing(home, "log", "key")["key"]
        installation = Installation(home)
        log, database = f"127.0.0.1:{installation.port}", installation.cluster.url
        claims = Claims(home=home, log=log, database=database, vkey=vkey)
        given = {
            "port": installation.port,
            "programme": made["programme"],
            "sessions": [one["session"] for one in made["reviewers"]],
            "seed": seed,
        }
        try:
            installation.start()
            with _load(given) as load:
                found = Storm(installation, claims, load, random.Random(seed), hurried).rage(kills)
        finally:
            try:
                installation.stop()
            finally:
                left_over = installation.leave_nothing()
        return {**found, "left_over": left_over, "seed": seed}


@contextlib.contextmanager
def _load(given: dict[str, Any]) -> Iterator["Load"]:
    """The process of load; it ends when its standard input does."""
    command = [sys.executable, "-m", "bench.unresting"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Load(process, given)


class Load:
    """What the reviewers were told, as far as it was asked for."""

    def __init__(self, process: subprocess.Popen[str], given: dict[str, Any]) -> None:
        self._process = process
        self._say(json.dumps(given))

    def report(self, order: str = "report") -> Acknowledged:
        """What is new since the last report; after ``end`` nothing more comes."""
        self._say(order)
        assert self._process.stdout is not None
        return Acknowledged(**json.loads(self._process.stdout.readline()))

    def _say(self, words: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(words + "\n")
        self._process.stdin.flush()


class Storm:
    """Kills, waits, checks."""

    def __init__(
        self, installation: Installation, claims: Claims, load: Load, chance: random.Random, hurried: float
    ) -> None:
        self._installation, self._claims, self._load = installation, claims, load
        self._chance, self._hurried = chance, hurried
        self._killing = Killing()
        self._newest = 0.0  # when the newest play was asked for that was answered

    def rage(self, kills: int) -> dict[str, Any]:
        """So many kills; then it is quiet, and everything is looked at once more."""
        self._recover(time.monotonic())
        self._claims.check()
        while self._killing.killed < kills:
            for target in self._life(kills - self._killing.killed):
                self._strike(target)
        self._recover(time.monotonic())
        return self._quiet()

    def _life(self, left: int) -> list[str]:
        """The kills of one life of ``run``."""
        single = [target for target, times in LIFE.items() for _ in range(times)]
        self._chance.shuffle(single)
        return [*single, "everything"][:left]

    def _strike(self, target: str) -> None:
        """Kill at a random moment; recover and check, unless the next kill is in a hurry."""
        time.sleep(self._chance.uniform(0, WORKS_FOR_S))
        if not self._installation.kill(target, self._chance):
            if not self._installation.running:  # it gave up meanwhile, so there is nothing left to be killed
                self._recover(time.monotonic())
            return
        killed = time.monotonic()
        self._killing.kills[target] = self._killing.kills.get(target, 0) + 1
        if target != "everything" and self._chance.random() < self._hurried:
            time.sleep(self._chance.uniform(0, HURRIED_WITHIN_S))
            return
        self._killing.recovery_s.setdefault(target, []).append(self._recover(killed))
        self._claims.check()
        if self._killing.killed % 25 == 0:
            say(f"{self._killing.killed} kills, {len(self._claims.listens)} listens, wrong: {self._claims.found.wrong}")

    def _recover(self, killed: float) -> float:
        """Wait until all processes are there and a play that was asked for after ``killed`` was answered."""
        while time.monotonic() < killed + RECOVERS_WITHIN_S:
            if not self._installation.running:
                if self._installation.ended_by_itself:
                    self._killing.gave_up.append(self._installation.errors.read_text()[-200:])
                self._installation.start()
            answered = self._hear() > killed
            if answered and self._installation.whole():
                return time.monotonic() - killed
            if answered and time.monotonic() > killed + WHOLE_WITHIN_S:
                self._killing.degraded += 1
                self._installation.kill("everything", self._chance)
                killed = time.monotonic()
            time.sleep(LOOKS_EVERY_S)
        words = self._installation.errors.read_text()[-3000:]
        raise NotRecovered(f"{self._killing}\n{words}")

    def _hear(self, order: str = "report") -> float:
        """Take over what was acknowledged; gives when the newest answered play was asked for."""
        news = self._load.report(order)
        self._claims.listens += [(one[0], one[1]) for one in news.listens]
        self._claims.judgements += [(one[0], one[1]) for one in news.judgements]
        self._newest = max([self._newest, *(one[2] for one in news.listens)])
        for how, number in news.failures.items():
            self._killing.failures[how] = self._killing.failures.get(how, 0) + number
        self._killing.refused += news.refused
        self._killing.idle += news.nothing_to_do
        return self._newest

    def _quiet(self) -> dict[str, Any]:
        """Nobody asks, nobody kills: the worker publishes the last entry, and the whole log is read again."""
        self._hear("end")
        self._claims.check(whole=True)
        until = time.monotonic() + PUBLISHED_WITHIN_S
        while self._claims.remembered_size() < self._claims.size and time.monotonic() < until:
            time.sleep(0.2)
        return self._figures()

    def _figures(self) -> dict[str, Any]:
        claims, killing, found = self._claims, self._killing, self._claims.found
        listens = [one[0] for one in claims.listens]
        times = sorted(one for each in killing.recovery_s.values() for one in each)
        books = server.in_process("bench.claims", self._installation.home, {"listens": listens})
        return {
            "kills": killing.kills,
            "killed": killing.killed,
            "unlogged": found.unlogged,
            **books,
            "lost": found.lost,
            "double": found.double,
            "verified": found.verified,
            "unsound": found.unsound,
            "ahead": found.ahead,
            "unpublished": claims.size - claims.remembered_size(),
            "recovery_p50_s": round(percentile(times, 50), 2),
            "recovery_p95_s": round(percentile(times, 95), 2),
            "recovery_max_s": round(times[-1], 2),
            "recovery_p50_s_of": {target: machine.median(each) for target, each in killing.recovery_s.items()},
            "recoveries": len(times),
            "gave_up": len(killing.gave_up),
            "degraded": killing.degraded,
            "listens": len(listens),
            "unanswered": claims.count_plays() - len(listens),  # entries whose keys never arrived
            "judgements": len(claims.judgements),
            "taken_unanswered": sum(not judgement for judgement, _ in claims.judgements),
            "entries": claims.size,
            "failures": killing.failures,
            "refused": killing.refused[:5],
            "idle": killing.idle,
            "problems": [*found.problems, *killing.gave_up][:5],
        }
