"""``POST /api/v1/erasures``: all of a speaker's, single recordings, what they said on some days, or just now."""

from datetime import UTC, date, datetime
from typing import Annotated, Any, Final

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Router, Schema

from fairhearing.capture.incoming import FieldInvalid
from fairhearing.consent.speaker_key import SpeakerKey
from fairhearing.operations import stores
from fairhearing.operations.receipts import Receipt
from fairhearing.speakers import actions
from fairhearing.web import problems
from fairhearing.web.api.products import Done, Speaker

router = Router(tags=["products"])

MINUTES_MOST: Final = 24 * 60  # what was said longer ago is erased by its day
RECORDINGS_MOST: Final = 1000  # in one request

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,80}$")]


class Erasing(Speaker):
    """What to erase, in one of these ways; in none of them: everything of the speaker.

    ``since`` and ``until`` (either may be left out) reach whole days in UTC; ``last_minutes`` reaches whole hours.
    """

    recording: Name | None = None
    recordings: Annotated[list[Name], Field(min_length=1, max_length=RECORDINGS_MOST)] | None = None
    since: datetime | None = None
    until: datetime | None = None
    last_minutes: Annotated[int, Field(ge=1, le=MINUTES_MOST)] | None = None


class StoreOut(Schema):
    """A place where the data lay, and the day (UTC) by whose end it is done there; see ``docs/erasure.md``."""

    store: str
    by: str


class Erased(Done):
    """Also every store, with its day; and how far it reached, where a time was named: days, or from which hour on."""

    stores: list[StoreOut]
    first_day: str | None = None
    last_day: str | None = None
    from_hour: str | None = None


@router.post("/erasures", response=Erased, url_name="erasures", summary="Erase recordings, a period, or everything")
def erasures(request: HttpRequest, body: Erasing) -> Any:
    """Erased when this answers."""
    _only_one_way(body)
    try:
        receipt, reached = _erase(SpeakerKey.from_hex(body.speaker_key), body)
    except actions.NotYours as error:
        field = "recording" if body.recordings is None else "recordings"
        return problems.response(404, "No such recording", str(error), field=field)
    left = [{"store": one.store, "by": one.by.isoformat()} for one in stores.after_erasing(timezone.now())]
    return {"recordings": receipt.recordings, "receipt": receipt.text(), "stores": left, **reached}


def _only_one_way(body: Erasing) -> None:
    period = body.since or body.until
    ways = {
        "recording": body.recording,
        "recordings": body.recordings,
        "since": period,
        "last_minutes": body.last_minutes,
    }
    named = [name for name, value in ways.items() if value is not None]
    if len(named) > 1:
        raise FieldInvalid(named[1], " and ".join(named), f"one of {', '.join(ways)} (with until), or none of them")


def _erase(key: SpeakerKey, body: Erasing) -> tuple[Receipt, dict[str, str]]:
    """The receipt, and how far it reached."""
    if body.last_minutes is not None:
        lately = actions.erase_lately(key=key, minutes=body.last_minutes)
        return lately.receipt, {"from_hour": lately.hour.isoformat().replace("+00:00", "Z")}
    if body.since is not None or body.until is not None:
        first, last = _day(body.since, "since", date.min), _day(body.until, "until", timezone.now().date())
        if last < first:
            raise FieldInvalid("until", f"{last}, before {first}", "a time that is not before since")
        receipt = actions.erase_days(key=key, first=first, last=last)
        return receipt, {"first_day": first.isoformat(), "last_day": last.isoformat()}
    if body.recordings is not None:
        return actions.erase_recordings(key=key, recordings=body.recordings), {}
    return actions.erase(key=key, recording=body.recording), {}


def _day(moment: datetime | None, field: str, otherwise: date) -> date:
    """The day in UTC; a time without an offset is in UTC."""
    if moment is None:
        return otherwise
    try:
        return moment.date() if moment.tzinfo is None else moment.astimezone(UTC).date()
    except OverflowError:
        raise FieldInvalid(field, "a time beyond all calendars", "a time such as 2026-05-04T10:00:00Z") from None
