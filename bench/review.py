"""``review``: reviewers at work on a real server. A cycle is next assignment, sealed copy, play and judgement.

2,000 clips of 3 s, consented, made by the product's own actions; one process of load over loopback. Known clips are
mixed in, some clips come without candidates, skills are asked for, and a share must be heard (as much as a load that
does not wait can have heard). Afterwards the
database is asked whether it holds what was acknowledged: each listen in the log, each judgement, no clip twice.
"""

import threading
from pathlib import Path
from typing import Any

from bench import machine, server
from bench.options import Options, say

CLIPS = 2000
REVIEWERS = 32
PHASES = [
    {"name": "warm", "clients": 8, "cycles": 80, "rounds": 1},
    {"name": "c1", "clients": 1, "cycles": 150, "rounds": 3},
    {"name": "c8", "clients": 8, "cycles": 600, "rounds": 3},
    {"name": "c32", "clients": 32, "cycles": 600, "rounds": 1},
]


def run(_options: Options) -> dict[str, Any]:
    """All phases, then the books."""
    with server.temporary_home() as home:
        say(f"making {CLIPS} clips and {REVIEWERS} reviewers")
        made = server.in_process("bench.populate", home, {"clips": CLIPS, "reviewers": REVIEWERS, "trusted": True})
        with server.running(home) as running:
            server.in_process("bench.books", home, {"wait_for_jobs": True})
            figures, memory = _under_load(running, made)
            acknowledged = figures.pop("acknowledged")
            say("looking into the books")
            books = server.in_process("bench.books", home, {"acknowledged": acknowledged})
            books["log"] = _verified(running)
        del figures["warm"]
        figures["c32"].update(double=books["double"], lost=books["lost"])
        return {**figures, **memory, "books": books}


def _under_load(running: server.Running, made: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    pids = running.pids()
    at_rest, cpu = machine.memory(pids), _cpu(running)
    most, ended = [at_rest], threading.Event()

    def watch() -> None:
        while not ended.wait(4.0):
            most.append(max(most[-1], machine.memory(running.pids()), key=lambda one: one.pss_mb))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        figures = server.in_process(
            "bench.load",
            Path(running.home),
            {
                "port": running.port,
                "programme": made["programme"],
                "sessions": [one["session"] for one in made["reviewers"]],
                "phases": PHASES,
            },
        )
    finally:
        ended.set()
        watcher.join()
    cycles = len(figures["acknowledged"]["judgements"])
    spent = {part: round(1000 * (now - cpu[part]) / max(1, cycles), 2) for part, now in _cpu(running).items()}
    return figures, {
        "rss_mb": most[-1].pss_mb,
        "rss_sum_mb": most[-1].rss_mb,
        "rss_before_mb": at_rest.pss_mb,
        "cpu_ms_a_cycle": {**spent, "load": round(1000 * figures.pop("cpu_s") / max(1, cycles), 2)},
    }


def _cpu(running: server.Running) -> dict[str, float]:
    database = running.database_pids()
    return {
        "web_and_worker": machine.cpu_seconds(running.pids() - database),
        "database": machine.cpu_seconds(database),
    }


def _verified(running: server.Running) -> dict[str, Any]:
    """The whole log, fetched over HTTP and verified as an auditor would."""
    key = server.fairhearing(running.home, "log", "key")["key"]
    url = f"http://127.0.0.1:{running.port}/log"
    return server.fairhearing(running.home, "log", "verify", url, "--key", "-", given=key)
