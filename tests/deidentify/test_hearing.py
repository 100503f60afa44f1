"""What needs ears: speech activity, PocketSphinx and its biased second hearing, on real speech."""

from itertools import pairwise

import numpy as np
import pytest

from fairhearing.deidentify import GivenText, Options, activity, biased, deidentify, evidence, lexicon, loops
from fairhearing.deidentify.evidence import Segment
from fairhearing.deidentify.pocketsphinx_recogniser import PocketSphinxRecogniser
from fairhearing.deidentify.words import RATE, Word

from . import speech


def test_silence_and_noise_are_no_speech() -> None:
    assert activity.regions(np.zeros(RATE, dtype=np.float32)) == []
    assert activity.regions(np.zeros(0, dtype=np.float32)) == []
    hiss = np.random.default_rng(2).normal(0, 0.02, RATE).astype(np.float32)
    assert activity.regions(hiss) == []


def test_the_models_hold_what_they_say() -> None:
    assert len(lexicon.CLASS_WORDS) == len(set(lexicon.CLASS_WORDS)) == 100
    assert len(lexicon.common_words()) == 1000
    assert not set(lexicon.CLASS_WORDS) & set(lexicon.common_words())
    entries = {line.split(" ", 1)[0] for line in lexicon.dictionary_lines()}
    assert set(lexicon.CLASS_WORDS) <= entries
    assert set(lexicon.common_words()) <= entries


def test_the_path_changes_state_where_it_is_cheap() -> None:
    gains = np.concatenate([np.full(100, -2.0), np.zeros(40), np.full(100, 2.0)])
    spoken = np.concatenate([np.full(100, True), np.full(40, False), np.full(100, True)])
    path = evidence.best_path(gains, evidence.switch_costs(spoken))
    assert not path[:100].any()
    assert path[140:].all()


def test_a_word_among_others_does_not_change_the_state() -> None:
    gains = np.full(300, -2.0)
    gains[140:170] = 3.0
    assert not evidence.best_path(gains, evidence.switch_costs(np.full(300, True))).any()


def test_the_looks_weigh_class_words_against_others() -> None:
    scores = np.full((120, 126), -4.0, dtype=np.float32)
    scores[:, 0] = 0.0  # a sound that no class word begins with
    heard = loops.listen(scores)
    assert heard.phones.shape == (121,)
    assert heard.phone_score(10, 60) < 0
    assert heard.phone_score(500, 600) == 0
    class_pass = [Segment("a.", 0, 110, -9.0)]
    evidence_, spoken = evidence.first_look(class_pass, heard, 110)
    assert evidence_.shape == spoken.shape == (110,)
    assert evidence.stretches(evidence_, spoken, 0.0) == []
    wide = [Segment("people", 0, 110, -1.0)]
    second, _ = evidence.second_look(class_pass, wide, heard, 110)
    assert second.mean() < evidence.second_look(class_pass, [Segment("a.", 0, 110, -1.0)], heard, 110)[0].mean()


def test_what_is_nearly_certain_beside_a_finding_is_cut_with_it() -> None:
    found = biased._with_neighbours([(0, RATE)], [(RATE + 100, 2 * RATE), (9 * RATE, 10 * RATE)])
    assert found == [(0, RATE), (RATE + 100, 2 * RATE)]


def test_given_words_say_where_class_words_may_be() -> None:
    words = [Word("hello", 0, RATE), Word("seven", RATE, 2 * RATE), Word("a", 2 * RATE, 3 * RATE)]
    known = biased._by_words(words, 0, 400)
    assert known[50] < -3
    assert known[150] > 0
    assert known[250] == known[350] == 0


def test_long_speech_is_decoded_in_passes() -> None:
    spans = biased.passes([(0, 70 * RATE), (80 * RATE, 81 * RATE)], 90 * RATE)
    assert len(spans) == 4
    assert all(end - start <= 31 * RATE for start, end in spans)


@speech.needed
def test_speech_is_found_within_the_pauses_around_it() -> None:
    key = speech.chosen("librispeech", 4)[1]
    sound = np.concatenate([np.zeros(2 * RATE, np.float32), speech.samples(key), np.zeros(2 * RATE, np.float32)])
    regions = activity.regions(sound)
    assert regions[0][0] > RATE
    assert regions[-1][1] < sound.size - RATE
    assert sum(end - start for start, end in regions) > 0.6 * (sound.size - 4 * RATE)


@speech.needed
def test_spelling_and_numbers_are_heard_as_such() -> None:
    spoken = cut = 0
    for key in speech.chosen("cen", 12):
        sound = speech.samples(key)
        regions = activity.regions(sound)
        found = biased.stretches(sound, regions)
        spoken += sum(end - start for start, end in regions)
        cut += sum(activity.overlap(regions, *one) for one in found)
    assert cut >= 0.93 * spoken


@speech.needed
def test_prose_is_mostly_left_alone() -> None:
    spoken = cut = 0
    for key in speech.chosen("librispeech", 6):
        sound = speech.samples(key)
        regions = activity.regions(sound)
        spoken += sum(end - start for start, end in regions)
        cut += sum(activity.overlap(regions, *one) for one in biased.stretches(sound, regions))
    assert cut <= 0.2 * spoken


@speech.needed
def test_words_come_in_order_within_the_recording() -> None:
    sound = speech.samples(speech.chosen("librispeech", 6)[2])
    words = PocketSphinxRecogniser().words(sound)
    assert len(words) > 3
    assert all(0 <= word.start < word.end <= sound.size for word in words)
    assert all(a.end <= b.start + evidence.FRAME for a, b in pairwise(words))
    assert all(word.confidence is None or 0 <= word.confidence <= 1 for word in words)


@speech.needed
def test_a_number_beside_prose_is_cut_and_the_prose_served() -> None:
    prose, number = speech.chosen("librispeech", 5)[1], speech.chosen("cen7", 9)[4]
    before = speech.samples(prose)
    sound = np.concatenate([before, np.zeros(RATE, np.float32), speech.samples(number)])
    given = [GivenText(f"{speech.text(prose)} my number is {speech.text(number)}", "transcription", "en")]
    result = deidentify(sound, language="en", given=given, options=Options(free_speech="serve"))
    assert result.verdict == "clear"
    assert result.findings[-1].start > before.size
    assert result.findings[-1].end - result.findings[-1].start > RATE
    served = result.texts[0].text.split()
    assert served[-1].startswith("[")
    assert not set(speech.text(number).split()) & set(served[-6:])
    assert result.clips[0].start < before.size


def test_silence_alone_is_heard_as_no_words() -> None:
    assert PocketSphinxRecogniser().words(np.zeros(RATE, dtype=np.float32)) == []


def test_stereo_is_refused() -> None:
    with pytest.raises(ValueError, match="shape"):
        biased.stretches(np.zeros((2, RATE), dtype=np.float32))
