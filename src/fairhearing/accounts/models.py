"""Accounts, their sessions, invitations, API keys and failed sign-ins."""

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower


class Role(models.TextChoices):
    """What somebody came for. One role an account; who needs two has two accounts."""

    OWNER = "owner"
    CONTROLLER = "controller"
    PRIVACY_OFFICER = "privacy_officer"
    AUDITOR = "auditor"
    VENDOR_MANAGER = "vendor_manager"
    LEAD_REVIEWER = "lead_reviewer"
    REVIEWER = "reviewer"
    INVESTIGATOR = "investigator"


REVIEWING = (Role.REVIEWER, Role.LEAD_REVIEWER)
CONTROLLING = (Role.OWNER, Role.CONTROLLER, Role.PRIVACY_OFFICER)
AUDITING = (Role.OWNER, Role.PRIVACY_OFFICER, Role.AUDITOR)
TRACING = (Role.INVESTIGATOR,)  # of a leak; nobody else, since what they find names a person


class Account(AbstractBaseUser):
    """Somebody who signs in by e-mail and password."""

    id = models.CharField(primary_key=True, max_length=40)
    email = models.EmailField(unique=True)
    role = models.CharField(max_length=20, choices=Role)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    preferences = models.JSONField(default=dict)  # of the reviewer's page; empty until something is changed
    language = models.CharField(max_length=10, blank=True, default="")  # of the pages; empty: as the browser says

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = BaseUserManager["Account"]()

    class Meta:
        constraints = (models.UniqueConstraint(Lower("email"), name="accounts_account_email_once"),)

    def __str__(self) -> str:
        return self.id


class Session(models.Model):
    """Somebody's signed-in browser, under the digest of its key; the key itself is in its cookie alone."""

    digest = models.BinaryField(primary_key=True, max_length=32)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True)
    session_data = models.TextField()  # as Django signs it
    expire_date = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"session of {self.account_id}"


class Invitation(models.Model):
    """A one-time link that lets its holder set the account's password."""

    token_digest = models.BinaryField(primary_key=True, max_length=32)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"invitation of {self.account_id}"


class ApiKey(models.Model):
    """A product's key for the API. The secret is shown once and kept as its digest."""

    id = models.CharField(primary_key=True, max_length=40)
    name = models.CharField(max_length=100)
    product = models.SlugField(max_length=60)
    secret_digest = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.id


class FailedSignIn(models.Model):
    """One failed attempt, under a keyed digest of the address: enough to slow guessing, names nobody."""

    address_digest = models.BinaryField(max_length=32, db_index=True)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"failed sign-in at {self.at}"


class DataRequest(models.Model):
    """What somebody asks about the data on themselves; a controller answers within a month."""

    class Kind(models.TextChoices):
        """What is asked for."""

        ACCESS = "access"
        CORRECT = "correct"
        ERASE = "erase"
        OTHER = "other"

    id = models.CharField(primary_key=True, max_length=40)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    kind = models.CharField(max_length=10, choices=Kind)
    words = models.TextField(blank=True)
    at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)

    class Meta:
        indexes = (models.Index(fields=["at"], name="accounts_datarequest_open", condition=models.Q(answered_at=None)),)

    def __str__(self) -> str:
        return self.id
