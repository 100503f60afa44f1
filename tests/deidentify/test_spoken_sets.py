"""The finder on the project's own sets of sentences, written blind, and on data said or written in other ways."""

import importlib.util
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.personal_data import Line as Sentence
from bench.personal_data import _figures
from fairhearing.deidentify import spoken
from fairhearing.deidentify.spoken import Turn, checks

SETS = sorted((Path(__file__).parent / "data").glob("[a-z][a-z]_*.jsonl"))


def sentences(path: Path) -> list[Sentence]:
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [Sentence(one["text"], tuple((s["start"], s["end"], s["type"]) for s in one["spans"])) for one in lines]


def found(text: str, language: str = "en") -> list[tuple[str, str]]:
    return [(span.type, text[span.start : span.end]) for span in spoken.find(text, language)]


def talk(*texts: str, language: str = "en") -> list[list[tuple[str, str]]]:
    turns = [Turn("ab"[at % 2], text) for at, text in enumerate(texts)]
    spans = spoken.find_turns(turns, language)
    return [[(one.type, text[one.start : one.end]) for one in each] for text, each in zip(texts, spans, strict=True)]


@pytest.mark.parametrize("path", SETS, ids=lambda path: path.stem)
def test_a_set_is_found_as_well_as_promised(path: Path) -> None:
    language = path.stem.split("_")[0]
    figures = _figures(
        sentences(path), lambda text: [(one.start, one.end, one.type) for one in spoken.find(text, language)]
    )
    least, words = (0.95, 0.85) if language == "en" else (0.85, 0.85)
    assert figures["recall"] >= least
    assert figures["precision"] >= least
    assert figures["name_address_recall"] >= words
    assert figures["name_address_precision"] >= words
    assert figures["innocent"] >= 0.93


@pytest.mark.parametrize("path", SETS, ids=lambda path: path.stem)
def test_a_set_marks_whole_words_and_no_span_twice(path: Path) -> None:
    for one in sentences(path):
        end = -1
        for start, stop, _ in sorted(one.spans):
            assert start > end
            assert one.text[start:stop].strip() == one.text[start:stop] != ""
            end = stop


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("My number is 555-0123, call me.", [("PHONE", "555-0123")]),
        ("Card: 4111 1111 1111 1111, thanks", [("CARD", "4111 1111 1111 1111")]),
        ("Write to jane@mail.example.", [("EMAIL", "jane@mail.example")]),
        ("I was born 3/4/1985.", [("DATE_OF_BIRTH", "3/4/1985")]),
        ("Call me on (212) 555-0147!", [("PHONE", "(212) 555-0147")]),
        ("My PIN is 4711.", [("SECRET", "4711")]),
        ("The server is 192.0.2.17", [("ONLINE", "192.0.2.17")]),
        ("Passport C01X00T47?", [("ID_NUMBER", "C01X00T47")]),
        ("Ship it to 38 Thistledown Avenue, please", [("ADDRESS", "38 Thistledown Avenue")]),
        ("IBAN GB82 WEST 1234 5698 7654 32", [("BANK", "GB82 WEST 1234 5698 7654 32")]),
        ("sort code 12-34-56", [("BANK", "12-34-56")]),
        ("it answers at 2001:db8::1", [("ONLINE", "2001:db8::1")]),
        ("The meeting is on 3/4/2025 at 10:30.", []),
        ("It costs $19.99 or 1,250 points.", []),
        ("Version 3.11.7 is out; see page 204.", []),
    ],
)
def test_written_and_mixed_forms_are_found_with_their_offsets(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


def test_a_question_announces_the_answer_in_the_next_turn() -> None:
    assert talk("what's your date of birth please", "the fourth of july eighty eight") == [
        [],
        [("DATE_OF_BIRTH", "fourth of july eighty eight")],
    ]
    assert talk("can i take your name", "yes it's ottilie brandt")[1] == [("NAME", "ottilie brandt")]
    assert talk("and the answer to your security question", "marmalade")[1] == [("SECRET", "marmalade")]


def test_a_number_goes_on_over_turns() -> None:
    assert talk("my number is oh seven seven double oh", "yes", "nine hundred", "uh huh", "one two three") == [
        [("PHONE", "oh seven seven double oh")],
        [],
        [("PHONE", "nine hundred")],
        [],
        [("PHONE", "one two three")],
    ]


def test_a_read_back_by_the_other_party_is_found() -> None:
    turns = talk("the policy is k four four one nine", "okay so four four one nine", "thanks")
    assert turns == [[("ID_NUMBER", "k four four one nine")], [("ID_NUMBER", "four four one nine")], []]
    assert talk("my name is ottilie brandt", "right ottilie how can i help")[1] == [("NAME", "ottilie")]


def test_an_ordinary_answer_after_an_ordinary_question_stays() -> None:
    assert talk("what time shall we come", "eight thirty", "and how many are you", "four") == [[], [], [], []]


def test_turns_of_other_languages_are_read_too() -> None:
    assert talk("me dice su teléfono", "seis cero cero", "sí", "uno dos tres", language="es") == [
        [],
        [("PHONE", "seis cero cero")],
        [],
        [("PHONE", "uno dos tres")],
    ]


def test_written_form_keeps_where_all_came_from() -> None:
    text = "mail jane dot doe at mail dot example or ring five five five oh one two two"
    written, offsets = spoken.written(text, "en")
    assert written == "mail jane.doe@mail.example or ring 5550122"
    start = written.index("5550122")
    begin, end = offsets.source(start, start + 7)
    assert text[begin:end] == "five five five oh one two two"
    with pytest.raises(ValueError, match="no word"):
        offsets.source(len(written) + 5, len(written) + 9)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("five one two no three five five five oh one one two", "PHONE"),
        ("won two five five five oh won too ate nine", "PHONE"),
    ],
)
def test_corrections_and_confusions_stay_within_a_number(text: str, expected: str) -> None:
    assert found(f"my number is {text}") == [(expected, text)]


