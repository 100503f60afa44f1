"""Was it meant: the wake phrase, presence of speech, levels; refusal of phrases that cannot be listened for."""

import numpy as np
import pytest

from fairhearing.audio import resample
from fairhearing.deidentify import activity
from fairhearing.deidentify.activation import ActivationReason, BadPhrase, check_phrase, judge
from fairhearing.deidentify.activation.sounds import pronunciations
from fairhearing.deidentify.words import RATE, Samples, Word
from fairhearing.demo.voices import Line, Voices
from tests.deidentify import speech


@pytest.fixture(scope="module")
def said() -> Samples:
    """A synthesised "hey computer" and a short pause."""
    with Voices() as voices:
        spoken = voices.speak(Line("hey computer", "en-us", rate=150))
    sound = resample.to_16k(spoken.samples, spoken.sampling_rate)
    return np.concatenate([np.zeros(3000, dtype=np.float32), sound, np.zeros(3000, dtype=np.float32)])


def noise(seconds: float, level: float) -> Samples:
    return np.random.default_rng(3).normal(0, level, int(seconds * RATE)).astype(np.float32)


def test_silence_was_never_meant_whatever_opened_the_device():
    sound = noise(2, 1e-4)
    for trigger in ("wake_word", "push_to_talk", "call"):
        answer = judge(sound, [], trigger=trigger, wake_words=["hey computer"])
        assert answer.meant is False
        assert answer.reasons == (ActivationReason.NO_SPEECH,)


@speech.needed
def test_a_command_after_the_wake_phrase_was_meant_and_prose_was_not(said):
    (command,) = speech.chosen("cen1", 1)
    meant = np.concatenate([said, speech.samples(command)])
    answer = judge(meant, activity.regions(meant), trigger="wake_word", wake_words=["hey computer"])
    assert answer.meant is True
    assert ActivationReason.WAKE_WORD_HEARD in answer.reasons
    for key in [command, *speech.chosen("librispeech", 2)]:
        overheard = speech.samples(key)
        answer = judge(overheard, activity.regions(overheard), trigger="wake_word", wake_words=["hey computer"])
        assert answer.meant is False
        assert ActivationReason.WAKE_WORD_ABSENT in answer.reasons


@speech.needed
def test_any_of_several_wake_phrases_counts_and_another_phrase_does_not(said):
    (command,) = speech.chosen("cen1", 1)
    sound = np.concatenate([said, speech.samples(command)])
    regions = activity.regions(sound)
    both = judge(sound, regions, trigger="wake_word", wake_words=["okay galileo", "hey computer"])
    assert both.meant is True
    assert judge(sound, regions, trigger="wake_word", wake_words=["okay galileo"]).meant is False


def test_the_wake_phrase_and_nothing_after_it_is_unsure(said):
    answer = judge(said, activity.regions(said), trigger="wake_word", wake_words=["hey computer"])
    assert answer.meant is None
    assert ActivationReason.NOTHING_AFTER in answer.reasons


@speech.needed
def test_a_recogniser_that_heard_the_phrase_is_believed():
    (key,) = speech.chosen("librispeech", 1)
    sound = speech.samples(key)
    words = [Word(text, 0, 100) for text in ("hey", "computer", "what")]
    answer = judge(sound, activity.regions(sound), trigger="wake_word", wake_words=["hey computer"], words=words)
    assert answer.meant is True
    assert ActivationReason.WAKE_WORD_IN_WORDS in answer.reasons


@speech.needed
def test_a_call_is_not_discarded_for_lack_of_a_wake_word():
    (key,) = speech.chosen("librispeech", 1)
    sound = speech.samples(key)
    answer = judge(sound, activity.regions(sound), trigger="call", wake_words=["hey computer"])
    assert answer.meant is True


@speech.needed
def test_a_programme_without_a_wake_phrase_decides_nothing():
    (key,) = speech.chosen("librispeech", 1)
    sound = speech.samples(key)
    answer = judge(sound, activity.regions(sound), trigger="wake_word")
    assert answer.meant is None
    assert answer.reasons == (ActivationReason.NO_WAKE_WORD_GIVEN,)


@speech.needed
def test_a_pressed_button_and_a_command_near_the_microphone_was_meant():
    (key,) = speech.chosen("an3", 1)
    sound = speech.samples(key)
    assert judge(sound, activity.regions(sound), trigger="push_to_talk").meant is True


@speech.needed
def test_talk_about_others_by_many_voices_after_a_press_was_not_meant():
    total = np.zeros(4 * RATE, dtype=np.float32)
    for key in speech.chosen("librispeech", 6):
        part = speech.samples(key)[: total.size]
        total[: part.size] += part / 3
    words = [Word(text, 0, 100) for text in ("so", "he", "told", "her", "nothing")]
    answer = judge(total, activity.regions(total), trigger="push_to_talk", words=words)
    assert {ActivationReason.MANY_VOICES, ActivationReason.TALKED_ABOUT} <= set(answer.reasons)
    assert answer.meant is False


@speech.needed
def test_a_voice_far_below_the_speaker_is_reported_as_background():
    near, behind = (speech.samples(key) for key in speech.chosen("librispeech", 2))
    quiet = behind[: 3 * RATE] * 0.06
    sound = np.concatenate([near[: 4 * RATE], np.zeros(RATE // 2, dtype=np.float32), quiet])
    sound = (sound + noise(sound.size / RATE, 1e-4)[: sound.size]).astype(np.float32)
    answer = judge(sound, [(0, 4 * RATE), (9 * RATE // 2, sound.size)], trigger="call")
    assert answer.background
    assert min(start for start, _ in answer.background) >= 4 * RATE
    assert answer.background_s >= 1.5


@pytest.mark.parametrize("phrase", ["", "   ", "ok 2 go", "héy", "a", "one two three four five six seven eight nine"])
def test_a_phrase_that_cannot_be_listened_for_is_refused_when_it_is_configured(phrase):
    with pytest.raises(BadPhrase):
        check_phrase(phrase)
    with pytest.raises(BadPhrase):
        judge(noise(1, 1e-3), [(0, RATE)], trigger="wake_word", wake_words=[phrase])


def test_words_outside_the_dictionary_are_spoken_by_letter_rules():
    (short, *_), long = pronunciations(("zorvik", "nova"))
    assert short == "Z AO R V IH K"
    assert "N OW V AH" in long


def test_the_transform_is_fit_for_a_report():
    answer = judge(noise(1, 1e-4), [], trigger="wake_word", wake_words=["hey computer"])
    assert set(answer.transform) == {"name", "version", "parameters"}
    assert "computer" not in str(answer.transform)


def test_samples_of_another_kind_are_refused():
    with pytest.raises(ValueError, match="float32"):
        judge(np.zeros(10, dtype=np.float64), [], trigger="call")  # type: ignore[arg-type]
