import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairhearing.measure.intervals import Interval, wilson


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