def test_checks_hold_and_fail() -> None:
    assert checks.card("4242424242424242")
    assert not checks.card("4242424242424241")
    assert checks.iban("gb82west12345698765432")
    assert not checks.iban("gb83west12345698765432")
    assert checks.phone("2125550147", ("US",))
    assert checks.network_address("2001:db8::7")
    assert not checks.network_address("192.0.2.256")


def test_a_failed_check_frees_no_announced_datum() -> None:
    assert found("my card number is four two four two four two four two four two four two four two four one")
    assert found(
        "my iban is g b eight three w e s t one two three four five six nine eight seven six five four three two"
    )


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200), st.sampled_from(["en", "es", "de"]))
def test_any_text_is_read_without_an_error(text: str, language: str) -> None:
    end = 0
    for span in spoken.find(text, language):
        assert end <= span.start < span.end <= len(text)
        end = span.end
    _, offsets = spoken.written(text, language)
    for _, _, start, stop in offsets.pieces:
        assert 0 <= start < stop <= len(text)
    spoken.find_turns([Turn("a", text), Turn("b", text)], language)
    spoken.find_words(text.split(), language)


@pytest.mark.parametrize("words", ["one", "at a dot com", "one street", "born may first", "a b", "password is for"])
def test_a_long_text_is_read_in_one_go(words: str) -> None:
    text = f"{words} " * (20_000 // len(words))
    spans = spoken.find(text, "en")
    assert all(span.end <= len(text) for span in spans)


@pytest.mark.skipif(importlib.util.find_spec("presidio_analyzer") is not None, reason="Presidio is installed")
def test_a_missing_presidio_is_said_aloud() -> None:
    from fairhearing.deidentify.presidio_finder import MissingPresidio, PresidioFinder

    with pytest.raises(MissingPresidio, match="presidio-analyzer"):
        PresidioFinder("en")


def test_presidio_reads_spoken_form_after_ours() -> None:
    pytest.importorskip("presidio_analyzer")
    from fairhearing.deidentify.presidio_finder import PresidioFinder

    text = "please mail jane at example dot com today"
    spans = PresidioFinder("en").find(text)
    assert [(one.type, text[one.start : one.end]) for one in spans] == [("EMAIL", "jane at example dot com")]
