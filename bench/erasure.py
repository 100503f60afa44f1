"""``erasure``: somebody with 10,000 recordings has them erased; then their traces are looked for in every file.

What is looked for: a marker within all their texts, their key, bytes of their sound, and each of their wrapped data
keys as it stood before. Where: the database's files with its write-ahead log, the objects, the run folder and logs.
Counted twice: at once after the answer, and after the tables of keys were rewritten, as the worker does every day. A
backup that was written before the erasure is brought back into a home of its own after it, and looked through as well.
"""

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import psycopg

from bench import populate, server
from bench.estate import MARKER, SPEAKER
from bench.options import Options, say
from bench.withdraw import ask
from fairhearing.home import Home
from fairhearing.home.postgres import locate
from fairhearing.startup import ready

RECORDINGS: Final = 10_000
OTHERS: Final = 400
PREFIX: Final = 4  # bytes of a pattern by which its places are found
WARM_S: Final = 10.0  # the worker does its daily upkeep when it begins: the erasure must come after that
SETTLE_S: Final = 5.0  # objects are removed after the commit, and the worker's last statements end


def run(options: Options) -> dict[str, Any]:
    """``--cases`` recordings, 10,000 without it."""
    recordings = options.given or RECORDINGS
    with server.temporary_home() as home:
        again, backup = home.with_name("again"), home.with_name("backup")
        say(f"making {recordings:,} recordings of one speaker")
        made = server.in_process("bench.estate", home, {"recordings": recordings, "others": OTHERS, "reviewers": 1})
        with server.running(home) as running:
            time.sleep(WARM_S)
            before = _keys(home)
            say("writing a backup")
            server.fairhearing(home, "backup", str(backup))
            seconds, told = ask(running.port, made["api_key"], "erasures", {"speaker_key": made["speaker"]})
            time.sleep(SETTLE_S)
            left = _keys(home)
            theirs = [wrapped for key, wrapped in before.items() if key not in left]
            say("looking through the files")
            at_once = _look(home, theirs)
            rewritten = server.in_process("bench.erasure", home, {})
            found = _look(home, theirs)
            live = _look(home, [next(iter(left.values()))])["keys"]
            server.fairhearing(home, "log", "export", str(home.with_name("log")))
        say("bringing the backup back")
        restored = _bring_back(home, again, backup, theirs)
    return {
        "seconds_10k": round(seconds, 2),
        "recordings": told["recordings"],
        "keys_erased": len(theirs),
        "markers_found": found["markers"] + restored["markers"],
        "keys_found": found["keys"] + restored["keys"],
        "keys_found_before_rewrite": at_once["keys"],
        "rewrite": rewritten,
        "live_key_found": live > 0,  # else the search sees nothing at all
        "bytes_searched": found["bytes"] + restored["bytes"],
        "erased_again": restored["erased"],
        "restore_s": restored["seconds"],
        "window": "wrapped keys: until the daily rewrite; the backup's own: until its epoch key is destroyed",
    }


def _bring_back(home: Path, again: Path, backup: Path, theirs: list[bytes]) -> dict[str, Any]:
    """Restore into ``again`` with the keys of ``home``, rewrite as the worker does, and look through it."""
    keys = {"FAIRHEARING_KEY_FILE": str(home / "keys" / "secret.key")}
    begun = time.monotonic()
    try:
        log = str(home.with_name("log"))
        done = server.fairhearing(again, "restore", str(backup), "--log", log, **keys)
        seconds = round(time.monotonic() - begun, 1)
        with server.running(again, more=keys):
            time.sleep(WARM_S)
            server.in_process("bench.erasure", again, {}, **keys)
            return {**_look(again, theirs), "erased": done["erased"], "seconds": seconds}
    finally:
        server.remove_database(again)


def _keys(home: Path) -> dict[str, bytes]:
    with psycopg.connect(locate(Home.from_environment(str(home))).url) as connection:
        return {key: bytes(wrapped) for key, wrapped in connection.execute("SELECT id, wrapped FROM vault_datakey")}


def _look(home: Path, wrapped: list[bytes]) -> dict[str, int]:
    """How many files hold a marker, and how many distinct wrapped keys are found anywhere."""
    sound = populate.samples(0, 1)[1000:1064].tobytes()
    markers = (MARKER.encode(), SPEAKER.encode(), bytes.fromhex(SPEAKER), sound)
    marked, size, keys = 0, 0, set[bytes]()
    for path in _files(home):
        content = path.read_bytes()
        size += len(content)
        held = found_in(content, wrapped)
        if any(marker in content for marker in markers) or held:
            marked += not held
            say(f"{len(held)} keys in {path}")
        keys |= held
    return {"markers": marked, "keys": len(keys), "bytes": size}


def _files(home: Path) -> Iterator[Path]:
    cluster = locate(Home.from_environment(str(home)))
    for folder in {home, cluster.data.parent}:
        for path in folder.rglob("*"):
            if path.is_file() and not path.is_symlink():
                yield path


def found_in(content: bytes, patterns: list[bytes]) -> set[bytes]:
    """Those of the patterns (at least 4 bytes each) that occur in ``content``, at any offset."""
    by_prefix: dict[int, list[bytes]] = {}
    for pattern in patterns:
        by_prefix.setdefault(int.from_bytes(pattern[:PREFIX], "little"), []).append(pattern)
    likely = np.zeros(1 << 24, dtype=bool)
    likely[[prefix & 0xFFFFFF for prefix in by_prefix]] = True
    found = set[bytes]()
    for offset in range(min(PREFIX, len(content))):
        words = np.frombuffer(content, dtype="<u4", offset=offset, count=max(0, len(content) - offset) // PREFIX)
        for place in np.flatnonzero(likely[words & 0xFFFFFF]):
            start = offset + PREFIX * int(place)
            for pattern in by_prefix.get(int(words[place]), []):
                if content.startswith(pattern, start):
                    found.add(pattern)
    return found


def main() -> None:
    """The rewrite as the worker does it, in a process of the product's; prints how long it took."""
    json.load(sys.stdin)
    with ready.django(Home.from_environment()):
        from fairhearing.operations import rewrite

        begun = time.monotonic()
        refused = rewrite.keys_and_salts()
        print(json.dumps({"seconds": round(time.monotonic() - begun, 2), "refused": refused}))


if __name__ == "__main__":
    main()
