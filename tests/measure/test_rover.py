import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairhearing.measure.rover import combine, forms
from fairhearing.measure.text import normalise

TEXTS = st.lists(st.text("abñé ıДहि今日は'’-!", max_size=12), min_size=1, max_size=5)


@pytest.mark.parametrize(
    ("texts", "weights", "combined"),
    [
        (["turn of the light", "turn off a light", "turn off the lights"], [1, 1, 1], "turn off the light"),
        # NULL votes: a word that one of three heard goes, one that one of three missed stays.
        (["call me now", "call me", "call me"], [1, 1, 1], "call me"),
        (["call me now", "call me now", "call now"], [1, 1, 1], "call me now"),
        (["so call me", "call me", "call me please"], [1, 1, 1], "call me"),
        # Weight, not number.
        (["ring the bell", "ring the bill", "ring the bill"], [3, 1, 1], "ring the bell"),
        # Spelling that weighs most is given back.
        (["Ring, please", "ring please", "Ring please"], [3, 1, 1], "Ring, please"),
        (["звони домой сейчас", "звони дома сейчас", "звонит домой сейчас"], [1, 1, 1], "звони домой сейчас"),
        (["घंटी बजाओ अब", "घंटी बजाओ", "घंटा बजाओ अब"], [1, 1, 1], "घंटी बजाओ अब"),
        (["今日は天気がいい", "今日わ天気がいい", "今日は天気いい"], [1, 1, 1], "今日は天気がいい"),
        (["ที่นี่ดี", "ที่นี้ดี", "ที่นี่ดี"], [1, 1, 1], "ที่นี่ดี"),
        (["play ((not clear)) now", "play ((not clear))", "play it now"], [1, 1, 1], "play ((not clear)) now"),
        (["", "", "uh"], [1, 1, 1], ""),
    ],
)
def test_the_heaviest_word_of_each_place_wins(texts: list[str], weights: list[float], combined: str) -> None:
    assert combine(texts, weights) == combined


def test_a_text_that_nobody_gave_can_win_word_by_word() -> None:
    said = list("abcdef")
    wrong = [" ".join(["x" if at == slip else word for at, word in enumerate(said)]) for slip in (0, 2, 5)]
    assert combine(wrong, [1, 1, 1]) == "a b c d e f"


@given(TEXTS)
def test_equal_texts_combine_to_that_text(texts: list[str]) -> None:
    assert normalise(combine([texts[0]] * len(texts), [1.0] * len(texts))) == normalise(combine([texts[0]], [1.0]))
    assert forms(combine([texts[0]], [1.0])) == forms(texts[0])


@given(TEXTS, st.randoms())
def test_the_order_of_texts_changes_nothing(texts: list[str], chance: random.Random) -> None:
    pairs = [(text, chance.choice([0.5, 1.0, 2.0])) for text in texts]
    shuffled = chance.sample(pairs, len(pairs))
    one, other = (combine([text for text, _ in of], [weight for _, weight in of]) for of in (pairs, shuffled))
    assert forms(one) == forms(other)


@given(TEXTS)
def test_no_word_is_invented(texts: list[str]) -> None:
    heard = {form for text in texts for form in forms(text)}
    assert set(forms(combine(texts, [1.0] * len(texts)))) <= heard


@pytest.mark.parametrize(("texts", "weights"), [([], []), (["x"], []), (["x"], [0.0]), (["x", "y"], [1.0, -1.0])])
def test_what_has_no_weight_is_refused(texts: list[str], weights: list[float]) -> None:
    with pytest.raises(ValueError, match="expected one above 0 for each"):
        combine(texts, weights)
