"""The log with the records behind it, for those who check."""

import structlog
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from fairhearing.ledger import search
from fairhearing.ledger.models import LogEntry, Record
from fairhearing.web.access import account_of
from fairhearing.web.auditor import asked, exports, searching, telling

log = structlog.get_logger()


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Checkpoint, search, totals, entries newest first."""
    wanted = asked.read(request.GET)
    context = {**searching.form(wanted), "checkpoint": searching.checkpoint()}
    status = 400 if wanted.problems else 200
    if not wanted.problems:
        try:
            context |= searching.found(wanted)
        except search.SearchTooLong as too_long:
            context["too_long"], status = str(too_long), 503
    return render(request, "auditor/home.html", context, status=status)


@require_GET
def entry(request: HttpRequest, entry: str) -> HttpResponse:
    """One entry, by its number or its record's id. That it was looked at is itself a line in the server's log."""
    index, record, body = _find(entry)
    _note(request, "an auditor looked at an entry", entry=index)
    context = telling.public(index, body)
    if record is not None:
        context |= telling.private(record, body)
    return render(request, "auditor/entry.html", context)


@require_GET
def entries_csv(request: HttpRequest) -> HttpResponseBase:
    """Everything that a search finds, as CSV."""
    return _export(request, "csv", "text/csv; charset=utf-8; header=present")


@require_GET
def entries_jsonl(request: HttpRequest) -> HttpResponseBase:
    """Everything that a search finds, as JSON lines."""
    return _export(request, "jsonl", "application/x-ndjson")


def _export(request: HttpRequest, form: str, content_type: str) -> HttpResponseBase:
    wanted = asked.read(request.GET)
    problems = list(wanted.problems)
    if wanted.before is not None or wanted.after is not None:
        problems.append("before, after: an export has no pages, it holds everything that the search finds")
    if problems:
        return HttpResponse("".join(f"{one}\n" for one in problems), status=400, content_type="text/plain")
    _note(request, "an auditor exported entries", form=form, asked=sorted(dict(wanted.given)))
    lines = exports.csv_lines if form == "csv" else exports.json_lines
    disposition = {"Content-Disposition": f'attachment; filename="entries.{form}"'}
    return StreamingHttpResponse(lines(wanted.wanted), content_type=content_type, headers=disposition)


def _note(request: HttpRequest, what: str, **more: object) -> None:
    """Write down who looked. As a warning: ``startup.logging`` writes nothing below, and nobody is to look unseen."""
    log.warning(what, account=account_of(request).id, **more)


def _find(entry: str) -> tuple[int, Record | None, bytes]:
    """Number, record and public bytes. One of the last two may be missing from the tables: that is worth a look."""
    numbered = asked.is_number(entry)
    record = Record.objects.filter(index=int(entry)).first() if numbered else Record.objects.filter(id=entry).first()
    if record is None and not numbered:
        raise Http404
    index = int(entry) if record is None else record.index
    body = LogEntry.objects.filter(index=index).values_list("body", flat=True).first()
    if record is None and body is None:
        raise Http404
    return index, record, b"" if body is None else bytes(body)
