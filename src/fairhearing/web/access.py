"""Who may enter which view. Deny by default: a view that stands in none of these lists is closed to everybody.

A test walks every route and fails for one that is not classified here.
"""

from collections.abc import Callable
from typing import Any, Final, cast

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext

from fairhearing.accounts import queries as accounts
from fairhearing.accounts.models import AUDITING, CONTROLLING, REVIEWING, TRACING, Account, ApiKey
from fairhearing.consent.speaker_key import SpeakerKey
from fairhearing.speakers import links
from fairhearing.web import problems

# Open to anybody, with or without an account.
OPEN: Final = frozenset(
    {
        "start",
        "sign-in",
        "sign-out",
        "invitation",
        "language",
        "csp-report",
        "health",
        "log-page",
        "log-proof",
        "log-checkpoint",
        "log-tile",
        "recalls",
        "speaker-link",
        "demo-door",  # answers only in the demo, and only on loopback
        "api:openapi-json",
    }
)

# Open to those who bring a product's API key.
PRODUCT: Final = frozenset(
    {
        "api:recordings",
        "api:speaker-links",
        "api:rotations",
        "api:pauses",
        "api:pauses-end",
        "api:withdrawals",
        "api:erasures",
        "api:consents",
        "api:consents-state",
        "api:requests",
        "api:requests-state",
        "api:clips-pending",
        "api:clips-answers",
    }
)

# Open to a speaker with their own cookie; everything there is looked up by their key.
SPEAKER: Final = frozenset(
    {
        "speaker-home",
        "speaker-asked",
        "speaker-erase",
        "speaker-pause",
        "speaker-withdraw",
        "speaker-audio",
        "speaker-original",
        "speaker-take-away",
        "speaker-consent",
        "speaker-requests",
        "speaker-leave",
    }
)

# Open to accounts with one of these roles.
ROLES: Final = {
    "review-home": REVIEWING,
    "review-work": REVIEWING,
    "review-help": REVIEWING,
    "review-me": REVIEWING,
    "review-me-data": REVIEWING,
    "review-dispute": REVIEWING,
    "review-request": REVIEWING,
    "api:review-next": REVIEWING,
    "api:review-sealed": REVIEWING,
    "api:review-plays": REVIEWING,
    "api:review-judgements": REVIEWING,
    "api:review-undo": REVIEWING,
    "api:review-leases": REVIEWING,
    "api:review-preferences": REVIEWING,
    "controller-home": CONTROLLING,
    "controller-pauses": CONTROLLING,
    "controller-resume": CONTROLLING,
    "controller-request": CONTROLLING,
    "controller-correction": CONTROLLING,
    "controller-programme": CONTROLLING,
    "controller-csv": CONTROLLING,
    "controller-json": CONTROLLING,
    "controller-guidance": CONTROLLING,
    "controller-ruling": CONTROLLING,
    "auditor-home": AUDITING,
    "auditor-entries-csv": AUDITING,
    "auditor-entries-jsonl": AUDITING,
    "auditor-entry": AUDITING,
    "traces": TRACING,
    "trace": TRACING,
    "trace-approve": TRACING,
    "trace-answer": TRACING,
    "api:api-root": (),  # the framework's own address at the API's root: closed to everybody
}

SPEAKER_COOKIE: Final = "speaker"


class ClosedByDefault:
    """Looks each view up in the lists before it runs."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self._respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Only ``process_view`` decides."""
        return self._respond(request)

    def process_view(self, request: HttpRequest, _view: object, _args: object, _kwargs: object) -> HttpResponse | None:
        """None lets the view run; anything else is the answer."""
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name in OPEN:
            return None
        if name in PRODUCT:
            return _product(request)
        if name in SPEAKER:
            return _speaker(request)
        return _role(request, ROLES.get(name, ()))


def _product(request: HttpRequest) -> HttpResponse | None:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    key = accounts.find_api_key(secret.strip()) if scheme.lower() == "bearer" and secret else None
    if key is None:
        answer = problems.response(
            401,
            "API key missing or unknown",
            "send Authorization: Bearer KEY, made by: fairhearing apikey create",
        )
        answer.headers["WWW-Authenticate"] = "Bearer"
        return answer
    request.api_key = key  # type: ignore[attr-defined]
    return None


def _speaker(request: HttpRequest) -> HttpResponse | None:
    key = links.from_cookie(request.COOKIES.get(SPEAKER_COOKIE, ""))
    if key is None:
        return problems.page(
            request,
            401,
            gettext("This page has closed"),
            gettext("It opens by a link from the product, for an hour."),
            gettext("Go back to the product and ask for a new link."),
        )
    request.speaker_key = key  # type: ignore[attr-defined]
    return None


def _role(request: HttpRequest, roles: tuple[str, ...]) -> HttpResponse | None:
    account = request.user
    if isinstance(account, Account) and account.is_active:
        if account.role in roles:
            return None
        if not request.path.startswith("/api/"):
            raise Http404
        return problems.response(404, gettext("Not found"), gettext("there is nothing of this name for you"))
    if request.path.startswith("/api/"):
        return problems.response(401, gettext("Not signed in"), gettext("sign in first"))
    if not roles:
        raise Http404
    return redirect_to_login(request.get_full_path())


def account_of(request: HttpRequest) -> Account:
    """The signed-in account, within a view that ``ROLES`` names."""
    return cast(Account, request.user)


def speaker_of(request: HttpRequest) -> SpeakerKey:
    """The speaker's key, within a view that ``SPEAKER`` names."""
    return cast(Any, request).speaker_key  # type: ignore[no-any-return]


def product_of(request: HttpRequest) -> ApiKey:
    """The product's key, within a view that ``PRODUCT`` names."""
    return cast(Any, request).api_key  # type: ignore[no-any-return]
