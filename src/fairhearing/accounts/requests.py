"""What somebody with an account asks about the data on themselves (GDPR Art. 15 to 17), and what they are answered."""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from fairhearing import ids
from fairhearing.accounts.models import Account, DataRequest

ANSWERED_WITHIN: Final = timedelta(days=30)  # a month, the shorter way of counting (Art. 12(3))
WORDS_MOST: Final = 4000
OPEN_MOST: Final = 5  # of one account at a time


class RequestRefused(ValueError):
    """The words say what does not fit."""


@transaction.atomic
def ask(*, account: Account, kind: str, words: str) -> DataRequest:
    """Keep a request until a controller answers it.

    Raises:
        RequestRefused: no such kind, too many words, or too many requests that wait.
    """
    words = words.replace("\0", "").strip()
    if kind not in DataRequest.Kind.values:
        raise RequestRefused(f"kind is {kind!r}, expected one of {', '.join(DataRequest.Kind.values)}")
    if len(words) > WORDS_MOST:
        raise RequestRefused(f"{len(words)} characters, expected {WORDS_MOST} at most")
    held = Account.objects.select_for_update().get(id=account.id)
    if DataRequest.objects.filter(account=held, answered_at=None).count() >= OPEN_MOST:
        raise RequestRefused(f"{OPEN_MOST} requests wait for an answer already")
    return DataRequest.objects.create(id=ids.new("data request"), account=held, kind=kind, words=words)


@transaction.atomic
def answer(*, request: str, words: str) -> None:
    """Answer a request, once.

    Raises:
        RequestRefused: there is no such open request, or the answer is empty or too long.
    """
    words = words.replace("\0", "").strip()
    if not 0 < len(words) <= WORDS_MOST:
        raise RequestRefused(f"an answer has 1 to {WORDS_MOST} characters")
    open_ones = DataRequest.objects.filter(id=request, answered_at=None)
    if not open_ones.update(answer=words, answered_at=timezone.now()):
        raise RequestRefused("there is no such request that waits for an answer")


def list_open() -> list[DataRequest]:
    """What waits for an answer, the oldest first."""
    return list(DataRequest.objects.filter(answered_at=None).select_related("account").order_by("at")[:200])


def list_of(account: Account) -> list[DataRequest]:
    """What somebody asked, the newest first."""
    return list(DataRequest.objects.filter(account=account).order_by("-at")[:50])
