"""``voice``: how far de-identified voices are from their speakers, and what that costs in words and time.

Each level, and McAdams' coefficient beside them, over a speech folder: attackers on AN4 and LibriSpeech (see
:mod:`bench.attacker`), word errors of a recogniser that knows the domain, speed. Nobody is on two sides: speakers that
the voice model learned from are neither evaluated nor attacked with; those of the attacker's and the language
model's training are others than the evaluated ones. Every equal error rate is an upper bound on privacy: this
attacker is weaker than VoicePrivacy's, whose embeddings are trained on protected speech.
"""

import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench import attacker, domain, embedding, privacy, speech
from bench.attacker import Attack, Found
from bench.mcadams import mcadams
from bench.options import Options, say
from bench.privacy import Floats
from bench.speech import RATE, Utterance
from fairhearing.deidentify.voice import model, revoice

Samples = NDArray[np.float32]
Transform = Callable[[Samples, bytes], Samples]

LEVELS = ("strong", "clear", "mcadams", "off")
SECRET = b"of the bench alone: a programme has a random one of its own"
SETS = ("an4", "librispeech")
SHORTEST_S = 1.5  # recordings below it say little of anybody and would flatter
PIECE_S = 3.0
KEYS_A_PIECE = 2  # the attacker knows the method and may treat its own recordings as often as it likes
FOLDS = 2  # of the evaluated people, for the attacker who also trains on the other fold
FEWEST = 4  # persons of one corpus, or one sex of it, whose trials are worth a figure
DECODED = 200  # recordings
TIMED, TIMES = 30, 3
ROUNDS = 1000
TOGETHER = 2  # levels at a time
PUBLISHED = {
    "original": {"eer": 4.59, "wer": 1.84},
    "B2": {"eer": 4.52, "wer": 9.95},
    "B5": {"eer": 34.3, "wer": 4.37},
    "note": "VoicePrivacy 2024, LibriSpeech test, an ECAPA attacker trained on protected speech and a neural "
    "recogniser: not comparable with the figures above, whose attacker and recogniser are both weaker",
}


def run(options: Options) -> dict[str, Any]:
    """All levels, two at a time, each in a process with one thread."""
    embedding.check_installed()
    everyone = speech.load(options.speech)
    evaluated = _not_learned_from(everyone)
    say(f"{_people(evaluated)} speakers evaluated, {_people(everyone) - _people(evaluated)} known to the voice model")
    with ThreadPoolExecutor(TOGETHER) as pool:
        found = dict(zip(LEVELS, pool.map(lambda level: _in_process(level, options.speech), LEVELS), strict=True))
    return {**found, "published": PUBLISHED}


def transform(level: str) -> Transform:
    """Return what makes a recording's samples, given its name, into those of ``level`` (one of ``LEVELS``)."""
    if level == "off":
        return lambda samples, _: samples
    if level == "mcadams":
        return mcadams
    return Level(level)


class Level:
    """A level of the product as a transform; counts what it declares unsure, which a product would not serve."""

    def __init__(self, level: str) -> None:
        self._level, self.treated, self.unsure = level, 0, 0

    def __call__(self, samples: Samples, recording: bytes) -> Samples:
        """Return ``samples`` in another voice; the recording's name and the bench's secret are its key."""
        found = revoice(samples, level=self._level, secret=SECRET, recording=recording)
        self.treated, self.unsure = self.treated + 1, self.unsure + found.unsure
        return found.samples


def evaluate(
    treat: Transform,
    utterances: Sequence[Utterance],
    train: Sequence[Utterance],
    *,
    speakers: Collection[str] | None = None,
    wer: bool = True,
) -> dict[str, Any]:
    """Return all figures but the speed of ``treat``, rates in percent, on ``speakers`` (all where not given).

    ``train`` are other people's recordings for the attacker. The texts of all ``utterances`` may serve the language
    model, those of a fold's own speakers never in that fold. Original speech is embedded and decoded once a process.
    """
    chosen = [one for one in utterances if speakers is None or one.speaker in speakers]
    long = tuple(one for one in chosen if one.duration_s >= SHORTEST_S)
    treated = _embedded(treat(one.samples(), one.id.encode()) for one in long)
    pieces = _pieces(train)
    drilled = _embedded(treat(samples, name.encode()) for _, name, samples in pieces)
    learned = _Training(drilled, [speaker for speaker, _, _ in pieces], ["train"] * len(pieces))
    found: dict[str, Any] = {}
    for corpus in SETS:
        found.update(_identity(corpus, long, treated, learned))
    decoded = _spread([one for one in chosen if one.set == "an4"])
    if wer and decoded:
        found.update(_words(treat, tuple(utterances), decoded))
    rounded: dict[str, Any] = _rounded(found)
    return rounded


