"""Taking everything away: one download."""

from django.http import HttpRequest, StreamingHttpResponse
from django.views.decorators.http import require_POST

from fairhearing.speakers import takeaway
from fairhearing.web.access import speaker_of
from fairhearing.web.languages import while_streaming


@require_POST
def take_away(request: HttpRequest) -> StreamingHttpResponse:
    """A ZIP of all that is held of the speaker, sent while it is made; its page is in the language of theirs."""
    parts = while_streaming(takeaway.take_away(key=speaker_of(request)))
    response = StreamingHttpResponse(parts, content_type="application/zip")
    response.headers["Content-Disposition"] = 'attachment; filename="your-recordings.zip"'
    return response
