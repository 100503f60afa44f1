"""One programme for its controller: progress with exports, what reviewers are told, disputes that wait for a ruling."""

from typing import Any, Final

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from fairhearing.accounts import requests
from fairhearing.programmes import guidance, queries
from fairhearing.programmes.models import Programme
from fairhearing.review import known, progress
from fairhearing.speakers import requests as corrections
from fairhearing.web import problems
from fairhearing.web.access import account_of
from fairhearing.web.auditor import exports
from fairhearing.web.controller import numbers

PERIODS: Final = (7, 14, 30, 90)  # days that the page offers


@require_GET
def page(request: HttpRequest, programme: str) -> HttpResponse:
    """Progress, guidance, disputes."""
    found, days = _found(programme), _days(request)
    context = {
        "programme": found,
        "days": days,
        "periods": PERIODS,
        "tables": numbers.tables(progress.of(found, days=days)),
        "disputes": known.list_disputed(found),
    }
    return render(request, "controller/programme.html", context)


@require_GET
def progress_csv(request: HttpRequest, programme: str) -> HttpResponse:
    """Every number of the page on a line (RFC 4180), in cells that no spreadsheet runs."""
    found, days = _found(programme), _days(request)
    lines = numbers.as_lines(numbers.tables(progress.of(found, days=days)))
    text = exports.csv_text([[exports.cell(value) for value in line] for line in lines])
    return HttpResponse(text, content_type="text/csv; charset=utf-8; header=present", headers=_named(found, "csv"))


@require_GET
def progress_json(request: HttpRequest, programme: str) -> HttpResponse:
    """The same as one JSON object."""
    found, days = _found(programme), _days(request)
    tables: dict[str, Any] = numbers.as_json(numbers.tables(progress.of(found, days=days)))
    return JsonResponse({"programme": found.slug, "days": days, "tables": tables}, headers=_named(found, "json"))


@require_POST
def write_guidance(request: HttpRequest, programme: str) -> HttpResponse:
    """Replace the guideline and the help text; what is not sent stays."""
    found = _found(programme)
    try:
        guidance.write(
            programme=found,
            guideline=request.POST.get("guideline", found.guideline),
            help_text=request.POST.get("help_text", found.help_text),
            by=account_of(request).id,
        )
    except ValidationError as error:
        return problems.page(request, 400, "Too long", " ".join(error.messages), "Go back and shorten it.")
    return redirect("controller-programme", programme=found.slug)


@require_POST
def rule(request: HttpRequest, programme: str) -> HttpResponse:
    """Uphold or reject a dispute of this programme."""
    found = _found(programme)
    judgement, ruling = request.POST.get("judgement", ""), request.POST.get("ruling", "")
    if ruling not in ("uphold", "reject") or judgement not in {one.judgement for one in known.list_disputed(found)}:
        return _no_such_dispute(request)
    try:
        known.rule(judgement=judgement, upheld=ruling == "uphold", by=account_of(request).id)
    except known.DisputeRefused:
        return _no_such_dispute(request)
    return redirect("controller-programme", programme=found.slug)


@require_POST
def answer_request(request: HttpRequest) -> HttpResponse:
    """Answer what somebody asked about the data on themselves."""
    try:
        requests.answer(request=request.POST.get("request", ""), words=request.POST.get("answer", ""))
    except requests.RequestRefused as error:
        return problems.page(request, 400, "Not answered", str(error), "Go back to the list of requests.")
    return redirect("controller-home")


@require_POST
def answer_correction(request: HttpRequest) -> HttpResponse:
    """Answer a speaker who says that a text is wrong."""
    given = {name: request.POST.get(name, "") for name in ("request", "accept", "answer")}
    try:
        corrections.answer(request=given["request"], accept=given["accept"] == "yes", words=given["answer"])
    except corrections.RequestRefused as error:
        return problems.page(request, 400, "Not answered", str(error), "Go back to the list of requests.")
    return redirect("controller-home")


def _no_such_dispute(request: HttpRequest) -> HttpResponse:
    return problems.page(
        request, 404, "No such dispute", "It was ruled on, or is not of this programme.", "Go back to the programme."
    )


def _found(slug: str) -> Programme:
    try:
        return queries.get_programme(slug)
    except queries.ProgrammeUnknown:
        raise Http404 from None


def _days(request: HttpRequest) -> int:
    """How many days are asked for; the usual number where that is no number of days."""
    asked = request.GET.get("days", "")
    fits = asked.isascii() and asked.isdigit() and len(asked) <= len(str(progress.DAYS_MOST))
    return int(asked) if fits and 1 <= int(asked) <= progress.DAYS_MOST else progress.DAYS


def _named(programme: Programme, form: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="progress-{programme.slug}.{form}"'}
