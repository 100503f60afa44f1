"""How much somebody has heard of one exposure bucket in a week, and in which buckets there is somebody whom they know.

Both under digests that the key file alone makes: a dump tells neither whose nor which.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.conf import settings

from fairhearing.review.models import Distress, Exposure, Recusal

KEPT_WEEKS: Final = 2


@dataclass(frozen=True, slots=True)
class Counted:
    """Where a play is counted: the digest of reviewer, bucket and week, and the week's Monday.

    ``recusal``: the digest of reviewer and bucket alone, under which it is kept that they know somebody there.
    """

    digest: bytes
    week: date
    recusal: bytes


def counted(*, account: str, programme: str, language: str, bucket: int, day: date) -> Counted:
    """HMAC-SHA256 under the key file of reviewer, bucket (of a programme and a language) and week."""
    week = day - timedelta(days=day.weekday())
    bucket_of = (account, programme, language, str(bucket))
    return Counted(_digest("exposure", *bucket_of, week.isoformat()), week, _digest("recusal", *bucket_of))


def recuse(*, counted: Counted) -> None:
    """Somebody knows a person of this bucket: from now on they hear nothing of it. It lasts."""
    Recusal.objects.get_or_create(digest=counted.recusal)


def carry_recusals(*, accounts: Sequence[str], programme: str, language: str, before: int, after: int) -> None:
    """Let those of the accounts (by id) who know somebody of one bucket hear nothing of another either."""
    digests = {
        _digest("recusal", account, programme, language, str(before)): _digest(
            "recusal", account, programme, language, str(after)
        )
        for account in accounts
    }
    known = Recusal.objects.filter(digest__in=list(digests)).values_list("digest", flat=True)
    carried = [Recusal(digest=digests[bytes(digest)]) for digest in known]
    Recusal.objects.bulk_create(carried, ignore_conflicts=True)


def _digest(purpose: str, *parts: str) -> bytes:
    message = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
    return hmac.digest(settings.SECRETS.derive(f"review/{purpose}"), message, "sha256")


def forget_past(today: date) -> int:
    """Delete the numbers of past weeks and days; gives how many."""
    past = today - timedelta(weeks=KEPT_WEEKS)
    return Exposure.objects.filter(week__lt=past).delete()[0] + Distress.objects.filter(day__lt=past).delete()[0]
