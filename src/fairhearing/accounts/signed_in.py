"""Who is signed in, looked up at each request: Django's sessions and accounts, read by prepared statements.

Nothing is kept between requests: a session that was ended and an account that was closed count from the next one.
"""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends import db

from fairhearing import statements
from fairhearing.accounts.models import Account

_SESSION = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > now()"
# What every request needs; the preferences are read where they are asked for.
_FIELDS = [field.attname for field in Account._meta.concrete_fields if field.attname != "preferences"]
_ACCOUNT = f"SELECT {', '.join(_FIELDS)} FROM accounts_account WHERE id = %s"  # noqa: S608 - our own names


class SessionStore(db.SessionStore):
    """Django's sessions in the database; reading one is one prepared statement."""

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing, and no key, when it is unknown or has expired."""
        row = statements.first(_SESSION, [self.session_key])
        if row is None:
            self._session_key = None
            return {}
        found: dict[str, Any] = self.decode(row[0])
        return found


class AccountBackend(ModelBackend):
    """Django's sign-in by password; finding the account of a session is one prepared statement."""

    def get_user(self, user_id: str) -> Account | None:
        """The account, unless it was closed."""
        row = statements.first(_ACCOUNT, [user_id])
        account = Account.from_db("default", _FIELDS, row) if row else None
        return account if account is not None and self.user_can_authenticate(account) else None
