#!/usr/bin/env python3
"""Learn the voice model from folders of speech with ``manifest.jsonl``.

``scripts/train_voice.py --speech ../shared/data/speech_train --spelling ../shared/data/speech`` writes
``src/fairhearing/deidentify/data/voice.npz`` (or ``--out``). Of the readers in ``--speech`` one half of each sex is
used; the other half is left to attackers. ``--spelling`` holds AN4, of which three women and seven men are used, so
that letters and numbers are known too; :func:`chosen` says which. No texts are used. The same speech gives the same
file.
"""

import argparse
import hashlib
import io
import json
import sys
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pocketsphinx
import soundfile
from numpy.typing import NDArray

from fairhearing.deidentify.voice import analysis, envelope, front_end, model, normalise, pitch, posteriors
from fairhearing.deidentify.voice.description import describe, is_fast, movements, size
from fairhearing.deidentify.voice.normalise import Average
from fairhearing.deidentify.voice.posteriors import Loop
from fairhearing.deidentify.voice.revoicing import Knobs
from fairhearing.deidentify.voice.senones import PHONES

OUT = Path(__file__).resolve().parents[1] / "src/fairhearing/deidentify/data" / model.FILE
GAUSSIANS = 64
AVERAGE_ROUNDS = 4  # of warps and mixture in turn
UNIFORM = 0.25  # share of any phone after any other: people spell, and say names
RIDGE = 30.0
FAST = 0.5  # share of the map that sees fast movements; the rest is fitted without
PRIOR = 15.0  # frames that a phone's zero deviation weighs
EIGENVOICES = 30
SPELLERS = {"F": 3, "M": 7}  # of AN4

Frames = NDArray[np.float32]


@dataclass(frozen=True)
class Reader:
    """One reader and their recordings, each mono float32 of shape (n,) at 16 kHz."""

    name: str
    recordings: tuple[Frames, ...]


@dataclass
class Parsed:
    """A reader's frames: ``states`` (n, 126), ``described`` (n, d), ``cepstra`` (n, 28), ``hertz`` (n,)."""

    states: Frames
    described: Frames
    cepstra: Frames
    hertz: Frames

    @property
    def speech(self) -> Frames:
        """Return how surely each frame is speech, shape (n, 1)."""
        return posteriors.speech(self.states)[:, None]


