"""Looking requests and findings up."""

from dataclasses import dataclass

from fairhearing.accounts.models import TRACING, Account
from fairhearing.tracing.models import Trace


@dataclass(frozen=True)
class Shown:
    """A finding as it is told: a reviewer's copy, or a release's with its recipient."""

    clip: str
    reviewer: str | None
    release: str | None
    recipient: str | None
    listens: list[str]
    score: float
    p_false: float


def list_traces(most: int = 100) -> list[Trace]:
    """Requests, newest first."""
    return list(Trace.objects.order_by("-asked_at").prefetch_related("findings")[:most])


def find_trace(trace: str) -> Trace | None:
    """The request of this id."""
    return Trace.objects.filter(id=trace).first()


def list_findings(trace: Trace) -> list[Shown]:
    """What was found, surest first."""
    return [
        Shown(
            clip=one.clip,
            reviewer=None if one.recipient else one.holder,
            release=one.holder if one.recipient else None,
            recipient=one.recipient or None,
            listens=list(one.listens),
            score=round(one.score, 2),
            p_false=one.p_false,
        )
        for one in trace.findings.all()
    ]


def list_investigators() -> list[Account]:
    """Accounts that may ask for traces and approve them."""
    return list(Account.objects.filter(role__in=TRACING, is_active=True).order_by("created_at"))
