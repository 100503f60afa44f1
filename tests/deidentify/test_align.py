from fairhearing.deidentify.align import match, timed_tokens
from fairhearing.deidentify.clips import ClipSpan
from fairhearing.deidentify.texts import RedactedText, split_text
from fairhearing.deidentify.words import Word

WORDS = [Word(text, at * 1000, at * 1000 + 900) for at, text in enumerate(["call", "me", "on", "five", "five", "oh"])]


def test_equal_words_are_matched_over_an_error() -> None:
    assert match(["call", "him", "on", "five"], ["call", "me", "on", "five", "six"]) == [0, None, 2, 3]


def test_a_word_that_was_not_heard_gets_the_time_between() -> None:
    tokens = timed_tokens("Call him on five, five, zero oh", WORDS, 6000)
    assert [token.text for token in tokens][:2] == ["Call", "him"]
    assert tokens[1].start == 900
    assert tokens[1].end == 2000
    assert not tokens[1].exact
    assert tokens[-1].start == 5000


def test_each_clip_gets_its_part_of_each_text() -> None:
    clips = [ClipSpan(0, 2950), ClipSpan(2950, 6000)]
    texts = [
        RedactedText("call me on five five oh", "transcription", "en", words=tuple(WORDS)),
        RedactedText("Tall me on five, five oh", "transcription", "en"),
        RedactedText("llámame al cinco cinco cero ya", "translation", "es"),
    ]
    assert split_text(texts, WORDS, clips, 6000) == [
        ["call me on", "Tall me on", "llámame al cinco"],
        ["five five oh", "five, five oh", "cinco cero ya"],
    ]


def test_one_clip_gets_every_text_whole() -> None:
    text = RedactedText("something else", "transcription", "en")
    assert split_text([text], [], [ClipSpan(0, 10)], 10) == [["something else"]]


def test_no_clip_gets_nothing() -> None:
    assert split_text([RedactedText("x", "transcription", "en")], WORDS, [], 6000) == []
