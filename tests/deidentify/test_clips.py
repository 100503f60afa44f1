from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from fairhearing.deidentify.clips import LONGEST, ClipSpan, split
from fairhearing.deidentify.words import RATE, Word


def noise(seconds: float) -> np.ndarray:
    return np.random.default_rng(1).normal(0, 0.1, int(seconds * RATE)).astype(np.float32)


def test_short_speech_is_one_clip_with_room() -> None:
    assert split(noise(4), [(RATE, 2 * RATE)]) == [ClipSpan(RATE - 2400, 2 * RATE + 2400)]


def test_a_long_pause_divides_and_is_dropped() -> None:
    clips = split(noise(20), [(0, RATE), (10 * RATE, 12 * RATE)])
    assert [clip.start for clip in clips] == [0, 10 * RATE - 2400]
    assert clips[0].end == RATE + 2400


def test_speech_without_a_pause_is_split_at_its_quietest_place() -> None:
    sound = noise(25)
    sound[11 * RATE : 11 * RATE + 3200] = 0
    clips = split(sound, [(0, 25 * RATE)])
    assert len(clips) == 2
    assert 11 * RATE <= clips[0].end <= 11 * RATE + 3200
    assert clips[0].end == clips[1].start


def test_words_are_not_split() -> None:
    words = [Word("x", at, at + 9000) for at in range(0, 40 * RATE, 10_000)]
    for clip in split(noise(40), [(0, 40 * RATE)], words)[:-1]:
        assert not any(word.start < clip.end < word.end for word in words)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 30)), max_size=8))
def test_clips_are_in_order_apart_short_and_hold_all_speech(gaps: list[tuple[int, int]]) -> None:
    regions, at = [], 0
    for gap, length in gaps:
        start = at + gap * RATE // 20
        regions.append((start, start + length * RATE))
        at = start + length * RATE
    sound = noise(0.1)
    sound = np.resize(sound, at + 100)
    clips = split(sound, regions)
    for before, after in pairwise(clips):
        assert before.end <= after.start
    assert all(0 < clip.end - clip.start <= LONGEST for clip in clips)
    assert all(clip.start >= 0 and clip.end <= sound.size for clip in clips)
    held = sum(
        min(clip.end, end) - max(clip.start, start)
        for clip in clips
        for start, end in regions
        if start < clip.end and clip.start < end
    )
    assert held == sum(end - start for start, end in regions)
