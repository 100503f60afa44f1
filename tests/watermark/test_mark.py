"""Marks that nobody hears, found again where they were put in and nowhere else."""

import inspect

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from bench import attacks
from fairhearing.audio.encode import from_pcm16, to_pcm16
from fairhearing.watermark import (
    align,
    channel,
    detect,
    embed,
    features,
    fingerprint,
    grid,
    keys,
    resampling,
    statistics,
    warp,
)
from tests.deidentify import speech
from tests.watermark.sounds import RATE, Samples, babbling

SECRET = b"sixteen bytes or more"


def key(clip: str, reviewer: str) -> bytes:
    return keys.mark_key(SECRET, clip=clip, reviewer=reviewer)


MARKS = [key("clip_1", f"reviewer {number}") for number in range(100)]


def leak_of(clip: detect.Clip, number: int, start: float, seconds: float) -> Samples:
    copy = from_pcm16(to_pcm16(embed.embed(clip.prepared, MARKS[number])))
    return copy[int(start * RATE) : int((start + seconds) * RATE)]


@pytest.fixture(scope="module")
def clip() -> detect.Clip:
    return detect.Clip(babbling(1, 5.0))


class TestEmbed:
    def test_keeps_the_length_and_the_sound(self, clip: detect.Clip) -> None:
        marked = embed.embed(clip.prepared, MARKS[0])
        assert marked.shape == clip.samples.shape
        assert marked.dtype == np.float32
        noise = np.sum((marked - clip.samples) ** 2) / np.sum(clip.samples**2)
        assert -10 * np.log10(noise) > embed.SNR_DB - 1

    def test_is_the_same_each_time_and_another_for_each_key(self, clip: detect.Clip) -> None:
        first, again = (embed.embed(embed.prepare(clip.samples), MARKS[0]) for _ in range(2))
        assert first.tobytes() == again.tobytes()
        assert not np.allclose(first, embed.embed(clip.prepared, MARKS[1]))

    def test_no_cell_moves_by_more_than_two_decibels(self, clip: detect.Clip) -> None:
        assert 0 < 20 * np.log10(np.e) * clip.prepared.depth.max() <= 2.001

    def test_what_one_cell_gains_its_neighbour_loses(self) -> None:
        noise = 0.1 * np.random.default_rng(3).standard_normal(3 * RATE).astype(np.float32)
        marked = embed.embed(embed.prepare(noise), MARKS[0])
        before, after = (embed.cell_powers(grid.spectrum(one), noise.size)[2:-2] for one in (noise, marked))
        widths = np.diff(grid.EDGES)
        cells = np.log(after / before)
        whole = [(powers * widths).reshape(len(powers), grid.PAIRS, 2).sum(axis=2) for powers in (before, after)]
        pairs = np.log(whole[1] / whole[0])
        assert np.sqrt(np.mean(pairs**2)) < 0.5 * np.sqrt(np.mean(cells**2))

    def test_a_soft_stretch_is_marked_as_a_loud_one_is(self) -> None:
        loud = babbling(11, 10.0)
        soft = np.concatenate([loud, 0.01 * loud])
        depth = embed.prepare(soft).depth
        half = len(depth) // 2
        assert depth[half + 130 :].mean() > 0.5 * depth[: half - 130].mean()

    def test_what_noise_would_drown_is_left_alone(self) -> None:
        spectrum = np.fft.rfft(np.random.default_rng(4).standard_normal(3 * RATE))
        spectrum[spectrum.size // 2 :] *= 10 ** (-70 / 20)
        depth = embed.prepare(0.1 * np.fft.irfft(spectrum).astype(np.float32)).depth
        assert depth[3:-3, -10:].max() < 0.1 * depth[3:-3, :30].min()  # but for where it begins and ends

    @pytest.mark.parametrize("size", [0, 1, 127, 128, 129, 511, 640, 4000])
    def test_short_and_silent_sound_passes(self, size: int) -> None:
        for samples in (np.zeros(size, np.float32), np.full(size, 0.5, np.float32)):
            assert embed.embed(embed.prepare(samples), MARKS[0]).shape == (size,)

    def test_silence_stays_silent(self) -> None:
        assert not embed.embed(embed.prepare(np.zeros(RATE, np.float32)), MARKS[0]).any()

    @pytest.mark.parametrize("samples", [np.zeros((2, 100), np.float32), np.array([0.0, np.nan], np.float32)])
    def test_refuses_what_is_no_sound(self, samples: Samples) -> None:
        with pytest.raises(ValueError, match="expected"):
            embed.prepare(samples)

    @settings(max_examples=25, deadline=None)
    @given(arrays.arrays(np.float32, st.integers(0, 3000), elements=st.floats(-1, 1, width=32)))
    def test_any_sound_comes_out_as_long_finite_and_near(self, samples: Samples) -> None:
        marked = embed.embed(embed.prepare(samples), MARKS[0])
        assert marked.shape == samples.shape
        assert np.isfinite(marked).all()
        assert np.sum((marked - samples) ** 2) <= 0.1 * np.sum(samples.astype(float) ** 2) + 1e-6


class TestKeys:
    def test_depend_on_secret_clip_and_reviewer_and_on_nothing_else(self) -> None:
        assert key("clip_1", "alice") == key("clip_1", "alice")
        others = {key("clip_1", "alice"), key("clip_2", "alice"), key("clip_1", "bob"), key("clip_1a", "lice")}
        assert len(others | {keys.mark_key(b"another secret of 16", clip="clip_1", reviewer="alice")}) == 5

    def test_signs_are_fair(self) -> None:
        signs = keys.signs(MARKS, 50)
        assert set(np.unique(signs)) == {-1, 1}
        assert signs.shape == (len(MARKS), 50 * grid.PAIRS)
        assert abs(signs.astype(float).mean()) < 0.01
        likeness = signs.astype(float) @ signs.T.astype(float) / signs.shape[1]
        assert np.abs(likeness - np.eye(len(MARKS))).max() < 0.15

    def test_refuse_a_short_secret(self) -> None:
        with pytest.raises(ValueError, match="16"):
            keys.mark_key(b"short", clip="a", reviewer="b")


class TestThreshold:
    def test_what_gathers_evidence_knows_no_keys(self) -> None:
        for module in (align, channel, features, fingerprint, statistics, warp):
            assert not hasattr(module, "keys"), f"{module.__name__} imports keys: the bound would not hold"
        assert list(inspect.signature(detect.evidence).parameters) == ["leak", "clip"]

    def test_is_hoeffdings(self) -> None:
        assert detect.threshold(1) == pytest.approx(5.26, abs=0.01)
        assert detect.threshold(3 << 20) == pytest.approx(7.58, abs=0.01)

    def test_wrong_keys_score_as_the_bound_says(self, clip: detect.Clip) -> None:
        found = detect.evidence(leak_of(clip, 0, 1.0, 3.0), clip)
        wrong = detect.scores(found, [key("none", str(number)) for number in range(4000)])
        for limit in (2.5, 3.0, 3.5):
            assert (wrong > limit).mean() <= len(found.rows) * np.exp(-(limit**2) / 2)


class TestChannel:
    def test_a_long_way_round_is_found_where_short_filters_find_nothing(self, clip: detect.Clip) -> None:
        pair = laid(clip.samples, 1.0, echo=2000)
        assert channel.fit(pair).residual < 0.1

    @pytest.mark.parametrize("off", [-8e-5, 8e-5])
    def test_the_clock_is_corrected_by_what_the_channel_makes_of_the_clip(self, clip: detect.Clip, off: float) -> None:
        pair = laid(clip.samples[: 3 * RATE], 1 + off, echo=700)
        line = align.Line(1.0, 0.0, 0.0)
        corrected = align.corrected(pair.leak, channel.through(pair, channel.fit(pair)), line, 0)
        assert abs(corrected.rate - 1 - off) < 0.75 * abs(off)


def laid(samples: Samples, rate: float, echo: int) -> channel.Pair:
    """Return a clip and what came of it, ``echo`` samples late, its clock off by ``rate``, with some noise."""
    late = resampling.at(samples, np.arange(samples.size) * rate - echo)
    late += 0.01 * np.random.default_rng(5).standard_normal(late.size).astype(np.float32) * samples.std()
    return channel.Pair(late, np.pad(samples, channel.MARGIN), channel.MARGIN)


ATTACKS = attacks.by_name([babbling(9, 4.0)])


class TestDetect:
    @pytest.mark.parametrize("name", ["none", "mp3_32k", "opus_16k", "telephone", "speed", "tempo", "rerecording"])
    def test_names_the_one_reviewer_after_every_attack(self, clip: detect.Clip, name: str) -> None:
        leak = ATTACKS[name](leak_of(clip, 42, 0.9, 3.5), np.random.default_rng(7))
        assert [one.key for one in detect.detect(leak, clip, MARKS)] == [42]

    def test_the_bound_goes_with_the_answer(self, clip: detect.Clip) -> None:
        (named,) = detect.detect(leak_of(clip, 3, 0.5, 3.0), clip, MARKS)
        assert named.score > 20
        assert named.p_false <= detect.ALPHA

    def test_names_all_whose_copies_were_averaged(self, clip: detect.Clip) -> None:
        mean = np.mean([leak_of(clip, number, 0.5, 3.0) for number in (5, 6, 7)], axis=0).astype(np.float32)
        assert sorted(one.key for one in detect.detect(mean, clip, MARKS)) == [5, 6, 7]

    def test_names_nobody_who_did_not_hear_it(self, clip: detect.Clip) -> None:
        leak = leak_of(clip, 42, 0.9, 3.0)
        assert detect.detect(leak, clip, MARKS[:42] + MARKS[43:]) == []
        assert detect.detect(leak, clip, []) == []

    def test_names_nobody_for_a_clip_without_a_mark(self, clip: detect.Clip) -> None:
        assert detect.detect(clip.samples[RATE : 4 * RATE], clip, MARKS) == []

    def test_names_nobody_on_another_clip(self, clip: detect.Clip) -> None:
        assert detect.detect(leak_of(clip, 42, 0.9, 3.0), detect.Clip(babbling(2, 5.0)), MARKS) == []

    @pytest.mark.parametrize(
        "leak",
        [
            np.zeros(0, np.float32),
            np.zeros(1, np.float32),
            np.zeros(3 * RATE, np.float32),
            np.full(3 * RATE, 1.0, np.float32),
            np.random.default_rng(1).standard_normal(3 * RATE).astype(np.float32),
            np.sign(babbling(3, 3.0)),
        ],
        ids=["empty", "one", "silence", "constant", "noise", "square"],
    )
    def test_names_nobody_for_what_is_no_leak(self, clip: detect.Clip, leak: Samples) -> None:
        assert detect.detect(leak, clip, MARKS) == []

    def test_names_whoever_clipped_it(self, clip: detect.Clip) -> None:
        leak = np.clip(8 * leak_of(clip, 42, 0.9, 3.0), -1, 1)
        assert [one.key for one in detect.detect(leak, clip, MARKS)] == [42]

    def test_finds_a_short_piece_within_other_sound(self, clip: detect.Clip) -> None:
        leak = np.concatenate([babbling(4, 1.5), leak_of(clip, 42, 1.0, 3.0), babbling(5, 1.0)])
        assert [one.key for one in detect.detect(leak, clip, MARKS)] == [42]

    def test_short_and_silent_clips_name_nobody(self) -> None:
        for samples in (np.zeros(0, np.float32), np.zeros(5 * RATE, np.float32), babbling(1, 0.2)):
            assert detect.detect(babbling(1, 3.0), detect.Clip(samples), MARKS) == []

    def test_refuses_what_is_not_finite(self, clip: detect.Clip) -> None:
        with pytest.raises(ValueError, match="finite"):
            detect.evidence(np.full(3 * RATE, np.inf, np.float32), clip)

    def test_evidence_is_the_same_each_time_and_of_norm_one(self, clip: detect.Clip) -> None:
        first, again = (detect.evidence(leak_of(clip, 1, 1.0, 3.0), clip).rows for _ in range(2))
        assert first.tobytes() == again.tobytes()
        assert np.linalg.norm(first, axis=1) == pytest.approx(1, abs=1e-4)


@speech.needed
class TestRealSpeech:
    @pytest.mark.parametrize("name", ["opus_16k", "telephone", "tempo"])
    def test_names_the_one_reviewer(self, name: str) -> None:
        spoken = detect.Clip(speech.samples(speech.chosen("librispeech", 4)[1])[: 10 * RATE])
        leak = ATTACKS[name](leak_of(spoken, 42, 1.0, 3.0), np.random.default_rng(8))
        assert [one.key for one in detect.detect(leak, spoken, MARKS)] == [42]
