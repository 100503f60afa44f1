"""What a product says that its speaker was asked and answered, apart from any recording."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema, Status

from fairhearing.capture.incoming import FieldInvalid, parse_consent
from fairhearing.consent.actions import ConsentFromTheFuture, ConsentNotAllowed, ConsentOutdated, Statement
from fairhearing.consent.queries import NoticeUnknown
from fairhearing.consent.speaker_key import SpeakerKey
from fairhearing.consent.states import State
from fairhearing.speakers import consents
from fairhearing.web.api.recordings import consent_refused

router = Router(tags=["products"])


class Saying(Schema):
    """What happened: by default the speaker answered. ``consent`` as in a manifest line; not for ``terminated``."""

    speaker_key: str
    event: Literal["requested", "answered", "reconfirmed", "terminated"] = "answered"
    consent: dict[str, Any] | None = None


class Speaker(Schema):
    """A speaker, by their key: 64 hex digits."""

    speaker_key: str


class KeptOut(Schema):
    """The consent record (JSON-LD) and the same, signed: hand the receipt to the speaker."""

    record: dict[str, Any]
    receipt: str


class TerminatedOut(Schema):
    """How many recordings were closed."""

    recordings: int


class StandingOut(Schema):
    """What holds now for one purpose; ``state`` is null for what was never asked."""

    state: str | None
    allowed: bool
    notice: str | None
    since: datetime | None
    valid_until: datetime | None


class StandingsOut(Schema):
    """What holds now, by purpose."""

    purposes: dict[str, StandingOut]


@router.post("/consents", response={200: TerminatedOut, 201: KeptOut}, url_name="consents", summary="What was answered")
def say(request: HttpRequest, body: Saying) -> Any:
    """Record it, and give the speaker's record with its signed receipt. The notice must be a registered one."""
    key = SpeakerKey.from_hex(body.speaker_key)
    if body.event == "terminated":
        return Status(200, {"recordings": consents.terminate(key=key)})
    try:
        kept = consents.say(key=key, statement=_statement(body.event, parse_consent(body.consent)))
    except NoticeUnknown as error:
        raise FieldInvalid("consent.notice", str(error), "a registered notice") from None
    except (ConsentFromTheFuture, ConsentOutdated, ConsentNotAllowed) as error:
        return consent_refused(error)
    return Status(201, {"record": kept.record, "receipt": kept.receipt})


@router.post("/consents/state", response=StandingsOut, url_name="consents-state", summary="What holds now")
def state(request: HttpRequest, body: Speaker) -> Any:
    """What the speaker agrees to now, by purpose."""
    found = consents.list_standing(SpeakerKey.from_hex(body.speaker_key))
    return {"purposes": {one.purpose.value: _shown(one) for one in found}}


def _shown(one: consents.Standing) -> dict[str, Any]:
    allowed = one.state in (State.GIVEN, State.RECONFIRMED)
    told = {"notice": one.notice, "since": one.since, "valid_until": one.valid_until}
    return {"state": None if one.state is None else one.state.value, "allowed": allowed, **told}


def _statement(event: str, said: Statement) -> Statement:
    """What was asked for is not answered yet; what is re-confirmed is only what was named."""
    if event == "answered":
        return said
    named = [purpose for purpose, wanted in said.given.items() if wanted]
    if not named:
        raise FieldInvalid("consent", "no purpose", f"at least one that is {event}: true")
    given = dict.fromkeys(named, event == "reconfirmed")
    return Statement(given, said.notice, said.method, said.given_at, said.language, said.valid_until, State(event))
