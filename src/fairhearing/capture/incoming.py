"""What a product sends with a recording, parsed and checked before anything is touched.

The fields are those of a manifest line (docs/import.md). An error names the field, what came and what was expected;
it never repeats a speaker's key or a text.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fairhearing.capture.models import AgeBand
from fairhearing.consent.actions import CLOCKS_DIFFER, Statement
from fairhearing.consent.models import Method, Purpose
from fairhearing.consent.speaker_key import SpeakerKey, SpeakerKeyInvalid

_LANGUAGE = re.compile(r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")  # JSON can write it, UTF-8 cannot
_SLUG = re.compile(r"^[A-Za-z0-9_-]{1,60}$")
TRIGGERS = ("wake_word", "push_to_talk", "call")
TEXT_MOST = 20_000
HYPOTHESES_MOST = 40
WORDS_MOST = 20_000


class FieldInvalid(ValueError):
    """One field does not fit: which, what came, what was expected."""

    def __init__(self, field: str, got: str, expected: str) -> None:
        super().__init__(f"{field}: got {got}, expected {expected}")
        self.field, self.got, self.expected = field, got, expected


@dataclass(frozen=True)
class IncomingChannel:
    """One party: their key and what they agreed to."""

    key: SpeakerKey
    consent: Statement
    language: str | None = None


@dataclass(frozen=True)
class IncomingHypothesis:
    """A machine's candidate text; ``words`` are (word, start, end) in seconds, when the product knows them."""

    text: str
    engine: str
    language: str
    channel: int
    score: float | None
    words: tuple[tuple[str, float, float], ...] | None


@dataclass(frozen=True)
class Incoming:
    """The metadata of one recording."""

    language: str
    channels: tuple[IncomingChannel, ...]
    hypotheses: tuple[IncomingHypothesis, ...]
    product: str | None = None
    region: str = ""
    age_band: AgeBand = AgeBand.UNKNOWN
    captured_at: datetime | None = None
    trigger: str = ""
    indicator: str = ""
    external_id: str | None = None


def parse(line: Mapping[str, Any], *, language: str | None = None) -> Incoming:
    """Read the metadata of one recording; ``language`` stands in where the line has none.

    Raises:
        FieldInvalid: the first field that does not fit.
    """
    spoken = _language(line.get("language", language), "language")
    channels = _channels(line)
    region = _text(line.get("region", ""), "region", most=8)
    product = line.get("product")
    if product is not None and not (isinstance(product, str) and _SLUG.match(product)):
        raise FieldInvalid("product", _shown(product), "a slug: letters, digits, - and _, at most 60")
    return Incoming(
        language=spoken,
        channels=channels,
        hypotheses=_hypotheses(line.get("hypotheses", []), spoken, len(channels)),
        product=product,
        region=region,
        age_band=AgeBand(_one_of(line.get("age_band", "unknown"), "age_band", AgeBand.values)),
        captured_at=_moment(line["captured_at"], "captured_at") if line.get("captured_at") else None,
        trigger=_trigger(line.get("activation")),
        indicator=_text(line.get("indicator", ""), "indicator", most=80),
        external_id=_text(line["external_id"], "external_id", most=200) if line.get("external_id") else None,
    )


def _channels(line: Mapping[str, Any]) -> tuple[IncomingChannel, ...]:
    given = line.get("channels")
    if given is None:
        return (IncomingChannel(_key(line.get("speaker_key"), "speaker_key"), parse_consent(line.get("consent"))),)
    if not isinstance(given, list) or not 1 <= len(given) <= 2:
        raise FieldInvalid("channels", _kind(given), "a list of one or two objects, one a channel")
    if "speaker_key" in line:
        raise FieldInvalid("speaker_key", "a key beside channels", "keys inside channels alone")
    channels = []
    for number, channel in enumerate(given):
        name = f"channels[{number}]"
        if not isinstance(channel, Mapping):
            raise FieldInvalid(name, _kind(channel), "an object with speaker_key and consent")
        key = _key(channel.get("speaker_key"), f"{name}.speaker_key")
        language = _language(channel["language"], f"{name}.language") if "language" in channel else None
        channels.append(IncomingChannel(key, parse_consent(channel.get("consent"), f"{name}.consent"), language))
    return tuple(channels)


def _key(value: object, field: str) -> SpeakerKey:
    if not isinstance(value, str):
        raise FieldInvalid(field, _kind(value), "64 hex digits")
    try:
        return SpeakerKey.from_hex(value)
    except SpeakerKeyInvalid:
        raise FieldInvalid(field, f"{len(value)} characters", "64 hex digits") from None