class _Training:
    """Vectors (n, d) for the attacker to train on, the speaker of each, and the corpus of each."""

    def __init__(self, vectors: Floats, speakers: list[str], corpora: list[str]) -> None:
        self.vectors, self.speakers, self.corpora = vectors, speakers, corpora

    def scorers(self) -> dict[str, attacker.Scorer]:
        return dict(attacker.trained(self.vectors, self.speakers, self.corpora)) if self.speakers else {}

    def beside(self, utterances: Sequence[Utterance], vectors: Floats) -> "_Training":
        return _Training(
            np.concatenate([self.vectors, vectors]),
            self.speakers + [one.speaker for one in utterances],
            self.corpora + [one.set for one in utterances],
        )


def _identity(corpus: str, long: Sequence[Utterance], treated: Floats, learned: _Training) -> dict[str, Any]:
    """Return what the attackers reach on one corpus, shares 0 to 1; nothing where it has too few people."""
    rows = [place for place, one in enumerate(long) if one.set == corpus]
    here = [long[row] for row in rows]
    persons, splits = attacker.splits([one.speaker for one in here])
    if len(persons) < FEWEST:
        return {}
    shown, original = treated[rows], _originals(tuple(long))[rows]
    place = domain.parted(here, FOLDS)
    folds, whole = np.array([place[name] for name in persons]), np.zeros(len(persons), dtype=np.int64)

    def trained_for(fold: int) -> dict[str, attacker.Scorer]:
        others = [row for row, one in enumerate(long) if one.set != corpus or place[one.speaker] != fold]
        return learned.beside([long[row] for row in others], treated[others]).scorers()

    attacks = {"lazy": Attack(shown, {0: attacker.Cosine()}, whole)}
    attacks |= {name: Attack(shown, {0: scorer}, whole) for name, scorer in learned.scorers().items()}
    matched = attacker.by_fold(trained_for, folds)
    attacks |= {f"matched_{name}": Attack(shown, scorers, folds) for name, scorers in matched.items()}
    found = {name: attacker.carried_out(one, splits, shown) for name, one in attacks.items()}
    ignorant = attacker.carried_out(Attack(original, {0: attacker.Cosine()}, whole), splits, shown)
    sexes = {one.speaker: one.sex for one in here}
    return _best(corpus, found, ignorant, np.array([sexes[name] for name in persons]))


def _best(corpus: str, found: dict[str, Found], ignorant: Found, sexes: NDArray[np.str_]) -> dict[str, Any]:
    """Return each figure as the informed attacker reaches it who reaches most after training on other readers alone.

    ``matched`` is the least equal error rate of those who also trained on half of this corpus' own people, attacking
    the other half. A minimum over noisy figures is itself a little low, the more so where a half holds three people.
    """
    wide = {name: one for name, one in found.items() if not name.startswith("matched_")}
    matched = [one for name, one in found.items() if name not in wide]
    single = min(wide, key=lambda name: wide[name].eer)
    together = min(wide, key=lambda name: wide[name].pooled)
    low, high = found[single].interval(len(sexes))
    suffix = "pooled" if corpus == "an4" else f"pooled_{corpus}"
    pooled_low, pooled_high = found[together].interval(len(sexes), pooled=True)
    by_sex = {
        name: found[single].among(np.flatnonzero(sexes == letter))
        for name, letter in (("female", "F"), ("male", "M"))
        if (sexes == letter).sum() >= FEWEST
    }
    return {
        f"eer_{corpus}": found[single].eer,
        f"eer_{corpus}_low": low,
        f"eer_{corpus}_high": high,
        f"eer_{suffix}": found[together].pooled,
        f"eer_{suffix}_low": pooled_low,
        f"eer_{suffix}_high": pooled_high,
        corpus: {
            "best": single,
            "persons": len(sexes),
            "trials_a_split": found[single].trials,
            "ignorant": ignorant.eer,
            "matched": min((one.eer for one in matched), default=None),
            "matched_pooled": min((one.pooled for one in matched), default=None),
            "attackers": {name: one.eer for name, one in found.items()},
            "pooled": {name: one.pooled for name, one in found.items()},
            "same_sex": by_sex,
            "linkability": max(one.linkability() for one in wide.values()),
            "linked": max(one.linked() for one in wide.values()),
            "linked_by_chance": 1 / len(sexes),
            "singling_out": max(one.singling_out() for one in wide.values()),
            "singling_out_by_chance": privacy.ISOLATED_BY_CHANCE,
        },
    }


def _words(treat: Transform, utterances: tuple[Utterance, ...], decoded: tuple[Utterance, ...]) -> dict[str, Any]:
    """Return the word error rates, treated and not, and the cost with the interval of a paired bootstrap."""
    before = _errors(None, utterances, decoded)
    after = _errors(treat, utterances, decoded)
    spoken = np.array([len(one.text.split()) for one in decoded])
    names, place = np.unique([one.speaker for one in decoded], return_inverse=True)
    drawn = privacy.drawn_persons(len(names), ROUNDS, np.random.default_rng(3))
    a_person = {
        key: np.bincount(place, weights=values, minlength=len(names))
        for key, values in (("wer", after), ("wer_original", before), ("wer_cost", after - before), ("words", spoken))
    }
    words = a_person.pop("words")
    found: dict[str, Any] = {"decoded": len(decoded)}
    for key, errors in a_person.items():
        low, high = privacy.interval(drawn @ errors / (drawn @ words))
        found |= {key: errors.sum() / words.sum(), f"{key}_low": low, f"{key}_high": high}
    return found


