"""Sensitive content: grades, contexts, allowed titles, and that nothing makes it raise or slow."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairhearing.deidentify.sensitive import CATEGORIES, assess
from fairhearing.deidentify.sensitive.lexicon import load
from fairhearing.deidentify.sensitive.patterns import BadPattern, compile_patterns, expression
from fairhearing.deidentify.words import Word

SENTENCES = Path(__file__).parent / "data" / "sensitive_en.jsonl"


def sentences(half: str) -> list[dict[str, object]]:
    lines = SENTENCES.read_text(encoding="utf-8").splitlines()
    return [one for one in map(json.loads, lines) if one["half"] == half]


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("Search for porn videos", "sexual"),
        ("He pulled a knife on me outside the station.", "violent"),
        ("I was diagnosed with bipolar disorder", "medical"),
        ("My daughter is seven and home alone", "minors"),
        ("I don't want to live any more", "self_harm"),
        ("I hate all immigrants", "hate"),
    ],
)
def test_each_category_is_found(text, category):
    found = assess(text, "en-GB")
    assert category in found.categories
    assert found.grade == max(found.categories.values())
    assert 0 < found.score <= 1
    assert found.reasons


@pytest.mark.parametrize(
    "text",
    [
        "how long do i roast chicken breast",
        "kill the lights in the kitchen",
        "shoot me an email",
        "i totally bombed the test",
        "book a table at the cock and bull",
        "is the slug and lettuce open",
        "how far is scunthorpe",
        "who played the sweep was it dick van dyke",
        "read the next chapter of moby dick",
        "play the theme of sex and the city",
        "add murder on the orient express to my list",
        "where is the nearest pharmacy",
        "what does the pancreas do",
        "",
    ],
)
def test_the_innocent_stay_untouched(text):
    found = assess(text, "en")
    assert (found.grade, found.categories, found.score) == (0, {}, 0.0)


def test_an_insult_to_the_assistant_is_mild_and_of_no_category():
    found = assess("you are a stupid machine", "en")
    assert found.grade == 1
    assert found.categories == {}


def test_words_are_read_like_their_text():
    text = "my biopsy came back and it is cancer"
    words = [Word(word, at * 100, at * 100 + 90) for at, word in enumerate(text.split())]
    assert assess(words, "en") == assess(text, "en")


def test_reasons_never_repeat_the_text():
    found = assess("my biopsy came back and it is cancer", "en")
    assert all("biopsy" not in reason and "cancer" not in reason for reason in found.reasons)


def test_a_language_without_a_lexicon_is_not_known():
    found = assess("tijdens de seks", "nl")
    assert not found.known
    assert found.grade == 0
    assert not assess("anything", "../../etc").known


def test_spanish_has_a_small_lexicon():
    assert "minors" in assess("mi hija tiene siete años y está sola en casa", "es-ES").categories
    assert assess("pechuga de pollo al horno", "es").grade == 0


def test_the_sentences_it_was_written_with_hold():
    own = sentences("written_with")
    sensitive = [one for one in own if one["categories"]]
    innocent = [one for one in own if not one["categories"]]
    assert sum(bool(assess(str(one["text"]), "en").categories) for one in sensitive) >= 0.95 * len(sensitive)
    assert sum(bool(assess(str(one["text"]), "en").categories) for one in innocent) <= 0.02 * len(innocent)


def test_the_sentences_kept_apart_reach_the_target():
    held = sentences("held")
    sensitive = [one for one in held if one["categories"]]
    innocent = [one for one in held if not one["categories"]]
    assert len(held) >= 100
    assert sum(bool(assess(str(one["text"]), "en").categories) for one in sensitive) >= 0.9 * len(sensitive)
    assert sum(bool(assess(str(one["text"]), "en").categories) for one in innocent) <= 0.05 * len(innocent)


@given(st.text(max_size=300))
def test_no_text_makes_it_raise(text):
    found = assess(text, "en")
    assert 0 <= found.grade <= 3
    assert set(found.categories) <= set(CATEGORIES)


OWN_WORDS = "i my want to kill the sex with a knife play in is daughter ' _ ñ 7"


@given(st.lists(st.sampled_from(OWN_WORDS.split())))
def test_no_row_of_its_own_words_makes_it_raise(words):
    assess(" ".join(words), "en")


@pytest.mark.parametrize("pattern", ["", "(a", "a)", "[a", "@unknown", "(a]"])
def test_a_pattern_that_cannot_be_read_is_named(pattern):
    with pytest.raises(BadPattern):
        expression(pattern, {})


def test_patterns_find_what_they_say():
    found = compile_patterns(["@kin ~2 (is|was) age*", "[very] odd$"], {"kin": ["my son", "aunt"]})
    assert found.search(" my son who is aged ")
    assert not found.search(" my son who i think is aged ")
    assert found.search(" how very odd ")
    assert not found.search(" odd numbers ")


def test_every_lexicon_loads():
    for language in ("en", "es"):
        lexicon = load(language)
        assert lexicon is not None
        assert lexicon.rules
