"""What the header of every page shows."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy

from fairhearing.accounts.models import AUDITING, CONTROLLING, REVIEWING, TRACING, Account

_ENTRIES = (
    (REVIEWING, "review-home", gettext_lazy("Review")),
    (CONTROLLING, "controller-home", gettext_lazy("Programmes")),
    (AUDITING, "auditor-home", gettext_lazy("Log")),
    (TRACING, "traces", gettext_lazy("Traces")),
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """``account`` and ``nav`` for the base template."""
    account = getattr(request, "user", None)
    if not isinstance(account, Account):
        return {"account": None, "nav": []}
    allowed = [(name, label) for roles, name, label in _ENTRIES if account.role in roles]
    nav = [
        {"href": reverse(name), "label": label, "current": request.path.startswith(reverse(name))}
        for name, label in allowed
    ]
    return {"account": account.email, "nav": nav}


def home_of(account: Account) -> str:
    """Where somebody goes after signing in."""
    for roles, name, _ in _ENTRIES:
        if account.role in roles:
            return reverse(name)
    return reverse("start")
