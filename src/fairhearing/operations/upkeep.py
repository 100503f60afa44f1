"""What is done every day: originals and consents whose time is over, keys of past weeks, bytes that nobody names."""

import structlog
from django.conf import settings
from django.utils import timezone

from fairhearing.accounts import actions as accounts
from fairhearing.accounts.signed_in import SessionStore
from fairhearing.capture import actions as capture
from fairhearing.capture import queries
from fairhearing.capture.models import Channel, RecordingState
from fairhearing.home.epochs import epoch_keys
from fairhearing.ledger import actions as ledger
from fairhearing.ledger.entries import Kind
from fairhearing.ledger.models import Record
from fairhearing.operations import erase, journal, pausing, rewrite
from fairhearing.review import exposure
from fairhearing.vault import keys, shredder
from fairhearing.vault.models import DataKey

BATCH = 500

log = structlog.get_logger()


def shred_expired_originals() -> int:
    """Shred originals that their programme keeps no longer; gives how many."""
    done = 0
    settled = (RecordingState.PREPARED, RecordingState.QUARANTINED, RecordingState.DISCARDED)
    expired = Channel.objects.filter(original_until__lt=timezone.now().date(), recording__state__in=settled).exclude(
        original_key_id=""
    )
    while batch := list(expired[:BATCH]):
        capture.shred_originals(channels=batch)
        done += len(batch)
    return done


def close_what_ran_out() -> int:
    """Close recordings whose consent has run out: the gate refuses them already, now they leave the queue as well."""
    channels = queries.list_run_out(timezone.now().date())
    if channels:
        erase.close(channels=channels, kind=Kind.CONSENT_ENDED)
    return len(channels)


def end_past_pauses() -> int:
    """Let people listen again to speakers who paused it until now; gives to how many channels."""
    return pausing.end_past(today=timezone.now().date())


def carry_keys_forward() -> list[str]:
    """Re-wrap live keys and salts, then destroy epoch keys beyond the erasure window; gives those destroyed."""
    keys.rewrap_forward()
    ledger.rewrap_salts()
    used = set(DataKey.objects.values_list("epoch", flat=True).distinct())
    used |= set(Record.objects.values_list("epoch", flat=True).distinct())
    old = [epoch for epoch in epoch_keys().older_than(settings.ERASURE_WINDOW_DAYS) if epoch not in used]
    for epoch in old:
        epoch_keys().destroy(epoch)
    return old


def daily() -> None:
    """All of it."""
    SessionStore.clear_expired()
    accounts.forget_expired()
    exposure.forget_past(timezone.now().date())
    shred_expired_originals()
    close_what_ran_out()
    end_past_pauses()
    carry_keys_forward()
    shredder.sweep()
    journal.forget_past()
    for refused in rewrite.in_order_of_names():
        log.warning("the order of rows may tell which recordings came in one after the other", refused=refused)
    for refused in rewrite.keys_and_salts():
        log.warning("keys that were erased may be left in the database's files", refused=refused)
