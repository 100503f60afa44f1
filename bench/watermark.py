"""``watermark``: are leaks named after everything that is done to them, is nobody else, and what does the mark cost?

Excerpts of 3 s of what reviewers hear (voice ``off``, ``clear`` and ``strong`` in turn, every other three with a cut),
each with the mark of one reviewer among 2²⁰ candidates, through the attacks of :mod:`bench.attacks`. Every leak is also
tried with wrong keys, 10⁸ pairs and more; so are leaks that carry no mark.
"""

import os
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench import attacks, quality, speech
from bench.options import Options, say
from bench.speech import RATE, Utterance
from fairhearing.audio.encode import from_pcm16, to_pcm16
from fairhearing.deidentify.cut import cut_audio
from fairhearing.deidentify.voice import revoice
from fairhearing.watermark import detect, embed, grid, keys

Samples = NDArray[np.float32]

SECRET = b"the bench's own secret of the mark"
LEVELS = ("off", "clear", "strong")
EXCERPT = 3 * RATE
SPEECH = 3 * RATE // 2  # that an excerpt to be re-recorded must hold
CANDIDATES = 1 << 20
PAIRS = 100_000_000  # of leaks and wrong keys
BLOCK = 4096
CELLS = 150 * grid.PAIRS  # of 3 s at any speed
DECODED = 700  # recordings at most, with and without the mark
REVIEWERS = ("alice", "bob", "carol")
COLLUSION = {"collusion_2": 2, "collusion_3": 3}
PUBLISHED = {
    "audiowmark": "0.6.5, blind, 128 bits, exact recovery on speech at 16 kHz: 3 s at 30 dB 3 of 10, 24 dB 10 of 10; "
    "5 s at 24 dB: MP3 64k 6 of 6, Opus 24k 6 of 6, Opus 16k 4 of 6, telephone band 6 of 6, noise at 20 dB 2 of 6; "
    "5 s at 30 dB: Opus 24k 1 of 6, tempo +5 % 0 of 6",
}


@dataclass(frozen=True)
class Case:
    """What one clip gave: the true keys' least score of each leak, whether all were named, evidence, quality."""

    speaker: str
    level: str
    score: dict[str, float]
    named: dict[str, bool]
    rows: list[Samples]
    snr_db: float
    pesq: float | None
    estoi: float
    embed_s: float
    seconds: float
    detect_s: list[float]


def run(options: Options) -> dict[str, Any]:
    """Return the shares identified by attack, wrong scores, quality and speed."""
    everyone = speech.load(options.speech)
    chosen = _spread([one for one in everyone if one.duration_s >= 3.2], options.cases)
    cores = len(os.sched_getaffinity(0))
    say(f"{options.cases} cases of {len({one.speaker for one in chosen})} speakers in {cores} processes")
    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
    voices = [one.audio for one in _spread(everyone, 24)]
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever ends it is told what was found so far
    cases = _cases([(number, one, voices) for number, one in enumerate(chosen)], cores)
    if not cases:
        sys.exit("bench: ended before the first case")
    figures = {**_named(cases), **_wrong(cases), **_quality(cases), "cases_asked": options.cases}
    words = _word_cost(everyone) if len(cases) == options.cases else {"wer_cost": None}
    return {**figures, **words, "published": PUBLISHED}


def _cases(tasks: Sequence[tuple[int, Utterance, list[Path]]], cores: int) -> list[Case]:
    """Return what the tasks gave, or those that were done when it was interrupted."""
    cases: list[Case] = []
    with get_context("spawn").Pool(cores, signal.signal, (signal.SIGINT, signal.SIG_IGN)) as pool:
        try:
            for case in pool.imap_unordered(_case, tasks):
                cases.append(case)
                missed = ", ".join(f"{name} {case.score[name]:.1f}" for name, ok in case.named.items() if not ok)
                say(
                    f"{len(cases)} of {len(tasks)}, voice {case.level}: {'missed ' + missed if missed else 'all named'}"
                )
        except KeyboardInterrupt:
            say(f"ended early: {len(cases)} of {len(tasks)} cases")
    return cases


