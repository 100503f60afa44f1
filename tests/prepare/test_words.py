"""Where words are within a clip: for stepping through it, and no word that a clip's edge cuts."""

from fairhearing.deidentify import Word
from fairhearing.deidentify.clips import ClipSpan
from fairhearing.prepare.prepare import _words


def test_words_count_from_the_clips_start_and_lie_wholly_within() -> None:
    words = [Word("one", 0, 1600), Word("two", 15000, 17600), Word("three", 17600, 32000), Word("four", 31000, 33600)]
    assert _words(words, ClipSpan(16000, 32000)) == ((100, 1000),)
    assert _words(words, ClipSpan(0, 33600)) == ((0, 100), (937, 1100), (1100, 2000), (1937, 2100))
    assert _words([], ClipSpan(0, 16000)) == ()
