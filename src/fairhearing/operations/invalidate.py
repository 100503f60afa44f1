"""Declaring that a notice was no good: no consent under it holds, and what relied on it is closed.

(1) As in ``erase``: plays in flight are met at the lock of the scopes, and the rows are taken after it.
"""

from dataclasses import dataclass

from django.db import transaction

from fairhearing.capture import actions as capture
from fairhearing.capture import queries
from fairhearing.consent import actions as consent
from fairhearing.home.stop_journal import Stop
from fairhearing.ledger import log as ledger
from fairhearing.ledger.entries import Kind, NewEntry
from fairhearing.operations import journal
from fairhearing.operations.deadlocks import again_after_deadlock
from fairhearing.programmes import scopes
from fairhearing.review import erase as review


@dataclass(frozen=True)
class Invalidated:
    """How many recordings were closed; ``changed``: False when it had been declared before."""

    recordings: int
    changed: bool


@again_after_deadlock
@transaction.atomic
def invalidate(*, notice: str, reason: str, by: str) -> Invalidated:
    """Declare all consents under a notice invalid (registered or not) and close every recording that relied on it.

    One entry in the log. When this returns, no play of them is in flight and none begins.
    """
    if not consent.invalidate(notice=notice, reason=reason):
        return Invalidated(0, changed=False)
    scopes.hold_alone()  # (1)
    channels = queries.list_under_notice(notice)
    review.close_clips(capture.lock_channels([channel.id for channel in channels]))
    capture.close_channels(channels=[channel.id for channel in channels])
    journal.write_marks(Stop.WITHDRAWN, [channel.id for channel in channels])
    recordings = len({channel.recording_id for channel in channels})
    detail: dict[str, str | int] = {"notice": notice, "reason": reason, "recordings": recordings}
    ledger.append(NewEntry(kind=Kind.INVALIDATED, account=by, detail=detail))
    return Invalidated(recordings, changed=True)
