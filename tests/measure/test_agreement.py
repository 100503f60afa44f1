import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairhearing.measure.agreement import pairwise_agreement, settle
from fairhearing.measure.text import normalise

ANSWERS = st.lists(st.sampled_from(["yes", "Yes.", "no", "No!", "maybe", ""]), max_size=7)


@pytest.mark.parametrize(
    ("answers", "at_least", "settled"),
    [
        ([], 1, None),
        (["Yes."], 1, "Yes."),
        (["Yes."], 2, None),
        (["Yes.", "yes"], 2, "Yes."),
        (["Yes.", "yes", "yes ", "no"], 3, "yes"),
        (["Yes.", "yes", "no"], 2, "Yes."),
        (["Yes.", "yes", "no"], 3, None),
        (["yes", "yes", "no", "no"], 2, None),
        (["yes", "yes", "no", "maybe"], 2, None),
        (["", " ", "no"], 2, ""),
    ],
)
def test_a_text_is_settled_by_a_majority_of_enough(answers: list[str], at_least: int, settled: str | None) -> None:
    assert settle(answers, at_least=at_least) == settled


def test_no_answer_is_settled_by_nobody() -> None:
    with pytest.raises(ValueError, match="at_least is 0"):
        settle(["yes"], at_least=0)


@given(ANSWERS, st.randoms())
def test_the_order_of_answers_does_not_decide(answers: list[str], chance: random.Random) -> None:
    shuffled = chance.sample(answers, len(answers))
    one, other = settle(answers, at_least=2), settle(shuffled, at_least=2)
    assert (one is None) == (other is None)
    assert one is None or other is None or normalise(one) == normalise(other)


@pytest.mark.parametrize(
    ("answers", "share"),
    [([], None), (["a"], None), (["a", "A"], 1.0), (["a", "b"], 0.0), (["a", "a.", "b"], 1 / 3)],
)
def test_pairs_that_agree_are_counted(answers: list[str], share: float | None) -> None:
    assert pairwise_agreement(answers) == share
