"""A leak among many clips: the right clip and reviewer, or nobody."""

import numpy as np
import pytest

from bench import attacks
from fairhearing.watermark import embed, fingerprint, keys, trace
from tests.watermark.sounds import RATE, Samples, babbling

CLIPS = [babbling(number, 5.0) for number in range(20, 32)]
ATTACKS = attacks.by_name([babbling(9, 4.0)])
REVIEWERS = ("alice", "bob", "carol")


def keys_of(clip: int) -> list[bytes]:
    return [keys.mark_key(b"sixteen bytes or more", clip=str(clip), reviewer=one) for one in REVIEWERS]


def copy_of(clip: int, reviewer: int) -> Samples:
    return embed.embed(embed.prepare(CLIPS[clip]), keys_of(clip)[reviewer])


@pytest.fixture(scope="module")
def index() -> fingerprint.Index:
    return fingerprint.Index([fingerprint.fingerprint(one) for one in CLIPS])


def traced(leak: Samples, index: fingerprint.Index) -> list[tuple[int, int]]:
    found = trace.trace(leak, index, clip_of=CLIPS.__getitem__, keys_of=keys_of).found
    return [(one.clip, one.key) for one in found]


@pytest.mark.parametrize("name", ["telephone", "speed", "tempo", "rerecording"])
def test_the_likest_clip_is_the_right_one(index: fingerprint.Index, name: str) -> None:
    for clip in (0, 7):
        leak = ATTACKS[name](CLIPS[clip][RATE : 4 * RATE], np.random.default_rng(clip))
        assert index.search(leak)[0].clip == clip


def test_a_leak_is_traced_to_clip_and_reviewer(index: fingerprint.Index) -> None:
    leak = ATTACKS["opus_24k"](copy_of(4, 1)[RATE : 5 * RATE], np.random.default_rng(1))
    assert traced(leak, index) == [(4, 1)]


def test_several_clips_in_a_long_file_are_all_found(index: fingerprint.Index) -> None:
    leak = np.concatenate([babbling(50, 2.0), copy_of(2, 0), babbling(51, 1.0), copy_of(9, 2)])
    assert sorted(traced(leak, index)) == [(2, 0), (9, 2)]


def test_nobody_is_named_for_what_was_never_served(index: fingerprint.Index) -> None:
    for leak in (babbling(60, 5.0), CLIPS[3], np.zeros(RATE, np.float32), np.zeros(0, np.float32)):
        assert traced(leak, index) == []


def test_an_empty_index_names_nobody() -> None:
    assert traced(babbling(60, 5.0), fingerprint.Index([])) == []


def test_a_fingerprint_is_small_and_the_same_each_time() -> None:
    first = fingerprint.fingerprint(CLIPS[0])
    assert first.nbytes <= 100 * 5
    assert first.tobytes() == fingerprint.fingerprint(CLIPS[0].copy()).tobytes()
