"""Where speakers are asked for each clip: may a person listen to it? Everything works without script."""

from dataclasses import asdict

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from fairhearing.speakers import asked as speakers
from fairhearing.speakers.actions import NotYours
from fairhearing.web.access import speaker_of
from fairhearing.web.words import language_name

ANSWERS = {"yes": True, "no": False}
BACK = {"asked": "speaker-asked", "home": "speaker-home"}


@require_http_methods(["GET", "POST"])
def asked(request: HttpRequest) -> HttpResponse:
    """The clips that wait for an answer; an answer (form fields ``clip``, ``heard_by_people``: yes or no)."""
    key = speaker_of(request)
    if request.method == "POST":
        return _answer(request)
    pending = [
        {
            **asdict(one),
            "language": language_name(one.language),
            "audio_url": reverse("speaker-audio", args=[one.clip]),
        }
        for one in speakers.list_pending(key)
    ]
    context = {"pending": pending, "waiting": speakers.count_pending(key), "hearers": speakers.list_hearers()}
    return render(request, "speaker/asked.html", context)


def _answer(request: HttpRequest) -> HttpResponse:
    said = ANSWERS.get(request.POST.get("heard_by_people", ""))
    clip, back = request.POST.get("clip", ""), BACK.get(request.POST.get("back", "asked"))
    if said is None or back is None:
        raise Http404
    try:
        speakers.answer(key=speaker_of(request), answers={clip: said})
    except NotYours:
        raise Http404 from None
    return redirect(back)
