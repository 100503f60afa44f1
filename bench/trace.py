"""``trace``: how long it takes to name the reviewer of a 5 s leak among very many clips of three listens each.

Real clips with their fingerprints lie among fingerprints made of other clips' pieces, as many as are asked for. A leak
through Opus at 16 kbit/s is traced end to end: search, alignment, evidence, keys.
"""

import time
from typing import Any

import numpy as np

from bench import attacks, speech
from bench.options import Options, say
from bench.speech import RATE
from fairhearing.watermark import embed, fingerprint, keys, trace

SECRET = b"the bench's own secret of the mark"
LEAK = 5 * RATE
REAL = 12  # clips with sound, each leaked once
FRAMES = 81  # of an invented clip: 6.5 s
PIECE = 12  # frames taken from one utterance
REVIEWERS = ("alice", "bob", "carol")


def run(options: Options) -> dict[str, Any]:
    """Return the median seconds of a trace among 10,000, 30,000 and 100,000 clips, and how many were named rightly."""
    everyone = speech.load(options.speech)
    long = [one for one in everyone if one.duration_s >= 5.5]
    chosen = long[:: max(1, len(long) // REAL)][:REAL]
    sounds = [one.samples()[: 15 * RATE] for one in chosen]
    others = [one for one in everyone if one.speaker not in {c.speaker for c in chosen}]
    say(f"fingerprints of {len(others)} other recordings")
    row = np.concatenate([fingerprint.fingerprint(one.samples()) for one in others])
    prints = [fingerprint.fingerprint(one) for one in sounds]
    figures: dict[str, Any] = {"bytes_a_second": round(sum(p.nbytes for p in prints) / sum(map(len, sounds)) * RATE)}
    for name, count in (("10k", 10_000), ("30k", 30_000), ("100k", 100_000)):
        say(f"{len(sounds)} leaks among {count} clips")
        index = fingerprint.Index([*prints, *_invented(row, count - len(prints))])
        figures |= _traced(name, index, sounds)
    return figures


def _invented(row: fingerprint.Print, count: int) -> list[fingerprint.Print]:
    """Return ``count`` fingerprints of pieces of a second from all over ``row``."""
    chance = np.random.default_rng(count)
    starts = chance.integers(len(row) - PIECE, size=(count, -(-FRAMES // PIECE)))
    return list(row[starts[:, :, None] + np.arange(PIECE)].reshape(count, -1, fingerprint.BANDS)[:, :FRAMES])


def _traced(name: str, index: fingerprint.Index, sounds: list[attacks.Samples]) -> dict[str, Any]:
    def keys_of(clip: int) -> list[bytes]:
        return [keys.mark_key(SECRET, clip=str(clip), reviewer=one) for one in REVIEWERS]

    wall, named, wrong = [], 0, 0
    for number, sound in enumerate(sounds):
        chance = np.random.default_rng(number)
        copy = embed.embed(embed.prepare(sound), keys_of(number)[number % 3])
        start = int(chance.integers(copy.size - LEAK + 1))
        leak = attacks.coded(copy[start : start + LEAK], "libopus", "ogg", 16_000)
        began = time.monotonic()
        answer = trace.trace(leak, index, clip_of=lambda at: sounds[at % len(sounds)], keys_of=keys_of)
        wall.append(time.monotonic() - began)
        named += any((one.clip, one.key) == (number, number % 3) for one in answer.found)
        wrong += sum((one.clip, one.key) != (number, number % 3) for one in answer.found)
    return {
        f"seconds_{name}": round(float(np.median(wall)), 2),
        f"seconds_max_{name}": round(max(wall), 2),
        f"named_{name}": round(named / len(sounds), 4),
        f"wrong_{name}": wrong,
    }
