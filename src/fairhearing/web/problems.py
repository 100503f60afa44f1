"""What went wrong, for programs (RFC 9457 problem documents) and for people."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def response(status: int, title: str, detail: str, **members: Any) -> HttpResponse:
    """A problem document; ``members`` are extension members such as field, got, expected, reasons."""
    document = {"type": "about:blank", "title": title, "status": status, "detail": detail, **members}
    return HttpResponse(
        json.dumps(document, ensure_ascii=False), status=status, content_type="application/problem+json"
    )


def page(request: HttpRequest, status: int, title: str, detail: str, next_step: str) -> HttpResponse:
    """The same for a person."""
    context = {"status": status, "title": title, "detail": detail, "next_step": next_step}
    return render(request, "public/error.html", context, status=status)
