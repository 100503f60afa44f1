"""From a leaked file to the listens it came from: one investigator asks, another approves, either gets the answer."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fairhearing.accounts.models import Account
from fairhearing.audio.decode import AudioRefused
from fairhearing.tracing import actions, queries
from fairhearing.tracing.models import Trace
from fairhearing.web.access import account_of

NO_FILE = "Choose the leaked file, of 25 MB at most. Larger ones are traced at the command line: fairhearing trace."


@require_http_methods(["GET", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """Requests, newest first, and the form that asks for one."""
    error, status = "", 200
    if request.method == "POST":
        try:
            asked = actions.ask(leak=_leak(request), reason=request.POST.get("reason", ""), account=account_of(request))
            return redirect("trace", asked.id)
        except actions.TraceRefused as refused:
            error, status = str(refused), 400
    context = {"traces": [_shown(one, request) for one in queries.list_traces()], "error": error}
    return render(request, "investigator/home.html", context, status=status)


@require_GET
def trace(request: HttpRequest, trace: str) -> HttpResponse:
    """One request: who stands behind it, and what was found."""
    return _page(request, _get(trace))


@require_POST
def approve(request: HttpRequest, trace: str) -> HttpResponse:
    """Approve what somebody else asked for."""
    try:
        actions.approve(trace=_get(trace).id, account=account_of(request))
    except actions.TraceRefused as refused:
        return _page(request, _get(trace), error=str(refused))
    return redirect("trace", trace)


@require_POST
def answer(request: HttpRequest, trace: str) -> HttpResponse:
    """Bring the approved file, and get the answer."""
    asked = _get(trace)
    try:
        leak = _leak(request)
        if actions.digest(leak) != asked.leak_sha256:
            raise actions.TraceRefused("This is another file than the one that was asked for: its SHA-256 differs.")
        actions.answer(leak=leak)
    except (actions.TraceRefused, AudioRefused) as refused:
        return _page(request, asked, error=str(refused))
    return redirect("trace", trace)


def _leak(request: HttpRequest) -> bytes:
    """The file that came with the form.

    Raises:
        TraceRefused: none came, or it was too large to be held in memory.
    """
    file = request.FILES.get("leak")
    if file is None:
        raise actions.TraceRefused(NO_FILE)
    content: bytes = file.read()
    return content


def _get(trace: str) -> Trace:
    found = queries.find_trace(trace)
    if found is None:
        raise Http404
    return found


def _page(request: HttpRequest, trace: Trace, error: str = "") -> HttpResponse:
    context = {"trace": _shown(trace, request), "error": error}
    return render(request, "investigator/trace.html", context, status=400 if error else 200)


def _shown(trace: Trace, request: HttpRequest) -> dict[str, Any]:
    me = account_of(request).id
    emails = dict(Account.objects.filter(id__in=_people(trace)).values_list("id", "email"))
    return {
        "id": trace.id,
        "leak_sha256": trace.leak_sha256,
        "reason": trace.reason,
        "asked_by": emails.get(trace.asked_by, "the command line"),
        "asked_at": trace.asked_at,
        "approved_by": emails.get(trace.approved_by, ""),
        "answered_at": trace.answered_at,
        "can_approve": bool(trace.asked_by) and not trace.approved_by and trace.asked_by != me,
        "clips": trace.clips,
        "candidates": trace.candidates,
        "threshold": round(trace.threshold, 2),
        "findings": queries.list_findings(trace),
    }


def _people(trace: Trace) -> list[str]:
    return [one for one in (trace.asked_by, trace.approved_by) if one]