def chosen(lines: Iterable[dict[str, Any]], most: Mapping[str, int] | None = None) -> dict[str, list[dict[str, Any]]]:
    """Return the lines of the chosen speakers: of each sex the first in the order of the SHA-256 of their code.

    ``most`` says how many of each sex, ``M`` and ``F``; without it, the first half.
    """
    by_sex: dict[str, dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for line in lines:
        by_sex[line["sex"]][line["speaker"]].append(line)
    kept: dict[str, list[dict[str, Any]]] = {}
    for sex, speakers in sorted(by_sex.items()):
        order = sorted(speakers, key=lambda code: hashlib.sha256(code.encode()).hexdigest())
        count = len(order) // 2 if most is None else most[sex]
        kept |= {code: speakers[code] for code in order[:count]}
    return kept


def read(folder: Path, corpus: str, most: Mapping[str, int] | None = None) -> list[Reader]:
    """Return the chosen readers of one corpus in a folder with ``manifest.jsonl``."""
    lines = map(json.loads, (folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines())
    found = chosen((line for line in lines if line["set"] == corpus), most)
    return [
        Reader(f"{corpus}/{code}", tuple(sound(folder / line["audio"]) for line in spoken))
        for code, spoken in found.items()
    ]


def sound(path: Path) -> Frames:
    """Return a recording, mono float32 at 16 kHz."""
    samples, rate = soundfile.read(path, dtype="float32")
    if rate != 16_000:
        sys.exit(f"train_voice: {path.name} is at {rate} Hz, expected 16000")
    return np.asarray(samples, dtype=np.float32)


def next_phone() -> Frames:
    """Return the weights (42, 42) of phone after phone, from the phone language model that PocketSphinx ships."""
    log = pocketsphinx.LogMath()
    path = pocketsphinx.get_model_path("en-us/en-us-phone.lm.bin")
    grammar = pocketsphinx.NGramModel(pocketsphinx.Config(), log, path)
    noises = [phone.startswith("+") for phone in PHONES]
    raw = np.array(
        [
            [
                0.0 if noise else log.exp(grammar.prob([after, before]))
                for after, noise in zip(PHONES, noises, strict=True)
            ]
            for before in PHONES
        ]
    )  # the asked word comes first, its history after it
    single = np.array([0.0 if noise else log.exp(grammar.prob([p])) for p, noise in zip(PHONES, noises, strict=True)])
    raw[noises] = single
    silence = PHONES.index("SIL")
    raw[:, silence] = np.maximum(raw[:, silence], 0.05)  # the model's texts know fewer pauses than people make
    raw = (1 - UNIFORM) * raw / raw.sum(axis=1, keepdims=True) + UNIFORM / len(PHONES)
    power: NDArray[np.float64] = raw**posteriors.BIGRAM_POWER
    power[:, noises] = 1e-6
    return np.asarray(power, dtype=np.float32)


def fit_mixture(frames: Frames, k: int, seed: int) -> Average:
    """Return a mixture of ``k`` diagonal Gaussians by twelve rounds of expectation and maximisation."""
    random = np.random.default_rng(seed)
    average = Average(
        np.full(k, 1 / k, np.float32),
        frames[random.choice(len(frames), k, replace=False)],
        np.tile(frames.var(axis=0), (k, 1)),
    )
    for _ in range(12):
        logs = average.log_likelihoods(frames)
        shares = np.exp(logs - logs.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        held = shares.sum(axis=0)[:, None] + 1e-3
        means = shares.T @ frames / held
        variances = np.maximum(shares.T @ frames**2 / held - means**2, 0.05 * frames.var(axis=0))
        weights = np.maximum(held[:, 0] / held.sum(), 1e-4)
        average = Average(weights.astype(np.float32), means.astype(np.float32), variances.astype(np.float32))
    return average


def fit_average(readers: list[Reader]) -> Average:
    """Return the mixture of all readers' loud frames, whose mean warp is 1, by turns of warps and mixture."""
    spectra, centres = [], []
    for samples in (one for reader in readers for one in reader.recordings):
        powers = front_end.power(samples, 0, front_end.count(samples))
        cepstra = front_end.cepstra(powers)
        loud = normalise.loud(cepstra)
        spectra.append(powers[loud])
        centres.append(cepstra[loud].mean(axis=0) - cepstra.mean(axis=0))
    warps = np.ones(len(spectra))
    average: Average | None = None
    for turn in range(AVERAGE_ROUNDS):
        frames = []
        for powers, centre, warp in zip(spectra, centres, warps, strict=True):
            cepstra = front_end.cepstra(powers, float(warp))
            cepstra += centre - cepstra.mean(axis=0)
            frames.append(cepstra if average is None else cepstra - average.distance(cepstra)[0])
        average = fit_mixture(np.concatenate(frames), GAUSSIANS, seed=turn)
        warps = np.array([normalise.best_warp(p, c, average) for p, c in zip(spectra, centres, strict=True)])
        warps = np.round(warps / warps.mean() / 0.02) * 0.02
    if average is None:
        raise ValueError("no readers")
    return average


def usual_movement(readers: list[Reader], average: Average) -> Frames:
    """Return the root mean square, over readers, of how large their movements are, shape (39,)."""
    squares = []
    for samples in (one for reader in readers for one in reader.recordings):
        heard = analysis.listen(samples, average)
        squares.append(size(movements(heard.cepstra)[heard.loud]) ** 2)
    return np.asarray(np.sqrt(np.mean(squares, axis=0)), dtype=np.float32)


def parse(reader: Reader, average: Average, loop: Loop, usual: Frames) -> Parsed:
    """Return all of a reader's frames; ``usual`` is the usual size of movements."""
    parts = []
    for samples in reader.recordings:
        heard = analysis.listen(samples, average)
        n = len(heard.cepstra)
        hertz = pitch.track(samples, 0, n)
        states = analysis.posteriors(heard, loop, 0, n)
        moving = movements(heard.cepstra)
        moving = moving / size(moving[heard.loud], usual)
        parts.append((states, describe(states, moving), envelope.cepstra(samples, 0, n, hertz), hertz))
    return Parsed(*(np.concatenate(part) for part in zip(*parts, strict=True)))


def people(parsed: list[Parsed]) -> tuple[list[Frames], Frames]:
    """Return each reader's offset (28,), freed of what they said, and the states' means (126, 28) without it."""
    offsets = [np.zeros(envelope.ORDER, np.float32) for _ in parsed]
    means = np.zeros((0, 0), np.float32)
    for _ in range(4):
        total: Any = 0.0
        held: Any = 0.0
        for one, offset in zip(parsed, offsets, strict=True):
            total = total + one.states.T @ (one.cepstra - offset)
            held = held + one.states.sum(axis=0)[:, None]
        means = np.asarray(total / (held + 1e-3), dtype=np.float32)
        offsets = [(one.speech * (one.cepstra - one.states @ means)).sum(axis=0) / one.speech.sum() for one in parsed]
        middle = np.mean(offsets, axis=0)
        offsets = [offset - middle for offset in offsets]
    return offsets, means


def directions(rows: NDArray[np.float64], most: int) -> Frames:
    """Return the main directions of ``rows`` (n, d), each as long as the deviation along it, shape (≤ most, d)."""
    centred = rows - rows.mean(axis=0)
    _, sizes, right = np.linalg.svd(centred, full_matrices=False)
    signs = np.sign(right[np.arange(len(right)), np.abs(right).argmax(axis=1)])  # no library's whim
    return np.asarray((signs * sizes / np.sqrt(len(rows)))[:most, None] * right[:most], dtype=np.float32)


def train(readers: list[Reader]) -> dict[str, NDArray[np.generic]]:
    """Return the arrays of the model file."""
    average = fit_average(readers)
    follow = next_phone()
    loop = Loop(follow, Knobs().likelihood_power)
    usual = usual_movement(readers, average)
    parsed = [parse(reader, average, loop, usual) for reader in readers]
    offsets, means = people(parsed)
    gram: Any = 0.0
    right: Any = 0.0
    for one, offset in zip(parsed, offsets, strict=True):
        gram = gram + one.described.T.astype(np.float64) @ one.described
        right = right + one.described.T.astype(np.float64) @ (one.cepstra - one.speech * offset)
    gram = gram + RIDGE * np.eye(len(gram))
    slow = np.flatnonzero(~is_fast(len(gram)))
    weights = FAST * np.linalg.solve(gram, right)
    weights[slow] += (1 - FAST) * np.linalg.solve(gram[np.ix_(slow, slow)], right[slow])
    by_phone = []
    for one, offset in zip(parsed, offsets, strict=True):
        share = posteriors.phones(one.states)
        left = share.T @ (one.cepstra - one.speech * offset - one.states @ means) / (share.sum(axis=0)[:, None] + PRIOR)
        left[[PHONES.index(p) for p in ("SIL", "+NSN+", "+SPN+")]] = 0.0
        by_phone.append(left.ravel())
    states = np.concatenate([one.states for one in parsed])
    voiced = np.concatenate([one.hertz for one in parsed]) > 0
    eigenvoices = directions(np.array(by_phone, dtype=np.float64), EIGENVOICES)
    return {
        "version": np.array(model.VERSION),
        "trained_on": np.array(sorted(reader.name for reader in readers)),
        "average_weights": average.weights,
        "average_means": average.means,
        "average_variances": average.variances,
        "next_phone": follow,
        "voicing": (states[voiced].sum(axis=0) + 0.5) / (states.sum(axis=0) + 1.0),
        "movement": usual,
        "map": weights,
        "eigenvoices": eigenvoices.reshape(-1, len(PHONES), envelope.ORDER),
        "offsets": directions(np.array(offsets, dtype=np.float64), envelope.ORDER),
    }


def write(arrays: dict[str, NDArray[np.generic]], path: Path) -> None:
    """Write the arrays as a compressed npz whose bytes depend on nothing but them; numbers as float32."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            body = io.BytesIO()
            np.save(body, array.astype(np.float32) if array.dtype.kind == "f" else array)
            archive.writestr(
                zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0)), body.getvalue(), zipfile.ZIP_DEFLATED
            )


def main() -> None:
    """Read the options, train, write."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--speech", type=Path, required=True, help="folder with LibriSpeech readers")
    options.add_argument("--spelling", type=Path, required=True, help="folder with AN4")
    options.add_argument("--out", type=Path, default=OUT)
    given = options.parse_args()
    readers = read(given.speech, "librispeech") + read(given.spelling, "an4", SPELLERS)
    write(train(readers), given.out)
    sys.stderr.write(f"{given.out}: {given.out.stat().st_size} bytes from {len(readers)} readers\n")


if __name__ == "__main__":
    main()
