"""Where speakers let nobody listen for a while, and end that."""

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from fairhearing.speakers import actions
from fairhearing.web.access import speaker_of
from fairhearing.web.speaker import views


@require_POST
def pause(request: HttpRequest) -> HttpResponse:
    """Pause for some days (form field ``days``; empty: until it is ended), or end the pause (``end`` = yes)."""
    key = speaker_of(request)
    if request.POST.get("end") == "yes":
        return views.page(request, receipt=actions.end_pause(key=key).text())
    days = request.POST.get("days", "no number")
    try:
        until = timezone.now().date() + timedelta(days=int(days)) if days else None
        return views.page(request, receipt=actions.pause(key=key, until=until).text())
    except (ValueError, OverflowError):
        raise Http404 from None
