"""The log as files for everybody: checkpoint, tiles of hashes, bundles of entries (C2SP tlog-tiles).

What is behind a tile never changes, so a full tile can be kept for ever; a partial one is served as long as the
log's size allows it.
"""

from fairhearing.ledger import queries
from fairhearing.ledger.models import LogEntry, LogNode, LogState
from fairhearing.tlog.bundles import encode_bundle
from fairhearing.tlog.tree import Frontier

WIDTH = 256


class TileMissing(LookupError):
    """The log is not (or not yet) that large."""


def checkpoint() -> str:
    """The newest signed checkpoint.

    Raises:
        TileMissing: nothing was ever logged.
    """
    newest = queries.find_checkpoint()
    if newest is None:
        raise TileMissing("the log is empty: no checkpoint was signed yet")
    return newest.note


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
