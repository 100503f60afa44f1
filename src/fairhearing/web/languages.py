"""In which language a page is: as the account says, else the cookie, else the browser; English where none of them fits.

What is stored, logged or answered to programs stays English: the domains write English, and only what people see is
looked up here in the web (docs/languages.md).
"""

import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.safestring import SafeString, mark_safe

from fairhearing.accounts.models import Account

ENGLISH: Final = "en-gb"

# Pages for the house's own people and addresses for programs exist in English alone; not so what reviewers are told.
IN_ENGLISH: Final = (
    "/controller/",
    "/auditor/",
    "/traces/",
    "/api/",
    "/log/checkpoint",
    "/log/proof/",
    "/log/tile/",
    "/recalls/",
    "/health",
    "/csp-report",
)
TOLD_REVIEWERS: Final = "/api/v1/review/"


class Language:
    """Activates the page's language while it is made, and says in the answer's head which it is."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self._respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The language ends with the answer; what a stream makes later must ask for its own (``while_streaming``)."""
        language = language_of(request)
        with translation.override(language):
            response = self._respond(request)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Content-Language", tag(language))
            if is_translated(request):
                patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response


def while_streaming(parts: Iterator[bytes]) -> Iterator[bytes]:
    """The same parts, each made in the language of now: between two of them the thread may speak another."""
    language = translation.get_language() or ENGLISH

    def in_language() -> Iterator[bytes]:
        while True:
            with translation.override(language):
                part = next(parts, None)
            if part is None:
                return
            yield part

    return in_language()


def is_translated(request: HttpRequest) -> bool:
    """Whether what is at this address exists in every language."""
    return not request.path_info.startswith(IN_ENGLISH) or request.path_info.startswith(TOLD_REVIEWERS)


def language_of(request: HttpRequest) -> str:
    """A code of ``settings.LANGUAGES``."""
    if not is_translated(request):
        return ENGLISH
    account = request.user
    chosen = account.language if isinstance(account, Account) else ""
    return chosen if chosen in dict(settings.LANGUAGES) else translation.get_language_from_request(request)


def tag(language: str) -> str:
    """As HTML and HTTP write it (RFC 5646): ``en-gb`` → ``en-GB``."""
    code, _, region = language.partition("-")
    return f"{code}-{region.upper()}" if region else code


def words_of_scripts(language: str) -> dict[str, Any]:
    """What the pages' scripts say, by the English text (``frontend/src/words.ts``); nothing for English."""
    path = settings.LOCALE_PATHS[0] / language / "scripts.json"
    words: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return words


@cache
def _block(language: str) -> SafeString:
    """The same as it stands in a page, where neither an end of a script nor a comment may appear in it."""
    words = words_of_scripts(language)
    text = json.dumps(words, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04X}")
    return mark_safe(text if words else "")  # noqa: S308 - our own file, and nothing in it ends the element


def languages(request: HttpRequest) -> dict[str, Any]:
    """For the base template: the page's language and direction, its scripts' words, and what can be chosen."""
    language = translation.get_language() or ENGLISH
    offered = [
        {"code": code, "tag": tag(code), "name": name, "current": code == language} for code, name in settings.LANGUAGES
    ]
    return {
        "language": tag(language),
        "direction": "rtl" if translation.get_language_bidi() else "ltr",
        "words_of_scripts": _block(language),
        "languages": offered if is_translated(request) else [],
        "this_page": _this_page(request),
    }


def _this_page(request: HttpRequest) -> str:
    """Where to come back to: this address; of an answer to a form, that of the form."""
    asked = request.method in ("GET", "HEAD")
    return request.get_full_path() if asked else request.headers.get("Referer", "/")
