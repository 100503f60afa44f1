"""Choosing the language of the pages."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from fairhearing.accounts import actions as accounts
from fairhearing.accounts.models import Account
from fairhearing.web.public.views import safe_next

A_YEAR_S = 365 * 24 * 3600


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Keep the form's ``language`` in a cookie, and with the account where somebody is signed in; go back to ``next``.

    The cookie holds the language and nothing else, and is set by this choice alone.
    """
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        raise Http404
    if isinstance(request.user, Account):
        accounts.choose_language(account=request.user.id, language=language)
    response = redirect(safe_next(request) or "start")
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=A_YEAR_S,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
