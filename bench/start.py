"""``start``: how soon ``fairhearing run`` is ready, and what all its processes hold in memory at rest.

Cold is the first start of an empty home (its database is made), warm each one after it. Memory is read some seconds
after the start, once without the demo, and once with the demo when its recordings are prepared: the worker then
holds what de-identifies.
"""

import time
from typing import Any

from bench import machine, server
from bench.options import Options, say

COLD_STARTS = 3
WARM_STARTS = 3
AT_REST_AFTER_S = 6.0


def run(_options: Options) -> dict[str, Any]:
    """Starts without the demo, then the demo once."""
    cold, warm, rest = [], [], []
    for number in range(COLD_STARTS):
        with server.temporary_home() as home:
            say(f"cold start {number + 1} of {COLD_STARTS}")
            with server.running(home) as running:
                cold.append(running.ready_s)
            if number:
                continue
            for again in range(WARM_STARTS):
                say(f"warm start {again + 1} of {WARM_STARTS}")
                with server.running(home) as running:
                    warm.append(running.ready_s)
                    time.sleep(AT_REST_AFTER_S)
                    rest.append(machine.memory(running.pids()))
    return {
        "warm_s": machine.median(warm),
        "cold_s": machine.median(cold),
        "rss_mb": machine.median((one.pss_mb for one in rest), 1),
        "rss_sum_mb": machine.median((one.rss_mb for one in rest), 1),
        "processes": rest[-1].processes,
        "demo": _demo(),
    }


def _demo() -> dict[str, float]:
    with server.temporary_home() as home:
        say("the demo: cold start, and its recordings")
        with server.running(home, demo=True) as running:
            cold = running.ready_s
            server.in_process("bench.books", home, {"wait_for_demo": True})
            time.sleep(AT_REST_AFTER_S)
            most = machine.memory(running.pids())
        say("the demo: warm start")
        with server.running(home, demo=True) as running:
            warm = running.ready_s
            time.sleep(AT_REST_AFTER_S)
            rest = machine.memory(running.pids())
    return {
        "cold_s": round(cold, 2),
        "warm_s": round(warm, 2),
        "rss_mb_after_preparing": most.pss_mb,
        "rss_sum_mb_after_preparing": most.rss_mb,
        "rss_mb": rest.pss_mb,
        "rss_sum_mb": rest.rss_mb,
    }
