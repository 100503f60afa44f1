"""The API object: its operations, and how its errors look."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from fairhearing import __version__
from fairhearing.capture.incoming import FieldInvalid
from fairhearing.consent.speaker_key import SpeakerKeyInvalid
from fairhearing.gate.denied import Denied
from fairhearing.ledger.appender import LedgerUnavailable
from fairhearing.policy import Reason
from fairhearing.programmes.queries import ProgrammeUnknown
from fairhearing.review.judge import JudgementRefused, Refusal
from fairhearing.web import problems
from fairhearing.web.api import clips, consents, erasures, preferences, products, recordings, requests, review

api = NinjaAPI(
    title="Fairhearing",
    version=__version__,
    urls_namespace="api",
    docs_url=None,
    description="Human review of voice data that the speakers would agree to.",
)
api.add_router("", recordings.router)
api.add_router("", products.router)
api.add_router("", erasures.router)
api.add_router("", consents.router)
api.add_router("", requests.router)
api.add_router("", clips.router)
api.add_router("/review", review.router)
api.add_router("/review", preferences.router)

_REFUSED = {Refusal.NOT_YOURS: 404, Refusal.CLOSED: 409, Refusal.EXPIRED: 409, Refusal.UNDO_LATE: 409}


@api.exception_handler(FieldInvalid)
def field_invalid(_request: HttpRequest, error: FieldInvalid) -> HttpResponse:
    """One field does not fit."""
    return problems.response(
        422, "A field does not fit", str(error), field=error.field, got=error.got, expected=error.expected
    )


@api.exception_handler(ValidationError)
def body_invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    """The body is not what the schema says. What came is not repeated: it may be a text or a key."""
    first: dict[str, Any] = error.errors[0] if error.errors else {}
    field = ".".join(str(part) for part in first.get("loc", ())[1:]) or "body"
    expected = str(first.get("msg", "a valid body"))
    return problems.response(
        422,
        "A field does not fit",
        f"{field}: {expected}",
        field=field,
        got=str(first.get("type", "")),
        expected=expected,
    )


@api.exception_handler(SpeakerKeyInvalid)
def key_invalid(_request: HttpRequest, error: SpeakerKeyInvalid) -> HttpResponse:
    """Not a speaker's key; the message holds its length alone."""
    detail = str(error)
    return problems.response(
        422,
        "A field does not fit",
        detail,
        field="speaker_key",
        got=detail.rpartition("got ")[2],
        expected="64 hex digits",
    )


@api.exception_handler(Denied)
def denied(_request: HttpRequest, error: Denied) -> HttpResponse:
    """The gate said no; every ground is named. What is somebody else's answers like what does not exist."""
    told = (Reason.UNKNOWN,) if Reason.NOT_YOURS in error.reasons else error.reasons
    detail = " ".join(gettext(reason.sentence) for reason in told)
    return problems.response(403, gettext("Not released"), detail, reasons=[reason.value for reason in told])


@api.exception_handler(JudgementRefused)
def refused(_request: HttpRequest, error: JudgementRefused) -> HttpResponse:
    """An answer was not taken."""
    status = _REFUSED.get(error.refusal, 422)
    return problems.response(status, gettext("Not taken"), gettext(str(error)), reasons=[error.refusal.name.lower()])


@api.exception_handler(ProgrammeUnknown)
def programme_unknown(_request: HttpRequest, error: ProgrammeUnknown) -> HttpResponse:
    """No such programme."""
    return problems.response(404, "No such programme", str(error), field="programme")


@api.exception_handler(LedgerUnavailable)
def ledger_unavailable(_request: HttpRequest, error: LedgerUnavailable) -> HttpResponse:
    """What cannot be logged is not released."""
    return problems.response(503, gettext("The log does not answer"), f"{error}; nothing was released; try again")


@api.exception_handler(Http404)
def not_found(_request: HttpRequest, _error: Http404) -> HttpResponse:
    """Nothing here, or nothing for you."""
    return problems.response(404, gettext("Not found"), gettext("there is nothing of this name for you"))


@api.exception_handler(HttpError)
def http_error(_request: HttpRequest, error: HttpError) -> HttpResponse:
    """A body that could not be parsed, and the like."""
    return problems.response(error.status_code, "The request does not fit", str(error))
