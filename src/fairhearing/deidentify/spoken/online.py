"""E-mail addresses, web addresses, network addresses, and names and passwords said as words after a cue."""

import re

from fairhearing.deidentify.spoken.cues import find_cues, find_phrases
from fairhearing.deidentify.spoken.language import Language
from fairhearing.deidentify.spoken.units import Unit

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}")
URL = re.compile(r"(https?://|www\.)\S+")
MOST_LABEL = 3
MOST_LOCAL = 4
MOST_PHRASE = 5

Found = tuple[int, int, str]


def written(words: list[str]) -> list[Found]:
    """Return the addresses that stand in written form within one word."""
    found = [(at, at, "EMAIL") for at, word in enumerate(words) if EMAIL.fullmatch(word)]
    return found + [(at, at, "ONLINE") for at, word in enumerate(words) if URL.fullmatch(word)]


def spoken(words: list[str], units: list[Unit], language: Language) -> list[Found]:
    """Return the e-mail and web addresses said with "at" and "dot", and network addresses of four numbers."""
    found: list[Found] = []
    starts = {unit.first: at for at, unit in enumerate(units)}
    for first, last in find_phrases(words, language.at):
        after = starts.get(last + 1)
        if after is None or first == 0:
            continue
        end = _domain_end(units, after, language)
        before = next((at for at, unit in enumerate(units) if unit.last == first - 1), None)
        if end is not None and before is not None:
            begin = _local_start(units, before, language)
            if begin is not None:
                found.append((units[begin].first, units[end].last, "EMAIL"))
    return found + _web(units, language) + _networks(units)


def _domain_end(units: list[Unit], at: int, language: Language) -> int | None:
    """Return the last unit of "example dot co dot uk" from unit ``at``, or ``None`` where it is no domain."""
    end: int | None = None
    label = 0
    while at < len(units):
        unit = units[at]
        if unit.kind == "joint" and unit.value == "." and label:
            stop = _label_end(units, at + 1, language)
            if stop is None:
                break
            at, end, label = stop + 1, stop, 1
            if not (at < len(units) and units[at].kind == "joint"):
                break
            continue
        if unit.kind == "joint" and label and unit.value in "-_":
            label = 0
        elif end is not None or label > MOST_LABEL or (unit.kind == "word" and _stops(unit, language)):
            break
        else:
            label += unit.kind != "letter" or label == 0
        at += 1
    return end


def _label_end(units: list[Unit], at: int, language: Language) -> int | None:
    """Return the last unit of the label at ``at``: one word, or letters said one by one ("c o", "u k")."""
    if at >= len(units) or units[at].kind in ("joint", "filler"):
        return None
    if units[at].kind != "letter":
        return at
    end, text = at, units[at].value
    while end + 1 < len(units) and units[end + 1].kind == "letter" and text not in language.top_domains:
        end += 1
        text += units[end].value
    return end


def _stops(unit: Unit, language: Language) -> bool:
    return unit.value in language.stop_words or unit.value in language.copulas or unit.value == ""


def _local_start(units: list[Unit], at: int, language: Language) -> int | None:
    """Return the first unit of what stands before "at": joined parts, symbols, and up to four plain words."""
    begin: int | None = None
    plain = 0
    while at >= 0:
        unit = units[at]
        joined = begin is not None and units[begin].kind == "joint"
        if unit.kind == "joint":
            if begin is None or joined:
                break
        elif unit.is_symbol:
            plain = 0
        elif unit.kind == "filler" and begin is not None and at and units[at - 1].is_symbol:
            pass
        elif not joined and (_stops(unit, language) or unit.kind == "filler"):
            break
        else:
            plain = 1 if joined else plain + 1
            if plain > MOST_LOCAL:
                break
        begin = at
        at -= 1
    while begin is not None and units[begin].kind in ("joint", "filler"):
        begin += 1
    return begin


def _web(units: list[Unit], language: Language) -> list[Found]:
    found: list[Found] = []
    for at, unit in enumerate(units):
        if not (unit.kind == "joint" and unit.value == "." and at and at + 1 < len(units)):
            continue
        end = _label_end(units, at + 1, language)
        if end is None:
            continue
        label = "".join(one.value for one in units[at + 1 : end + 1])
        begin = _local_start(units, at - 1, language)
        if begin is None or (label not in language.top_domains and not _is_www(units, at)):
            continue
        while end + 2 < len(units) and units[end + 1].kind == "joint":
            further = _label_end(units, end + 2, language)
            if further is None:
                break
            end = further
        if all(one.kind == "digits" for one in units[begin : end + 1] if one.kind != "joint"):
            continue
        found.append((units[begin].first, units[end].last, "ONLINE"))
    return found


def _is_www(units: list[Unit], at: int) -> bool:
    letters = [unit.value for unit in units[max(0, at - 3) : at]]
    return "".join(letters)[-3:] == "www"


def _networks(units: list[Unit]) -> list[Found]:
    """Return IPv4 addresses: exactly four groups of digits with three dots, none above 255."""
    found: list[Found] = []
    groups: list[str] = [""]
    begin: int | None = None
    for at, unit in enumerate([*units, Unit("word", "", -1, -1)]):
        if unit.kind == "digits":
            begin = at if begin is None else begin
            groups[-1] += unit.value
        elif unit.kind == "joint" and unit.value == "." and groups[-1]:
            groups.append("")
        else:
            if begin is not None and len(groups) == 4 and all(g and int(g) < 256 for g in groups):
                found.append((units[begin].first, units[at - 1].last, "ONLINE"))
            groups, begin = [""], None
    return found


def phrases(words: list[str], units: list[Unit], language: Language) -> list[Found]:
    """Return passwords, user names and the like said as words right after their cue and a copula."""
    found: list[Found] = []
    starts = {unit.first: at for at, unit in enumerate(units)}
    for one in find_cues(words, language.phrase_cues):
        at = one.last + 1
        if at >= len(words) or words[at] not in language.copulas:
            continue
        while at < len(words) and words[at] in language.copulas:
            at += 1
        unit = starts.get(at)
        if unit is None or words[at] in language.not_secret:
            continue
        end = unit
        plain = 0
        while end < len(units) and plain < MOST_PHRASE and _belongs(units[end], language):
            plain += units[end].kind == "word"
            end += 1
        while end > unit and units[end - 1].kind in ("filler", "joint"):
            end -= 1
        if end > unit:
            found.append((at, units[end - 1].last, one.cue.type))
    return found


def _belongs(unit: Unit, language: Language) -> bool:
    return unit.is_symbol or unit.kind == "joint" or (unit.kind == "word" and not _stops(unit, language))