def _spread(utterances: Sequence[Utterance], count: int) -> list[Utterance]:
    """Return ``count`` utterances, of as many speakers as there are, over and over where there are too few."""
    turns: dict[str, int] = {}
    order = []
    for one in utterances:
        turns[one.speaker] = turns.get(one.speaker, 0) + 1
        order.append((turns[one.speaker], one.speaker, one.id))
    ranked = [utterances[at] for at in sorted(range(len(order)), key=order.__getitem__)]
    return [ranked[at % len(ranked)] for at in range(count)] if ranked else []


def _case(task: tuple[int, Utterance, list[Path]]) -> Case:
    number, one, voices = task
    chance = np.random.default_rng(number)
    level = LEVELS[number % len(LEVELS)]
    clip = detect.Clip(_heard(one, level, number, chance))
    marks = [keys.mark_key(SECRET, clip=f"{one.id} {number}", reviewer=name) for name in REVIEWERS]
    began = time.process_time()
    copies = [embed.embed(clip.prepared, key) for key in marks]
    embed_s = (time.process_time() - began) / len(marks)
    copies = [from_pcm16(to_pcm16(copy)) for copy in copies]
    todo = attacks.by_name([_loaded(path) for path in voices])
    leaks = {name: (attack(_excerpt(copies[0], chance, name), chance), 1) for name, attack in todo.items()}
    for name, count in COLLUSION.items():
        mean = np.asarray(np.mean(copies[:count], axis=0), dtype=np.float32)
        leaks[name] = (todo["opus_24k"](_excerpt(mean, chance, name), chance), count)
    plain = sorted(todo)[number % len(todo)]
    leaks["unmarked"] = (todo[plain](_excerpt(clip.samples, chance, plain), chance), 0)
    score, named, rows, seconds = {}, {}, [], []
    for name, (leak, count) in leaks.items():
        began = time.process_time()
        found = detect.evidence(leak, clip)
        seconds.append(time.process_time() - began)
        rows.append(_cells(found.rows))
        if count:
            score[name] = float(detect.scores(found, marks[:count]).min())
            named[name] = score[name] >= detect.threshold(len(found.rows) * CANDIDATES)
    return Case(
        speaker=one.speaker,
        level=level,
        score=score,
        named=named,
        rows=rows,
        snr_db=quality.segmental_snr(clip.samples, copies[0]),
        pesq=quality.pesq(clip.samples, copies[0]),
        estoi=quality.estoi(clip.samples, copies[0]),
        embed_s=embed_s,
        seconds=clip.samples.size / RATE,
        detect_s=seconds,
    )


def _loaded(path: Path) -> Samples:
    return Utterance("", "", "", "", path, 0.0).samples()


