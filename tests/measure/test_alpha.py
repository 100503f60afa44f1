import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairhearing.measure.alpha import krippendorff_alpha, krippendorff_interval

CLIPS = st.lists(st.lists(st.sampled_from("xyz"), max_size=5), max_size=12)


def columns(*rows: str) -> list[list[str]]:
    """One row a reviewer, one column a clip, a dot where somebody did not answer."""
    return [[answer for answer in column if answer != "."] for column in zip(*rows, strict=True)]


@pytest.mark.parametrize(
    ("clips", "alpha"),
    [
        # The three nominal examples of Krippendorff 2011: two values, five values, four reviewers with gaps.
        (columns("0100000010", "1110010000"), 0.095),
        (columns("aabbdcccedda", "babbbccceddd"), 0.692),
        (columns("123321412...", "1233224125.3", ".3332342251.", "12332441251."), 0.743),
    ],
)
def test_the_published_examples(clips: list[list[str]], alpha: float) -> None:
    assert krippendorff_alpha(clips) == pytest.approx(alpha, abs=0.0006)


def test_agreement_is_one_and_chance_is_about_nothing() -> None:
    chance = random.Random(1)
    assert krippendorff_alpha([["x"] * 3, ["y"] * 2]) == 1
    random_clips = [chance.choices("wxyz", k=4) for _ in range(2000)]
    assert krippendorff_alpha(random_clips) == pytest.approx(0, abs=0.02)
    assert krippendorff_alpha([["x", "y"]] * 50) == pytest.approx(-0.98)


@pytest.mark.parametrize("clips", [[], [["x"]], [["x"], []], [["x", "x"], ["x", "x"]]])
def test_nothing_is_said_where_nothing_can_be(clips: list[list[str]]) -> None:
    assert krippendorff_alpha(clips) is None
    assert krippendorff_interval(clips) is None


def test_the_interval_holds_the_true_alpha_about_as_often_as_it_says() -> None:
    """Reviewers right 8 times in 10 of 4 equally frequent values: expected agreement and chance by arithmetic."""
    agreement = 0.8**2 + 3 * (0.2 / 3) ** 2
    true = 1 - (1 - agreement) / 0.75
    held = 0
    for seed in range(100):
        chance = random.Random(seed)
        clips = []
        for _ in range(150):
            value = chance.randrange(4)
            clips.append([(value + (chance.random() >= 0.8) * chance.randrange(1, 4)) % 4 for _ in range(3)])
        interval = krippendorff_interval(clips, resamples=200)
        assert interval is not None
        held += interval.low <= true <= interval.high
    assert 88 <= held <= 99


@given(CLIPS, st.randoms())
def test_the_order_of_clips_and_of_answers_changes_nothing(clips: list[list[str]], chance: random.Random) -> None:
    shuffled = [chance.sample(answers, len(answers)) for answers in chance.sample(clips, len(clips))]
    one, other = krippendorff_alpha(clips), krippendorff_alpha(shuffled)
    assert one == other or one == pytest.approx(other)
    assert one is None or one <= 1


def test_no_interval_without_resamples() -> None:
    with pytest.raises(ValueError, match="0 resamples"):
        krippendorff_interval([["x", "y"]], resamples=0)
