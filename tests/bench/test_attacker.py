"""The attacker's arithmetic at its extremes, where the answer is known."""

import json
import math
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from bench import attacker, domain, mcadams, privacy, speech
from bench.privacy import Floats, Trials

PERSONS, EACH, SIZE = 12, 13, 24


def crowd(apart: float, seed: int = 0) -> tuple[Floats, list[str]]:
    """Recordings (156, 24) of twelve people whose means are ``apart`` times as far from each other as they vary."""
    rng = np.random.default_rng(seed)
    people = apart * rng.standard_normal((PERSONS, 1, SIZE))
    vectors = (people + rng.standard_normal((PERSONS, EACH, SIZE))).reshape(-1, SIZE)
    return vectors, [f"person {person:02}" for person in range(PERSONS) for _ in range(EACH)]


def matrix_of(gap: float, seed: int = 0) -> tuple[Floats, np.ndarray]:
    rng = np.random.default_rng(seed)
    owners = np.repeat(np.arange(PERSONS), EACH)
    matrix = rng.standard_normal((owners.size, PERSONS))
    matrix[np.arange(owners.size), owners] += gap
    return matrix, owners


def test_separable_scores_have_no_errors_and_full_linkability() -> None:
    matrix, owners = matrix_of(100.0)
    trials = Trials.of(matrix, owners)
    assert privacy.equal_error(trials)[0] == 0
    assert privacy.linkability(trials) == pytest.approx(1)
    assert privacy.linked(matrix, owners) == 1


def test_equal_scores_say_nothing() -> None:
    owners = np.repeat(np.arange(PERSONS), EACH)
    trials = Trials.of(np.zeros((owners.size, PERSONS)), owners)
    assert privacy.equal_error(trials)[0] == pytest.approx(0.5)
    assert privacy.linkability(trials) == 0


def test_scores_without_knowledge() -> None:
    found = [matrix_of(0.0, seed) for seed in range(40)]
    rng = np.random.default_rng(0)
    assert np.mean([privacy.equal_error(Trials.of(*one)) for one in found]) == pytest.approx(0.5, abs=0.02)
    assert np.mean([privacy.linked(*one) for one in found]) == pytest.approx(1 / PERSONS, abs=0.02)
    isolated = np.mean([privacy.singling_out(*one, rng) for one in found])
    # The share of one in N for a finite N, near e⁻¹: the threshold itself is drawn, which costs a little.
    assert isolated == pytest.approx(privacy.ISOLATED_BY_CHANCE, abs=0.06)


def test_the_equal_error_rate_of_two_normal_distributions() -> None:
    rng = np.random.default_rng(1)
    scores = np.concatenate([rng.standard_normal(40_000) + 2, rng.standard_normal(40_000)])
    spoke = np.repeat([0, 1], 40_000)
    trials = Trials(scores, np.zeros_like(spoke), spoke)
    assert privacy.equal_error(trials)[0] == pytest.approx(0.5 * math.erfc(1 / math.sqrt(2)), abs=0.005)


def test_a_bootstrap_counts_each_person_as_often_as_drawn() -> None:
    matrix, owners = matrix_of(1.0)
    trials = Trials.of(matrix, owners)
    ones = trials.weights(np.ones((1, PERSONS)))
    assert privacy.equal_error(trials, ones)[0] == pytest.approx(privacy.equal_error(trials)[0])
    alone = np.zeros((1, PERSONS))
    alone[0, 3] = 2
    assert np.isnan(privacy.equal_error(trials, trials.weights(alone))[0])
    low, high = privacy.interval(
        privacy.equal_error(trials, trials.weights(privacy.drawn_persons(PERSONS, 50, np.random.default_rng(0))))
    )
    assert low < privacy.equal_error(trials)[0] < high


def test_a_trained_attacker_tells_people_apart_who_differ_and_no_others() -> None:
    for apart, low, high in ((3.0, 0.0, 0.01), (0.0, 0.42, 0.58)):
        vectors, speakers = crowd(apart, seed=1)
        other, names = crowd(apart, seed=2)
        persons, splits = attacker.splits(speakers)
        whole = np.zeros(len(persons), dtype=np.int64)
        for scorer in [attacker.Cosine(), *attacker.trained(other, names, ["train"] * len(names)).values()]:
            found = attacker.carried_out(attacker.Attack(vectors, {0: scorer}, whole), splits, vectors)
            assert low <= found.eer <= high
            assert found.trials == PERSONS * (EACH - attacker.ENROLLED)


