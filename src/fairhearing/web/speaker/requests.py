"""The page on which speakers ask about one recording, and see how it stands."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from fairhearing.speakers import actions, queries, requests
from fairhearing.web.access import speaker_of


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Show what can be asked and what was; a form asks."""
    if request.method == "GET":
        return _page(request)
    asked = {name: request.POST.get(name, "") for name in ("kind", "recording", "clip", "words")}
    try:
        made = requests.ask(key=speaker_of(request), **asked)
    except actions.NotYours:
        raise Http404 from None
    except requests.RequestRefused as error:
        return _page(request, status=422, refused=str(error))
    return _page(request, done=made)


def _page(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    key = speaker_of(request)
    context = {
        "recordings": queries.list_own(key),
        "asked": requests.list_own(key),
        "words_most": requests.WORDS_MOST,
        **more,
    }
    return render(request, "speaker/requests.html", context, status=status)
