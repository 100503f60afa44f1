"""E-mail addresses, web addresses, network addresses, and names and passwords said as words after a cue."""

import re

from fairhearing.deidentify.spoken import checks
from fairhearing.deidentify.spoken.reading import Found, Reading
from fairhearing.deidentify.spoken.units import Unit

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}")
URL = re.compile(r"(https?://|www\.)\S+|([a-z0-9-]+\.)+(com|org|net|example|test|io|dev|info|co\.uk|es|de)(/\S*)?")
HANDLE = re.compile(r"@[a-z0-9_.]{2,}")
MOST_LABEL = 4  # plain words in a label of a domain
MOST_LOCAL = 4  # plain words before "at"
MOST_UNITS = 40  # looked at to the left of an "at" or "dot"
MOST_PHRASE = 5


def written(reading: Reading) -> list[Found]:
    """Return the addresses that stand in written form within one word."""
    found: list[Found] = []
    for at, token in enumerate(reading.tokens):
        word = token.plain
        if "@" in word:
            if EMAIL.fullmatch(word):
                found.append((at, at, "EMAIL"))
            elif HANDLE.fullmatch(word):
                found.append((at, at, "ONLINE"))
        elif ("." in word or ":" in word) and (URL.fullmatch(word) or checks.network_address(word)):
            found.append((at, at, "ONLINE"))
    return found


def spoken(reading: Reading) -> list[Found]:
    """Return the e-mail and web addresses said with "at" and "dot", and network addresses of four numbers."""
    units = reading.units
    if not any(unit.value == "." and unit.kind == "joint" for unit in units):
        return _provider_mails(reading)
    found: list[Found] = []
    ends = {unit.last: at for at, unit in enumerate(units)}
    for one in reading.language.at.longest(reading.words):
        after = reading.starts.get(one.last + 1)
        before = ends.get(one.first - 1)
        if after is None or before is None:
            continue
        end = _domain_end(reading, after)
        begin = _local_start(reading, before) if end is not None else None
        if end is None or begin is None:
            continue
        if begin == before and _leads_to_web(reading, units[before]):
            continue
        found.append((units[begin].first, units[end].last, "EMAIL"))
    return found + _provider_mails(reading) + _web(reading) + _networks(units)


def _provider_mails(reading: Reading) -> list[Found]:
    """Return "tom at gmail", where the provider is known by its name."""
    found: list[Found] = []
    units = reading.units
    for at in range(1, len(units) - 1):
        unit = units[at + 1]
        if unit.kind == "word" and unit.value in reading.language.providers and reading.word(units[at].first) == "at":
            begin = _local_start(reading, at - 1)
            if begin is not None:
                found.append((units[begin].first, unit.last, "EMAIL"))
    return found


def _leads_to_web(reading: Reading, unit: Unit) -> bool:
    """Return whether a sole word before "at" is no local part ("look at", "the website at") and nobody mails."""
    word = reading.base(unit.first)
    if unit.kind != "word" or reading.word(unit.first) in reading.language.mail_words:
        return False
    return word in reading.language.web_leads or word in reading.language.stop_words


def _domain_end(reading: Reading, at: int) -> int | None:
    """Return the last unit of "example dot co dot uk" from unit ``at``, or ``None`` where it is no domain."""
    units = reading.units
    end: int | None = None
    label = 0
    while at < len(units):
        unit = units[at]
        if unit.kind == "joint" and unit.value == "." and label:
            stop = _label_end(reading, at + 1)
            if stop is None:
                break
            at, end, label = stop + 1, stop, 1
            if not (at < len(units) and units[at].kind == "joint" and units[at].value in ".-"):
                break
            continue
        if unit.kind == "joint" and label and unit.value in "-_":
            label = 0
        elif end is not None or label > MOST_LABEL or _breaks_label(reading, unit):
            break
        else:
            label += unit.kind != "letter" or label == 0
        at += 1
    return end


def _breaks_label(reading: Reading, unit: Unit) -> bool:
    word = reading.word(unit.first)
    return unit.kind == "word" and (
        word in reading.language.pronouns
        or word in reading.language.copulas
        or (
            word in reading.language.stop_words
            and word not in reading.language.determiners | reading.language.email_cues | reading.language.phrase_words
        )
    )


