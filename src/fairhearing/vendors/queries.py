"""Looking vendors up."""

from fairhearing import statements
from fairhearing.vendors.models import Vendor

_VENDOR_OF = """
SELECT v.slug FROM vendors_membership m JOIN vendors_vendor v ON v.id = m.vendor_id
WHERE m.account_id = %s AND m.ended_at IS NULL
"""


def find_vendor_of(account: str) -> str | None:
    """The slug of the vendor that somebody works for now."""
    row = statements.first(_VENDOR_OF, [account])
    return str(row[0]) if row else None


def list_at_work() -> list[Vendor]:
    """Vendors for whom somebody works now, by name: who would listen."""
    return list(Vendor.objects.filter(membership__ended_at=None, membership__isnull=False).distinct().order_by("name"))


def get_vendor(slug: str) -> Vendor:
    """The vendor with this slug.

    Raises:
        Vendor.DoesNotExist: there is none.
    """
    return Vendor.objects.get(slug=slug)
