"""The speaker's consent record, signed, to keep."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from fairhearing.speakers import consents
from fairhearing.web.access import speaker_of


@require_GET
def receipt(request: HttpRequest) -> HttpResponse:
    """What they were asked and answered, as a file; nothing when no registered notice was shown to them."""
    kept = consents.find_kept(speaker_of(request))
    if kept is None:
        raise Http404
    response = HttpResponse(kept.receipt, content_type="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="consent-receipt.txt"'
    return response
