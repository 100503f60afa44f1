"""A reviewer's own numbers, what is held about them, and what they can ask for."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_lazy, gettext_noop, ngettext
from django.views.decorators.http import require_GET, require_POST

from fairhearing.accounts import requests
from fairhearing.accounts.models import Account, DataRequest
from fairhearing.operations import held
from fairhearing.review import known, progress
from fairhearing.review.models import Reliability
from fairhearing.web import plots, problems
from fairhearing.web.access import account_of

VERDICTS_MOST = 50

KINDS = {
    DataRequest.Kind.ACCESS: gettext_lazy("Tell me what is held about me"),
    DataRequest.Kind.CORRECT: gettext_lazy("Correct something"),
    DataRequest.Kind.ERASE: gettext_lazy("Erase something"),
    DataRequest.Kind.OTHER: gettext_lazy("Something else"),
}

# What a form of this page can be refused for, as the domains say it.
REFUSED = (
    gettext_noop("there is no verdict of yours that could be disputed"),
    gettext_noop("say in 1 to 1000 characters why the answer was right"),
    gettext_noop("5 requests wait for an answer already"),
)


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Everything about the reviewer on one page."""
    account = account_of(request)
    days = progress.own_days(account.id)
    right, answers = _record(account)
    context = {
        "days": [{"day": one.begins, "judgements": one.judgements, "minutes": one.reported_s / 60} for one in days],
        "plot": plots.stacked([[("listens", one.judgements)] for one in days]),
        "reliabilities": [_told(one) for one in _reliabilities(account)],
        "right": right,
        "answers": answers,
        "verdicts": list(held.told(account).select_related("programme").order_by("-at")[:VERDICTS_MOST]),
        "held": [_in_words(one) for one in held.list_held(account)],
        "requests": [{"it": one, "kind": KINDS[DataRequest.Kind(one.kind)]} for one in requests.list_of(account)],
        "kinds": list(KINDS.items()),
    }
    return render(request, "reviewer/me.html", context)


@require_GET
def data(request: HttpRequest) -> HttpResponse:
    """What is held, to take away."""
    named = {"Content-Disposition": 'attachment; filename="about-me.json"', "Cache-Control": "no-store"}
    return JsonResponse(held.take_away(account_of(request)), headers=named, json_dumps_params={"indent": 1})


@require_POST
def dispute(request: HttpRequest) -> HttpResponse:
    """Say that an answer to a known clip was right; only of verdicts that they were told."""
    account, judgement = account_of(request), request.POST.get("judgement", "")
    try:
        if not held.told(account).filter(judgement_id=judgement).exists():
            raise known.DisputeRefused("there is no verdict of yours that could be disputed")
        known.dispute(judgement=judgement, account=account.id, words=request.POST.get("words", ""))
    except known.DisputeRefused as refused:
        return _not_taken(request, refused)
    return redirect("review-me")


@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for what is held, to correct it or to erase it."""
    given = request.POST
    try:
        requests.ask(account=account_of(request), kind=given.get("kind", ""), words=given.get("words", ""))
    except requests.RequestRefused as refused:
        return _not_taken(request, refused)
    return redirect("review-me")


def _not_taken(request: HttpRequest, refused: ValueError) -> HttpResponse:
    words = gettext(str(refused))
    return problems.page(request, 400, gettext("Not taken"), words, gettext("Go back to your own numbers."))


def _in_words(one: held.Held) -> held.Held:
    """What is held, in the page's language; a number of weeks is counted in it."""
    number, _, unit = one.how_long.partition(" ")
    if unit == "weeks":
        how_long = ngettext("%(number)s week", "%(number)s weeks", int(number)) % {"number": number}
    else:
        how_long = gettext(one.how_long)
    return replace(one, what=gettext(one.what), why=gettext(one.why), how_long=how_long)


def _record(account: Account) -> tuple[int, int]:
    verdicts = held.told(account)
    return verdicts.filter(right=True).count(), verdicts.count()


def _reliabilities(account: Account) -> list[Reliability]:
    return list(Reliability.objects.filter(account=account).select_related("programme").order_by("programme__name"))


def _told(one: Reliability) -> dict[str, Any]:
    return {
        "programme": one.programme.name,
        "right": round(100 * one.right),
        "spread": round(100 * one.spread),
        "judgements": one.judgements,
        "at": one.at,
    }
