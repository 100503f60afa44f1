import random
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairhearing.measure.reliability import Answer, Estimate, Prior, estimate

SKILLS = {"ada": 0.95, "bea": 0.85, "cy": 0.75, "dot": 0.6, "eli": 0.2}
NOTHING = Prior(0, 0)
ANSWERS = st.lists(
    st.builds(Answer, st.sampled_from("uvwxyz"), st.sampled_from("abcd"), st.integers(0, 3)), max_size=30
)


def made(clips: int = 200, seed: int = 7) -> Iterator[Answer]:
    """Answers of five invented people, right as often as SKILLS says; 0.2 of five options is clicking at random."""
    chance = random.Random(seed)
    for clip in range(clips):
        truth = clip % 5
        for who, right in SKILLS.items():
            if chance.random() < 0.8:
                answer = truth if chance.random() < right else (truth + chance.randrange(1, 5)) % 5
                yield Answer(f"clip_{clip}", who, answer)


def test_who_clicks_at_random_is_found_and_the_others_are_known_to_within_a_few_per_cent() -> None:
    found = estimate(made(1000), options=5).reviewers
    assert {who: one.right for who, one in found.items()} == pytest.approx(SKILLS, abs=0.04)
    assert min(found, key=lambda who: found[who].right) == "eli"


def test_the_same_figures_as_crowd_kit() -> None:
    """Of crowd-kit 1.4.2, OneCoinDawidSkene, on these answers. It also estimates how frequent each label is."""
    published = {"ada": 0.9586, "bea": 0.8311, "cy": 0.7379, "dot": 0.5637, "eli": 0.2145}
    found = estimate(made(), options=5, prior=NOTHING).reviewers
    assert {who: one.right for who, one in found.items()} == pytest.approx(published, abs=0.01)


def test_crowd_kit_itself_says_the_same() -> None:
    crowdkit = pytest.importorskip("crowdkit.aggregation")
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame(list(made(seed=3)), columns=["task", "worker", "label"])
    skills = crowdkit.OneCoinDawidSkene(n_iter=500, tol=1e-12).fit(table).skills_
    found = estimate(made(seed=3), options=5, prior=NOTHING).reviewers
    assert {who: one.right for who, one in found.items()} == pytest.approx(skills.to_dict(), abs=0.01)


def test_one_round_by_hand() -> None:
    """Known answers leave nothing to guess: shares of right answers, and the spread of their beta distribution."""
    answers = [Answer("u", "ada", "x"), Answer("v", "ada", "x"), Answer("w", "ada", "y"), Answer("u", "bea", "y")]
    found = estimate(answers, known={"u": "x", "v": "x", "w": "x"}, prior=Prior(1, 1))
    ada, bea = found.reviewers["ada"], found.reviewers["bea"]
    assert (ada.right, ada.clips) == (pytest.approx(3 / 5), 3)
    assert ada.spread == pytest.approx((0.6 * 0.4 / 6) ** 0.5)
    assert bea.right == pytest.approx(1 / 3)
    assert found.clips == {"u": 1.0, "v": 1.0, "w": 0.0}


def test_known_answers_outweigh_a_careless_majority() -> None:
    """Three who copy from each other are the majority on every clip; known answers show them up."""
    together = [Answer(f"c{n}", who, "easy") for n in range(60) for who in ("ida", "jon", "kim")]
    alone = [Answer(f"c{n}", "lea", "hard") for n in range(60)]
    known = {f"c{n}": "hard" for n in range(50)}
    blind = estimate(together + alone).reviewers
    seen = estimate(together + alone, known=known).reviewers
    assert blind["ida"].right > 0.9
    assert blind["lea"].right < 0.2
    assert seen["lea"].right > seen["ida"].right


def test_a_clip_that_one_person_answered_tells_nothing() -> None:
    assert estimate([Answer("u", "ada", "x")]) == Estimate({}, {})
    pair = [Answer("v", "ada", "x"), Answer("v", "bea", "x")]
    assert estimate([*pair, Answer("u", "ada", "x")]) == estimate(pair)


@given(ANSWERS, st.randoms())
def test_the_order_of_answers_changes_nothing(answers: list[Answer], chance: random.Random) -> None:
    one, other = estimate(answers), estimate(chance.sample(answers, len(answers)))
    assert one.clips == pytest.approx(other.clips)
    assert {who: r.right for who, r in one.reviewers.items()} == pytest.approx(
        {who: r.right for who, r in other.reviewers.items()}
    )


@given(ANSWERS)
def test_reliabilities_are_probabilities(answers: list[Answer]) -> None:
    found = estimate(answers)
    assert all(0 < one.right < 1 and 0 < one.spread < 0.5 and one.clips > 0 for one in found.reviewers.values())
    assert all(0 <= share <= 1 for share in found.clips.values())


@pytest.mark.parametrize(("options", "prior"), [(1.0, Prior()), (5.0, Prior(-1, 1))])
def test_what_cannot_be_is_refused(options: float, prior: Prior) -> None:
    with pytest.raises(ValueError, match="expected 2 or more"):
        estimate([], options=options, prior=prior)
