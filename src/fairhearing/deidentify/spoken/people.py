"""Names of private people: after a phrase that announces one, a relation or a title, or opening a short turn.

A word is taken for a name by what announces it and by what it is: a name of the gazetteer, a word that the
language's dictionary does not know, or a name that is a word too ("rose", "mark"), which needs the better cue.
"""

from collections.abc import Callable
from dataclasses import dataclass

from fairhearing.deidentify.spoken.reading import Found, Reading

MOST_WORDS = 4
SHORT = 16  # words of a turn that a bare name may open
LONG = 24  # words of a text beyond which prepositions announce nobody
PUBLIC_BEFORE = 6
PUBLIC_AFTER = 3

# How well a phrase announces a name.
SURE = "SURE"  # "my name is": any word but the commonest
CALLED = "CALLED"  # "tell", "hi", "thanks": a name, a name that is a word too, an unknown word
MAYBE = "MAYBE"  # "i'm", "this is": a name or an unknown word
ASKED = "ASKED"  # "what did", "where": one name, of nobody who stands in books
GIVEN = "GIVEN"  # "with", "from": a given name
INNOCENT = "NONE"  # "file name", "brand name": no person


@dataclass(frozen=True)
class _Start:
    at: int
    strength: str


def names(reading: Reading) -> list[Found]:
    """Return names as (first, last, type) token indices; a possessive ending stays in the last word."""
    return _Names(reading).found()


