"""Reading a whole log again: every entry, every tile, the root and the signature (C2SP tlog-tiles)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256

from fairhearing.tlog import checkpoint as checkpoints
from fairhearing.tlog.bundles import BundleInvalid, decode_bundle
from fairhearing.tlog.checkpoint import Checkpoint, CheckpointInvalid
from fairhearing.tlog.encoding import HASH_BYTES
from fairhearing.tlog.keys import Verifier
from fairhearing.tlog.note import NoteInvalid
from fairhearing.tlog.proofs import subtrees
from fairhearing.tlog.tiles import ENTRIES, HEIGHT, WIDTH, Tile, subtree_root, tile_at
from fairhearing.tlog.tree import LEAF_PREFIX, fold

Fetch = Callable[[str], bytes]
Progress = Callable[[int, int], None]
Expect = Callable[[str], None]
_AHEAD = 16


class LogInvalid(Exception):
    """The log does not hold what its checkpoint says, or what it said before."""


@dataclass(frozen=True, slots=True)
class AuditResult:
    """A log that agreed with its checkpoint in everything. ``root`` is 32 bytes.

    ``note`` is the signed checkpoint as it was read, with all its signatures.
    """

    size: int
    root: bytes
    ok: bool = True
    note: str = field(default="", compare=False)


def verify_log(
    fetch: Fetch,
    verifier: Verifier,
    on_progress: Progress | None = None,
    *,
    since: Checkpoint | None = None,
    expect: Expect | None = None,
) -> AuditResult:
    """Compute the tree again from its entries and compare every tile and the signed root.

    ``fetch`` gives the bytes at a path below the log's prefix (``checkpoint``, ``tile/0/000``), and raises
    FileNotFoundError or KeyError for what is not there; whatever else it raises goes through. The memory
    used is a few tiles. ``on_progress`` is told entries checked and entries in all, once a bundle. With ``since``, a
    checkpoint that was verified before, only what came after it is read, and the log must go on from it.
    ``expect`` is told paths that will soon be fetched, for who can fetch several at once.

    Raises:
        LogInvalid: the first tile, entry or signature that is not as it should be, or the log is another one
            than it was: rolled back, or split.
    """
    # 1. The checkpoint is signed by the log's key and is of this log.
    checkpoint, note = _checkpoint(fetch, verifier)
    # 2. What was there before is there still: the right edge of then leads to the root of then.
    rebuilt = _Rebuilt(fetch, checkpoint.size)
    if since is not None:
        _check_goes_on(since, checkpoint)
        rebuilt.begin_at(since)
    # 3. Each bundle's entries hash to the level 0 tile, and each full tile to one hash of the level above.
    first = since.size // WIDTH if since is not None else 0
    bundles = range(first, -(-checkpoint.size // WIDTH)) if since is None or since.size < checkpoint.size else range(0)
    for index in bundles:
        if expect is not None:
            _announce(index, bundles, checkpoint.size, expect)
        rebuilt.add_bundle(tile_at(ENTRIES, index, checkpoint.size))
        if on_progress is not None:
            on_progress(min((index + 1) * WIDTH, checkpoint.size), checkpoint.size)
    # 4. The right edge agrees with the partial tiles, and leads to the signed root.
    root = rebuilt.finish()
    if root != checkpoint.root:
        raise LogInvalid(f"the entries lead to root {root.hex()}, the checkpoint says {checkpoint.root.hex()}")
    return AuditResult(checkpoint.size, root, note=note)


def _checkpoint(fetch: Fetch, verifier: Verifier) -> tuple[Checkpoint, str]:
    try:
        data = fetch("checkpoint")
        return checkpoints.verify(data, verifier), data.decode()
    except (FileNotFoundError, KeyError):
        raise LogInvalid("the log has no checkpoint") from None
    except (NoteInvalid, CheckpointInvalid) as problem:
        raise LogInvalid(f"the checkpoint is refused: {problem}") from problem


def _check_goes_on(since: Checkpoint, checkpoint: Checkpoint) -> None:
    if checkpoint.size < since.size:
        raise LogInvalid(
            f"the log was rolled back: it had {since.size} entries, now its checkpoint says {checkpoint.size}"
        )
    if checkpoint.size == since.size and checkpoint.root != since.root:
        raise LogInvalid(
            f"the log is split: of size {since.size} it had root {since.root.hex()}, now it is {checkpoint.root.hex()}"
        )


def _announce(index: int, bundles: range, size: int, expect: Expect) -> None:
    """Name the paths of a bundle and its tile some rounds before they are read; at the first, those between too."""
    for later in range(index if index == bundles.start else index + _AHEAD, min(index + _AHEAD + 1, bundles.stop)):
        expect(tile_at(ENTRIES, later, size).path)
        expect(tile_at(0, later, size).path)


class _Rebuilt:
    """The tiles that are still open, lowest level first, as their hashes run together."""

    def __init__(self, fetch: Fetch, size: int) -> None:
        self._fetch = fetch
        self._size = size
        self._open: list[bytearray] = []
        self._closed: list[int] = []
        self._known = b""

    def begin_at(self, since: Checkpoint) -> None:
        """Take the right edge of a smaller tree from today's tiles, if it leads to the root that it had."""
        level = 0
        while count := since.size >> (HEIGHT * level):
            index, width = divmod(count, WIDTH)
            content = b""
            if width:
                data, read = self._read(tile_at(level, index, self._size))
                self._check_length(tile_at(level, index, self._size), data, read)
                content = data[: width * HASH_BYTES]
            self._open.append(bytearray(content))
            self._closed.append(index)
            level += 1
        root = fold(self._edge())
        if root != since.root:
            raise LogInvalid(
                f"the log is split: the first {since.size} entries lead to root {root.hex()}, "
                f"expected {since.root.hex()} as it was signed before"
            )
        if self._open and since.size < self._size:
            # The bundle that was half full is read again as a whole: its entries must be those of then.
            self._known = bytes(self._open[0])
            self._open[0].clear()

    def add_bundle(self, bundle: Tile) -> None:
        """Hash a bundle's entries, and compare each tile that becomes full."""
        hashes = b"".join([sha256(LEAF_PREFIX + entry).digest() for entry in self._entries(bundle)])
        if not hashes.startswith(self._known):
            raise LogInvalid(f"{bundle.path} holds other entries than were signed before")
        self._known = b""
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
        for level in reversed(range(len(self._open))):
            content = bytes(self._open[level])
            if content:
                self._compare(Tile(level, self._closed[level], len(content) // HASH_BYTES), content)
        return fold(self._edge())

    def _edge(self) -> list[bytes]:
        """The roots of the complete subtrees at the right edge, largest first."""
        return [
            subtree_root(bytes(tile[(at << high) * HASH_BYTES : (at + 1 << high) * HASH_BYTES]))
            for tile in reversed(self._open)
            for high, at in subtrees(0, len(tile) // HASH_BYTES)
        ]

    def _entries(self, bundle: Tile) -> list[bytes]:
        data, width = self._read(bundle)
        try:
            return decode_bundle(data, width)[: bundle.width]
        except BundleInvalid as problem:
            raise LogInvalid(f"{bundle.path}: {problem}") from None

    def _compare(self, tile: Tile, expected: bytes) -> None:
        data, width = self._read(tile)
        self._check_length(tile, data, width)
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

    @staticmethod
    def _check_length(tile: Tile, data: bytes, width: int) -> None:
        if len(data) != width * HASH_BYTES:
            raise LogInvalid(f"{tile.path} has {len(data)} bytes, expected {width * HASH_BYTES}")

    def _read(self, tile: Tile) -> tuple[bytes, int]:
        """A tile's bytes and width. Where a partial tile has gone, the full one in its place will do."""
        for width in dict.fromkeys([tile.width, WIDTH]):
            try:
                return self._fetch(Tile(tile.level, tile.index, width).path), width
            except (FileNotFoundError, KeyError):
                continue
        raise LogInvalid(f"{tile.path} is not there, expected by a checkpoint of size {self._size}")
