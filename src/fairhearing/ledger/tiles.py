"""The log as files for everybody: checkpoint, tiles of hashes, bundles of entries (C2SP tlog-tiles).

What is behind a tile never changes, so a full tile can be kept for ever; a partial one is served as long as the
log's size allows it.
"""

import os
from datetime import timedelta

from django.utils import timezone

from fairhearing import statements
from fairhearing.ledger import queries
from fairhearing.ledger.models import LogEntry, LogNode, LogState
from fairhearing.tlog.bundles import encode_bundle
from fairhearing.tlog.tree import Frontier

WIDTH = 256
SHOWN_FOR = timedelta(seconds=60)  # well above what a round with the slowest witness takes

_CHECKPOINT = """
SELECT s.checkpoint, p.note, p.published_at
FROM ledger_logstate s LEFT JOIN ledger_published p ON p.id = 1 WHERE s.id = 1
"""


class TileMissing(LookupError):
    """The log is not (or not yet) that large."""


def checkpoint() -> str:
    """The published checkpoint: the newest one, or the one that the witnesses were shown last.

    When nobody has shown it to them for a minute, the newest one goes out without them: a log without its
    publishing job is still a log.

    Raises:
        TileMissing: nothing was ever logged.
    """
    found = statements.first(_CHECKPOINT)
    if found is None or not found[0]:
        raise TileMissing("the log is empty: no checkpoint was signed yet")
    note, published, at = found
    if published is None:
        return str(note)
    shown_lately = at > timezone.now() - SHOWN_FOR
    with_witnesses = bool(os.environ.get("FAIRHEARING_WITNESSES")) and shown_lately
    same_tree = published.split("\n\n", 1)[0] == note.split("\n\n", 1)[0]
    return str(published if same_tree or with_witnesses else note)


def newest() -> str:
    """The newest signed checkpoint, without witnesses.

    Raises:
        TileMissing: nothing was ever logged.
    """
    found = queries.find_checkpoint()
    if found is None:
        raise TileMissing("the log is empty: no checkpoint was signed yet")
    return found.note


def hashes(level: int, index: int, width: int) -> bytes:
    """The tile ``tile/<level>/<index>`` with ``width`` hashes (1 to 256) of 32 bytes.

    Raises:
        TileMissing: beyond the log's size.
    """
    first = index * WIDTH
    if level == 0:
        rows = LogEntry.objects.filter(index__gte=first, index__lt=first + width).order_by("index")
        found = [bytes(leaf) for leaf in rows.values_list("leaf", flat=True)]
    else:
        nodes = LogNode.objects.filter(tile_level=level, index__gte=first, index__lt=first + width).order_by("index")
        found = [bytes(node) for node in nodes.values_list("hash", flat=True)]
    if len(found) != width:
        raise TileMissing(f"tile {level}/{index} has {len(found)} hashes, asked for {width}")
    return b"".join(found)


def entries(index: int, width: int) -> bytes:
    """The bundle ``tile/entries/<index>`` with ``width`` entries.

    Raises:
        TileMissing: beyond the log's size.
    """
    first = index * WIDTH
    rows = LogEntry.objects.filter(index__gte=first, index__lt=first + width).order_by("index")
    found = [bytes(body) for body in rows.values_list("body", flat=True)]
    if len(found) != width:
        raise TileMissing(f"bundle {index} has {len(found)} entries, asked for {width}")
    return encode_bundle(found)


def size() -> int:
    """How many entries the log has."""
    state = LogState.objects.filter(id=1).first()
    return Frontier.from_bytes(bytes(state.frontier)).size if state else 0
