"""Forgetting the personal part of entries; carrying the salts of the rest into the new week."""

from collections.abc import Sequence

from django.db import connection
from django.db.models import Q

from fairhearing.home.epochs import epoch_keys
from fairhearing.ledger.entries import PARTS
from fairhearing.ledger.models import Record


def forget_speakers(*, recordings: Sequence[str], clips: Sequence[str]) -> int:
    """Forget which recording and clip entries were about, and their salt: the commitment opens no more.

    The circumstances stay (vendor, country, length, hour), so that totals can still be checked.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ledger_record SET recording = NULL, clip = NULL, speaker_salt = NULL "
            "WHERE recording = ANY(%s) OR clip = ANY(%s)",
            [list(recordings), list(clips)],
        )
        return int(cursor.rowcount)


def rewrap_salts(batch: int = 1000) -> int:
    """Wrap live salts of past epochs by the current epoch's key; gives how many records."""
    keys, done = epoch_keys(), 0
    current = keys.current()
    while stale := list(Record.objects.exclude(epoch=current)[:batch]):
        for record in stale:
            changed: dict[str, object] = {"epoch": current}
            for part in PARTS:
                wrapped = getattr(record, f"{part}_salt")
                if wrapped is not None:
                    owner = f"salt|{part}|{record.id}"
                    changed[f"{part}_salt"] = keys.wrap(
                        current, keys.unwrap(record.epoch, bytes(wrapped), owner), owner
                    )
            # A speaker part that was forgotten meanwhile is not written back.
            unchanged = Q(id=record.id, epoch=record.epoch, speaker_salt__isnull=record.speaker_salt is None)
            done += Record.objects.filter(unchanged).update(**changed)
    return done
