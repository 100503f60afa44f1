"""Looking accounts and keys up."""

import hashlib

from django.utils import timezone

from fairhearing.accounts.models import REVIEWING, Account, ApiKey, Invitation, Role


def find_api_key(secret: str) -> ApiKey | None:
    """The live key with this secret."""
    digest = hashlib.sha256(secret.encode()).digest()
    return ApiKey.objects.filter(secret_digest=digest, revoked_at=None).first()


def find_account(email: str) -> Account | None:
    """The account with this e-mail address, whatever its case."""
    return Account.objects.filter(email__iexact=email.strip()).first()


def find_invited(token: str) -> Account | None:
    """Whom an invitation is for, while it can be used."""
    digest = hashlib.sha256(token.encode()).digest()
    invitation = Invitation.objects.filter(token_digest=digest, expires_at__gt=timezone.now()).first()
    return invitation.account if invitation else None


def list_reviewing() -> list[str]:
    """The ids of all who hear clips, or did."""
    return list(Account.objects.filter(role__in=REVIEWING).values_list("id", flat=True))


def list_accounts(role: Role) -> list[Account]:
    """Accounts with a role, oldest first."""
    return list(Account.objects.filter(role=role).order_by("created_at"))
