"""Personal data in the texts and the words: found, and refused where nothing places it in the sound."""

from fairhearing.deidentify import spoken, texts
from fairhearing.deidentify.cut import Finding
from fairhearing.deidentify.result import Reason, Refused
from fairhearing.deidentify.run import Run

SAID_AS_SYMBOLS = frozenset({"PHONE", "CARD", "DATE_OF_BIRTH", "ID_NUMBER", "BANK", "SECRET"})


def find(run: Run) -> list[tuple[str, bool]]:
    """Search every transcription and the words themselves; return what was found in no place.

    Each is a type and whether it was said as digits or letters.
    """
    unlocated: list[tuple[str, bool]] = []
    lists = [run.words, *(list(one.words) for one in run.given if one.words and one.kind == "transcription")]
    for words in lists:
        for span in spoken.find_words([word.text for word in words], run.language):
            run.findings.append(Finding(span.type, words[span.first].start, words[span.last].end))
    for at, one in enumerate(run.given):
        if one.kind == "transcription":
            run.tokens[at] = texts.tokens_of(one, run.words, run.samples.size)
            located = texts.locate(one.text, one.language, run.tokens[at])
            run.findings += located.findings
            unlocated += located.unlocated
    run.note("find", "2", language=run.base_language, texts=len(run.tokens))
    return unlocated


def refuse_unlocated(run: Run, unlocated: list[tuple[str, bool]]) -> None:
    """Refuse what a text names and nothing places in time."""
    placed = {one.type for one in run.findings}
    for kind, spelled in unlocated:
        if kind not in placed and not ((spelled or kind in SAID_AS_SYMBOLS) and "CODE" in placed):
            raise Refused("quarantine", Reason.UNLOCATED)
