import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairhearing.measure.intervals import Interval, newcombe, wilson


def test_known_intervals_come_out() -> None:
    # Worked out by hand from the formula with z = 1.959964.
    assert wilson(0, 10) == Interval(0.0, pytest.approx(0.277533, abs=1e-6))  # type: ignore[arg-type]
    half = wilson(5, 10)
    assert half.low == pytest.approx(0.236593, abs=1e-6)
    assert half.high == pytest.approx(0.763407, abs=1e-6)
    assert wilson(0, 0) == Interval(0.0, 1.0)


@given(st.integers(1, 500), st.data())
def test_the_share_lies_inside_and_more_confidence_is_wider(trials: int, data: st.DataObject) -> None:
    successes = data.draw(st.integers(0, trials))
    narrow, wide = wilson(successes, trials, confidence=0.8), wilson(successes, trials, confidence=0.99)
    assert 0 <= wide.low <= narrow.low <= successes / trials <= narrow.high <= wide.high <= 1


@given(st.integers(1, 500), st.data())
def test_failures_mirror_successes(trials: int, data: st.DataObject) -> None:
    successes = data.draw(st.integers(0, trials))
    one, other = wilson(successes, trials), wilson(trials - successes, trials)
    assert one.low == pytest.approx(1 - other.high)


@pytest.mark.parametrize(("successes", "trials", "confidence"), [(2, 1, 0.9), (-1, 1, 0.9), (1, 2, 1.0), (1, 2, 0.0)])
def test_impossible_questions_are_refused(successes: int, trials: int, confidence: float) -> None:
    with pytest.raises(ValueError, match="expected"):
        wilson(successes, trials, confidence=confidence)


def test_published_intervals_of_a_difference_come_out() -> None:
    # Newcombe 1998, table II, contrasts (a) and (d), method 10.
    first, small = newcombe((56, 70), (48, 80)), newcombe((9, 10), (3, 10))
    assert (first.low, first.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert (small.low, small.high) == pytest.approx((0.1705, 0.8090), abs=5e-5)


@given(st.integers(1, 300), st.integers(1, 300), st.data())
def test_the_difference_lies_inside_and_turns_with_its_sides(trials: int, others: int, data: st.DataObject) -> None:
    one, other = (data.draw(st.integers(0, trials)), trials), (data.draw(st.integers(0, others)), others)
    found, turned = newcombe(one, other), newcombe(other, one)
    apart = one[0] / trials - other[0] / others
    assert -1 <= found.low <= apart + 1e-12
    assert apart - 1e-12 <= found.high <= 1
    assert (found.low, found.high) == pytest.approx((-turned.high, -turned.low))


def test_of_nothing_a_difference_can_be_anything() -> None:
    assert newcombe((0, 0), (3, 4)) == newcombe((3, 4), (0, 0)) == Interval(-1.0, 1.0)
