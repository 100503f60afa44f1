"""``withdraw``: somebody with 10,000 recordings takes them back while sixteen reviewers play them.

The reviewers are a process of load that goes on asking (``bench.unresting``). Measured is one request of the product's
over loopback; then the log is asked which plays of the speaker's recordings stand behind the withdrawal's entry.
"""

import json
import subprocess
import sys
import time
import urllib.request
from typing import Any, Final

import psycopg

from bench import server
from bench.options import Options, say
from fairhearing.home import Home
from fairhearing.home.postgres import locate

RECORDINGS: Final = 10_000
OTHERS: Final = 400
REVIEWERS: Final = 16
WARM_S: Final = 8.0
AFTERWARDS_S: Final = 6.0

_AFTER = """
SELECT count(*) FROM ledger_record p WHERE p.kind = 'played' AND p.recording = ANY(%s)
AND p.index > (SELECT max(index) FROM ledger_record WHERE kind = 'withdrawn')
"""
_BEFORE = "SELECT count(*) FROM ledger_record WHERE kind = 'played' AND recording = ANY(%s)"
_THEIRS = "SELECT recording_id FROM capture_channel WHERE withdrawn"


def run(options: Options) -> dict[str, Any]:
    """``--cases`` recordings, 10,000 without it."""
    recordings = options.given or RECORDINGS
    with server.temporary_home() as home:
        say(f"making {recordings:,} recordings of one speaker")
        wanted = {"recordings": recordings, "others": OTHERS, "reviewers": REVIEWERS}
        made = server.in_process("bench.estate", home, wanted)
        with server.running(home) as running:
            load = {
                "port": running.port,
                "programme": made["programme"],
                "sessions": [one["session"] for one in made["reviewers"]],
                "seed": 1,
            }
            command = [sys.executable, "-m", "bench.unresting"]
            with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
                assert process.stdin is not None
                _say(process, json.dumps(load))
                time.sleep(WARM_S)
                seconds, told = ask(running.port, made["api_key"], "withdrawals", {"speaker_key": made["speaker"]})
                time.sleep(AFTERWARDS_S)
                _say(process, "end")
                assert process.stdout is not None
                heard = json.loads(process.stdout.readline())
            with psycopg.connect(locate(Home.from_environment(str(home))).url) as connection:
                theirs = [row[0] for row in connection.execute(_THEIRS)]
                (after,) = connection.execute(_AFTER, [theirs]).fetchone() or (0,)
                (before,) = connection.execute(_BEFORE, [theirs]).fetchone() or (0,)
    return {
        "seconds_10k": round(seconds, 2),
        "plays_after": after,
        "plays_before": before - after,
        "recordings": told["recordings"],
        "listens": len(heard["listens"]),
        "failures": heard["failures"],
    }


def ask(port: int, api_key: str, what: str, body: dict[str, Any]) -> tuple[float, dict[str, Any]]:
    """One call of the product's API; gives the seconds that it took, and the answer."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/v1/{what}",
        json.dumps(body).encode(),
        {"Authorization": f"Bearer {api_key}", "Content-Type": "application/json"},
    )
    begun = time.monotonic()
    with urllib.request.urlopen(request, timeout=300) as answer:
        told: dict[str, Any] = json.loads(answer.read())
    return time.monotonic() - begun, told


def _say(process: "subprocess.Popen[str]", words: str) -> None:
    assert process.stdin is not None
    process.stdin.write(words + "\n")
    process.stdin.flush()
