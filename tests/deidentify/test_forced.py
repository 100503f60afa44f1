"""Forced alignment: a text that is said gets its times, another is not trusted."""

import numpy as np
import pytest

from fairhearing.deidentify import forced
from fairhearing.deidentify.words import RATE

from . import speech


def test_what_is_said_for_a_written_word() -> None:
    assert forced.spoken_parts("B") == ["b."]
    assert forced.spoken_parts("a") == ["a"]
    assert forced.spoken_parts("5B") == ["5", "b."]
    assert forced.spoken_parts("it’s") == ["it's"]
    assert forced.spoken_parts("ice-cream") == ["ice", "cream"]
    assert forced.spoken_parts("—") == []


def test_a_word_of_no_dictionary_is_pronounced_by_rule() -> None:
    assert forced.pronunciations("b.") == ["B IY"]
    assert len(forced.pronunciations("0")) >= 2
    assert forced.pronunciations("xqzshmit") == ["K S K Z SH M IH T"]
    assert forced.by_rule("ñandú") == "N AE N D AH"
    assert forced.by_rule("ß漢") == "AH"


def test_silence_and_nothing_align_with_nothing() -> None:
    assert forced.align(np.zeros(RATE, dtype=np.float32), "one two") is None
    assert forced.align(np.zeros(RATE, dtype=np.float32), "") is None
    with pytest.raises(ValueError, match="shape"):
        forced.align(np.zeros((2, RATE), dtype=np.float32), "one")


def test_long_recordings_and_texts_are_left_to_the_general_recogniser() -> None:
    samples = np.zeros(forced.LONGEST + 1, dtype=np.float32)
    assert forced.align(samples, "one", [(0, RATE)]) is None
    assert forced.align(samples[:RATE], "one " * (forced.MOST_WORDS + 1), [(0, RATE)]) is None


@speech.needed
def test_a_text_that_is_said_gets_its_times() -> None:
    trusted = 0
    keys = [*speech.chosen("librispeech", 5), *speech.chosen("cen", 5)]
    for key in keys:
        sound = speech.samples(key)
        found = forced.align(sound, speech.text(key))
        assert found is not None
        assert [word.text for word in found.words] == speech.text(key).split()
        assert all(0 <= word.start < word.end <= sound.size for word in found.words)
        assert all(one.end <= other.start for one, other in zip(found.words, found.words[1:], strict=False))
        trusted += found.trusted
    assert trusted >= len(keys) - 2


@speech.needed
def test_another_text_is_not_trusted() -> None:
    keys = [*speech.chosen("librispeech", 5), *speech.chosen("cen", 5)]
    for key, other in zip(keys, [*keys[1:], keys[0]], strict=True):
        found = forced.align(speech.samples(key), speech.text(other))
        assert found is None or not found.trusted


@speech.needed
def test_unknown_words_have_times_too() -> None:
    key = speech.chosen("librispeech", 5)[1]
    words = speech.text(key).split()
    words[2] = f"{words[2]}zz"
    found = forced.align(speech.samples(key), " ".join(words))
    assert found is not None
    assert found.words[2].text == words[2]
    assert found.trusted
