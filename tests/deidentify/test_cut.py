import numpy as np
import pytest

from fairhearing.deidentify import cut
from fairhearing.deidentify.cut import Finding
from fairhearing.deidentify.words import RATE, Word

SPAN = (12_000, 20_000)


def tone() -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * 300 * np.arange(2 * RATE) / RATE)).astype(np.float32)


def test_a_cut_keeps_length_and_everything_outside_its_fades() -> None:
    sound = tone()
    done = cut.cut_audio(sound, [SPAN])
    assert done.shape == sound.shape
    assert np.array_equal(done[: SPAN[0] - cut.FADE], sound[: SPAN[0] - cut.FADE])
    assert np.array_equal(done[SPAN[1] + cut.FADE :], sound[SPAN[1] + cut.FADE :])


def test_nothing_of_the_original_is_left_inside() -> None:
    inside = slice(*SPAN)
    assert np.array_equal(cut.cut_audio(tone(), [SPAN])[inside], cut.cut_audio(-0.3 * tone(), [SPAN])[inside])
    assert np.abs(cut.cut_audio(tone(), [SPAN])[inside]).max() < 0.01


def test_a_cut_does_not_click() -> None:
    sound = tone()
    done = cut.cut_audio(sound, [SPAN])
    assert np.abs(np.diff(done)).max() <= np.abs(np.diff(sound)).max() * 1.05
    for edge in SPAN:
        frame = done[edge - 512 : edge + 512] * np.hanning(1024)
        spectrum = np.abs(np.fft.rfft(frame)) ** 2
        assert spectrum[np.fft.rfftfreq(1024, 1 / RATE) > 3000].sum() < 1e-4 * spectrum.sum()


def test_cuts_may_touch_overlap_and_reach_the_ends() -> None:
    done = cut.cut_audio(tone(), [(-50, 100), (90, 400), (400, 500), (31_990, 99_999), (5, 5)])
    assert np.abs(done[:500]).max() < 0.01
    assert np.abs(done[31_990:]).max() < 0.01


def test_the_same_recording_is_cut_the_same_way() -> None:
    assert np.array_equal(cut.cut_audio(tone(), [SPAN]), cut.cut_audio(tone(), [SPAN]))


def test_stereo_is_refused() -> None:
    with pytest.raises(ValueError, match="shape"):
        cut.cut_audio(np.zeros((2, 100), dtype=np.float32), [])


def test_a_cut_widens_to_the_words_it_touches() -> None:
    words = [Word("a", 8000, 11_000), Word("b", 11_500, 15_000), Word("c", 20_000, 22_000)]
    assert cut.widen((12_000, 14_000), words, [], 2 * RATE) == (11_500 - cut.MARGIN, 15_000 + cut.MARGIN)


def test_a_cut_takes_what_is_left_of_the_speech_beside_it() -> None:
    words = [Word("b", 11_500, 15_000)]
    assert cut.widen((11_500, 15_000), words, [(9000, 18_000)], 2 * RATE) == (9000, 18_000)


def test_text_is_cut_by_type() -> None:
    assert cut.cut_text("call 555 or 777", [(5, 8, "PHONE"), (12, 15, "PHONE")]) == "call [PHONE] or [PHONE]"


def test_overlapping_findings_are_one_and_a_named_type_wins() -> None:
    assert cut.merged_findings([Finding("CODE", 0, 100), Finding("PHONE", 50, 90)]) == [Finding("PHONE", 0, 100)]
