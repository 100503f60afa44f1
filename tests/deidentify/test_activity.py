"""Where somebody speaks, and through which band it came."""

import numpy as np
import pytest

from fairhearing.deidentify import activity, band
from fairhearing.deidentify.words import RATE

from . import speech


def test_probabilities_are_one_a_window_and_do_not_depend_on_what_came_before() -> None:
    sound = np.random.default_rng(1).normal(0, 0.05, RATE).astype(np.float32)
    first = activity.probabilities(sound)
    activity.probabilities(np.random.default_rng(2).normal(0, 0.3, RATE).astype(np.float32))
    assert first.shape == (-(-RATE // activity.WINDOW),)
    assert first.dtype == np.float32
    assert np.array_equal(first, activity.probabilities(sound))
    assert activity.probabilities(np.zeros(0, np.float32)).size == 0


def test_an_answer_that_is_no_probability_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def reset(self) -> None:
            pass

        def process(self, window: object) -> float:
            return float("nan")

    monkeypatch.setattr(activity, "_detector", Broken)
    with pytest.raises(RuntimeError, match="probabilities"):
        activity.regions(np.zeros(RATE, dtype=np.float32))


def test_overlap_counts_shared_samples() -> None:
    assert activity.overlap([(0, 10), (20, 30)], 5, 25) == 10
    assert activity.overlap([], 0, 10) == 0


def test_a_telephone_has_nothing_above_four_kilohertz() -> None:
    noise = np.random.default_rng(3).normal(0, 0.1, 2 * RATE)
    assert not band.is_narrow(noise.astype(np.float32), [(0, 2 * RATE)])
    spectrum = np.fft.rfft(noise)
    spectrum[(3400 * 2) :] = 0
    narrow = np.fft.irfft(spectrum).astype(np.float32)
    assert band.is_narrow(narrow, [(0, 2 * RATE)])
    assert not band.is_narrow(narrow, [])


@speech.needed
def test_real_speech_is_wide() -> None:
    for key in [*speech.chosen("an4", 4), *speech.chosen("librispeech", 4)]:
        sound = speech.samples(key)
        assert not band.is_narrow(sound, activity.regions(sound))
