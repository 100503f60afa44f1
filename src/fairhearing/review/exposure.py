"""How much somebody has heard of one exposure bucket in a week: numbers under digests that the key file alone makes."""

import hmac
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.conf import settings

from fairhearing.review.models import Exposure

KEPT_WEEKS: Final = 2


@dataclass(frozen=True, slots=True)
class Counted:
    """Where a play is counted: the digest of reviewer, bucket and week, and the week's Monday."""

    digest: bytes
    week: date


def counted(*, account: str, programme: str, language: str, bucket: int, day: date) -> Counted:
    """HMAC-SHA256 under the key file of reviewer, bucket (of a programme and a language) and week."""
    week = day - timedelta(days=day.weekday())
    parts = (account, programme, language, str(bucket), week.isoformat())
    message = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
    return Counted(hmac.digest(settings.SECRETS.derive("review/exposure"), message, "sha256"), week)


def forget_past(today: date) -> int:
    """Delete the numbers of past weeks; gives how many."""
    return Exposure.objects.filter(week__lt=today - timedelta(weeks=KEPT_WEEKS)).delete()[0]
