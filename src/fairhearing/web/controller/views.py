"""Programmes with their counts, and the switch that stops listening."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from fairhearing.accounts import requests
from fairhearing.capture import queries as capture
from fairhearing.operations import status, stop
from fairhearing.programmes import queries, scopes
from fairhearing.programmes.models import Pause
from fairhearing.speakers import requests as corrections
from fairhearing.vendors.models import Vendor
from fairhearing.web import problems
from fairhearing.web.access import account_of
from fairhearing.web.words import FREE_SPEECH, VOICES, language_name, set_aside


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """How far each programme is, what is paused, what was set aside."""
    pauses = queries.list_pauses()
    programmes = queries.list_programmes()
    context = {
        "programmes": [_shown(programme, pauses) for programme in programmes],
        "pauses": [{"scope": pause.scope, "reason": pause.reason, "since": pause.since} for pause in pauses],
        "scopes": [
            {"value": scopes.EVERYTHING, "label": "Everything"},
            *({"value": f"programme:{one.slug}", "label": f"Programme {one.name}"} for one in programmes),
            *(
                {"value": f"vendor:{one.slug}", "label": f"Vendor {one.name}"}
                for one in Vendor.objects.order_by("name")
            ),
        ],
        "requests": [{"it": one, "until": one.at + requests.ANSWERED_WITHIN} for one in requests.list_open()],
        "corrections": corrections.list_open(),
        "now": timezone.now(),
        "quarantine": [
            {"recording": one.id, "programme": one.programme.slug, "reasons": set_aside(one.reasons)}
            for one in capture.list_quarantined()
        ],
    }
    return render(request, "controller/home.html", context)


def _shown(programme: Any, pauses: list[Pause]) -> dict[str, Any]:
    counts = status.of_programme(programme)
    mine = [pause for pause in pauses if pause.scope in (scopes.EVERYTHING, f"programme:{programme.slug}")]
    settled = counts["supervisions"]
    return {
        "slug": programme.slug,
        "name": programme.name,
        "task": programme.get_task_display().lower(),
        "language": language_name(programme.language),
        "target_language": language_name(programme.target_language),
        "voice": VOICES[programme.voice],
        "free_speech": FREE_SPEECH[programme.free_speech],
        "commands": len(programme.commands.splitlines()),
        "wake_words": programme.wake_words.splitlines(),
        "paused": bool(mine),
        "pause_reason": mine[0].reason if mine else "",
        "counts": {**counts, "judged": counts["judgements"]},
        "share_done": round(100 * settled / counts["clips"]) if counts["clips"] else 0,
    }


@require_POST
def pauses(request: HttpRequest) -> HttpResponse:
    """Stop a scope, now."""
    try:
        stop.pause(
            scope=request.POST.get("scope", ""),
            reason=request.POST.get("reason", "").strip()[:500] or "no reason given",
            by=account_of(request).id,
        )
    except scopes.ScopeInvalid as error:
        return problems.page(request, 400, "No such scope", str(error), "Choose one of the list.")
    return redirect("controller-home")


@require_POST
def resume(request: HttpRequest) -> HttpResponse:
    """Let a scope go on."""
    try:
        stop.resume(scope=request.POST.get("scope", ""), by=account_of(request).id)
    except scopes.ScopeInvalid as error:
        return problems.page(request, 400, "No such scope", str(error), "Choose one of the list.")
    return redirect("controller-home")