def _label_end(reading: Reading, at: int) -> int | None:
    """Return the last unit of the label at ``at``: one word, or letters said one by one ("c o", "u k")."""
    units = reading.units
    while at < len(units) and units[at].kind == "filler":
        at += 1
    if at >= len(units) or units[at].kind == "joint":
        return None
    if units[at].kind != "letter" or units[at].style == "written":
        return at
    end, text = at, units[at].value
    while end + 1 < len(units) and end - at < 8 and units[end + 1].kind == "letter":
        if text in reading.language.top_domains:
            break
        end += 1
        text += units[end].value
    return end


def _local_start(reading: Reading, at: int) -> int | None:
    """Return the first unit of what stands before "at": joined parts, symbols, and up to four plain words."""
    units = reading.units
    begin: int | None = None
    plain = 0
    lowest = max(0, at - MOST_UNITS)
    while at >= lowest:
        unit = units[at]
        joined = begin is not None and units[begin].kind in ("joint", "sign")
        if reading.tokens[unit.last].ends:
            break
        if unit.kind in ("joint", "sign"):
            if begin is None or joined:
                break
        elif unit.is_symbol:
            plain = 0
        elif unit.kind in ("filler", "correction"):
            if not (begin is not None and at and (units[at - 1].is_symbol or joined)):
                break
        elif not joined and _breaks_local(reading, unit):
            if begin is None and reading.word(unit.first) in reading.language.mail_words:
                begin = at
            break
        else:
            plain = 1 if joined else plain + 1
            if plain > MOST_LOCAL:
                break
        begin = at
        at -= 1
    while begin is not None and begin < len(units) and units[begin].kind in ("joint", "filler", "correction"):
        begin += 1
    return begin


def _breaks_local(reading: Reading, unit: Unit) -> bool:
    word, language = reading.word(unit.first), reading.language
    return (
        word in language.stop_words
        or language.is_copula(word)
        or language.base(word) in language.email_cues
        or unit.value == ""
    )


def _web(reading: Reading) -> list[Found]:
    units, language = reading.units, reading.language
    found: list[Found] = []
    free = 0
    for at, unit in enumerate(units):
        if at < free or not (unit.kind == "joint" and unit.value == "." and at and at + 1 < len(units)):
            continue
        end = _label_end(reading, at + 1)
        begin = _local_start(reading, at - 1) if end is not None else None
        if end is None or begin is None:
            continue
        label = "".join(one.value for one in units[at + 1 : end + 1])
        if label not in language.top_domains and not _is_www(units, at):
            continue
        while end + 2 < len(units) and units[end + 1].kind == "joint":
            further = _label_end(reading, end + 2)
            if further is None:
                break
            end = further
        free = end
        if all(one.kind == "digits" for one in units[begin : end + 1] if one.kind != "joint"):
            continue
        if _is_known_site(reading, units[begin:at]):
            continue
        while begin > 1 and units[begin - 1].kind == "joint":  # "http colon slash slash"
            begin -= 1
        if begin and units[begin].kind == "joint" and reading.word(units[begin - 1].first) in _SCHEMES:
            begin -= 1
        while units[begin].kind == "joint":
            begin += 1
        found.append((units[begin].first, units[end].last, "ONLINE"))
    return found


def _is_known_site(reading: Reading, label: list[Unit]) -> bool:
    """Return whether what stands before the "dot" is a firm that everyone knows ("amazon dot com")."""
    words = [one for one in label if one.kind == "word"]
    return len(words) == len(label) == 1 and reading.word(words[0].first) in reading.language.not_names


_SCHEMES = ("http", "https")


def _is_www(units: list[Unit], at: int) -> bool:
    letters = [unit.value for unit in units[max(0, at - 3) : at]]
    return "".join(letters)[-3:] == "www"


def _networks(units: list[Unit]) -> list[Found]:
    """Return IPv4 addresses: four groups of digits with three dots, none above 255; misheard ones by their shape."""
    found: list[Found] = []
    groups: list[str] = [""]
    begin: int | None = None
    end = 0
    for at, unit in enumerate([*units, Unit("word", "", -1, -1)]):
        if unit.kind == "digits":
            begin = at if begin is None else begin
            groups[-1] += unit.value
            end = at
        elif unit.kind == "joint" and unit.value == "." and groups[-1]:
            groups.append("")
        elif not (unit.kind == "filler" and begin is not None):
            groups = groups if groups[-1] else groups[:-1]
            if begin is not None and len(groups) == 4 and all(1 <= len(group) <= 3 for group in groups):
                found.append((units[begin].first, units[end].last, "ONLINE"))
            groups, begin = [""], None
    return found


