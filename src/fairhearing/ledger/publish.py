"""The log as files, and the receipt of one entry."""

from collections.abc import Sequence
from pathlib import Path

from django.db import transaction

from fairhearing.ledger import tiles
from fairhearing.ledger.models import Record
from fairhearing.tlog import Checkpoint, Receipt
from fairhearing.tlog.proofs import inclusion_proof
from fairhearing.tlog.tiles import Tile, TileHashReader, new_bundles, new_tiles


def write(folder: Path) -> int:
    """Write every tile and bundle, then the checkpoint; gives the size. The checkpoint comes last, as in any log."""
    with transaction.atomic():
        note = tiles.checkpoint()
        size = Checkpoint.parse(note.split("\n\n")[0] + "\n").size
        wanted: Sequence[Tile] = [*new_tiles(0, size), *new_bundles(0, size)]
        for tile in wanted:
            path = folder / tile.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_content(tile))
    (folder / "checkpoint").write_text(note)
    return size


def prove(record: str, out: Path) -> int:
    """Write the receipt of a record's entry against the newest checkpoint; gives the entry's index.

    Raises:
        LookupError: there is no such record.
    """
    index = Record.objects.filter(id=record).values_list("index", flat=True).first()
    if index is None:
        raise LookupError(f"listen {record}: there is none of this name")
    note = tiles.checkpoint()
    size = Checkpoint.parse(note.split("\n\n")[0] + "\n").size
    proof = inclusion_proof(index, size, TileHashReader(_content, size))
    out.write_text(Receipt(index=index, proof=tuple(proof), checkpoint_note=note).encode())
    return index


def _content(tile: Tile) -> bytes:
    if tile.level < 0:
        return tiles.entries(tile.index, tile.width)
    return tiles.hashes(tile.level, tile.index, tile.width)
