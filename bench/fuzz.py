"""Damaged sound files by the hundred thousand: what leaves the decoder, how long it takes, how much it holds.

Each input is a small real file of one of the containers, changed in a few places (headers more often than sound),
cut short, joined with another or replaced by noise behind a signature. Only ``AudioRefused`` may leave. The work
is done in two processes, whose greatest memory is compared with what they held before the first input.
"""

import resource
import time
from multiprocessing import get_context
from typing import Any

import numpy as np

from bench.options import Options, say
from fairhearing.audio.decode import AudioRefused, Limits, decode

INPUTS = 100_000
PROCESSES = 2
LIMITS = Limits(max_seconds=5, max_bytes=1_000_000)


def run(options: Options) -> dict[str, Any]:
    """Return how many inputs were decoded, refused and escaped, the slowest in seconds, and memory in MB."""
    say(f"{INPUTS} damaged files in {PROCESSES} processes")
    with get_context("spawn").Pool(PROCESSES) as pool:
        parts = pool.map(_part, range(PROCESSES))
    summed = {key: sum(part[key] for part in parts) for key in ("inputs", "decoded", "refused", "escaped")}
    slowest = {key: max(part[key] for part in parts) for key in ("slowest_s", "grown_mb")}
    return {**summed, **slowest, "escapes": [kind for part in parts for kind in part["escapes"]]}


def _part(number: int) -> dict[str, Any]:
    from tests.audio import sounds

    chance = np.random.default_rng(number)
    originals = [sounds.encoded(name, sounds.tone(0.25)) for name in sorted(sounds.FORMATS)]
    for data in originals:
        decode(data, limits=LIMITS)  # what is loaded once is not an input's
    before = _peak_mb()
    decoded = refused = 0
    escapes: list[str] = []
    slowest = 0.0
    inputs = INPUTS // PROCESSES
    for at in range(inputs):
        if at % 10_000 == 0:
            say(f"process {number}: {at} of {inputs}")
        data = _damaged(chance, originals)
        began = time.process_time()
        try:
            decode(data, limits=LIMITS)
            decoded += 1
        except AudioRefused:
            refused += 1
        except Exception as error:  # what the bench is there to find
            escapes.append(f"{type(error).__name__}: {data[:64].hex()}")
        slowest = max(slowest, time.process_time() - began)
    return {
        "inputs": inputs,
        "decoded": decoded,
        "refused": refused,
        "escaped": len(escapes),
        "escapes": escapes[:5],
        "slowest_s": round(slowest, 3),
        "grown_mb": round(_peak_mb() - before, 1),
    }


def _damaged(chance: np.random.Generator, originals: list[bytes]) -> bytes:
    data = bytearray(originals[chance.integers(len(originals))])
    kind = chance.random()
    if kind < 0.1:  # noise behind a signature
        data[16:] = chance.bytes(int(chance.integers(3000)))
    elif kind < 0.2:  # the head of one file, the tail of another
        other = originals[chance.integers(len(originals))]
        data[int(chance.integers(len(data))) :] = other[int(chance.integers(len(other))) :]
    for _ in range(int(chance.integers(1, 12))):
        at = int(chance.random() ** 3 * len(data))
        patch = chance.bytes(int(chance.integers(1, 9)))
        if chance.random() < 0.3:  # the numbers that break parsers
            patch = [b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f"][chance.integers(4)]
        data[at : at + len(patch)] = patch
    if chance.random() < 0.3:
        del data[max(1, int(chance.random() * len(data))) :]
    return bytes(data)


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
