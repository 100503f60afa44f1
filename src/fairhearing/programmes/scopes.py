"""Scopes of a pause, and the lock that plays and pauses meet at.

A play holds the lock shared until its key is handed over; a pause takes it exclusively before it writes. So the
answer of a pause waits for plays in flight, and whoever comes after reads the pause.
"""

import re

from django.db import connection

from fairhearing import statements

EVERYTHING = "everything"
_SCOPE = re.compile(r"^(everything|(programme|product|region|vendor):[A-Za-z0-9_-]{1,60})$")
# What is paused, as a column of a statement that runs after ``hold_shared``: no pause comes or goes meanwhile.
PAUSED = "ARRAY(SELECT p.scope FROM programmes_pause p WHERE p.ended_at IS NULL)"
_LOCK = 0x46480001  # "FH", 1: one number for all scopes; pauses are rare


class ScopeInvalid(ValueError):
    """A scope is ``everything``, or one of programme, product, region and vendor with ``:`` and its name."""


def parse(scope: str) -> str:
    """The scope, checked.

    Raises:
        ScopeInvalid: it is none.
    """
    if not _SCOPE.match(scope):
        raise ScopeInvalid(
            f"scope {scope!r}: expected everything, programme:SLUG, product:SLUG, region:XX or vendor:SLUG"
        )
    return scope


def of_play(*, programme: str, product: str, region: str, vendor: str | None) -> list[str]:
    """The scopes that a pause of would stop this play."""
    scopes = [EVERYTHING, f"programme:{programme}", f"product:{product}", f"region:{region}"]
    return [*scopes, f"vendor:{vendor}"] if vendor else scopes


def hold_shared() -> None:
    """Let no pause be written until this transaction ends."""
    statements.rows("SELECT pg_advisory_xact_lock_shared(%s)", [_LOCK])


def hold_alone() -> None:
    """Wait for the plays in flight, and hold new ones off until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
