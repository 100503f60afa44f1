"""What the auditor asks for, read from an address. What cannot be read is said: a filter is never passed over."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from django.http import QueryDict

from fairhearing.capture.models import Clip, Recording
from fairhearing.ledger.entries import Kind
from fairhearing.ledger.search import Wanted
from fairhearing.policy import Reason
from fairhearing.programmes.models import Programme

NAMES: Final = ("kind", "from", "to", "vendor", "country", "programme", "role", "purpose", "reason", "id")
POSITIONS: Final = ("before", "after")
LONGEST = 200
# Which field of a search an id is for, by its prefix.
_IDS: Final = {
    "acc": "account",
    "rec": "recording",
    "clip": "clip",
    "lis": "record",
    "led": "record",
    "rel": "release",
}


@dataclass(frozen=True)
class Asked:
    """A search, the position in its pages, what was given (to fill the form again), and what could not be read."""

    wanted: Wanted
    before: int | None
    after: int | None
    given: tuple[tuple[str, str], ...]
    problems: tuple[str, ...]

    @property
    def query(self) -> str:
        """The search as the query part of an address, without a position."""
        return urlencode(self.given)

    def at(self, **position: int) -> str:
        """The address of another page of the same search."""
        return "?" + urlencode([*self.given, *position.items()])


class Unreadable(ValueError):
    """A field holds what is no value of it. The message names the field, what it got and what it expected."""


def read(query: QueryDict) -> Asked:
    """Read a search from an address's query."""
    problems: list[str] = []
    given = [(name, text) for name in NAMES for text in map(str.strip, query.getlist(name)) if text]
    found: dict[str, Any] = {}
    for name, texts in _by_name(given).items():
        try:
            found |= _READERS[name](texts)
        except Unreadable as problem:
            problems.append(str(problem))
    positions = {name: _position(name, query.get(name, ""), problems) for name in POSITIONS}
    strange = [name for name in query if name not in NAMES + POSITIONS]
    problems += [
        f"{name[:LONGEST]!r} is nothing that can be asked for: expected {', '.join(NAMES)}" for name in strange
    ]
    if found.get("since") and found.get("until") and found["since"] > found["until"]:
        problems.append(f"from {found['since']} to {found['until']}: expected the earlier day first")
    return Asked(Wanted(**found), positions["before"], positions["after"], tuple(given), tuple(problems))


def _by_name(given: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    texts: dict[str, list[str]] = {}
    for name, text in given:
        texts.setdefault(name, []).append(text)
    return texts


def _position(name: str, text: str, problems: list[str]) -> int | None:
    if not text:
        return None
    if not is_number(text):
        problems.append(f"{name}: {text[:LONGEST]!r} is no entry's number")
        return None
    return int(text)


def is_number(text: str) -> bool:
    """Whether a text can be an entry's number."""
    return text.isascii() and text.isdecimal() and len(text) < 19


def _one(name: str, texts: list[str]) -> str:
    if len(texts) != 1 or len(texts[0]) > LONGEST:
        raise Unreadable(f"{name}: {', '.join(texts)[:LONGEST]!r}, expected one value of at most {LONGEST} characters")
    return texts[0]


def _kinds(texts: list[str]) -> dict[str, Any]:
    try:
        return {"kinds": tuple(dict.fromkeys(Kind(text) for text in texts))}
    except ValueError as problem:
        raise Unreadable(f"kind: {problem}, expected some of {', '.join(Kind)}") from None


def _day(name: str, field: str) -> Callable[[list[str]], dict[str, Any]]:
    def read_day(texts: list[str]) -> dict[str, Any]:
        text = _one(name, texts)
        try:
            return {field: date.fromisoformat(text)}
        except ValueError:
            raise Unreadable(f"{name}: {text!r} is no day, expected one such as 2026-11-22") from None

    return read_day


def _plain(field: str) -> Callable[[list[str]], dict[str, Any]]:
    return lambda texts: {field: _one(field, texts)}


def _country(texts: list[str]) -> dict[str, Any]:
    text = _one("country", texts)
    if len(text) != 2 or not (text.isascii() and text.isalpha()):
        raise Unreadable(f"country: {text!r} is no country, expected two letters (ISO 3166-1) such as IE")
    return {"country": text.upper()}


def _reason(texts: list[str]) -> dict[str, Any]:
    text = _one("reason", texts)
    if text not in list(Reason):
        raise Unreadable(f"reason: {text!r} is no ground of a refusal, expected one of {', '.join(Reason)}")
    return {"reason": text}


def _programme(texts: list[str]) -> dict[str, Any]:
    slug = _one("programme", texts)
    if not Programme.objects.filter(slug=slug).exists():
        raise Unreadable(f"programme: {slug!r}, there is none of this name")
    return {"programme": slug, "recordings": Recording.objects.filter(programme__slug=slug).values("id")}


def _ids(texts: list[str]) -> dict[str, Any]:
    """Several ids are all meant: this reviewer and that clip. A clip's recording is looked up: it has an index."""
    found: dict[str, Any] = {}
    for text in " ".join(texts).replace(",", " ").split():
        field = "index" if is_number(text) else _IDS.get(text.split("_")[0]) if "_" in text else None
        if field is None or len(text) > LONGEST:
            raise Unreadable(
                f"id: {text[:LONGEST]!r}, expected an entry's number, lis_…, led_…, acc_…, rec_…, clip_… or rel_…"
            )
        if field in found:
            raise Unreadable(f"id: {text!r} is the second {field}, expected at most one of each")
        found[field] = int(text) if field == "index" else text
    if "clip" in found and "recording" not in found:
        recording = Clip.objects.filter(id=found["clip"]).values_list("channel__recording_id", flat=True).first()
        found |= {"recording": recording} if recording else {}
    return found


_READERS: Final[dict[str, Callable[[list[str]], dict[str, Any]]]] = {
    "kind": _kinds,
    "from": _day("from", "since"),
    "to": _day("to", "until"),
    "vendor": _plain("vendor"),
    "country": _country,
    "programme": _programme,
    "role": _plain("role"),
    "purpose": _plain("purpose"),
    "reason": _reason,
    "id": _ids,
}
