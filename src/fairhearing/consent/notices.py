"""A notice as it is written down in a file: what speakers are shown before they are asked. docs/consent.md."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from fairhearing.consent import plain_words
from fairhearing.consent.models import Purpose

_NAME: Final = re.compile(r"^[a-z][a-z0-9-]{0,59}$")
_LANGUAGE: Final = re.compile(r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
_COUNTRY: Final = re.compile(r"^[A-Z]{2}$")
TEXT_MOST: Final = 20_000
_LINE_MOST: Final = 500
_LINES: Final = ("service", "listeners", "storage", "retention", "rights", "withdraw_at")
_PARTY_LINES: Final = ("name", "address", "contact", "authority")


class NoticeMalformed(ValueError):
    """A field of a notice does not fit: which, what came, what was expected."""


@dataclass(frozen=True)
class Party:
    """Who answers for the processing (GDPR Art. 13(1)(a)); ``authority``: where to complain (Art. 13(2)(d))."""

    name: str
    address: str
    contact: str
    authority: str


@dataclass(frozen=True)
class Text:
    """One notice in one language. ``countries``: where people listen, ISO 3166-1 alpha-2."""

    name: str
    language: str
    text: str
    purposes: tuple[str, ...]
    service: str
    listeners: str
    countries: tuple[str, ...]
    jurisdiction: str
    storage: str
    retention: str
    rights: str
    withdraw_at: str
    controller: Party

    def digest(self) -> str:
        """SHA-256 over the canonical JSON of everything that speakers are told, as hex."""
        canonical = json.dumps(asdict(self), sort_keys=True, ensure_ascii=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


def parse(content: str | bytes) -> Text:
    """Read a notice's file (JSON).

    Raises:
        NoticeMalformed: the first field that does not fit.
    """
    try:
        given = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise NoticeMalformed(f"no JSON ({error.__class__.__name__}), expected one object") from None
    if not isinstance(given, dict):
        raise NoticeMalformed(f"got a {type(given).__name__}, expected an object")
    return Text(
        name=_matching(given, "name", _NAME, "small letters, digits and -, at most 60, a letter first"),
        language=_matching(given, "language", _LANGUAGE, "a language tag such as en or es-MX"),
        text=_line(given, "text", TEXT_MOST),
        purposes=_purposes(given.get("purposes")),
        countries=_countries(given.get("countries")),
        jurisdiction=_matching(given, "jurisdiction", _COUNTRY, "a country of two letters such as IE"),
        controller=_party(given.get("controller")),
        **{name: _line(given, name, _LINE_MOST) for name in _LINES},
    )


def check(notice: Text) -> str | None:
    """The sentence that says that people listen; None when the notice does not ask for that.

    Raises:
        plain_words.NoticeNotPlain: it asks for people listening and does not say so.
    """
    if Purpose.HUMAN_REVIEW.value not in notice.purposes:
        return None
    return plain_words.check(notice.text, notice.language)


def _line(given: Mapping[str, Any], name: str, most: int) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not 1 <= len(value.strip()) <= most or "\0" in value:
        got = f"{len(value)} characters" if isinstance(value, str) else _kind(value)
        raise NoticeMalformed(f"{name}: got {got}, expected a text of 1 to {most} characters")
    return value.strip()


def _matching(given: Mapping[str, Any], name: str, pattern: re.Pattern[str], expected: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not pattern.match(value):
        got = repr(value)[:60] if isinstance(value, str) else _kind(value)
        raise NoticeMalformed(f"{name}: got {got}, expected {expected}")
    return value


def _purposes(value: object) -> tuple[str, ...]:
    known = [purpose.value for purpose in Purpose]
    if not isinstance(value, list) or not value or any(one not in known for one in value):
        raise NoticeMalformed(f"purposes: got {repr(value)[:60]}, expected a list of {', '.join(known)}")
    return tuple(sorted(set(value)))


def _countries(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) and _COUNTRY.match(one) for one in value):
        raise NoticeMalformed(f"countries: got {repr(value)[:60]}, expected a list of countries such as IE")
    return tuple(sorted(set(value)))


def _party(value: object) -> Party:
    if not isinstance(value, Mapping):
        raise NoticeMalformed(f"controller: got {_kind(value)}, expected an object with name, address …")
    try:
        return Party(**{name: _line(value, name, _LINE_MOST) for name in _PARTY_LINES})
    except NoticeMalformed as error:
        raise NoticeMalformed(f"controller.{error}") from None


def _kind(value: object) -> str:
    return "nothing" if value is None else f"a {type(value).__name__}"
