"""Who is signed in, looked up at each request: Django's sessions, kept as digests, with their account beside them.

Nothing is kept between requests: a session that was ended and an account that was closed count from the next one. The
database holds the SHA-256 of a session's key, 160 random bits that only the cookie has: whoever reads a copy of the
database signs in as nobody.
"""

import hashlib
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends import db
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject

from fairhearing import statements
from fairhearing.accounts.models import Account, Session

# What every request needs; the preferences are read where they are asked for.
_FIELDS = [field.attname for field in Account._meta.concrete_fields if field.attname != "preferences"]
_LOAD = f"""
SELECT s.session_data, {", ".join(f"a.{field}" for field in _FIELDS)}
FROM accounts_session s LEFT JOIN accounts_account a ON a.id = s.account_id
WHERE s.digest = %s AND s.expire_date > now()
"""  # noqa: S608 - our own names


class SessionStore(db.SessionStore):
    """Django's sessions in the database; reading one, with whose it is, is one prepared statement."""

    account: Account | None = None  # whose it was when it was read

    @classmethod
    def get_model_class(cls) -> type[Session]:  # type: ignore[override]
        """Ours, which has a digest in place of the key."""
        return Session

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing, and no key, when it is unknown or has expired."""
        row = statements.first(_LOAD, [_digest(self.session_key or "")])
        if row is None:
            self._session_key = None
            return {}
        data, *account = row
        self.account = None if account[_FIELDS.index("id")] is None else Account.from_db("default", _FIELDS, account)
        found: dict[str, Any] = self.decode(data)
        return found

    def exists(self, session_key: str) -> bool:
        """Whether there is one of this key."""
        return Session.objects.filter(digest=_digest(session_key)).exists()

    def create_model_instance(self, data: dict[str, Any]) -> Session:  # type: ignore[override]
        """The row to be saved."""
        return Session(
            digest=_digest(self._get_or_create_session_key()),  # type: ignore[attr-defined]
            account_id=data.get(SESSION_KEY),
            session_data=self.encode(data),
            expire_date=self.get_expiry_date(),
        )

    def delete(self, session_key: str | None = None) -> None:
        """End it."""
        if key := session_key or self.session_key:
            Session.objects.filter(digest=_digest(key)).delete()


def _digest(session_key: str) -> bytes:
    return hashlib.sha256(session_key.encode()).digest()


class SignedIn(AuthenticationMiddleware):
    """Django's own, without a second look-up: ``request.user`` is the session's account."""

    def process_request(self, request: HttpRequest) -> None:
        """Nothing is read before somebody asks."""
        request.user = SimpleLazyObject(lambda: _account_of(request.session))  # type: ignore[assignment]


def _account_of(session: Any) -> Account | AnonymousUser:
    """The open account that signed in with the password that it still has, or nobody."""
    signed_in, password = session.get(SESSION_KEY), session.get(HASH_SESSION_KEY, "")  # this reads the session
    account = session.account
    if account is None or account.id != signed_in or not account.is_active:
        return AnonymousUser()
    return account if constant_time_compare(password, account.get_session_auth_hash()) else AnonymousUser()
