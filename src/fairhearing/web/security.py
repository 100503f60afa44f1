"""Headers on every answer, and the refusal of requests that another site's page sends."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse

Respond = Callable[[HttpRequest], HttpResponse]
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")

# Where sound may come from, by the first part of the path. Nowhere else does a page play anything.
MEDIA = {"review": "blob:", "speaker": "'self'"}
# Which pages a product may show within its own: the speaker's, and the log that they lead to.
EMBEDDABLE = ("speaker", "log")


class SecurityHeaders:
    """Content-Security-Policy and the rest. Nothing of ours is cached unless it says so."""

    def __init__(self, respond: Respond) -> None:
        self._respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add what the answer does not carry yet."""
        response = self._respond(request)
        part = request.path.split("/", 2)[1]
        media = MEDIA.get(part, "'none'")
        framed = settings.EMBEDDED_BY if part in EMBEDDABLE else ()
        ancestors = " ".join(framed) or "'none'"
        policy = (
            f"default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
            f"style-src 'self'; font-src 'self'; media-src {media}; base-uri 'none'; "
            f"form-action 'self'; frame-ancestors {ancestors}; report-uri /csp-report"
        )
        for name, value in {
            "Content-Security-Policy": policy,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
            **({} if framed else {"X-Frame-Options": "DENY"}),  # it cannot name origins
            "Cache-Control": "no-store",
            **({"Strict-Transport-Security": "max-age=31536000"} if settings.SESSION_COOKIE_SECURE else {}),
        }.items():
            response.headers.setdefault(name, value)
        return response


class SameOriginOnly:
    """Refuse writes that a browser says come from another site (Fetch Metadata, and Origin where that is missing).

    Forms carry Django's token as well. Programs that are no browser send neither header and hold no cookie that a
    stranger's page could ride on.
    """

    def __init__(self, respond: Respond) -> None:
        self._respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let safe methods and our own pages through. A NUL names nothing here, and the database refuses it."""
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            return HttpResponse("There is nothing here.\n", status=404, content_type="text/plain")
        if request.method not in SAFE_METHODS and _from_elsewhere(request) and request.path != "/csp-report":
            return HttpResponse("This request came from another site's page.\n", status=403, content_type="text/plain")
        return self._respond(request)


def _from_elsewhere(request: HttpRequest) -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc != request.get_host()
