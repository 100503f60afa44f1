"""What is held about who reviews: every place, why, how long; and all of it to take away (GDPR Art. 15, 20)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Q
from django.utils import timezone

from fairhearing.accounts import requests
from fairhearing.accounts.models import Account
from fairhearing.ledger.models import Record
from fairhearing.review import exposure
from fairhearing.review.models import Assignment, Distress, Judgement, Likeness, Reliability, Verdict
from fairhearing.vendors.models import Membership, Skill

# A verdict is told this long after: sooner, it would tell somebody at work which clips are known ones.
TOLD_AFTER: Final = timedelta(hours=1)
WITH_ACCOUNT: Final = "as long as the account"
WITH_CLIP: Final = "until the speaker erases the recording"


@dataclass(frozen=True, slots=True)
class Held:
    """One thing that is held: how much of it (None: it cannot be told), what for, and for how long."""

    what: str
    number: int | None
    why: str
    how_long: str


def list_held(account: Account) -> list[Held]:
    """Everything that names somebody, or that the key file could find by their name."""
    weeks = f"{exposure.KEPT_WEEKS} weeks"
    return [
        Held("Account: e-mail address, role, password as a slow hash, page settings", 1, "signing in", WITH_ACCOUNT),
        Held(
            "Vendors you work or worked for", _of(Membership, account), "who may hear what; old listens", WITH_ACCOUNT
        ),
        Held("Languages you know, as your vendor says", _of(Skill, account), "which clips you are asked", WITH_ACCOUNT),
        Held("Clips handed to you, and how often you played them", _of(Assignment, account), "the queue", WITH_CLIP),
        Held("Judgements, with the minutes your page reported", _of(Judgement, account), "the reference", WITH_CLIP),
        Held("Which of your answers equal others'", _of(Likeness, account), "reliability", WITH_CLIP),
        Held("Verdicts on known clips, told an hour later", told(account).count(), "reliability", WITH_CLIP),
        Held("Your reliability by programme", _of(Reliability, account), "how much an answer tells", WITH_ACCOUNT),
        Held("Distressing minutes by day", _of(Distress, account), "your daily budget", weeks),
        Held("How much you heard of groups of speakers", None, "limits of a week; digests under the key file", weeks),
        Held(
            "Groups in which you know somebody", None, "you hear nothing of them; digests under the key file", "lasts"
        ),
        Held(
            "Entries of the log: your plays, refusals and sign-ins",
            Record.objects.filter(account=account.id).count(),
            "speakers see who listened; nobody can change it quietly",
            "no end is set; entries hold salted commitments, the records behind them your account's id",
        ),
        Held("Your requests and their answers", len(requests.list_of(account)), "answering them", WITH_ACCOUNT),
    ]


def told(account: Account, *, now: datetime | None = None) -> Any:
    """The verdicts on known clips that somebody is told by now, as a query set."""
    return Verdict.objects.filter(account=account, at__lt=(now or timezone.now()) - TOLD_AFTER)


def take_away(account: Account) -> dict[str, Any]:
    """The same as data. Texts of clips are not in it: they are about the speakers, and sealed under their keys."""
    return {
        "account": {
            "id": account.id,
            "email": account.email,
            "role": account.role,
            "language": account.language,
            "since": account.created_at,
            "preferences": Account.objects.values_list("preferences", flat=True).get(id=account.id),
        },
        "vendors": _rows(Membership, account, "vendor__slug", "since", "ended_at"),
        "languages": _rows(Skill, account, "language"),
        "judgements": _judgements(account),
        "assignments": _rows(Assignment, account, "programme__slug", "state", "plays", "first_played_at"),
        "verdicts": list(
            told(account).values("judgement_id", "programme__slug", "right", "at", "disputed_at", "ruled_at")
        ),
        "reliability": _rows(Reliability, account, "programme__slug", "right", "spread", "judgements", "at"),
        "distress": _rows(Distress, account, "day", "ms"),
        "log": list(Record.objects.filter(account=account.id).order_by("index").values("id", "kind", "hour", "index")),
        "requests": [
            {"kind": one.kind, "words": one.words, "at": one.at, "answer": one.answer, "answered_at": one.answered_at}
            for one in requests.list_of(account)
        ],
        "held": [{"what": one.what, "number": one.number, "how_long": one.how_long} for one in list_held(account)],
    }


def _judgements(account: Account) -> list[dict[str, Any]]:
    written = Judgement.objects.filter(account=account).annotate(own_text=Q(sealed_text__isnull=False))
    fields = ("id", "at", "choice", "value", "own_text", "adequacy", "fluency", "flag", "undone", "reported_ms")
    return list(written.order_by("at").values(*fields))


def _rows(model: Any, account: Account, *fields: str) -> list[dict[str, Any]]:
    return list(model.objects.filter(account=account).order_by("pk").values(*fields))


def _of(model: Any, account: Account) -> int:
    return int(model.objects.filter(account=account).count())
