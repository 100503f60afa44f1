"""Spoken form to written form with the offsets kept, for tools that read only what is written."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from fairhearing.deidentify.spoken import online
from fairhearing.deidentify.spoken.language import load
from fairhearing.deidentify.spoken.reading import Reading
from fairhearing.deidentify.spoken.runs import Run
from fairhearing.deidentify.spoken.tokens import tokenise
from fairhearing.deidentify.spoken.units import Unit

WIDEST = 64  # words of an address


@dataclass(frozen=True)
class OffsetMap:
    """Where each piece of a written text comes from: (start, end) in it and in its source, in order."""

    pieces: tuple[tuple[int, int, int, int], ...]

    def source(self, start: int, end: int) -> tuple[int, int]:
        """Return the offsets in the source of what stands at ``start`` to ``end`` (exclusive), whole words each.

        Raises ``ValueError`` where nothing of the text lies there.
        """
        first = bisect_right([piece[1] for piece in self.pieces], start)
        last = bisect_left([piece[0] for piece in self.pieces], end) - 1
        if first > last or end <= start:
            raise ValueError(f"offsets {start} to {end} hold no word, expected some of the written text")
        return self.pieces[first][2], self.pieces[last][3]


def written(text: str, language: str) -> tuple[str, OffsetMap]:
    """Return ``text`` with spoken numbers, spelling and addresses as one would type them, and where all came from.

    "my number is five five five oh one two two" becomes "my number is 5550122", "jane at mail dot example"
    "jane@mail.example". Words between are set apart by single spaces. Raises :class:`UnknownLanguage`.
    """
    known = load(language)
    tokens = tokenise(text, known)
    reading = Reading(tokens, known)
    typed = _addresses(reading)
    typed.update({run.first: (run.last, _run(run)) for run in reading.runs if _is_typed(run, typed)})
    out: list[str] = []
    pieces: list[tuple[int, int, int, int]] = []
    length = at = 0
    while at < len(tokens):
        last, form = typed.get(at, (at, ""))
        form = form or text[tokens[at].start : tokens[at].end]
        pieces.append((length, length + len(form), tokens[at].start, tokens[last].end))
        mark = "." if tokens[last].ends else "," if tokens[last].comma else ""
        out.append(form + mark)
        length += len(form) + len(mark) + 1
        at = last + 1
    return " ".join(out), OffsetMap(tuple(pieces))


def _addresses(reading: Reading) -> dict[int, tuple[int, str]]:
    """Return the e-mail and web addresses by their first token, with their last and their written form."""
    typed: dict[int, tuple[int, str]] = {}
    free = 0
    for first, last, kind in sorted(online.spoken(reading)):
        if first < free:
            continue
        free = last + 1
        inside = reading.units_in(first, last)
        typed[first] = (last, "".join(_typed(reading, unit, mail=kind == "EMAIL") for unit in inside))
    return typed


def _typed(reading: Reading, unit: Unit, *, mail: bool) -> str:
    if unit.is_symbol or unit.kind in ("joint", "sign"):
        return unit.value
    word = reading.word(unit.first)
    if mail and any(word == one.cue.words[0] for one in reading.language.at.all([word])):
        return "@"
    return "" if unit.kind in ("filler", "correction") else word


def _is_typed(run: Run, typed: dict[int, tuple[int, str]]) -> bool:
    if any(at in typed for at in range(max(0, run.first - WIDEST), run.last + 1)):
        reaches = [typed[at][0] for at in range(max(0, run.first - WIDEST), run.last + 1) if at in typed]
        if max(reaches) >= run.first:
            return False
    return bool(run.digits) or run.groups >= 2


def _run(run: Run) -> str:
    parts = [unit.value for unit in run.units if unit.is_symbol or unit.kind == "joint"]
    form = "".join(parts)
    return form.upper() if run.digits else form.title()
