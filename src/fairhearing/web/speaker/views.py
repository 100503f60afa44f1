"""What a speaker sees and does. Everything is found by their own key; nothing here takes a recording's word for it."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fairhearing.gate.denied import PlayDenied
from fairhearing.gate.play import Released
from fairhearing.speakers import actions, asked, consents, links, queries
from fairhearing.web.access import SPEAKER_COOKIE, speaker_of
from fairhearing.web.speaker import timeline
from fairhearing.web.words import language_name

STATE_WORDS = {
    "received": gettext_lazy("Waiting to be de-identified"),
    "unheard": gettext_lazy("Kept, but nobody may hear it"),
    "prepared": gettext_lazy("De-identified; people may hear the clips below"),
    "quarantined": gettext_lazy("Set aside: it could not be de-identified for certain, so nobody hears it"),
    "discarded": gettext_lazy("Thrown away: it was not meant for the device"),
}
# Who heard a clip (``speakers.queries.Heard.role``).
ROLE_WORDS = {"reviewer": gettext_lazy("reviewer"), "you": gettext_lazy("you"), "dataset": gettext_lazy("dataset")}


@sensitive_post_parameters("token")
@require_http_methods(["GET", "POST"])
def link(request: HttpRequest) -> HttpResponse:
    """The page that a one-time link opens: its script posts what stood behind the # of the address."""
    if request.method == "GET":
        return render(request, "speaker/link.html")
    try:
        key = links.use(request.POST.get("token", ""))
    except links.LinkInvalid as error:
        return render(request, "speaker/link.html", {"error": gettext(str(error))}, status=403)
    response = redirect("speaker-home")
    response.set_cookie(
        SPEAKER_COOKIE,
        links.cookie(key),
        max_age=links.SESSION_LIVES_S,
        path="/speaker",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
    return response


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Everything that is held of the speaker, and who heard it."""
    return page(request)


def page(request: HttpRequest, *, receipt: str | None = None, error: str | None = None) -> HttpResponse:
    """The same, after something was done (``receipt``) or was not (``error``)."""
    own = queries.list_own(speaker_of(request))
    wish = timeline.read_wish(request.GET)
    fitting = [recording for recording in own if wish.fits(recording)]
    seconds = sum(clip.duration_s for recording in own for clip in recording.clips)
    context: dict[str, Any] = {
        "held": {"recordings": len(own), "seconds": round(seconds, 1), "expires": gettext("in an hour")},
        "recordings": [_shown(recording) for recording in fitting or own],
        "wish": wish,
        "fitting": len(fitting),
        "choices": timeline.choices(own),
        "states": STATE_WORDS,
        "erase_all_url": reverse("speaker-erase"),
        "withdraw_url": reverse("speaker-withdraw"),
        "leave_url": reverse("speaker-leave"),
        "can_withdraw": any(recording.human_review and not recording.withdrawn for recording in own),
        "pause": queries.find_pause(speaker_of(request)),
        "receipt": receipt,
        "error": error,
        "pending": asked.count_pending(speaker_of(request)),
        "consent_record": consents.has_kept(speaker_of(request)),
    }
    return render(request, "speaker/home.html", context, status=422 if error else 200)


def _shown(recording: queries.OwnRecording) -> dict[str, Any]:
    state_words = STATE_WORDS[recording.state]
    if recording.withdrawn:
        words = gettext("You took it back: nobody hears it any more")
    elif recording.paused:
        words = gettext("You paused it: nobody hears it for now")
    elif recording.human_review:
        words = gettext("You agreed to people listening")
    else:
        words = gettext("You did not agree to people listening")
    asked = recording.asks_every_clip and recording.state == "prepared"
    return {
        "id": recording.id,
        "product": recording.product,
        "collected": recording.collected,
        "language": language_name(recording.language),
        "state": recording.state,
        "state_words": gettext("De-identified; people hear a clip if you say yes to it") if asked else state_words,
        "consent_words": words,
        "of_a_call": recording.of_a_call,
        "original_url": reverse("speaker-original", args=[recording.id]) if recording.original_kept else None,
        "steps": timeline.steps(recording, str(state_words)),
        "clips": [
            {
                **asdict(clip),
                "audio_url": reverse("speaker-audio", args=[clip.id]),
                "heard": [{**asdict(heard), "role": ROLE_WORDS.get(heard.role, heard.role)} for heard in clip.heard],
            }
            for clip in recording.clips
        ],
        "in_releases": recording.releases,
        "erase_url": reverse("speaker-erase"),
    }


@require_POST
def erase(request: HttpRequest) -> HttpResponse:
    """Erase one recording (form field ``recording``), what was collected on some days (``since``, ``until``), or all
    (``all`` = yes).
    """
    key, recording = speaker_of(request), request.POST.get("recording") or None
    try:
        if "since" in request.POST or "until" in request.POST:
            first, last = (date.fromisoformat(request.POST.get(name, "")) for name in ("since", "until"))
            if last < first:
                return page(request, error=gettext("The second day is before the first. Nothing was erased."))
            receipt = actions.erase_days(key=key, first=first, last=last)
        elif recording is not None or request.POST.get("all") == "yes":
            receipt = actions.erase(key=key, recording=recording)
        else:
            raise Http404
    except actions.NotYours:
        raise Http404 from None
    except ValueError:
        return page(request, error=gettext("Choose two days. Nothing was erased."))
    return render(request, "speaker/erased.html", {"recordings": receipt.recordings, "receipt": receipt.text()})


@require_POST
def withdraw(request: HttpRequest) -> HttpResponse:
    """End the consent to people listening."""
    return page(request, receipt=actions.withdraw(key=speaker_of(request)).text())


@require_GET
def audio(request: HttpRequest, clip: str) -> HttpResponse:
    """What reviewers hear of this clip. One request is one listen, logged as the speaker's own."""
    return _sound(request, lambda: actions.hear(key=speaker_of(request), clip=clip))


@require_GET
def original(request: HttpRequest, recording: str) -> HttpResponse:
    """The recording as it came, while it is kept. One request is one listen, logged as the speaker's own."""
    return _sound(request, lambda: actions.hear_original(key=speaker_of(request), recording=recording))


def _sound(request: HttpRequest, hear: Callable[[], Released]) -> HttpResponse:
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Http404
    try:
        released = hear()
    except PlayDenied:
        raise Http404 from None
    response = HttpResponse(released.content, content_type="audio/wav")
    response.headers["Accept-Ranges"] = "none"
    return response


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Close the page: the key leaves with the cookie. Within a product's page the start page is not shown."""
    within = request.headers.get("Sec-Fetch-Dest") == "iframe"
    response = redirect("speaker-link" if within else "start")
    response.delete_cookie(SPEAKER_COOKIE, path="/speaker", samesite="Strict")
    return response