def _errors(treat: Transform | None, utterances: tuple[Utterance, ...], decoded: tuple[Utterance, ...]) -> Floats:
    if treat is None:
        return _original_errors(utterances, decoded)
    ears = _ears(utterances)
    return np.array(
        [
            domain.word_errors(one.text.split(), ears[one.speaker].words(treat(one.samples(), one.id.encode())))
            for one in decoded
        ],
        dtype=np.float64,
    )


@cache
def _original_errors(utterances: tuple[Utterance, ...], decoded: tuple[Utterance, ...]) -> Floats:
    return _errors(lambda samples, _: samples, utterances, decoded)


@cache
def _ears(utterances: tuple[Utterance, ...]) -> dict[str, domain.DomainRecogniser]:
    return dict(domain.by_speaker([one for one in utterances if one.set == "an4"]))


@cache
def _originals(utterances: tuple[Utterance, ...]) -> Floats:
    return embedding.encoder().embed(one.samples() for one in utterances)


def _embedded(recordings: Iterable[Samples]) -> Floats:
    return embedding.encoder().embed(recordings)


def _pieces(train: Sequence[Utterance]) -> list[tuple[str, str, Samples]]:
    """Return (speaker, name, samples) of about 3 s each; every piece comes with as many names as it gets keys."""
    found = []
    for one in train:
        samples = one.samples()
        count = max(1, round(samples.size / RATE / PIECE_S))
        for number, piece in enumerate(np.array_split(samples, count)):
            found += [(one.speaker, f"{one.id}/{number}/{key}", piece) for key in range(KEYS_A_PIECE)]
    return found


def _spread(utterances: Sequence[Utterance]) -> tuple[Utterance, ...]:
    """Return at most 200 of them with words, as many of each speaker as can be."""
    mixed = [utterances[row] for row in np.random.default_rng(4).permutation(len(utterances))]
    turn: dict[str, int] = {}
    ranked = []
    for one in mixed:
        if one.text:
            turn[one.speaker] = turn.get(one.speaker, 0) + 1
            ranked.append((turn[one.speaker], one.speaker, one))
    chosen = sorted(ranked, key=lambda entry: entry[:2])[:DECODED]
    return tuple(one for _, _, one in chosen)


def speed(treat: Transform, utterances: Sequence[Utterance]) -> float:
    """Return seconds of speech a second of this process's time, warm: the median of three rounds over some 30."""
    sounds = [one.samples() for one in utterances[:: max(1, len(utterances) // TIMED)]]
    treat(sounds[0], b"warm")
    rounds = []
    for _ in range(TIMES):
        begun = time.process_time()
        for number, samples in enumerate(sounds):
            treat(samples, b"%d" % number)
        rounds.append(time.process_time() - begun)
    return float(sum(samples.size for samples in sounds) / RATE / max(1e-9, np.median(rounds)))


def _not_learned_from(utterances: Sequence[Utterance]) -> list[Utterance]:
    """Return the utterances of people whom the voice model did not learn from."""
    learned = set(model.load().trained_on)
    return [one for one in utterances if f"{one.set}/{one.speaker}" not in learned]


def _people(utterances: Sequence[Utterance]) -> int:
    return len({(one.set, one.speaker) for one in utterances})


def _rounded(found: Any) -> Any:
    """Return shares as percent with two decimals, what is not a number as null; counts and names stay."""
    if isinstance(found, dict):
        return {key: _rounded(value) for key, value in found.items()}
    if isinstance(found, str | int):
        return found
    return None if math.isnan(found) else round(100 * float(found), 2)


def _in_process(level: str, folder: Path | None) -> dict[str, Any]:
    single = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    done = subprocess.run(
        [sys.executable, "-m", "bench.voice", level, str(folder)],
        env={**os.environ, **single},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"bench: level {level} ended with {done.returncode}")
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def _main(level: str, folder: Path) -> None:
    """Print one level's figures."""
    begun = time.monotonic()
    utterances = _not_learned_from(speech.load(folder))
    treat = transform(level)
    found = evaluate(treat, utterances, _not_learned_from(speech.neighbour(folder)))
    if isinstance(treat, Level):
        found["unsure"] = round(100 * treat.unsure / treat.treated, 2)
    if level != "off":
        found["x_realtime"] = round(speed(treat, utterances), 1)
    reached = ", ".join(f"{key} {found[key]}" for key in ("eer_an4", "eer_librispeech", "wer_cost") if key in found)
    say(f"{level}: {reached} (percent, points); {time.monotonic() - begun:.0f} s")
    print(json.dumps(found))


if __name__ == "__main__":
    _main(sys.argv[1], Path(sys.argv[2]))
