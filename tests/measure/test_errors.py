from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairhearing.measure.errors import (
    ErrorRate,
    character_error_rate,
    count_errors,
    pooled_word_error_rate,
    word_error_rate,
)

WORDS = st.lists(st.sampled_from("abcd"), max_size=9)


def plain_distance(reference: list[str], hypothesis: list[str]) -> int:
    @cache
    def distance(at: int, other: int) -> int:
        if not at or not other:
            return at + other
        swap = distance(at - 1, other - 1) + (reference[at - 1] != hypothesis[other - 1])
        return min(swap, distance(at - 1, other) + 1, distance(at, other - 1) + 1)

    return distance(len(reference), len(hypothesis))


@pytest.mark.parametrize(
    ("reference", "hypothesis", "counts"),
    [
        ("call mum now", "Call Mum, now!", (0, 0, 0, 3)),
        ("call mum now", "call tom now", (1, 0, 0, 3)),
        ("call mum now", "call now", (0, 1, 0, 3)),
        ("call mum now", "please call mum now", (0, 0, 1, 3)),
        ("one two", "two one", (2, 0, 0, 2)),
        ("", "one two", (0, 0, 2, 0)),
        ("one two", "", (0, 2, 0, 2)),
        ("", "", (0, 0, 0, 0)),
    ],
)
def test_errors_are_counted_by_kind(reference: str, hypothesis: str, counts: tuple[int, ...]) -> None:
    assert word_error_rate(reference, hypothesis) == ErrorRate(*counts)


def test_characters_are_counted_with_their_spaces() -> None:
    assert character_error_rate("sí, no", "si no") == ErrorRate(1, 0, 0, 5)
    assert character_error_rate("ab", "a b") == ErrorRate(0, 0, 1, 2)


@given(WORDS, WORDS)
def test_the_errors_are_as_few_as_can_be_and_explain_the_lengths(one: list[str], other: list[str]) -> None:
    found = count_errors(one, other)
    assert found.errors == plain_distance(one, other)
    assert found.deletions - found.insertions == len(one) - len(other)
    assert min(found.substitutions, found.deletions, found.insertions) >= 0


@given(WORDS, WORDS)
def test_exchanging_the_texts_exchanges_deletions_and_insertions(one: list[str], other: list[str]) -> None:
    there, back = count_errors(one, other), count_errors(other, one)
    assert (there.substitutions, there.deletions, there.insertions) == (
        back.substitutions,
        back.insertions,
        back.deletions,
    )


@given(WORDS, WORDS, WORDS)
def test_a_detour_is_never_shorter(one: list[str], other: list[str], third: list[str]) -> None:
    assert count_errors(one, third).errors <= count_errors(one, other).errors + count_errors(other, third).errors


def test_rates_are_errors_over_the_reference() -> None:
    assert word_error_rate("one two three four", "one two three for").rate == 0.25
    assert word_error_rate("one", "two three").rate == 2.0
    assert word_error_rate("", "two three").rate == 2.0
    assert word_error_rate("", "").rate == 0.0


def test_pooling_weighs_by_length() -> None:
    pooled = pooled_word_error_rate([("a", "b"), ("a b c", "a b c")])
    assert pooled == ErrorRate(1, 0, 0, 4)
    assert pooled.rate == 0.25
    assert pooled_word_error_rate([]) == ErrorRate()
