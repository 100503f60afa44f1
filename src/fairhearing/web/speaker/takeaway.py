"""Taking everything away: one download."""

from django.http import HttpRequest, StreamingHttpResponse
from django.views.decorators.http import require_POST

from fairhearing.speakers import takeaway
from fairhearing.web.access import speaker_of


@require_POST
def take_away(request: HttpRequest) -> StreamingHttpResponse:
    """A ZIP of all that is held of the speaker, sent while it is made."""
    response = StreamingHttpResponse(takeaway.take_away(key=speaker_of(request)), content_type="application/zip")
    response.headers["Content-Disposition"] = 'attachment; filename="your-recordings.zip"'
    return response
