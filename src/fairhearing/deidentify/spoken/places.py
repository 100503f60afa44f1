"""Postal addresses: a number and a street, a dwelling and a street, or what follows "I live at"."""

from fairhearing.deidentify.spoken import numbers
from fairhearing.deidentify.spoken.reading import Found, Reading

MOST_NAME = 4  # words of a street's name
MOST_TAIL = 4  # words of a district, city or state after it
MOST_NUMBER = 6  # words of a house's number
MOST_WORDS = 16
TYPE = "ADDRESS"


def addresses(reading: Reading) -> list[Found]:
    """Return addresses as (first, last, type) token indices."""
    return _Places(reading).found()


class _Places:
    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.language = reading.language
        self.words = reading.words
        self.digits = reading.symbols
        self.size = len(reading.words)
        language = reading.language
        kept = language.phrase_words | language.articles | language.name_particles | {"of"}
        self._breaks = language.address_stops | (language.stop_words - kept)

    def found(self) -> list[Found]:
        found = self._after_cues()
        language = self.language
        for at, word in enumerate(self.words):
            if not self._is_street(at, word):
                continue
            span = self._street_first(at) if language.street_first else self._street_last(at)
            if span:
                found.append((*span, TYPE))
        return found + self._named()

    def _named(self) -> list[Found]:
        """Return "twenty seven the maltings" at the end of a turn: a number, an article, a word that is none."""
        at = self.size - 1
        if at < 2 or self.words[at - 1] not in self.language.articles or at - 2 not in self.reading.numbers:
            return []
        if (
            self.language.is_known(self.words[at])
            or len(self.words[at]) < 5
            or not self.words[at].isalpha()
            or self.language.street_first
        ):
            return []
        begin = at - 2
        while begin > max(0, at - MOST_NUMBER) and begin - 1 in self.reading.numbers:
            begin -= 1
        if begin and self.words[begin - 1] in self.language.quantity_before:
            return []
        return [(begin, at, TYPE)]

    def _is_street(self, at: int, word: str) -> bool:
        language = self.language
        if word in language.street_words:
            return True
        return bool(language.street_endings) and len(word) > 6 and word.endswith(language.street_endings)

    def _after_cues(self) -> list[Found]:
        found: list[Found] = []
        if self.reading.context.expected == TYPE:
            begin = self._lead(0)
            end = self._phrase_end(begin)
            if end > begin and self._is_address(begin, end, 2):
                found.append((begin, end - 1, TYPE))
        for one in self.language.address_cues.longest(self.reading.bases):
            begin = one.last + 1
            while begin < self.size and (
                self.words[begin] in self.language.copulas
                or self.words[begin] in self.language.fillers
                or self.words[begin] in ("the", "at", "la", "el", "en", "der", "die", "das")
            ):
                begin += 1
            end = self._phrase_end(begin)
            if end > begin and self._is_address(begin, end, one.cue.fewest):
                found.append((begin, end - 1, TYPE))
        return found

    def _lead(self, at: int) -> int:
        language = self.language
        opening = language.fillers | language.pronouns | language.copulas | language.determiners
        while at < self.size and (language.is_copula(self.words[at]) or self.words[at] in opening):
            at += 1
        return at

    def _is_address(self, begin: int, end: int, strength: int) -> bool:
        """Return whether the words may be an address: the more marks of one, the less the cue must say."""
        inside = range(begin, end)
        marked = [at for at in inside if self._is_mark(at)]
        counted = [at for at in inside if at in self.digits]
        if marked and counted and end - begin >= 2 and strength:
            return self._has_name(inside) or len(marked) >= 2
        if len(marked) >= 2:
            return self._has_name(inside) or len(marked) >= 3
        if strength < 2:
            return False
        if marked and end - begin >= 3:
            return self._has_rare(begin, end) and not any(self.words[at] in self.language.articles for at in inside)
        return bool(counted) and end - begin >= 3 and self._has_name(inside)

    def _has_name(self, inside: range) -> bool:
        """Return whether a word is there that is neither number nor mark nor one of the commonest."""
        common = self.language.common_words
        return any(
            at not in self.digits
            and not self._is_mark(at)
            and self.words[at] not in self.language.stop_words
            and len(self.words[at]) > 2
            and common.get(self.words[at], 0) < 8 * self.language.ordinary
            for at in inside
        )

    def _is_mark(self, at: int) -> bool:
        word = self.words[at]
        return self._is_street(at, word) or word in self.language.dwelling_words or word in self.language.unit_words

    def _phrase_end(self, begin: int) -> int:
        end = begin
        while end < self.size and end - begin < MOST_WORDS:
            word = self.words[end]
            if word in self.language.address_stops and end not in self.digits:
                break
            if word in self.language.quantity_after and end > begin and end - 1 in self.digits:
                return begin
            if self.language.base(word) != word and word.endswith("'s") and end + 1 == self.size:
                break
            end += 1
            if self.reading.tokens[end - 1].ends:
                break
        while (
            end > begin
            and end - 1 not in self.digits
            and self.words[end - 1] in (self.language.fillers | self.language.copulas | self.language.corrections)
        ):
            end -= 1
        return end

    def _street_last(self, at: int) -> tuple[int, int] | None:  # noqa: PLR0911 - one a reason
        """Read "thirty eight thistledown avenue": back from the street word to a number, then on to the city."""
        language = self.language
        begin = at
        while begin > 0 and at - begin < MOST_NAME and begin - 1 not in self.reading.numbers:
            word = self.words[begin - 1]
            if word in self._breaks or (word in language.quantity_after and begin - 2 in self.reading.numbers):
                break
            begin -= 1
        if begin == at and not (begin and begin - 1 in self.reading.numbers and self._ordinal_street(at)):
            return None
        if begin == 0 or begin - 1 not in self.reading.numbers:
            return None
        if all(word in language.street_words for word in self.words[begin:at]) and not self._ordinal_street(at):
            return None
        if any(word in language.public_streets for word in self.words[begin:at]):
            return None
        if self.words[at] in language.weak_street_words and not self._has_rare(begin, at):
            return None
        lowest = max(0, begin - MOST_NUMBER)
        while begin > lowest and begin - 1 in self.digits:
            begin -= 1
        if begin > 0 and self.words[begin - 1] in language.quantity_before:
            return None
        while begin > 0 and self.words[begin - 1] in language.unit_words:
            begin -= 1
            lowest = max(0, begin - MOST_NUMBER)
            while begin > lowest and begin - 1 in self.digits:
                begin -= 1
        return begin, self._tail(at)

    def _ordinal_street(self, at: int) -> bool:
        return numbers.ordinal(self.words[at - 1], self.language) is not None

    def _has_rare(self, begin: int, end: int) -> bool:
        common = self.language.common_words
        return any(common.get(self.words[at], 0) < self.language.ordinary for at in range(begin, end))

    def _street_first(self, at: int) -> tuple[int, int] | None:
        """Read "calle de los tilos veintisiete": on from the street word to a number, then floor and door."""
        end = at + 1
        compound = self.words[at] not in self.language.street_words  # "lindenstraße" holds its name
        while end < self.size and end - at <= MOST_NAME + 2 and end not in self.digits:
            word = self.words[end]
            if word in self.language.address_stops or self.language.is_copula(word):
                return None
            end += 1
        if end >= self.size or end not in self.digits or (end == at + 1 and not compound):
            return None
        begin = at
        if self.language.code == "de" and not compound and at and not self.language.is_known(self.words[at - 1]):
            begin -= 1  # "berliner straße zwölf"
        return begin, self._tail(end)

    def _tail(self, at: int) -> int:
        """Return the last word of what follows the street: flat, postcode, city."""
        end = at
        plain = 0
        language = self.language
        while end + 1 < min(self.size, at + MOST_WORDS) and plain < MOST_TAIL and not self.reading.tokens[end].ends:
            word = self.words[end + 1]
            if end + 1 in self.digits or self._is_mark(end + 1) or word in language.ordinals:
                plain = 0
            elif self._ends_address(end + 1):
                break
            else:
                plain += 1
            end += 1
        return end

    def _ends_address(self, at: int) -> bool:
        word, language = self.words[at], self.language
        if word in language.address_stops or word in language.stop_words or language.is_copula(word):
            return True
        common = language.common_words.get(word, 0) >= language.ordinary / 2
        follows = at + 1 < self.size and (
            at + 1 in self.digits or language.common_words.get(self.words[at + 1], 0) < language.ordinary / 8
        )
        return common and not follows