def phrases(reading: Reading) -> list[Found]:
    """Return passwords, user names and the like said as words right after their cue."""
    found: list[Found] = []
    expected = reading.context.expected
    if expected in ("SECRET", "ONLINE") and reading.tokens:
        found += _phrase(reading, _past_lead(reading, 0), expected)
    cues = reading.language.phrase_cues.longest(reading.bases)
    firsts = {one.first for one in cues}
    for one in cues:
        at = one.last + 1
        if at in firsts:
            continue
        linked = reading.language.is_copula(reading.word(one.last)) and reading.word(one.last) != reading.base(one.last)
        begin = at
        if not linked and reading.word(at) in reading.language.phrase_links:
            at = _past_object(reading, at)
        while reading.word(at) and (reading.word(at) in reading.language.copulas or reading.word(at) in _LINKS):
            at += 1
        if one.cue.type == "ONLINE" and reading.word(at) in reading.language.articles:
            at += 1
        loose = at == begin and not linked and one.cue.fewest > 0
        found += [span for span in _phrase(reading, at, one.cue.type) if not loose or _is_telling(reading, span)]
    return found


def _past_object(reading: Reading, at: int) -> int:
    """Return the copula after "for the laptop", "to my security question", or ``at`` where none follows soon."""
    for place in range(at + 1, min(at + 6, len(reading.tokens))):
        if reading.word(place) in reading.language.copulas:
            return place
    return at


def _is_telling(reading: Reading, span: Found) -> bool:
    """Return whether a phrase right after its cue, without "is", cannot be ordinary speech that goes on."""
    inside = range(span[0], span[1] + 1)
    ends = span[1] + 1 == len(reading.tokens)
    return (
        len(inside) >= 2
        and ends
        and any(at in reading.symbols or not reading.language.is_known(reading.word(at)) for at in inside)
    )


_LINKS = frozenset({"at", "i'm", "it's", "as", "called", "under", "uh", "um", "er", "eh", "äh"})


def _past_lead(reading: Reading, at: int) -> int:
    """Return the index after words that open an answer ("it's", "um", "that would be")."""
    language = reading.language
    while at < min(6, len(reading.tokens)) and (
        language.is_copula(reading.word(at)) or reading.word(at) in language.fillers | language.pronouns | _LEADS
    ):
        at += 1
    return at


_LEADS = frozenset({"that", "yes", "yeah", "sure", "okay", "ok", "the", "sí", "ja", "el", "la", "das"})


def _phrase(reading: Reading, at: int, kind: str) -> list[Found]:
    units, language = reading.units, reading.language
    unit = reading.starts.get(at)
    if unit is None or (reading.word(at) in language.not_secret and not _goes_on(reading, unit)):
        return []
    end = unit
    plain = 0
    while end < len(units) and plain < MOST_PHRASE and (_belongs(reading, units[end]) or _is_and(reading, end, unit)):
        plain += units[end].kind == "word"
        end += 1
        if reading.tokens[units[end - 1].last].ends:
            break
    while end > unit and units[end - 1].kind in ("filler", "joint", "correction"):
        end -= 1
    if end == unit or all(units[one].kind == "digits" for one in range(unit, end)):
        return []
    return [(at, units[end - 1].last, kind)]


def _goes_on(reading: Reading, unit: int) -> bool:
    """Return whether two words follow that speak of nothing else ("correct battery staple")."""
    further = reading.units[unit + 1 : unit + 3]
    return len(further) == 2 and all(
        one.kind == "word" and _belongs(reading, one) and reading.word(one.first) not in reading.language.not_secret
        for one in further
    )


def _is_and(reading: Reading, at: int, begin: int) -> bool:
    """Return whether the unit is an "and" within a phrase ("coffee and cobalt")."""
    units = reading.units
    if at == begin or at + 1 >= len(units):
        return False
    if reading.word(units[at].first) not in reading.language.number_joiners | reading.language.name_particles:
        return False
    return units[at + 1].kind == "word" and _belongs(reading, units[at + 1])


def _belongs(reading: Reading, unit: Unit) -> bool:
    if unit.is_symbol or unit.kind in ("joint", "sign"):
        return True
    word = reading.word(unit.first)
    if unit.kind != "word" or reading.language.is_copula(word):
        return False
    return word in reading.language.phrase_words or word not in reading.language.stop_words
