"""``scale``: the next assignment where 10,000 clips wait, and where 1,000,000 do.

Rows are made in SQL, whole and consistent (keys, recordings, channels, clips, queue), with
three judgements wanted; several reviewers have thousands of assignments behind them. Measured is ``review.assign``
itself, in a process of its own, one call after another.
"""

from typing import Any

from bench import server
from bench.options import Options, say

SIZES = {"10k": 10_000, "1m": 1_000_000}


def run(_options: Options) -> dict[str, Any]:
    """Both sizes, each in a home of its own."""
    found: dict[str, Any] = {}
    for name, clips in SIZES.items():
        with server.temporary_home() as home:
            say(f"{clips:,} clips")
            for key, value in server.in_process("bench.assigning", home, {"clips": clips}).items():
                found[f"{key}_{name}_ms"] = value
    return {**found, "ratio": round(found["p95_1m_ms"] / found["p95_10k_ms"], 2)}
