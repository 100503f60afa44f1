"""Stopping and going on: the pause itself, and the assignments that it ends."""

import time
from dataclasses import dataclass

from django.db import connection, transaction

from fairhearing.home.stop_journal import Stop
from fairhearing.operations import journal
from fairhearing.programmes import actions as programmes
from fairhearing.programmes import scopes

# The scope's kind decides which open assignments it ends. What ended goes back on the ring for later.
_CONDITION = {
    "everything": "TRUE",
    "programme": "g.slug = %(name)s",
    "product": "r.product = %(name)s",
    "region": "r.region = %(name)s",
    "vendor": "EXISTS (SELECT 1 FROM vendors_membership m JOIN vendors_vendor v ON v.id = m.vendor_id "
    "WHERE m.account_id = a.account_id AND m.ended_at IS NULL AND v.slug = %(name)s)",
}


_EXPIRE = """
WITH gone AS (
    UPDATE review_assignment a SET state = 'expired'
    FROM capture_clip c
    JOIN capture_channel h ON h.id = c.channel_id
    JOIN capture_recording r ON r.id = h.recording_id
    JOIN programmes_programme g ON g.id = c.programme_id
    WHERE a.state = 'open' AND c.id = a.clip_id AND {condition}
    RETURNING a.clip_id
), back AS (SELECT clip_id, count(*) AS number FROM gone GROUP BY clip_id)
UPDATE review_queueitem q SET wanted = q.wanted + back.number FROM back WHERE q.clip_id = back.clip_id
RETURNING back.number
"""


@dataclass(frozen=True)
class Stopped:
    """What a pause (or its end) did, and how long its answer took."""

    ended: int
    seconds: float
    changed: bool = True


@transaction.atomic
def pause(*, scope: str, reason: str, by: str, drill: bool = False) -> Stopped:
    """Stop a scope: when this returns, no play is in flight in it and none begins.

    A drill ends no assignment and resumes in the same transaction: what it measures is the waiting.

    Raises:
        scopes.ScopeInvalid: no such kind of scope.
    """
    begun = time.monotonic()
    scope = scopes.parse(scope)
    scopes.hold_alone()
    ended = 0 if drill else _expire_open(scope)
    programmes.pause(scope=scope, reason=f"drill: {reason}" if drill else reason, by=by)
    if drill:
        programmes.resume(scope=scope, by=by)
    else:
        journal.write(Stop.PAUSED, scope)
    return Stopped(ended, time.monotonic() - begun)


def resume(*, scope: str, by: str) -> Stopped:
    """Let a scope go on.

    Raises:
        scopes.ScopeInvalid: no such kind of scope.
    """
    begun = time.monotonic()
    changed = programmes.resume(scope=scope, by=by)
    return Stopped(0, time.monotonic() - begun, changed)


def _expire_open(scope: str) -> int:
    kind, _, name = scope.partition(":")
    with connection.cursor() as cursor:
        cursor.execute(_EXPIRE.format(condition=_CONDITION[kind]), {"name": name})
        return sum(row[0] for row in cursor.fetchall())
