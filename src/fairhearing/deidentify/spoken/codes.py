"""Runs of digits and letters, named by what announces them, else by their shape."""

import re
from bisect import bisect_left, bisect_right
from itertools import pairwise

from fairhearing.deidentify.spoken import checks
from fairhearing.deidentify.spoken.cues import Found as FoundCue
from fairhearing.deidentify.spoken.reading import Found, Reading
from fairhearing.deidentify.spoken.runs import Run
from fairhearing.deidentify.spoken.units import Unit

REACH_LEFT = 7  # words between a cue and what it announces
REACH_RIGHT = 5
REACH_PUBLIC = 8  # words before a number within which a helpline or the like makes it a public one
ENDING = 6  # symbols at most of the end of a number
CARRY = 9  # words after a code within which another run may go on with it
NUMBER = "NUMBER"  # a cue that says "number" and no more
CALL = "CALL"  # a verb that is followed by a telephone number, or by anything else
INNOCENT = "NONE"  # a cue of numbers that are nobody's: flights, rooms, pages
UK_POSTCODE = re.compile(r"[a-z]{1,2}\d[a-z\d]?\d[a-z]{2}")


def codes(reading: Reading) -> list[Found]:
    """Return the runs of a reading that are personal codes, with their types."""
    if not reading.runs:
        return []
    return _Classifier(reading).typed()