def _heard(one: Utterance, level: str, number: int, chance: np.random.Generator) -> Samples:
    """Return what a reviewer hears: 15 s at most, in another voice, every other three with 0.4 s cut out."""
    samples = one.samples()[: 15 * RATE]
    heard = revoice(samples, level=level, secret=SECRET, recording=one.id.encode()).samples
    if number // len(LEVELS) % 2:
        start = int(chance.integers(heard.size - RATE))
        heard = cut_audio(heard, [(start, start + 2 * RATE // 5)])
    return from_pcm16(to_pcm16(heard))


def _excerpt(samples: Samples, chance: np.random.Generator, attack: str) -> Samples:
    """Return 3 s; to be re-recorded, the first of 20 that hold 1.5 s of speech, or the one that holds most."""
    starts = chance.integers(samples.size - EXCERPT + 1, size=20 if attack == "rerecording" else 1)
    active = np.convolve(_active(samples), np.ones(EXCERPT), "valid") if attack == "rerecording" else np.zeros(1)
    spoken = active[starts] if attack == "rerecording" else np.zeros(1)
    enough = np.flatnonzero(spoken >= SPEECH)
    start = int(starts[enough[0] if enough.size else int(spoken.argmax())])
    return samples[start : start + EXCERPT]


def _active(samples: Samples) -> NDArray[np.float64]:
    """Return 1 where the 20 ms around are within 35 dB of the loudest 20 ms, else 0, for each sample."""
    size = -(-samples.size // 320)
    energy = np.sum(np.resize(np.pad(samples, (0, 320)), (size, 320)) ** 2, axis=1)
    return np.repeat(energy > energy.max() * 10**-3.5, 320)[: samples.size].astype(np.float64)


def _cells(rows: Samples) -> Samples:
    """Return the evidence moved to begin with its first cell, (rows, CELLS); to a wrong key all places are alike."""
    used = np.flatnonzero(rows.any(axis=0)) if rows.size else np.zeros(0, np.int64)
    out = np.zeros((len(rows), CELLS), dtype=np.float32)
    if used.size:
        taken = rows[:, used[0] : used[0] + CELLS]
        out[:, : taken.shape[1]] = taken
    return out


def _named(cases: Sequence[Case]) -> dict[str, Any]:
    attacked = [name for name in cases[0].named if name not in COLLUSION]

    def share(name: str, level: str | None = None) -> float:
        return round(float(np.mean([case.named[name] for case in cases if level in {None, case.level}])), 4)

    return {
        "identified": {name: share(name) for name in attacked},
        "score_min": {name: round(min(case.score[name] for case in cases), 1) for name in attacked},
        "score_median": {name: round(float(np.median([case.score[name] for case in cases])), 1) for name in attacked},
        "rerecording_by_voice": {v: share("rerecording", v) for v in LEVELS if any(case.level == v for case in cases)},
        **{name: share(name) for name in COLLUSION},
        "cases": len(cases),
        "speakers": len({case.speaker for case in cases}),
    }


def _wrong(cases: Sequence[Case]) -> dict[str, Any]:
    """Return what wrong keys scored, and how many of them would have been accused."""
    leaks = [rows for case in cases for rows in case.rows if len(rows)]
    ends = np.cumsum([len(rows) for rows in leaks])
    stacked = np.concatenate(leaks)
    limits = np.array([detect.threshold(len(rows) * CANDIDATES) for rows in leaks])
    tried = min(CANDIDATES, -(-PAIRS // len(leaks) // BLOCK) * BLOCK)
    tried = max(tried, BLOCK)
    say(f"{tried} wrong keys against each of {len(leaks)} leaks")
    most, accused = 0.0, 0
    for first in range(0, tried, BLOCK):
        wrong = [keys.mark_key(SECRET, clip="none", reviewer=f"wrong {n}") for n in range(first, first + BLOCK)]
        scores = stacked @ keys.signs(wrong, CELLS // grid.PAIRS).astype(np.float32).T
        best = np.maximum.reduceat(scores, np.concatenate([[0], ends[:-1]]), axis=0)
        most = max(most, float(best.max()))
        accused += int((best >= limits[:, None]).sum())
    return {
        "false_attribution": accused,
        "false_attribution_bound": detect.ALPHA,
        "wrong_pairs": tried * len(leaks),
        "wrong_max": round(most, 2),
        "threshold": round(float(limits.max()), 2),
    }


def _quality(cases: Sequence[Case]) -> dict[str, Any]:
    rated = [case.pesq for case in cases if case.pesq is not None]
    if not rated:
        say(f"PESQ is not measured: it needs {quality.NEEDED}")
    detected = [one for case in cases for one in case.detect_s]
    return {
        "snr_db": round(float(np.mean([case.snr_db for case in cases])), 2),
        "snr_db_min": round(min(case.snr_db for case in cases), 2),
        "pesq_min": round(min(rated), 3) if rated else None,
        "estoi": round(float(np.nanmean([case.estoi for case in cases])), 4),
        "estoi_min": round(float(np.nanmin([case.estoi for case in cases])), 4),
        "embed_x": round(sum(case.seconds for case in cases) / sum(case.embed_s for case in cases)),
        "embed_5s_ms": round(5000 * sum(case.embed_s for case in cases) / sum(case.seconds for case in cases), 2),
        "detect_s": round(float(np.median(detected)), 2),
    }


def _word_cost(everyone: Sequence[Utterance]) -> dict[str, Any]:
    spoken = [one for one in everyone if one.text and one.set == "an4"] or [one for one in everyone if one.text]
    if len(spoken) < 20:
        return {"wer_cost": None}
    try:
        return quality.word_cost(spoken, DECODED)
    except KeyboardInterrupt:
        say("ended early: no word error rate")
        return {"wer_cost": None}