def parse_consent(value: object, field: str = "consent") -> Statement:
    """Read what a product says that its speaker agreed to; purposes that are not named are refused.

    Raises:
        FieldInvalid: the first field that does not fit.
    """
    if not isinstance(value, Mapping):
        raise FieldInvalid(field, _kind(value), "an object with service, automatic_improvement, human_review, notice …")
    given = {}
    for purpose in Purpose:
        answer = value.get(purpose.value, False)
        if not isinstance(answer, bool):
            raise FieldInvalid(f"{field}.{purpose.value}", _shown(answer), "true or false")
        given[purpose] = answer
    notice = _text(value.get("notice"), f"{field}.notice", most=80, least=1)
    method = Method(_one_of(value.get("method"), f"{field}.method", Method.values))
    given_at = _moment(value.get("given_at"), f"{field}.given_at")
    if given_at > datetime.now(UTC) + CLOCKS_DIFFER:
        raise FieldInvalid(f"{field}.given_at", given_at.isoformat(), "a time that has passed")
    shown = value.get("notice_language")
    until = value.get("valid_until")
    return Statement(
        given=given,
        notice=notice,
        method=method,
        given_at=given_at,
        language=None if shown is None else _language(shown, f"{field}.notice_language"),
        valid_until=None if until is None else _moment(until, f"{field}.valid_until"),
    )


def _hypotheses(value: object, spoken: str, channels: int) -> tuple[IncomingHypothesis, ...]:
    if not isinstance(value, list) or len(value) > HYPOTHESES_MOST:
        raise FieldInvalid("hypotheses", _kind(value), f"a list of at most {HYPOTHESES_MOST}")
    return tuple(_hypothesis(item, f"hypotheses[{at}]", spoken, channels) for at, item in enumerate(value))


def _hypothesis(value: object, field: str, spoken: str, channels: int) -> IncomingHypothesis:
    if not isinstance(value, Mapping):
        raise FieldInvalid(field, _kind(value), "an object with text and engine")
    channel = value.get("channel", 0)
    if not isinstance(channel, int) or isinstance(channel, bool) or not 0 <= channel < channels:
        raise FieldInvalid(f"{field}.channel", _shown(channel), f"0 to {channels - 1}")
    score = value.get("score")
    if score is not None and (
        not isinstance(score, int | float) or isinstance(score, bool) or not -1e300 < score < 1e300
    ):
        raise FieldInvalid(f"{field}.score", _shown(score), "a number")
    words = value.get("words")
    return IncomingHypothesis(
        text=_text(value.get("text"), f"{field}.text", most=TEXT_MOST, secret=True),
        engine=_text(value.get("engine", "unknown"), f"{field}.engine", most=120),
        language=_language(value.get("language", spoken), f"{field}.language"),
        channel=channel,
        score=None if score is None else float(score),
        words=None if words is None else _words(words, f"{field}.words"),
    )


def _words(value: object, field: str) -> tuple[tuple[str, float, float], ...]:
    if not isinstance(value, list) or len(value) > WORDS_MOST:
        raise FieldInvalid(field, f"a {type(value).__name__}", f"a list of at most {WORDS_MOST} words")
    words, previous = [], 0.0
    for at, item in enumerate(value):
        name = f"{field}[{at}]"
        if not isinstance(item, Mapping):
            raise FieldInvalid(name, f"a {type(item).__name__}", "an object with word, start_s and end_s")
        start, end = item.get("start_s"), item.get("end_s")
        if not isinstance(start, int | float) or not isinstance(end, int | float) or not 0 <= start <= end < 1e6:
            raise FieldInvalid(name, f"start_s {_shown(start)}, end_s {_shown(end)}", "0 ≤ start_s ≤ end_s in seconds")
        if start < previous:
            raise FieldInvalid(f"{name}.start_s", str(start), f"words in order of time, not before {previous}")
        previous = float(start)
        words.append((_text(item.get("word"), f"{name}.word", most=200, secret=True), float(start), float(end)))
    return tuple(words)


def _trigger(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, Mapping):
        raise FieldInvalid("activation", _kind(value), "an object with trigger")
    return _one_of(value.get("trigger"), "activation.trigger", TRIGGERS)


def _language(value: object, field: str) -> str:
    if not isinstance(value, str) or not _LANGUAGE.match(value):
        raise FieldInvalid(field, _shown(value), "a language tag such as en or es-MX")
    return value


def _text(value: object, field: str, *, most: int, least: int = 0, secret: bool = False) -> str:
    if not isinstance(value, str):
        raise FieldInvalid(field, f"a {type(value).__name__}" if secret else _shown(value), "a text")
    if not least <= len(value) <= most:
        raise FieldInvalid(field, f"{len(value)} characters", f"{least} to {most}")
    if "\0" in value or _LONE_SURROGATE.search(value):
        raise FieldInvalid(field, "a NUL character or half of a surrogate pair", "a text without one")
    return value


def _one_of(value: object, field: str, allowed: tuple[str, ...] | list[str]) -> str:
    if not isinstance(value, str) or value not in allowed:
        raise FieldInvalid(field, _shown(value), "one of " + ", ".join(allowed))
    return value


def _moment(value: object, field: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        if moment is not None:
            moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        moment = None
    if moment is None:
        raise FieldInvalid(field, _shown(value), "a time such as 2026-05-04T10:00:00Z")
    return moment


def _kind(value: object) -> str:
    """What came, where it may hold a key or a text: its type alone."""
    return "nothing" if value is None else f"a {type(value).__name__}"


def _shown(value: object) -> str:
    """What came, short enough for a message."""
    if value is None:
        return "nothing"
    text = repr(value)
    return text if len(text) <= 60 else f"a {type(value).__name__} of {len(text)} characters"
