"""A text as all finders see it: tokens, plain words, their bases, units, and what earlier turns lead one to expect."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from fairhearing.deidentify.spoken.language import Language
from fairhearing.deidentify.spoken.runs import Run, runs
from fairhearing.deidentify.spoken.tokens import Token
from fairhearing.deidentify.spoken.units import Unit, units

Found = tuple[int, int, str]  # first token, last token, type


@dataclass(frozen=True)
class Context:
    """What earlier turns leave behind.

    ``expected`` is the type that a question asked for or that a number was begun in, ``known`` the digits of data
    found so far, by which a read-back is known, with their types.
    """

    expected: str = ""
    going_on: bool = False
    known: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Reading:
    """The words of one text, read."""

    tokens: Sequence[Token]
    language: Language
    context: Context = Context()

    @cached_property
    def words(self) -> list[str]:
        """The plain words."""
        return [token.plain for token in self.tokens]

    @cached_property
    def bases(self) -> list[str]:
        """The plain words without clitics."""
        language = self.language
        return [language.base(word) if "'" in word else word for word in self.words]

    @cached_property
    def units(self) -> list[Unit]:
        """The words as units."""
        return units(self.words, self.language)

    @cached_property
    def starts(self) -> dict[int, int]:
        """The unit that begins at a word, by the word's index."""
        return {unit.first: at for at, unit in enumerate(self.units)}

    @cached_property
    def runs(self) -> list[Run]:
        """The runs of symbols."""
        return runs(self.units, self.tokens)

    @cached_property
    def numbers(self) -> frozenset[int]:
        """The indices of words that belong to digits."""
        return frozenset(at for unit in self.units if unit.kind == "digits" for at in range(unit.first, unit.last + 1))

    @cached_property
    def symbols(self) -> frozenset[int]:
        """The indices of words that belong to digits or letters."""
        return frozenset(at for unit in self.units if unit.is_symbol for at in range(unit.first, unit.last + 1))

    def units_in(self, first: int, last: int) -> list[Unit]:
        """Return the units that begin at the words ``first`` to ``last``."""
        at = [self.starts[word] for word in range(max(0, first), last + 1) if word in self.starts]
        return self.units[at[0] : at[-1] + 1] if at else []

    def word(self, at: int) -> str:
        """Return the plain word at ``at``, or an empty string beyond the ends."""
        return self.tokens[at].plain if 0 <= at < len(self.tokens) else ""

    def base(self, at: int) -> str:
        """Return the word at ``at`` without a clitic, or an empty string beyond the ends."""
        return self.language.base(self.word(at))