class _Names:
    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.language = reading.language
        self.words = reading.words
        self.size = len(reading.words)
        self._born = ("born",) if reading.language.code == "en" else ()

    def _is_name(self, word: str) -> bool:
        return word in self.language.given_names or word in self.language.word_names

    def found(self) -> list[Found]:
        found: list[Found] = []
        free = 0
        for start in self._starts():
            if start.at < free:
                continue
            first = self._past(start)
            end = self._extent(first, start.strength)
            if end > first and self._holds(first, end, start.strength):
                found.append((first, end - 1, "NAME"))
                free = self._companion(end, found)
        return found

    def _companion(self, end: int, found: list[Found]) -> int:
        """Add the second of two that are named together ("… and sipho"); return the index after the names."""
        if end < self.size and self.words[end] in self.language.number_joiners and end + 1 < self.size:
            last = self._extent(end + 1, CALLED)
            after = self.words[last] if last < self.size else ""
            named = self._is_name(self.reading.base(end + 1))
            if last > end + 1 and (named or after in self.language.name_after) and self._holds(end + 1, last, MAYBE):
                found.append((end + 1, last - 1, "NAME"))
                return last
        return end

    def _starts(self) -> list[_Start]:
        order = {SURE: 0, CALLED: 1, MAYBE: 2, ASKED: 3, GIVEN: 4}
        starts: dict[int, str] = {}

        def add(at: int, strength: str) -> None:
            if at < self.size and order[strength] < order.get(starts.get(at, ""), 9):
                starts[at] = strength

        if self.reading.context.expected == "NAME":
            add(self._answer(), SURE)
        for one in self.language.name_cues.longest(self.reading.bases):
            if one.cue.type != INNOCENT and not (one.cue.type == GIVEN and self.size > LONG):
                add(one.last + 1, one.cue.type)
        self._of_words(add)
        self._before_numbers(add)
        if self.size <= SHORT:
            self._opening(add)
        return [_Start(at, strength) for at, strength in sorted(starts.items())]

    def _bare(self, at: int, add: Callable[[int, str], None]) -> None:
        """Take a given name for a person wherever it stands in a short turn, or before a family name in a longer."""
        language = self.language
        if at and self.words[at - 1] in language.articles:
            return
        if self.size <= SHORT and language.common_words.get(language.base(self.words[at]), 0) < 10 * _SEEN:
            add(at, GIVEN)
        after = self.reading.base(at + 1)
        family = after in language.family_names or self._is_rare(after)
        if self.size <= LONG and family and language.common_words.get(after, 0) < language.ordinary:
            add(at, GIVEN)

    def _of_words(self, add: Callable[[int, str], None]) -> None:
        """Take what follows a title or a relation, given names, and owners of something."""
        language = self.language
        for at, word in enumerate(self.words):
            if word in language.titles:
                add(at + 1, MAYBE)
            elif word in language.relations and self._is_possessed(at):
                add(at + 1, CALLED)
            elif language.base(word) in language.given_names:
                self._bare(at, add)
            elif word.endswith("'s") and self.size <= SHORT and self._is_owner(at):
                add(at, ASKED)

    def _before_numbers(self, add: Callable[[int, str], None]) -> None:
        """Take "dwayne" in "the contact is dwayne on oh seven seven …" for a person."""
        for run in self.reading.runs:
            at = run.first - 2
            linked = at >= 1 and self.words[at + 1] in self.language.phone_links
            if linked and len(run.digits) >= 7 and self.words[at - 1] in self.language.copulas:
                add(at, CALLED)

    def _is_possessed(self, at: int) -> bool:
        """Return whether a relation is somebody's: "my aunt", "the patient's son", "our new colleague"."""
        before = self.words[max(0, at - 2) : at]
        return bool(before) and (
            before[-1] in self.language.possessives
            or before[-1].endswith("'s")
            or (before[0] in self.language.possessives and before[-1] in self.language.phrase_words)
        )

    def _is_owner(self, at: int) -> bool:
        """Return whether an unknown word with a possessive ending is a person: no article before it, a noun behind."""
        base, after = self.reading.base(at), self.words[at + 1] if at + 1 < self.size else ""
        if at and self.words[at - 1] in self.language.articles | self.language.public_leads:
            return False
        named = self._is_rare(base) or self._is_single(base, most=self.language.ordinary // 8)
        return named and after != "" and self.language.is_known(after) and after not in self.language.stop_words

    def _opening(self, add: Callable[[int, str], None]) -> None:
        """Take a given name that opens a short turn as its subject for a person ("nigel said …")."""
        at = 0
        while at < self.size and self.words[at] in self.language.fillers:
            at += 1
        if at >= self.size - 1:
            return
        base, after = self.reading.base(at), self.words[at + 1]
        possessive = base != self.words[at]
        if self.language.is_copula(base) and at + 2 < self.size and self.words[at + 2] in self.language.name_presence:
            add(at + 1, CALLED)
        if after in self.language.name_verbs and self._is_rare(base):
            add(at, CALLED)
        if base in self.language.given_names and (possessive or after in self.language.name_after):
            add(at, GIVEN)
        doing = self.words[at + 2] if at + 2 < self.size else ""
        if base in self.language.word_names and after in self.language.name_after and not possessive:
            speaks = not self.language.is_copula(after) and after not in self.language.number_joiners
            if doing.endswith(self.language.not_name_endings[0]) or speaks or doing in self._born:
                add(at, CALLED)

    def _answer(self) -> int:
        at = 0
        opening = self.language.fillers | self.language.pronouns | {"yes", "yeah", "sure", "that", "sí", "ja", "okay"}
        while at < self.size and (self.language.is_copula(self.words[at]) or self.words[at] in opening):
            at += 1
        return at

    def _past(self, start: _Start) -> int:
        """Return the index after a copula (sure cues only), fillers and a title."""
        at = start.at
        if start.strength == SURE:
            while at < self.size and (self.words[at] in self.language.copulas or self.words[at] in ("uh", "um", "er")):
                at += 1
        while at < self.size and (self.words[at] in self.language.titles or self.words[at] in ("uh", "um", "er")):
            at += 1
        return at

    def _extent(self, at: int, strength: str) -> int:
        """Return the index after the name that begins at ``at``; ``at`` itself where none does."""
        end = at
        while end < self.size and end - at < MOST_WORDS and end not in self.reading.numbers:
            base = self.language.base(self.words[end])
            if base in self.language.name_particles and end > at and end + 1 < self.size:
                after = self.language.base(self.words[end + 1])
                if self._is_rare(after) or after in self.language.family_names:
                    end += 2
                    continue
            if not (self._begins(end, base, strength) if end == at else self._continues(end, base, strength)):
                break
            end += 1
            if base != self.words[end - 1] or self.reading.tokens[end - 1].ends or self.reading.tokens[end - 1].comma:
                break
        return end

    def _begins(self, at: int, base: str, strength: str) -> bool:  # noqa: PLR0911 - one a kind of word
        language = self.language
        token = self.reading.tokens[at]
        if base in language.not_names or base in language.acronyms or not _is_worded(base) or token.first < token.last:
            return False
        if base in language.stop_words:
            return base in language.word_names and self._is_addressed(at, strength)
        if base in language.given_names:
            return True
        if strength == GIVEN:
            return False
        if base in language.word_names:
            after = self.words[at + 1] if at + 1 < self.size else ""
            return strength in (SURE, CALLED) or (strength == MAYBE and after in language.name_speaks)
        if strength == SURE:
            common = language.common_words.get(base, 0)
            return common < 6 * language.ordinary and not (common and base.endswith(language.not_name_endings))
        if at and self.words[at - 1] in language.relations and base.isalpha():
            seldom = language.common_words.get(base, 0) < language.ordinary // 5
            return seldom and not base.endswith(("s", *language.not_name_endings))
        if at and self.words[at - 1] in language.formal_titles:
            return language.common_words.get(base, 0) < language.ordinary
        title = at and self.words[at - 1] in language.titles
        if self._is_single(base, most=language.ordinary // (4 if strength == CALLED else 20)):
            return True
        return self._is_rare(base) or bool(title and base in language.family_names)

    def _is_addressed(self, at: int, strength: str) -> bool:
        """Return whether a small word is a name here ("ask will to …", "my name is will")."""
        after = self.words[at + 1] if at + 1 < self.size else ""
        if strength == SURE:
            return after == "" or after in self.language.family_names or self._is_rare(after)
        addressed = after == "" or after in self.language.name_verbs
        return strength == CALLED and (addressed or after in ("to", "that", "i", "i'm", "about", "if", "please"))

    def _continues(self, at: int, base: str, strength: str) -> bool:
        language = self.language
        if base in language.stop_words or not _is_worded(base):
            return False
        if base in language.name_after or base in language.place_words:
            return False
        common = language.common_words.get(base, 0)
        if base in language.given_names or base in language.family_names:
            return common < (6 if strength in (SURE, CALLED) else 1) * language.ordinary
        if strength == SURE and base in language.word_names:
            return True
        if self._is_rare(base):
            return True
        ending = base.endswith(language.not_name_endings)
        return strength == SURE and (common == 0 or (common < language.ordinary and not ending))

    def _holds(self, first: int, end: int, strength: str) -> bool:  # noqa: PLR0911 - one a reason
        """Return whether what stands around leaves it a private person: no place, no public figure."""
        if strength == SURE:
            return True
        after = self.words[end] if end < self.size else ""
        if after in self.language.place_words:
            return False
        if first and self.words[first - 1] in self.language.wakes and after in self.language.commands:
            return False  # "hey robin play …": what the assistant is called
        if any(self.reading.base(at) in self.language.public_titles for at in range(first - 2, first)):
            return False
        related = first and self.words[first - 1] in self.language.relations
        if related or strength == CALLED:
            return True
        before = self.reading.bases[max(0, first - PUBLIC_BEFORE) : first] if strength == GIVEN else []
        behind = self.reading.bases[end : end + PUBLIC_AFTER]
        if strength == ASKED and end - first > 1:
            return False
        return not (
            any(word in self.language.public_leads for word in before)
            or any(word in self.language.public_words for word in behind)
        )

    def _is_rare(self, word: str) -> bool:
        """Return whether the dictionary does not know the word and it does not look derived from one it knows."""
        language = self.language
        if len(word) < 3 or not word.isalpha() or language.is_known(word):
            return False
        if word in language.months or word in language.relations or word in language.letters:
            return False
        stems = (word.removesuffix("s"), word.removesuffix("es"), word.removesuffix("n"), word.removesuffix("en"))
        if any(stem != word and language.common_words.get(stem, 0) >= 10 * _SEEN for stem in stems):
            return False
        return not word.endswith(language.not_name_endings) or word in language.family_names

    def _is_single(self, word: str, *, most: int) -> bool:
        """Return whether a word of the dictionary is seldom and stands there without inflected forms, as names do."""
        language = self.language
        common = language.common_words
        if not 0 < common.get(word, 0) < most or len(word) < 4 or not word.isalpha() or word in language.stop_words:
            return False
        if word.endswith(language.not_name_endings):
            return False
        stem = word.rstrip("aeiouy")
        forms = [word + ending for ending in _ENDINGS] + [stem + ending for ending in ("ies", "ing", "ed", "es")]
        forms += [word.removesuffix(ending) for ending in ("s", "es", "er", "y", "en")]
        return not any(form != word and form in common for form in forms)


def _is_worded(word: str) -> bool:
    return len(word) > 1 and word.replace("-", "").replace("'", "").isalpha()


_ENDINGS = ("s", "es", "d", "ed", "ing", "ly", "er", "n", "y", "al", "ful", "less", "like")
_SEEN = 100  # the least count of a word in the dictionary
