"""Start, sign-in, invitation, and the pages of errors."""

import json
from typing import Any

import structlog
from django.conf import settings
from django.contrib.auth import login, logout
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fairhearing.accounts import actions, queries
from fairhearing.accounts.models import Account
from fairhearing.datasets import queries as datasets
from fairhearing.web import problems
from fairhearing.web.navigation import home_of

log = structlog.get_logger()
BACKEND = "fairhearing.accounts.signed_in.AccountBackend"
LOOPBACK = ("127.0.0.1", "::1")
LOCAL_NAMES = ("localhost", "127.0.0.1", "[::1]")
PROXIED = ("X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Forwarded")


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """What this is; in the demo, a door for each of its people."""
    context: dict[str, Any] = {}
    if _demo_here(request):
        from fairhearing.demo import people

        context = {"doors": people.doors(reverse("demo-door")), "demo_progress": people.progress()}
    return render(request, "public/start.html", context)


@require_POST
def demo_door(request: HttpRequest) -> HttpResponse:
    """Enter as one of the demo's people. Nowhere but in the demo, and for nobody but this machine."""
    if not _demo_here(request):
        raise Http404
    from fairhearing.demo import people

    door = request.POST.get("door", "")
    url = people.speaker_url(door)
    if url is not None:
        return redirect(url)
    account = people.find_account(door)
    if account is None:
        raise Http404
    login(request, account, backend=BACKEND)
    return redirect(home_of(account))


def _demo_here(request: HttpRequest) -> bool:
    """In the demo, asked for by this machine under a name of this machine, and not through a proxy."""
    local = request.META.get("REMOTE_ADDR") in LOOPBACK and request.get_host().rpartition(":")[0] in LOCAL_NAMES
    return bool(settings.DEMO) and local and not any(name in request.headers for name in PROXIED)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """E-mail and password."""
    if request.method == "GET":
        return render(request, "public/sign_in.html", {"next": request.GET.get("next", "")})
    email = request.POST.get("email", "")
    try:
        account = actions.sign_in(email=email, password=request.POST.get("password", ""))
    except actions.TooManyFailures as error:
        return render(request, "public/sign_in.html", {"email": email, "error": gettext(str(error))}, status=429)
    if account is None:
        error_text = gettext(
            "This e-mail address and password do not belong together. Try again, or ask for an invitation."
        )
        return render(request, "public/sign_in.html", {"email": email, "error": error_text}, status=403)
    login(request, account, backend=BACKEND)
    return redirect(safe_next(request) or home_of(account))


def safe_next(request: HttpRequest) -> str | None:
    """Where the form's or the address's ``next`` leads, if it is a place of this site."""
    target = request.POST.get("next") or request.GET.get("next")
    own = {request.get_host()}
    return (
        target if target and url_has_allowed_host_and_scheme(target, own, require_https=request.is_secure()) else None
    )


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("start")


@sensitive_post_parameters("password", "password_again")
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Set a password by a one-time link."""
    invited: Account | None = queries.find_invited(token)
    if invited is None:
        return problems.page(
            request,
            404,
            gettext("This invitation does not open"),
            gettext("It was used, has expired, or was never made."),
            gettext("Ask who invited you for a new one."),
        )
    context: dict[str, Any] = {"email": invited.email}
    if request.method == "GET":
        return render(request, "public/invitation.html", context)
    password = request.POST.get("password", "")
    if password != request.POST.get("password_again"):
        error_text = gettext("The two passwords differ.")
        return render(request, "public/invitation.html", {**context, "error": error_text}, status=400)
    try:
        account = actions.accept_invitation(token=token, password=password)
    except ValidationError as error:
        return render(request, "public/invitation.html", {**context, "error": " ".join(error.messages)}, status=400)
    login(request, account, backend=BACKEND)
    return redirect(home_of(account))


@csrf_exempt
@require_POST
def csp_report(request: HttpRequest) -> HttpResponse:
    """A browser saw a breach of the content policy: into our own log, without the page's content."""
    try:
        report = json.loads(request.body[:10_000]).get("csp-report", {})
    except (ValueError, AttributeError):
        report = {}
    log.warning(
        "content policy breached",
        directive=str(report.get("effective-directive", ""))[:100],
        blocked=str(report.get("blocked-uri", ""))[:200],
    )
    return HttpResponse(status=204)


@require_GET
def health(_request: HttpRequest) -> HttpResponse:
    """Alive, for whoever watches the server."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_GET
def recalls(_request: HttpRequest, release: str) -> JsonResponse:
    """Which rows of a release were erased since it left: for whoever holds it. Rows lead to nothing but the release."""
    return JsonResponse({"release": release, "rows": datasets.list_recalled(release)})


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form came without its token."""
    return problems.page(
        request,
        403,
        gettext("This form was too old"),
        gettext("Nothing was changed: the page's token was missing or had expired."),
        gettext("Go back, reload the page and send it again."),
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Nothing here, or nothing for you: the same answer."""
    if request.path.startswith("/api/"):
        return problems.response(404, gettext("Not found"), gettext("there is nothing of this name for you"))
    return problems.page(
        request,
        404,
        gettext("There is nothing here"),
        gettext("Nothing of this name exists for you."),
        gettext("Go to the start page."),
    )


def failed(request: HttpRequest) -> HttpResponse:
    """Our fault. Nothing of the request is shown."""
    if request.path.startswith("/api/"):
        return problems.response(
            500, gettext("It failed"), gettext("the server failed; nothing half done remains; try again")
        )
    return problems.page(
        request,
        500,
        gettext("This failed"),
        gettext("It is our fault, and nothing half done remains."),
        gettext("Try again in a moment."),
    )
