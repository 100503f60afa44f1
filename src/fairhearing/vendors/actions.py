"""Making vendors; joining and leaving them."""

from django.utils import timezone

from fairhearing import ids
from fairhearing.accounts.models import Account
from fairhearing.vendors.models import Membership, Vendor


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


def leave(*, account: Account) -> int:
    """End the membership. The update waits for plays in flight, which hold the row; none begins after it."""
    return Membership.objects.filter(account=account, ended_at=None).update(ended_at=timezone.now())
