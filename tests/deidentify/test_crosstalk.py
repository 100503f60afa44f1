"""Whose voice a channel of a call has: found, and silenced where it is the other party's."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairhearing.deidentify import crosstalk
from fairhearing.deidentify.crosstalk import NotApart, Separated, separate

from . import calls, speech
from .calls import DELAY, RATE, between, energy

BOTH = (True, True)
FIRST_REFUSED = (False, True)


def _silent(result: Separated, channel: int, seconds: tuple[float, float]) -> float:
    """The share of a stretch that is silenced."""
    start, end = seconds
    shared = sum(max(0.0, min(end, last) - max(start, first)) for first, last in result.silenced[channel])
    return shared / (end - start)


def test_a_call_of_two_who_agreed_keeps_every_word_of_theirs() -> None:
    call = calls.call()
    sound = call.sound()
    result = separate(sound, RATE, BOTH)
    assert result.crosstalk == (None, None)
    assert np.array_equal(between(result.samples[0], call.first_alone), between(sound[0], call.first_alone))
    assert np.array_equal(between(result.samples[1], call.second_alone), between(sound[1], call.second_alone))
    assert max(_silent(result, number, call.both) for number in (0, 1)) < 0.05
    assert _silent(result, 1, call.first_alone) > 0.99, "whoever only listens is silent"
    assert _silent(result, 0, call.second_alone) > 0.99


@pytest.mark.parametrize("agreed", [BOTH, FIRST_REFUSED])
@pytest.mark.parametrize("echo_db", [-8.0, -20.0, -34.0])
def test_an_echo_is_found_measured_and_gone(echo_db: float, agreed: tuple[bool, bool]) -> None:
    call = calls.call()
    sound = call.sound(echo_db)
    result = separate(sound, RATE, agreed)
    found = result.crosstalk[1]
    assert result.crosstalk[0] is None, "the first party's channel has nothing of the second"
    assert found is not None
    assert found.delay_s == pytest.approx(DELAY, abs=0.002)
    assert found.level_db == pytest.approx(echo_db, abs=6)
    kept = result.samples[1] != 0
    assert energy(call.echo(echo_db) * kept) < 0.005 * energy(call.echo(echo_db))
    assert _silent(result, 1, call.both) > 0.95, "under the second party's voice as well"
    assert _silent(result, 1, call.second_alone) < 0.1
    assert np.array_equal(between(result.samples[0], call.first_alone), between(sound[0], call.first_alone))


def test_who_did_not_agree_is_silenced_without_being_found() -> None:
    call = calls.call()
    result = separate(call.sound(), RATE, FIRST_REFUSED)
    assert result.crosstalk == (None, None)
    assert _silent(result, 1, call.both) > 0.95
    assert _silent(result, 1, call.first_alone) > 0.99
    assert _silent(result, 1, call.second_alone) < 0.05
    assert result.speech_s[1] > 0.8 * (call.both[1] - call.both[0])


def test_the_channel_of_one_who_only_listens_ends_up_silent() -> None:
    call = calls.call()
    echo = call.echo(-20.0)
    listening = np.stack([call.first, echo]) + np.random.default_rng(3).normal(0, 1e-4, (2, echo.size))
    result = separate(listening.astype(np.float32), RATE, FIRST_REFUSED)
    assert energy(echo * (result.samples[1] != 0)) < 0.005 * energy(echo)


@pytest.mark.parametrize("fainter", [1.0, 0.5])
def test_two_people_on_both_channels_are_refused(fainter: float) -> None:
    call = calls.call()
    mixed = call.first + call.second
    later = np.concatenate([np.zeros(160, np.float32), fainter * mixed[:-160]])
    with pytest.raises(NotApart, match=r"nothing on channel|the same sound"):
        separate(np.stack([mixed, later]), RATE, BOTH)
    with pytest.raises(NotApart, match="the same sound on both"):
        separate(np.stack([mixed, fainter * mixed]), RATE, BOTH)


def test_two_microphones_in_one_room() -> None:
    call = calls.call()
    shift = round(0.004 * RATE)
    first = call.first + 0.2 * np.roll(call.second, shift)
    second = call.second + 0.2 * np.roll(call.first, shift)
    noise = np.random.default_rng(4).normal(0, 1e-4, (2, first.size))
    result = separate((np.stack([first, second]) + noise).astype(np.float32), RATE, BOTH)
    assert None not in result.crosstalk
    for number, other, own in ((0, call.second_alone, call.first_alone), (1, call.first_alone, call.second_alone)):
        assert _silent(result, number, other) > 0.98
        assert _silent(result, number, own) < 0.1


def test_the_rate_is_kept_and_so_is_what_is_not_speech() -> None:
    rate = 8_000
    sound = np.random.default_rng(5).normal(0, 0.05, (2, 3 * rate)).astype(np.float32)
    result = separate(sound, rate, FIRST_REFUSED)
    assert np.array_equal(result.samples, sound)
    assert result.silenced == ((), ())


@settings(max_examples=25, deadline=None)
@given(
    cuts=st.lists(st.tuples(st.floats(0, 2), st.floats(0.001, 0.5)), max_size=6),
    rate=st.sampled_from([8_000, 11_025, 48_000]),
)
def test_marked_frames_are_silent_and_all_else_is_as_it_came(cuts: list[tuple[float, float]], rate: int) -> None:
    marks = np.zeros(200, dtype=bool)
    for start, length in cuts:
        marks[round(100 * start) : round(100 * (start + length)) + 1] = True
    samples = np.ones(2 * rate, dtype=np.float32)
    spans = crosstalk._spans(marks, 2.0)
    assert all(first[1] < second[0] for first, second in pairwise(spans))
    result = crosstalk._without(samples, spans, rate)
    inside = np.zeros(samples.size, dtype=bool)
    for start, end in spans:
        inside[round(start * rate) : round(end * rate)] = True
    assert np.array_equal(result[~inside], samples[~inside])
    fades = sum(2 * round(crosstalk.FADE * rate) + 2 for _ in spans)
    assert np.count_nonzero(result[inside]) <= fades
    for frame in np.flatnonzero(marks):
        assert inside[round(frame * rate / 100) + 1 : round((frame + 1) * rate / 100) - 1].all()


@pytest.mark.parametrize("shape", [(16_000,), (1, 16_000), (3, 16_000)])
def test_another_shape_is_an_error(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"expected \(2, n\)"):
        separate(np.zeros(shape, np.float32), RATE, BOTH)


@speech.needed
def test_a_real_echo_is_gone() -> None:
    one, other = (speech.samples(key) for key in speech.chosen("librispeech", 2))
    gap = np.zeros(RATE, np.float32)
    first = np.concatenate([gap, one, gap, np.zeros_like(other), gap])
    second = np.concatenate([gap, np.zeros_like(one), gap, other, gap])
    echo = 0.05 * np.concatenate([np.zeros(3_000, np.float32), first[:-3_000]])
    result = separate(np.stack([first, second + echo]), RATE, FIRST_REFUSED)
    assert result.crosstalk[1] is not None
    assert energy(echo * (result.samples[1] != 0)) < 0.005 * energy(echo)
    assert energy(result.samples[1]) > 0.9 * energy(second)
