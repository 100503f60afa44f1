"""The log with the records behind it, for those who check."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from fairhearing.ledger import queries
from fairhearing.ledger.entries import Kind
from fairhearing.ledger.models import Record

PAGE = 50


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Checkpoint, filter, entries newest first."""
    kind = request.GET.get("kind", "") if request.GET.get("kind") in Kind._value2member_map_ else ""
    text = request.GET.get("text", "").strip()[:60]
    records = queries.list_records(
        kind=kind, text=text, before=_number(request, "before"), after=_number(request, "after"), most=PAGE
    )
    newest = queries.find_checkpoint()
    context: dict[str, Any] = {
        "entries": [_shown(record) for record in records],
        "query": {"kind": kind, "text": text},
        "kinds": [one.value for one in Kind],
        "older": _link(kind, text, before=records[-1].index) if len(records) == PAGE else "",
        "newer": _link(kind, text, after=records[0].index) if records and _number(request, "before") else "",
        "checkpoint": None,
    }
    if newest is not None:
        origin, size, root = newest.lines
        context["checkpoint"] = {
            "origin": origin,
            "size": size,
            "root": root,
            "signed_at": newest.signed_at,
            "vkey": newest.vkey,
        }
    return render(request, "auditor/home.html", context)


def _shown(record: Record) -> dict[str, Any]:
    return {
        "index": record.index,
        "kind": record.kind,
        "hour": record.hour,
        "listen": record.id,
        "recording": record.recording or "",
        "clip": record.clip or "",
        "account": record.account or "",
        "vendor": record.vendor or "",
        "country": record.country or "",
        "role": record.role or "",
        "seconds": round((record.duration_ms or 0) / 1000, 1),
        "decision": "denied" if record.kind == Kind.REFUSED else "allowed",
        "reasons": ", ".join(record.reasons),
    }


def _number(request: HttpRequest, name: str) -> int | None:
    value = request.GET.get(name, "")
    return int(value) if value.isdecimal() and len(value) < 19 else None


def _link(kind: str, text: str, **position: int) -> str:
    return "?" + urlencode({"kind": kind, "text": text, **position})
