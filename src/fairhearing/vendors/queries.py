"""Looking vendors up."""

from fairhearing.vendors.models import Vendor


def get_vendor(slug: str) -> Vendor:
    """The vendor with this slug.

    Raises:
        Vendor.DoesNotExist: there is none.
    """
    return Vendor.objects.get(slug=slug)
