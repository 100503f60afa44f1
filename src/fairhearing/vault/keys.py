"""Data keys: made, wrapped by the epoch's key, unwrapped for one use."""

import secrets
from collections.abc import Iterable

from fairhearing import ids
from fairhearing.home.epochs import epoch_keys
from fairhearing.vault.models import DataKey

KEY_BYTES = 32


class KeyShredded(Exception):
    """The data key is gone: what it sealed was erased."""


def create() -> str:
    """Make a data key and give its id. Call within the transaction of what will be sealed under it."""
    row, _ = make()
    row.save(force_insert=True)
    return row.id


def make() -> tuple[DataKey, bytes]:
    """A data key's row, for the caller to insert with others, and the key itself."""
    key_id, secret = ids.new("data key"), secrets.token_bytes(KEY_BYTES)
    epoch = epoch_keys().current()
    return DataKey(id=key_id, epoch=epoch, wrapped=epoch_keys().wrap(epoch, secret, key_id)), secret


def unwrap(key_id: str) -> bytes:
    """The data key itself; keep it no longer than the one use.

    Raises:
        KeyShredded: the row or the epoch's key is gone.
    """
    row = DataKey.objects.filter(id=key_id).values_list("epoch", "wrapped").first()
    if row is None:
        raise KeyShredded(f"data key {key_id} was shredded")
    return unwrap_row(key_id, row[0], bytes(row[1]))


def unwrap_many(key_ids: Iterable[str]) -> dict[str, bytes]:
    """Several data keys by their ids; one that was shredded is missing."""
    rows = DataKey.objects.filter(id__in=list(key_ids)).values_list("id", "epoch", "wrapped")
    return {key_id: unwrap_row(key_id, epoch, bytes(wrapped)) for key_id, epoch, wrapped in rows}


def unwrap_row(key_id: str, epoch: str, wrapped: bytes) -> bytes:
    """Unwrap what a join already read."""
    return epoch_keys().unwrap(epoch, wrapped, key_id)


def rewrap_forward(batch: int = 1000) -> int:
    """Wrap live keys of past epochs by the current epoch's key; gives how many. Run daily."""
    current, done = epoch_keys().current(), 0
    while stale := list(DataKey.objects.exclude(epoch=current)[:batch]):
        for key in stale:
            secret = unwrap_row(key.id, key.epoch, bytes(key.wrapped))
            # Only while the row is as we read it: a key that was shredded meanwhile stays shredded.
            done += DataKey.objects.filter(id=key.id, epoch=key.epoch).update(
                epoch=current, wrapped=epoch_keys().wrap(current, secret, key.id)
            )
    return done
