"""Making vendors; joining and leaving them."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone

from fairhearing import ids
from fairhearing.accounts.models import Account
from fairhearing.ledger import log as ledger
from fairhearing.ledger.entries import Kind, NewEntry
from fairhearing.vendors.models import Agreement, Membership, Skill, Vendor


class AgreementKnown(Exception):
    """An agreement of this reference is on record."""


def create_vendor(*, slug: str, name: str, country: str) -> Vendor:
    """Make a vendor, or give the one that has this slug."""
    vendor, _ = Vendor.objects.get_or_create(
        slug=slug, defaults={"id": ids.new("vendor"), "name": name, "country": country.upper()}
    )
    return vendor


def join(*, account: Account, vendor: Vendor) -> Membership:
    """Let somebody work for a vendor.

    Raises:
        django.db.IntegrityError: they work for another vendor; end that first.
    """
    return Membership.objects.create(account=account, vendor=vendor)


@transaction.atomic
def sign_agreement(*, vendor: Vendor, reference: str, signed_day: date) -> Agreement:
    """Put a signed agreement with a vendor on record, and into the log.

    Raises:
        AgreementKnown: one of this reference is on record.
    """
    made, new = Agreement.objects.get_or_create(vendor=vendor, reference=reference, defaults={"signed_day": signed_day})
    if not new:
        raise AgreementKnown(f"the agreement {reference} with {vendor.slug} is on record, signed on {made.signed_day}")
    detail: dict[str, str | int] = {"reference": reference, "signed_day": signed_day.isoformat()}
    ledger.append(NewEntry(kind=Kind.AGREEMENT_SIGNED, vendor=vendor.slug, country=vendor.country, detail=detail))
    return made


@transaction.atomic
def set_skills(*, account: Account, languages: Sequence[str]) -> list[str]:
    """Say which languages somebody knows, as their vendor vouches for; what was said before is replaced."""
    wanted = sorted({language.strip() for language in languages if language.strip()})
    Skill.objects.filter(account=account).exclude(language__in=wanted).delete()
    for language in wanted:
        Skill.objects.get_or_create(account=account, language=language)
    return wanted


def leave(*, account: Account) -> int:
    """End the membership. The update waits for plays in flight, which hold the row; none begins after it."""
    return Membership.objects.filter(account=account, ended_at=None).update(ended_at=timezone.now())
