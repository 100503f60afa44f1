"""Making accounts, invitations and API keys; signing in."""

import contextlib
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone

from fairhearing import ids
from fairhearing.accounts.models import Account, ApiKey, FailedSignIn, Invitation, Role, Session
from fairhearing.ledger import log as ledger
from fairhearing.ledger.entries import Kind, NewEntry
from fairhearing.ledger.soundness import LogStopped

INVITATION_LIVES = timedelta(days=7)
FAILURES_ALLOWED = 5
FAILURES_WINDOW = timedelta(minutes=15)


class AccountExists(Exception):
    """There is an account with this e-mail address already."""


class InvitationInvalid(Exception):
    """The invitation is unknown, used or expired. Ask who invited you for a new one."""


class TooManyFailures(Exception):
    """Too many failed sign-ins for this address. Wait a quarter of an hour, then try again."""


@dataclass(frozen=True)
class NewApiKey:
    """An API key and its secret, which is shown this once."""

    id: str
    secret: str


@transaction.atomic
def create_account(*, email: str, role: Role, password: str | None = None) -> Account:
    """Make an account; without a password it waits for its invitation.

    Raises:
        AccountExists: the address is taken.
        django.core.exceptions.ValidationError: no e-mail address, or a password too easy to guess.
    """
    email = email.strip()
    validate_email(email)
    account = Account(id=ids.new("account"), email=email, role=Role(role))
    if password is None:
        account.set_unusable_password()
    else:
        validate_password(password, account)
        account.set_password(password)
    try:
        with transaction.atomic():
            account.save(force_insert=True)
    except IntegrityError:
        raise AccountExists(f"there is an account for {email} already") from None
    return account


def invite(*, account: Account) -> str:
    """A one-time token for setting the account's password; only its digest is kept."""
    token = secrets.token_urlsafe(32)
    Invitation.objects.create(
        token_digest=_digest(token), account=account, expires_at=timezone.now() + INVITATION_LIVES
    )
    return token


@transaction.atomic
def accept_invitation(*, token: str, password: str) -> Account:
    """Set the password and use the invitation up.

    Raises:
        InvitationInvalid: unknown, used or expired.
        django.core.exceptions.ValidationError: the password is too easy to guess.
    """
    invitation = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("account")
        .filter(token_digest=_digest(token), expires_at__gt=timezone.now(), account__is_active=True)
        .first()
    )
    if invitation is None:
        raise InvitationInvalid(str(InvitationInvalid.__doc__))
    account = invitation.account
    validate_password(password, account)
    account.set_password(password)
    account.save(update_fields=["password"])
    Invitation.objects.filter(account=account).delete()
    _log_sign_in(account)
    return account


def sign_in(*, email: str, password: str) -> Account | None:
    """The account of this address and password, or None.

    Raises:
        TooManyFailures: five failures within a quarter of an hour.
    """
    address = hmac.digest(
        settings.SECRETS.derive("accounts/failed-sign-in"), email.strip().lower().encode(errors="replace"), "sha256"
    )
    since = timezone.now() - FAILURES_WINDOW
    if FailedSignIn.objects.filter(address_digest=address, at__gt=since).count() >= FAILURES_ALLOWED:
        raise TooManyFailures(str(TooManyFailures.__doc__))
    email = email.replace("\0", "")
    known = Account.objects.filter(email__iexact=email.strip()).values_list("email", flat=True).first()
    account = authenticate(username=known or email, password=password)
    if not isinstance(account, Account):
        FailedSignIn.objects.create(address_digest=address)
        return None
    FailedSignIn.objects.filter(address_digest=address).delete()
    _log_sign_in(account)
    return account


def _log_sign_in(account: Account) -> None:
    """Append that somebody signed in. A log that has stopped releases no sound, but lets people in to see why."""
    with contextlib.suppress(LogStopped):
        ledger.append(NewEntry(kind=Kind.SIGNED_IN, account=account.id, role=account.role))


def create_api_key(*, name: str, product: str) -> NewApiKey:
    """A key for a product's calls. The secret has 256 bits, so a plain digest keeps it."""
    secret = f"fh_{secrets.token_urlsafe(32)}"
    key = ApiKey.objects.create(id=ids.new("api key"), name=name, product=product, secret_digest=_digest(secret))
    return NewApiKey(key.id, secret)


def keep_preferences(*, account: str, preferences: dict[str, Any]) -> None:
    """Keep how somebody set their page up, in the place of what was kept before."""
    Account.objects.filter(id=account).update(preferences=preferences)


def choose_language(*, account: str, language: str) -> None:
    """Show this account its pages in ``language`` (a code of ``settings.LANGUAGES``) from now on, in any browser."""
    Account.objects.filter(id=account).update(language=language)


def forget_expired() -> None:
    """Delete invitations that have expired and failed sign-ins that count no more."""
    Invitation.objects.filter(expires_at__lt=timezone.now()).delete()
    FailedSignIn.objects.filter(at__lt=timezone.now() - FAILURES_WINDOW).delete()


def end_all_sessions() -> None:
    """Sign everybody out: in a database that came from a backup, sessions stand again that were ended since."""
    Session.objects.all().delete()


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
