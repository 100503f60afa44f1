"""Somebody leaves a vendor: membership, open assignments and the log in one transaction."""

from django.db import connection, transaction

from fairhearing.accounts.models import Account
from fairhearing.home.stop_journal import Stop
from fairhearing.ledger import log as ledger
from fairhearing.ledger.entries import Kind, NewEntry
from fairhearing.operations import journal
from fairhearing.operations.deadlocks import again_after_deadlock
from fairhearing.programmes import scopes
from fairhearing.vendors import actions as vendors
from fairhearing.vendors import queries

_EXPIRE = """
WITH gone AS (
    UPDATE review_assignment SET state = 'expired' WHERE account_id = %s AND state = 'open' RETURNING clip_id
), back AS (SELECT clip_id, count(*) AS number FROM gone GROUP BY clip_id)
UPDATE review_queueitem q SET wanted = q.wanted + back.number FROM back WHERE q.clip_id = back.clip_id
RETURNING back.number
"""


@again_after_deadlock
@transaction.atomic
def leave(*, account: Account) -> int:
    """End somebody's work for their vendor; gives how many open assignments ended with it.

    When this returns none of their plays is in flight and none begins; the clips wait for others. It meets the plays at
    the lock of the scopes, as an erasure does. Who works for no vendor is left as they are, without an entry.
    """
    scopes.hold_alone()
    vendor = queries.find_vendor_of(account.id)
    if not vendors.leave(account=account):
        return 0
    journal.write(Stop.OFF_BOARDED, account.id)
    with connection.cursor() as cursor:
        cursor.execute(_EXPIRE, [account.id])
        ended = int(sum(row[0] for row in cursor.fetchall()))
    ledger.append(
        NewEntry(kind=Kind.OFF_BOARDED, account=account.id, vendor=vendor, detail={"open_assignments_ended": ended})
    )
    return ended
