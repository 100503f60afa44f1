"""Looking addresses up."""

from typing import Any

from django.db.models import Count

from fairhearing.webhooks.models import Endpoint


def find(endpoint: str) -> Endpoint | None:
    """An address by its id."""
    return Endpoint.objects.filter(id=endpoint).first()


def list_all() -> list[dict[str, Any]]:
    """Every address in words: ``state`` is open, failing or off; ``waiting``: events that it was not told yet."""
    rows = Endpoint.objects.annotate(waiting=Count("delivery")).order_by("product", "made_at")
    return [
        {
            "webhook": row.id,
            "product": row.product,
            "url": row.url,
            "events": row.events or "all",
            "state": "off" if row.disabled_at else "failing" if row.failing_since else "open",
            "problem": row.last_problem,
            "waiting": row.waiting,
        }
        for row in rows
    ]
