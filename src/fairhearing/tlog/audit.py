"""Reading a whole log again: every entry, every tile, the root and the signature (C2SP tlog-tiles)."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from fairhearing.tlog import checkpoint as checkpoints
from fairhearing.tlog.bundles import BundleInvalid, decode_bundle
from fairhearing.tlog.checkpoint import Checkpoint, CheckpointInvalid
from fairhearing.tlog.encoding import HASH_BYTES
from fairhearing.tlog.keys import Verifier
from fairhearing.tlog.note import NoteInvalid
from fairhearing.tlog.proofs import subtrees
from fairhearing.tlog.tiles import ENTRIES, WIDTH, Tile, subtree_root, tile_at
from fairhearing.tlog.tree import LEAF_PREFIX, fold

Fetch = Callable[[str], bytes]
Progress = Callable[[int, int], None]


class LogInvalid(Exception):
    """The log does not hold what its checkpoint says."""


@dataclass(frozen=True, slots=True)
class AuditResult:
    """A log that agreed with its checkpoint in everything. ``root`` is 32 bytes."""

    size: int
    root: bytes
    ok: bool = True


def verify_log(fetch: Fetch, verifier: Verifier, on_progress: Progress | None = None) -> AuditResult:
    """Compute the tree again from its entries and compare every tile and the signed root.

    ``fetch`` gives the bytes at a path below the log's prefix (``checkpoint``, ``tile/0/000``), and raises
    FileNotFoundError or KeyError for what is not there; whatever else it raises goes through. The memory
    used is a few tiles. ``on_progress`` is told entries checked and entries in all, once a bundle.

    Raises:
        LogInvalid: the first tile, entry or signature that is not as it should be.
    """
    # 1. The checkpoint is signed by the log's key and is of this log.
    checkpoint = _checkpoint(fetch, verifier)
    # 2. Each bundle's entries hash to the level 0 tile, and each full tile to one hash of the level above.
    rebuilt = _Rebuilt(fetch, checkpoint.size)
    for index in range(-(-checkpoint.size // WIDTH)):
        rebuilt.add_bundle(tile_at(ENTRIES, index, checkpoint.size))
        if on_progress is not None:
            on_progress(min((index + 1) * WIDTH, checkpoint.size), checkpoint.size)
    # 3. The right edge agrees with the partial tiles, and leads to the signed root.
    root = rebuilt.finish()
    if root != checkpoint.root:
        raise LogInvalid(f"the entries lead to root {root.hex()}, the checkpoint says {checkpoint.root.hex()}")
    return AuditResult(checkpoint.size, root)


def _checkpoint(fetch: Fetch, verifier: Verifier) -> Checkpoint:
    try:
        return checkpoints.verify(fetch("checkpoint"), verifier)
    except (FileNotFoundError, KeyError):
        raise LogInvalid("the log has no checkpoint") from None
    except (NoteInvalid, CheckpointInvalid) as problem:
        raise LogInvalid(f"the checkpoint is refused: {problem}") from problem


class _Rebuilt:
    """The tiles that are still open, lowest level first, as their hashes run together."""

    def __init__(self, fetch: Fetch, size: int) -> None:
        self._fetch = fetch
        self._size = size
        self._open: list[bytearray] = []
        self._closed: list[int] = []

    def add_bundle(self, bundle: Tile) -> None:
        """Hash a bundle's entries, and compare each tile that becomes full."""
        hashes = b"".join([sha256(LEAF_PREFIX + entry).digest() for entry in self._entries(bundle)])
        level = 0
        while hashes:
            if level == len(self._open):
                self._open.append(bytearray())
                self._closed.append(0)
            tile = self._open[level]
            tile += hashes
            if len(tile) < WIDTH * HASH_BYTES:
                return
            self._compare(Tile(level, self._closed[level]), bytes(tile))
            hashes = subtree_root(bytes(tile))
            tile.clear()
            self._closed[level] += 1
            level += 1

    def finish(self) -> bytes:
        """Compare the partial tiles and give the root of the whole tree."""
        edge: list[bytes] = []
        for level in reversed(range(len(self._open))):
            content = bytes(self._open[level])
            if content:
                width = len(content) // HASH_BYTES
                self._compare(Tile(level, self._closed[level], width), content)
                edge += [
                    subtree_root(content[(at << high) * HASH_BYTES : (at + 1 << high) * HASH_BYTES])
                    for high, at in subtrees(0, width)
                ]
        return fold(edge)

    def _entries(self, bundle: Tile) -> list[bytes]:
        data, width = self._read(bundle)
        try:
            return decode_bundle(data, width)[: bundle.width]
        except BundleInvalid as problem:
            raise LogInvalid(f"{bundle.path}: {problem}") from None

    def _compare(self, tile: Tile, expected: bytes) -> None:
        data, width = self._read(tile)
        if len(data) != width * HASH_BYTES:
            raise LogInvalid(f"{tile.path} has {len(data)} bytes, expected {width * HASH_BYTES}")
        if data[: len(expected)] == expected:
            return
        for at in range(tile.width):
            got, wanted = (content[at * HASH_BYTES :][:HASH_BYTES] for content in (data, expected))
            if got != wanted:
                below = "entry" if tile.level == 0 else f"level {tile.level - 1} tile"
                raise LogInvalid(
                    f"{tile.path} has {got.hex()} as hash {at}, expected {wanted.hex()} "
                    f"from {below} {tile.index * WIDTH + at}"
                )

    def _read(self, tile: Tile) -> tuple[bytes, int]:
        """A tile's bytes and width. Where a partial tile has gone, the full one in its place will do."""
        for width in dict.fromkeys([tile.width, WIDTH]):
            try:
                return self._fetch(Tile(tile.level, tile.index, width).path), width
            except (FileNotFoundError, KeyError):
                continue
        raise LogInvalid(f"{tile.path} is not there, expected by a checkpoint of size {self._size}")
