"""Vendors and memberships."""

from django.db import models

from fairhearing.accounts.models import Account


class Vendor(models.Model):
    """A processor (GDPR Art. 4(8)): the organisation that reviewers work for."""

    id = models.CharField(primary_key=True, max_length=40)
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=100)
    country = models.CharField(max_length=2)  # ISO 3166-1 alpha-2: speakers are told where somebody listened

    def __str__(self) -> str:
        return self.slug


class Agreement(models.Model):
    """What controller and processor signed (GDPR Art. 28(3)): by which name it is found, and when it was signed."""

    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="agreements")
    reference = models.CharField(max_length=100)
    signed_day = models.DateField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["vendor", "reference"], name="vendors_agreement_once"),)

    def __str__(self) -> str:
        return self.reference


class Skill(models.Model):
    """A language that somebody knows, as their vendor says."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    language = models.CharField(max_length=12)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["account", "language"], name="vendors_skill_once"),)

    def __str__(self) -> str:
        return f"{self.account_id} knows {self.language}"


class Membership(models.Model):
    """Somebody works for a vendor. Ended memberships stay, so that old listens keep their vendor."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT)
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT)
    since = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["account"], condition=models.Q(ended_at=None), name="vendors_membership_one_at_a_time"
            ),
        )

    def __str__(self) -> str:
        return f"{self.account_id} at {self.vendor_id}"