class _Classifier:
    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.language = reading.language
        self.cues = reading.language.number_cues.longest(reading.bases)
        self.lasts = [cue.last for cue in self.cues]
        self.firsts = [cue.first for cue in self.cues]
        self.spelled = [one.last for one in reading.language.spelled_cues.all(reading.bases)]

    def typed(self) -> list[Found]:
        found: list[Found] = []
        before = -1
        for run in self.reading.runs:
            kind = self._type(run, before, found[-1] if found else None)
            before = run.last if kind or len(run.symbols) >= 3 else before  # "a code of six digits, …"
            if kind == "BANK" and found and self._is_bank_between(found[-1], run):
                found[-1] = (found[-1][0], run.last, kind)
            elif kind and kind != INNOCENT:
                found.append((self._begin(run, kind), self._end(run, kind), kind))
        return sorted({**{one[0]: one for one in found}, **self._halves(found)}.values())

    def _is_bank_between(self, before: Found, run: Run) -> bool:
        """Return whether only the letters of a bank part two pieces of a written IBAN ("GB82 WEST 1234")."""
        return before[2] == "BANK" and run.first - before[1] == 2 and len(self.reading.word(run.first - 1)) == 4

    def _halves(self, found: list[Found]) -> dict[int, Found]:
        """Return runs that only together are a card or telephone number, by their first token."""
        halves: dict[int, Found] = {}
        cued = {first: kind for first, _, kind in found}
        for one, other in pairwise(self.reading.runs):
            if other.first - one.last > CARRY + 2 or one.letters or other.letters:
                continue
            if (
                min(_singles(one), _singles(other)) < 3
                or cued.get(one.first)
                or cued.get(other.first, "ID_NUMBER") != "ID_NUMBER"
            ):
                continue
            digits = one.digits + other.digits
            kind = "CARD" if checks.card(digits) else "PHONE" if checks.phone(digits, self.language.regions) else ""
            if kind:
                halves |= {part.first: (part.first, part.last, kind) for part in (one, other)}
        return halves

    def _type(self, run: Run, before: int, previous: Found | None) -> str:
        if self._is_amount(run):
            return ""
        left = self._by_left_cue(run, before)
        right = self._by_right_cue(run) if left in ("", NUMBER, CALL) else ""
        kind = right if right not in ("", NUMBER, CALL) else left or right
        if kind == "CARD" and run.letters:
            kind = "ID_NUMBER"  # of a card that is no payment card
        if kind in (NUMBER, CALL):
            kind = self._of_a_number(run)
        kind = kind or self._spelled(run) or self._known(run) or self._going_on(run, previous)
        kind = kind or self._expected(run, before) or self._by_shape(run)
        return "" if kind == "PHONE" and self._is_public(run) else kind

    def _begin(self, run: Run, kind: str) -> int:
        """Return where a code begins: signs said before it ("hash", "capital") are part of a secret."""
        begin = run.first
        if kind in ("SECRET", "ONLINE"):
            while begin and self.reading.word(begin - 1) in self.language.signs:
                begin -= 1
        return begin

    def _end(self, run: Run, kind: str) -> int:
        """Return where a code ends: a sign said after a secret ("hash") is part of it."""
        end = run.last
        if kind == "SECRET":
            while self.reading.word(end + 1) in self.language.signs:
                end += 1
        return end

    def _signs(self, run: Run) -> int:
        return (run.first - self._begin(run, "SECRET")) + (self._end(run, "SECRET") - run.last)

    def _by_left_cue(self, run: Run, before: int) -> str:
        at = bisect_left(self.lasts, run.first) - 1
        while at >= 0 and self.lasts[at] > before and run.first - self.lasts[at] - 1 <= REACH_LEFT:
            one = self.cues[at]
            at -= 1
            if one.cue.type == INNOCENT:
                if run.first - one.last <= 3 and len(run.symbols) <= one.cue.most:
                    return INNOCENT
                continue
            signs = self._signs(run) if one.cue.type == "SECRET" else 0
            head = self._head(one, at)
            if head and _is_plausible(run, head, self._signs(run)):
                return head.cue.type
            if _is_plausible(run, one, signs) and not self._is_other(run, one):
                return self._refined(one, self.cues[at] if at >= 0 else None)
        return ""

    def _head(self, one: FoundCue, before: int) -> FoundCue | None:
        """Return the cue of a secret that "card" only belongs to in "the pin for the card", if any."""
        head = self.cues[before] if before >= 0 else None
        if head is None or head.cue.type != "SECRET" or not 2 <= one.first - head.last <= 4:
            return None
        links, small = self.language.phrase_links, self.language.determiners
        between = [self.reading.word(at) for at in range(head.last + 1, one.first)]
        fits = between[0] in links and all(word in links or word in small for word in between)
        return head if fits else None

    def _is_other(self, run: Run, one: FoundCue) -> bool:
        """Return whether a telephone number follows "send the code to" or "ring the patient's son on"."""
        if run.letters or len(run.digits) < 9 or one.cue.type not in ("SECRET", "ID_NUMBER"):
            return False
        if one.cue.type == "ID_NUMBER" and self.reading.word(run.first - 1) not in self.language.phone_links:
            return False
        return checks.phone(run.digits, self.language.regions)

    def _refined(self, one: FoundCue, before: FoundCue | None) -> str:
        """Return the type of a cue; "number" after a noun that is not known is some reference."""
        if before and one.cue.type == "CARD" and one.cue.most <= ENDING and one.first - before.last <= 3:
            return before.cue.type if before.cue.type in ("BANK", "ID_NUMBER") else "CARD"  # "account … ends in"
        if one.cue.type != NUMBER:
            return one.cue.type
        if before and before.last == one.first - 1 and before.cue.type not in (CALL, INNOCENT):
            return before.cue.type
        noun = self.reading.base(one.first - 1)
        if not noun or noun in self.language.generic_before or noun in self.language.stop_words:
            return NUMBER
        if noun != self.reading.word(one.first - 1) or noun in self.language.relations:
            return NUMBER  # "my daughter's number"
        return "ID_NUMBER" if self.language.is_known(noun) or len(noun) > 3 else NUMBER

    def _by_right_cue(self, run: Run) -> str:
        at = bisect_right(self.firsts, run.last)
        while at < len(self.cues) and self.firsts[at] - run.last <= REACH_RIGHT:
            one = self.cues[at]
            between = [self.reading.word(place) for place in range(run.last + 1, one.first)]
            if any(self.language.is_copula(word) or word in self.language.right_links for word in between):
                if any(place in self.reading.symbols for place in range(run.last + 1, one.first)):
                    return ""
                if one.cue.type != INNOCENT and _is_plausible(run, one):
                    return one.cue.type
            at += 1
        return ""

    def _is_amount(self, run: Run) -> bool:
        """Return whether the words around say that this is a price, a time, a page or the like."""
        short = len(run.symbols) <= 4 or run.is_quantity
        before = self.reading.word(run.first - 1)
        return short and (
            self.reading.word(run.last + 1) in self.language.quantity_after
            or (before in self.language.quantity_before and before not in self.language.copulas)
        )

    def _is_public(self, run: Run) -> bool:
        if len(run.digits) > 12 or self.reading.context.expected:
            return False
        public = self.language.public_cues
        window = [*range(run.first - REACH_PUBLIC, run.first), *range(run.last + 1, run.last + REACH_RIGHT + 1)]
        return any(
            self.reading.base(at) in public and self.reading.base(at + 1) not in self.language.public_unless
            for at in window
        )

    def _of_a_number(self, run: Run) -> str:
        """Return what "my number is" announces: by its shape, or a telephone."""
        if run.letters:
            return "ID_NUMBER" if run.digits and len(run.symbols) >= 4 else ""
        if len(run.digits) >= 13 and not run.is_corrected:
            return self._by_shape(run)
        return "PHONE" if len(run.digits) >= 5 else ""

    def _spelled(self, run: Run) -> str:
        letters = [unit for unit in run.units if unit.kind == "letter"]
        said = sum(unit.style != "written" for unit in letters)
        parts = "".join(unit.value if unit.is_symbol else " " for unit in run.units).split()
        if all(part in self.language.acronyms or len(part) == 1 for part in parts) and len(parts) > 1:
            return ""
        if said < 2 or run.digits or run.letters in self.language.acronyms or "_" in run.joints:
            return ""
        if all(a.value == b.value for a, b in pairwise(letters)):
            return ""
        at = bisect_left(self.spelled, run.first) - 1
        if len(run.letters) == len(letters) <= 5 and run.letters[:-1] in self.language.acronyms:
            return ""
        near = at >= 0 and run.first - self.spelled[at] <= REACH_LEFT
        coded = all(unit.style == "code" for unit in letters)
        return "NAME" if (near and said >= 2) or (said >= 4 and not coded) else ""

    def _known(self, run: Run) -> str:
        """Return the type of a datum of an earlier turn that these symbols read back."""
        said = run.symbols
        if len(said) < 3 or run.is_quantity:
            return ""
        for known, kind in self.reading.context.known:
            if said in known or (len(known) >= 4 and known in said):
                return kind
        return ""

    def _going_on(self, run: Run, previous: Found | None) -> str:
        """Return the type of the code before, if this run goes on with it ("… then the rest is …")."""
        if previous is None or run.first - previous[1] > CARRY or previous[2] == "NAME":
            return ""
        if not run.digits:
            return ""
        between = [self.reading.word(at) for at in range(previous[1] + 1, run.first)]
        if any(word in self.language.quantity_before for word in between) or "at" in between:
            return ""
        if len(run.symbols) >= 9 and previous[1] - previous[0] < 5:
            return ""  # another number, not the rest of a short one
        return previous[2] if len(run.symbols) >= 3 and (run.groups >= 3 or run.is_code_like) else ""

    def _expected(self, run: Run, before: int) -> str:
        """Return the type that an earlier turn asked for or began."""
        expected = self.reading.context.expected
        alone = self.reading.context.going_on and len(self.reading.tokens) <= 3
        if expected not in _CODED or (run.is_quantity and not alone) or (before >= 0 and run.first - before > CARRY):
            return ""
        fewest = 1 if alone else 2 if self.reading.context.going_on else 3
        if len(run.symbols) < fewest or (expected == "PHONE" and run.letters):
            return ""
        return expected if run.first <= 12 else ""

    def _by_shape(self, run: Run) -> str:  # noqa: PLR0911 - one a shape
        digits, joints = run.digits, run.joints
        if checks.looks_like_iban(run.symbols):
            return "BANK"
        if run.letters:
            return self._mixed_shape(run)
        if run.is_quantity or run.is_counting or _is_years(run) or _is_rising(run) or "." in joints:
            return ""
        if any(unit.style == "date" for unit in run.units) or all(unit.style == "compound" for unit in _values(run)):
            return ""
        if 13 <= len(digits) <= 19:
            return "CARD" if checks.card(digits) or (len(digits) in (15, 16) and digits[0] in "23456") else "BANK"
        if 7 <= len(digits) <= 15 and (run.groups >= 3 or run.is_code_like):
            if checks.phone(digits, self.language.regions):
                return "PHONE"
            if len(digits) == 9:
                return "ID_NUMBER"
            return "PHONE" if len(digits) >= 10 or _singles(run) >= 4 else ""
        opens = run.first <= 1 and ("0" in digits or any(unit.style == "repeat" for unit in run.units))
        opens = opens or self.language.is_copula(self.reading.word(run.first - 1))
        closes = run.last >= len(self.reading.tokens) - 2
        return "ID_NUMBER" if opens and closes and len(digits) in (5, 6) and _singles(run) >= len(digits) - 1 else ""

    def _mixed_shape(self, run: Run) -> str:
        if "_" in run.joints:
            return "ONLINE"
        if run.letters in self.language.acronyms:
            return ""
        if UK_POSTCODE.fullmatch(run.symbols) and run.groups >= 2 and self.language.code == "en":
            return "ADDRESS"
        long = len(run.digits) >= 3 and len(run.symbols) >= 6
        return "ID_NUMBER" if long and (run.groups >= 4 or run.is_code_like) else ""