def test_discriminant_analysis_ignores_what_varies_within_a_person() -> None:
    loud = np.ones(SIZE)
    loud[0] = 30.0
    (vectors, speakers), (other, names) = crowd(1.0, seed=1), crowd(1.0, seed=2)
    persons, splits = attacker.splits(speakers)
    whole = np.zeros(len(persons), dtype=np.int64)
    noise = np.random.default_rng(0).standard_normal(len(vectors)) * loud[0]
    vectors[:, 0] += noise
    other[:, 0] += noise[::-1]
    rates = {
        name: attacker.carried_out(attacker.Attack(vectors, {0: scorer}, whole), splits, vectors).eer
        for name, scorer in {"raw": attacker.Cosine(), **attacker.trained(other, names, ["one"] * len(names))}.items()
    }
    assert rates["raw"] > 0.3
    assert max(rates["lda24"], rates["plda"]) < rates["raw"] - 0.1


def test_trials_never_cross_folds() -> None:
    vectors, speakers = crowd(1.0)
    persons, splits = attacker.splits(speakers)
    folds = np.arange(len(persons)) % 2
    attack = attacker.Attack(vectors, {0: attacker.Cosine(), 1: attacker.Cosine()}, folds)
    matrix = attack.matrix(splits[0], vectors, splits[0].shown, splits[0].owners)
    assert (np.isnan(matrix) == (folds[splits[0].owners][:, None] != folds)).all()


def test_the_enrolled_recordings_are_never_shown() -> None:
    _, speakers = crowd(1.0)
    persons, splits = attacker.splits([*speakers, "seldom", "seldom"])
    assert "seldom" not in persons
    assert attacker.splits(["seldom"]) == ([], [])
    for one in splits:
        assert not set(one.enrolled.ravel()) & set(one.shown.ravel())
        assert not set(one.enrolled.ravel()) & set(one.pooled.ravel())
        assert [speakers[row] for row in one.shown.ravel()] == [persons[owner] for owner in one.owners]


def test_the_language_model_sums_to_one_after_every_word() -> None:
    sentences = [text.split() for text in ("one two three", "one two", "yes", "three one one")]
    single, pairs, section = {}, {}, ""
    for line in domain.arpa(sentences).splitlines():
        if line.startswith("\\"):
            section = line
        elif line and section == "\\1-grams:":
            value, word, *held = line.split("\t")
            single[word] = (10 ** float(value), 10 ** float(held[0]) if held else 1.0)
        elif line and section == "\\2-grams:":
            value, both = line.split("\t")
            first, second = both.split()
            pairs[first, second] = 10 ** float(value)
    said = [word for word in single if word != domain.BEGIN]
    assert sum(single[word][0] for word in said) == pytest.approx(1, abs=1e-4)
    for first in single.keys() - {domain.END}:
        total = sum(pairs.get((first, second), single[first][1] * single[second][0]) for second in said)
        assert total == pytest.approx(1, abs=1e-4), first


def test_word_errors_ignore_case() -> None:
    assert domain.word_errors(["ONE", "TWO"], ["one", "two"]) == 0
    assert domain.word_errors(["ONE", "TWO"], ["two", "four"]) == 2


def test_a_recogniser_without_words_is_refused() -> None:
    with pytest.raises(ValueError, match="no word"):
        domain.DomainRecogniser(["xqzzt"])


def test_each_speaker_is_in_one_fold(tmp_path: Path) -> None:
    lines = [
        {"set": "an4", "id": f"{sex}{person}-{take}", "speaker": f"{sex}{person}", "text": "YES", "audio": "none.flac",
         "duration_s": 1.0, "sex": sex}
        for sex in "FM" for person in range(6) for take in range(2)
    ]  # fmt: skip
    (tmp_path / "manifest.jsonl").write_text("\n".join(json.dumps(line) for line in lines))
    folds = domain.parted(speech.load(tmp_path), 3)
    sizes: dict[tuple[str, int], int] = defaultdict(int)
    for speaker, fold in folds.items():
        sizes[speaker[0], fold] += 1
    assert set(sizes.values()) == {2}


def test_mcadams_with_a_coefficient_of_one_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    samples = (0.1 * np.random.default_rng(0).standard_normal(4000)).astype(np.float32)
    treated = mcadams.mcadams(samples, b"a")
    assert treated.shape == samples.shape
    assert np.abs(treated - samples).max() > 0.01
    monkeypatch.setattr(mcadams, "LOWEST", 1.0)
    monkeypatch.setattr(mcadams, "HIGHEST", 1.0)
    np.testing.assert_allclose(mcadams.mcadams(samples, b"a"), samples, atol=1e-6)
    assert not mcadams.mcadams(np.zeros(1000, np.float32), b"a").any()
