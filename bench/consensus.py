"""``consensus``: settled texts of invented reviewers, by the product's model and by majority voting.

What is invented, and where it may mislead, is in docs/consensus.md. The same judgements are there for every way of
settling: each clip has MOST of them lying ready in an order, and a way takes as many as it asks for. No lead reviewer
takes part: where one would be asked, the best text so far counts.
"""

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from bench.options import Options, say
from fairhearing.measure import normalise, word_error_rate
from fairhearing.measure.consensus import Candidate, Decision, Heard, Rules, decide
from fairhearing.measure.reliability import Answer, Reliability, estimate

SEEDS, CLIPS, REVIEWERS, MOST = 20, 150, 12, 7
RULES = Rules()  # the product's own: settled after 2 to 4 judgements, the lead reviewer left out
HISTORY = 3  # judgements a clip of an earlier week, from which reliabilities come
CERTAIN = (0.8, 0.9, 0.95, 0.98, 0.995)
SUBSTITUTION, DELETION = 0.6, 0.25  # shares of the kinds of error; the rest are insertions
FILLERS = ("the", "a", "uh", "and", "to")
UNSURE = 1e-9  # a threshold that every text reaches, and 1 - UNSURE one that none does
UNKNOWN = Reliability(0.8, 0.16, 0)
TEXTS = (
    "turn off the kitchen light", "what is the weather in the morning", "call my sister at work",
    "set a timer for twelve minutes", "play something slow for dinner", "how far is it to the coast",
    "add oat milk and pears to my list", "remind me to water the plants on friday", "stop the music",
    "wake me at half past six tomorrow", "read me the last message", "is the back door locked",
    "the train leaves from the other platform now", "we could meet after the lecture if you like",
    "i have not heard from him since the holidays", "open the window a little please",
    "they moved the whole thing to thursday afternoon", "turn it down a bit", "who sings this song",
    "could you tell her that i will be twenty minutes late", "find a recipe without nuts", "good night",
    "the second one was better than the first", "my keys must be somewhere in the hall",
)  # fmt: skip


@dataclass(frozen=True)
class World:
    """How the invented people and machines err; every share from 0 to 1.

    ``careful`` and ``careless``: word errors of the two kinds of reviewers; ``anchored``: how many of the shown
    candidates with one error a reviewer of 2 % lets pass; ``clicking``: reviewers who take any candidate, unheard.
    ``machines_alike``: how much of their error all machines share; ``confusable``: words that each word is taken for;
    ``hard``: how much clips, and words in a clip, differ in being hard for everybody (sigma of a log-normal).
    """

    careful: float = 0.02
    careless: float = 0.08
    careless_share: float = 0.4
    anchored: float = 0.15
    clicking: float = 0.05
    machine: float = 0.12
    machines_alike: float = 0.5
    confusable: int = 3
    hard: float = 0.8


@dataclass(frozen=True)
class Clip:
    """What was said, what the machines heard, and each judgement that lies ready: by whom, what, whether picked."""

    truth: str
    candidates: list[Candidate]
    judgements: list[tuple[str, str, bool]]


@dataclass(frozen=True)
class Settled:
    """Word errors over words, judgements a clip, and how many clips were exactly right, of one way of settling."""

    error: float
    listens: float
    right: float


_error_rate = lru_cache(maxsize=1 << 16)(word_error_rate)