_CODED = frozenset({"PHONE", "CARD", "ID_NUMBER", "BANK", "SECRET", "ADDRESS", "ONLINE"})


def _is_plausible(run: Run, one: FoundCue, signs: int = 0) -> bool:
    """Return whether a run may be what a cue announces: enough said, not too much, not all letters for a number."""
    cue, size = one.cue, len(run.symbols) + signs
    if run.groups == 1 and not run.is_code_like:
        return False
    if size < cue.fewest or (size > cue.most and not run.is_corrected):
        return False
    if cue.type in ("PHONE", "CARD") and len(run.letters) > len(run.digits):
        return False
    lettered = not run.digits and cue.type in ("ID_NUMBER", NUMBER, "ADDRESS")
    return not (lettered and size < 4)


def _singles(run: Run) -> int:
    return sum(len(u.value) if u.style == "repeat" else 1 for u in run.units if u.style in ("single", "repeat"))


def _values(run: Run) -> list[Unit]:
    return [unit for unit in run.units if unit.kind == "digits"]


def _is_years(run: Run) -> bool:
    """Return whether all is years: pairs that make 1000 … 2099."""
    pairs = _values(run)
    if any(unit.style not in ("pair", "compound") for unit in pairs):
        return False
    joined = "".join(unit.value for unit in pairs)
    years = [joined[at : at + 4] for at in range(0, len(joined), 4)]
    return all(len(year) == 4 and "1000" <= year <= "2099" for year in years)


def _is_rising(run: Run) -> bool:
    """Return whether five and more numbers only rise, not all said digit by digit: a draw, a scale, a list."""
    values = [int(unit.value) for unit in _values(run) if len(unit.value) <= 3]
    pairs = sum(value >= 10 for value in values)
    rising = all(a < b for a, b in pairwise(values))
    return len(values) >= 5 and pairs >= 2 and rising and len(values) == len(_values(run))
