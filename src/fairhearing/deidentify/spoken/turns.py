"""Personal data over the turns of a conversation: a question cues its answer, numbers go on, are read back."""

from collections.abc import Sequence
from dataclasses import dataclass

from fairhearing.deidentify.spoken.finder import Span, analyse, spans_of
from fairhearing.deidentify.spoken.language import Language, load
from fairhearing.deidentify.spoken.reading import Context, Found, Reading
from fairhearing.deidentify.spoken.tokens import tokenise

PATIENCE = 4  # turns without a datum or a new question through which an expectation lives
MOST_KNOWN = 64
LONGEST_NAME = 4
NUMBERED = frozenset({"PHONE", "CARD", "ID_NUMBER", "BANK", "SECRET"})
WORDED = frozenset({"NAME", "ADDRESS", "SECRET", "ONLINE"})  # answered in words: only a question asks for them


@dataclass(frozen=True)
class Turn:
    """What one party said without a break: ``speaker`` is any label of a person or channel."""

    speaker: str
    text: str


def find_turns(turns: Sequence[Turn], language: str) -> list[list[Span]]:
    """Return the personal data in each of ``turns``, by offsets within its text, in order, not overlapping.

    Raises :class:`UnknownLanguage` for a language without a data file.
    """
    memory = _Memory(load(language))
    return [memory.turn(turn.text) for turn in turns]


class _Memory:
    """What the turns so far leave: the type expected, for how long, and the data by which a read-back is known."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.expected = ""
        self.going_on = False
        self.patience = 0
        self.known: list[tuple[str, str]] = []
        self.names: set[tuple[str, ...]] = set()

    def turn(self, text: str) -> list[Span]:
        tokens = tokenise(text, self.language)
        context = Context(self.expected, self.going_on, tuple(self.known)) if self.patience else _quiet(self.known)
        reading = Reading(tokens, self.language, context)
        found = analyse(reading)
        found = sorted([*found, *self._named_again(reading, found)])
        self._learn(reading, found)
        return spans_of(tokens, found)

    def _learn(self, reading: Reading, found: list[Found]) -> None:
        for first, last, kind in found:
            if kind in NUMBERED:
                said = "".join(unit.value for unit in reading.units_in(first, last) if unit.is_symbol)
                if len(said) >= 3:
                    self.known = [*self.known, (said, kind)][-MOST_KNOWN:]
            elif kind == "NAME":
                self._learn_name(reading, first, last)
        after = found[-1][1] + 1 if found else 0
        asked = _asked(reading, after)
        if asked:
            self.expected, self.going_on, self.patience = asked, False, PATIENCE
        elif (
            found and found[-1][2] in NUMBERED and found[-1][1] in reading.symbols and len(reading.tokens) - after <= 2
        ):
            self.expected, self.going_on, self.patience = found[-1][2], True, PATIENCE
        elif found:
            self.patience = 0
        else:
            self.patience = max(0, self.patience - 1)

    @staticmethod
    def _may_go_on(reading: Reading, found: Sequence[Found]) -> bool:
        return bool(found) and found[-1][2] in NUMBERED and found[-1][1] in reading.symbols

    def _learn_name(self, reading: Reading, first: int, last: int) -> None:
        words = tuple(reading.base(at) for at in range(first, last + 1))
        if all(len(word) == 1 for word in words):
            return
        self.names.add(words)
        for word in words:
            if len(word) > 2 and not self.language.is_known(word):
                self.names.add((word,))

    def _named_again(self, reading: Reading, found: Sequence[Found]) -> list[Found]:
        """Return the names of earlier turns that this one says again."""
        taken = {at for first, last, _ in found for at in range(first, last + 1)}
        again: list[Found] = []
        at = 0
        while at < len(reading.tokens) and self.names:
            size = next(
                (
                    size
                    for size in range(LONGEST_NAME, 0, -1)
                    if tuple(reading.bases[at : at + size]) in self.names and not taken & set(range(at, at + size))
                ),
                0,
            )
            if size and not (size == 1 and self.language.is_known(reading.base(at))):
                again.append((at, at + size - 1, "NAME"))
            at += max(1, size)
        return again


def _quiet(known: list[tuple[str, str]]) -> Context:
    return Context(known=tuple(known))


def _asked(reading: Reading, after: int) -> str:
    """Return the type that the words from ``after`` on announce without giving it; "" where none."""
    language = reading.language
    found: list[tuple[int, str]] = []
    for one in language.asked.longest(reading.bases):
        if one.first >= after:
            found.append((one.last, one.cue.type))
    for one in language.birth_cues.longest(reading.bases):
        if one.first >= after:
            found.append((one.last, "DATE_OF_BIRTH"))
    for one in language.number_cues.longest(reading.bases):
        if one.first >= after and one.cue.type not in ("NUMBER", "CALL", "NONE"):
            found.append((one.last, one.cue.type))
    if not found:
        return ""
    kind = max(found)[1]
    is_question = any(word in language.question_words for word in reading.bases) or len(reading.tokens) <= 4
    open_ended = max(found)[0] >= len(reading.tokens) - 3
    if kind in WORDED and not is_question:
        return ""
    return kind if is_question or open_ended else ""