def run(options: Options) -> dict[str, Any]:
    """The main world over SEEDS seeds, then a table of other worlds, a fifth of the seeds each."""
    texts = _texts(options)
    say(f"{SEEDS} seeds, {CLIPS} clips, texts: {len(texts)}")
    seeds = [_seed(World(), texts, seed) for seed in range(SEEDS)]
    table = []
    for name, world in _worlds():
        say(name)
        worlds = [_seed(world, texts, seed, short=True) for seed in range(SEEDS // 5)]
        table.append({"world": name, **_summary(worlds, short=True)})
    say("is what is called 95 % sure right 95 times in 100?")
    return {**_summary(seeds), "calibration": _calibration(texts), "table": table, "texts": len(texts)}


def _worlds() -> Iterator[tuple[str, World]]:
    usual = World()
    for error in (0.005, 0.02, 0.06):
        for anchored in (0.0, 0.15, 0.4):
            name = f"careful {error}, anchored {anchored}"
            yield name, replace(usual, careful=error, careless=4 * error, anchored=anchored)
    yield "all alike", replace(usual, careless_share=0.0, clicking=0.0)
    yield "a fifth clicking", replace(usual, clicking=0.2)
    yield "one confusable word each", replace(usual, confusable=1)
    yield "twenty confusable words each", replace(usual, confusable=20)
    yield "good machines", replace(usual, machine=0.03)
    yield "machines err all alike", replace(usual, machines_alike=1.0)
    yield "half clicking", replace(usual, clicking=0.5)
    yield "anchored 0.8, machines all alike", replace(usual, anchored=0.8, machines_alike=1.0)
    yield "hard words hard for all", replace(usual, hard=1.5)


def _texts(options: Options) -> list[str]:
    found = []
    if options.text is not None:
        found = [str(json.loads(line).get("text") or "") for line in _lines(options.text)]
    elif options.speech is not None:
        found = [str(json.loads(line).get("text") or "") for line in _lines(options.speech / "manifest.jsonl")]
    return sorted({normalise(text) for text in found if len(text.split()) in range(2, 31)}) or list(TEXTS)


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def _calibration(texts: Sequence[str]) -> list[dict[str, float]]:
    """After two and three judgements, on other seeds: how probable the text was called, and how often it was right."""
    bounds = (0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.995)
    found: dict[float, list[tuple[float, bool]]] = {low: [] for low in bounds}
    for seed in range(SEEDS, SEEDS + SEEDS // 5):
        clips, known = _made(World(), texts, seed)
        model = _Model(known)
        for clip, count in product(clips, (2, 3)):
            best = model.decided(clip, count)
            low = max(low for low in bounds if low <= best.probability)
            found[low].append((best.probability, normalise(best.text or "") == clip.truth))
    return [
        {"from": low, "clips": len(of), "said": round(float(said), 3), "right": round(float(right), 3)}
        for low, of in found.items()
        if of
        for said, right in [np.mean(of, axis=0)]
    ]


def _seed(world: World, texts: Sequence[str], seed: int, *, short: bool = False) -> dict[str, Settled]:
    clips, known = _made(world, texts, seed)
    return _ways(clips, known, short=short)


def _made(world: World, texts: Sequence[str], seed: int) -> tuple[list[Clip], dict[str, Reliability]]:
    """The clips of a week, and what the week before tells about the reviewers."""
    chance = random.Random(seed)
    people = _people(world, chance)
    confusable = _confusable(texts, world.confusable, chance)
    made = [_clip(chance.choice(texts), world, people, confusable, chance) for _ in range(2 * CLIPS)]
    return made[CLIPS:], _reliabilities(made[:CLIPS])


def _reliabilities(clips: Sequence[Clip]) -> dict[str, Reliability]:
    """From an earlier week, HISTORY judgements a clip, no right answer known to anybody."""
    answers = [
        Answer(f"clip_{number}", who, normalise(text))
        for number, clip in enumerate(clips)
        for who, text, _ in clip.judgements[:HISTORY]
    ]
    return estimate(answers).reviewers


def _people(world: World, chance: random.Random) -> dict[str, float]:
    """Word error of each reviewer, spread by a factor of two; 1 stands for somebody who clicks unheard."""
    people = {}
    for number in range(REVIEWERS):
        kind = world.careless if chance.random() < world.careless_share else world.careful
        clicks = chance.random() < world.clicking
        people[f"acc_{number}"] = 1.0 if clicks else kind * 2 ** chance.uniform(-1, 1)
    return people


def _confusable(texts: Sequence[str], count: int, chance: random.Random) -> dict[str, list[str]]:
    """For each word those that are taken for it: its nearest by letters first, of all words in the texts."""
    words = sorted({word for text in texts for word in text.split()})
    alike: dict[str, list[str]] = {}
    for word in words:
        others = chance.sample(words, min(len(words), 200))
        others = sorted((other for other in others if other != word), key=lambda other: _unlike(word, other))
        alike[word] = others[:count] or ["uh"]
    return alike


def _unlike(one: str, other: str) -> float:
    pairs = ({word[at : at + 2] for at in range(-1, len(word))} for word in (f" {one} ", f" {other} "))
    mine, theirs = pairs
    return -len(mine & theirs) / len(mine | theirs)


def _clip(
    truth: str, world: World, people: dict[str, float], confusable: dict[str, list[str]], chance: random.Random
) -> Clip:
    ear = _Ear(truth, world, confusable, chance)
    # Candidates are often alternatives of one engine, or of engines taught alike: they share part of their errors.
    base = ear.heard(world.machine * world.machines_alike)
    own = world.machine * (1 - world.machines_alike)
    engines = Counter(ear.heard(own, base) for _ in range(chance.randint(2, 5)))
    candidates = [Candidate(" ".join(text.split()), count) for text, count in engines.items()]
    chance.shuffle(candidates)
    judgements = []
    for who in chance.sample(sorted(people), MOST):
        text, picked = _judged(ear, people[who], world.anchored, candidates, chance)
        judgements.append((who, text, picked))
    return Clip(truth, candidates, judgements)


class _Ear:
    """One clip as people and machines hear it: each word is hard for all of them alike, by the same number."""

    def __init__(self, truth: str, world: World, confusable: dict[str, list[str]], chance: random.Random) -> None:
        self.words = truth.split()
        self.confusable, self.chance = confusable, chance
        clip = chance.lognormvariate(-(world.hard**2) / 2, world.hard)
        self.hard = [clip * chance.lognormvariate(-(world.hard**2) / 2, world.hard) for _ in self.words]

    def heard(self, error: float, before: str | None = None) -> str:
        """The text with word errors, on top of those that ``before`` has (as :meth:`heard` gave it).

        Of the words that one is taken for, the first is twice as likely as the next. A deleted word leaves a space.
        """
        said = self.words if before is None else before.split(" ")
        return " ".join(self._word(word, min(0.9, error * hard)) for word, hard in zip(said, self.hard, strict=True))

    def _word(self, word: str, error: float) -> str:
        if not word or self.chance.random() >= error:
            return word
        kind = self.chance.random()
        if kind < SUBSTITUTION:
            others = self.confusable.get(word, ["uh"])
            return self.chance.choices(others, weights=[0.5**at for at in range(len(others))])[0]
        return "" if kind < SUBSTITUTION + DELETION else f"{word}\u00a0{self.chance.choice(FILLERS)}"


def _judged(
    ear: _Ear, error: float, anchored: float, candidates: list[Candidate], chance: random.Random
) -> tuple[str, bool]:
    """One judgement: what the reviewer heard, or a candidate near it that was let pass."""
    shown = [one.text for one in candidates]
    if error >= 1:
        return chance.choice(shown), True
    heard = " ".join(ear.heard(error).split())
    nearest = min(shown, key=lambda text: _error_rate(heard, text).errors)
    errors = _error_rate(heard, nearest).errors
    # Somebody careless is anchored more, by the root of how much more they err than a careful person.
    lax = min(0.9, anchored * (error / 0.02) ** 0.5)
    if errors and chance.random() < lax**errors:
        return nearest, True
    return heard, heard in shown


def _ways(clips: Sequence[Clip], known: dict[str, Reliability], *, short: bool) -> dict[str, Settled]:
    """Majority with 1 to MOST judgements, today's rule, and the model at several thresholds."""
    found = {f"majority_{count}": _measure(clips, _majority(count)) for count in range(1, MOST + 1)}
    for most in (3, 4, 5):
        found[f"two_agree_{most}"] = _measure(clips, _two_agree(most))
    model = _Model(known)
    for certain in CERTAIN[1:4] if short else CERTAIN:
        found[f"model_{certain}"] = _measure(clips, model.at(certain))
    if short:
        return found
    found["model_0.95_from_one"] = _measure(clips, model.at(0.95, least=1))
    found["model_0.95_no_reliabilities"] = _measure(clips, _Model({}).at(0.95))
    without = [replace(clip, candidates=[]) for clip in clips]
    found["model_0.95_no_engines"] = _measure(without, _Model(known).at(0.95))
    return found


Way = Callable[[Clip], tuple[str, int]]


def _measure(clips: Sequence[Clip], way: Way) -> Settled:
    errors = words = listens = right = 0
    for clip in clips:
        text, count = way(clip)
        rate = _error_rate(clip.truth, text)
        errors, words = errors + rate.errors, words + rate.reference_length
        listens, right = listens + count, right + (rate.errors == 0)
    return Settled(errors / words, listens / len(clips), right / len(clips))


def _majority(count: int) -> Way:
    """The most frequent text of ``count``; of equally frequent ones, that of most engines, then the first."""

    def settle(clip: Clip) -> tuple[str, int]:
        texts = [text for _, text, _ in clip.judgements[:count]]
        return _most_frequent(texts, clip), count

    return settle


def _two_agree(most: int) -> Way:
    """Two judgements; as long as there is no majority of two or more, one more, up to ``most``."""

    def settle(clip: Clip) -> tuple[str, int]:
        for count in range(2, most + 1):
            texts = [text for _, text, _ in clip.judgements[:count]]
            best = _most_frequent(texts, clip)
            if texts.count(best) >= 2 and 2 * texts.count(best) > count:
                break
        return best, count

    return settle


def _most_frequent(texts: list[str], clip: Clip) -> str:
    engines = {one.text: one.engines for one in clip.candidates}
    return max(texts, key=lambda text: (texts.count(text), engines.get(text, 0), -texts.index(text)))


class _Model:
    """The product's model: one judgement more until the text is certain, or the most are in.

    What it thinks after each judgement is the same at every threshold, and is worked out once.
    """

    def __init__(self, known: dict[str, Reliability]) -> None:
        self.known = known
        self.found: dict[tuple[int, int, float], Decision] = {}

    def at(self, certain: float, least: int = RULES.least) -> Way:
        """The way of settling with this threshold."""

        def settle(clip: Clip) -> tuple[str, int]:
            for count in range(least, RULES.most + 1):
                best = self.decided(clip, count)
                if best.probability >= certain:
                    return normalise(best.text or ""), count
            return normalise(self.decided(clip, RULES.most, 1 - UNSURE).text or ""), RULES.most

        return settle

    def decided(self, clip: Clip, count: int, certain: float = UNSURE) -> Decision:
        """What the model thinks after so many judgements, at a threshold."""
        key = id(clip), count, certain
        if key not in self.found:
            heard = [
                Heard(text, self.known.get(who, UNKNOWN).right, picked=picked)
                for who, text, picked in clip.judgements[:count]
            ]
            rules = replace(RULES, least=1, certain_at=certain)
            self.found[key] = decide(heard, candidates=clip.candidates, rules=rules)
        return self.found[key]


def _summary(seeds: list[dict[str, Settled]], *, short: bool = False) -> dict[str, Any]:
    """Ratios of the model at 0.95 to majority voting, paired within each seed; ratios of sums, bootstrap over seeds."""
    chance = np.random.default_rng(0)
    draws = [list(range(len(seeds))), *chance.integers(len(seeds), size=(1000, len(seeds))).tolist()]
    ratios = [_ratios([seeds[at] for at in draw]) for draw in draws]
    found: dict[str, Any] = {}
    for name in ratios[0]:
        low, high = np.quantile([one[name] for one in ratios[1:]], [0.025, 0.975])
        found |= {name: round(ratios[0][name], 3), f"{name}_interval": [round(float(low), 3), round(float(high), 3)]}
    if short:
        model, majority = _pooled(seeds, "model_0.95"), _pooled(seeds, "majority_3")
        return {**found, "model": _rounded(model), "majority_3": _rounded(majority)}
    return {**found, "ways": {name: _rounded(_pooled(seeds, name)) for name in seeds[0]}}


def _rounded(one: Settled) -> dict[str, float]:
    return {"error": round(one.error, 4), "listens": round(one.listens, 2), "right": round(one.right, 4)}


def _pooled(seeds: Sequence[dict[str, Settled]], name: str) -> Settled:
    figures = [(one[name].error, one[name].listens, one[name].right) for one in seeds]
    error, listens, right = np.mean(figures, axis=0)
    return Settled(float(error), float(listens), float(right))


def _ratios(seeds: Sequence[dict[str, Settled]]) -> dict[str, float]:
    """Error at the same listens, and listens at the same error; between whole numbers of listens, on a line.

    Where a majority of MOST still errs more than the model, MOST counts: the true ratio of listens is lower.
    """
    model = _pooled(seeds, "model_0.95")
    majority = [_pooled(seeds, f"majority_{count}") for count in range(1, MOST + 1)]
    today = _pooled(seeds, "two_agree_4")
    listens = [one.listens for one in majority]
    # One more judgement may not help a majority (two cannot outvote each other): the best so far counts.
    errors = np.minimum.accumulate([one.error for one in majority])
    models = [_pooled(seeds, name) for name in seeds[0] if name.removeprefix("model_") in map(str, CERTAIN)]
    models.sort(key=lambda one: one.listens)
    theirs = np.interp(today.listens, [one.listens for one in models], [one.error for one in models])
    needed = float(np.interp(-model.error, -errors, listens))
    return {
        "error_ratio": model.error / float(np.interp(model.listens, listens, errors)),
        "listens_ratio": model.listens / needed,
        "error_ratio_today": float(theirs) / today.error,
    }
