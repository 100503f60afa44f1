"""The declared grammar: how it is written, and which speech it explains."""

import numpy as np
import pytest

from fairhearing.deidentify import activity
from fairhearing.deidentify.declared import BadPhrase, DeclaredGrammar, score_turns, uncovered
from fairhearing.deidentify.words import RATE
from tests.deidentify import speech

COMMANDS = DeclaredGrammar(["help", "yes", "no", "repeat", "go", "stop", "start", "enter <number>"])


@pytest.mark.parametrize(
    "phrase", ["", "   ", "(a", "a)", "[a|]", "|a", "a|", "<colour>", "turn 4 on", "()", "()+", "say <number", "[]"]
)
def test_a_phrase_that_is_no_grammar_is_refused(phrase):
    with pytest.raises(BadPhrase):
        DeclaredGrammar([phrase])


def test_a_grammar_without_phrases_is_refused():
    with pytest.raises(BadPhrase):
        DeclaredGrammar([])


def test_options_alternatives_and_classes_become_rules():
    grammar = DeclaredGrammar(["turn on|off [the] lights", "(start|stop the) timer", "dial <number>"])
    rule = grammar.rule()
    assert "turn ( on | off ) [ the ] lights" in rule
    assert "( start | stop the ) timer" in rule
    assert "dial ( zero | oh" in rule
    assert "dial [ ( zero | oh" in grammar.rule(optional_classes=True)
    assert {"turn", "on", "off", "dial", "seven"} <= set(grammar.words)


def test_silence_needs_no_explanation():
    assert uncovered(np.zeros(RATE, dtype=np.float32), [], [], COMMANDS) == []


@speech.needed
def test_commands_are_explained_and_prose_is_not():
    yes = [key for key in speech.chosen("an3", 60) if speech.text(key) in ("yes", "no", "stop", "start", "repeat")][:2]
    heard = [bool(uncovered(speech.samples(key), activity.regions(speech.samples(key)), [], COMMANDS)) for key in yes]
    assert not all(heard)
    prose = speech.samples(speech.chosen("librispeech", 1)[0])[: 5 * RATE]
    assert uncovered(prose, activity.regions(prose), [], COMMANDS)


@speech.needed
def test_what_is_cut_needs_no_explanation():
    prose = speech.samples(speech.chosen("librispeech", 1)[0])[: 3 * RATE]
    assert uncovered(prose, [(0, prose.size)], [(0, prose.size)], COMMANDS) == []


@speech.needed
def test_a_turn_longer_than_any_command_is_not_explained():
    sound = np.tile(speech.samples(speech.chosen("an3", 1)[0]), 20)[: 20 * RATE]
    (turn,) = score_turns(sound, [(0, sound.size)], [], COMMANDS)
    assert not turn.covered
