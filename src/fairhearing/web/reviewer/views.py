"""The reviewer's pages: which programme, the work itself, and where help is found."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET

from fairhearing.programmes import queries as programmes
from fairhearing.programmes.models import Task
from fairhearing.review import queries as review
from fairhearing.web.access import account_of
from fairhearing.web.words import language_name

TASKS = {
    Task.TRANSCRIPTION: gettext_lazy("transcription"),
    Task.TRANSLATION: gettext_lazy("translation"),
    Task.ACTIVATION: gettext_lazy("activation"),
    Task.RATING: gettext_lazy("rating"),
    Task.COMPARISON: gettext_lazy("comparison"),
}


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Programmes with what waits in them, and the reviewer's own numbers."""
    rows = [
        {
            "slug": programme.slug,
            "name": programme.name,
            "task": TASKS[Task(programme.task)],
            "language": language_name(programme.language),
            "target_language": language_name(programme.target_language),
            "waiting": review.count_waiting(programme.id),
        }
        for programme in programmes.list_programmes()
    ]
    return render(
        request,
        "reviewer/home.html",
        {"programmes": rows, "numbers": review.numbers_of(account_of(request).id)},
    )


@ensure_csrf_cookie
@require_GET
def work(request: HttpRequest, programme: str) -> HttpResponse:
    """The page where clips are heard and judged; the rest is the API's."""
    try:
        found = programmes.get_programme(programme)
    except programmes.ProgrammeUnknown:
        raise Http404 from None
    return render(request, "reviewer/work.html", {"programme": found})


@require_GET
def help_page(request: HttpRequest) -> HttpResponse:
    """Where help is found, programme by programme, and what the work's page does for whoever works there."""
    rows = [
        {"name": one.name, "help_text": one.help_text, "minutes": one.sensitive_minutes_a_day}
        for one in programmes.list_programmes()
    ]
    return render(request, "reviewer/help.html", {"programmes": rows})
