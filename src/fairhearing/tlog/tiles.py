"""A tree cut into tiles of up to 256 hashes: their names, their bytes, hashes out of them (C2SP tlog-tiles).

A tile of level L holds the roots of complete subtrees of 256**L leaves. A partial tile is never hashed
upwards.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from fairhearing.tlog.encoding import HASH_BYTES
from fairhearing.tlog.proofs import HashReader, Node
from fairhearing.tlog.tree import NODE_PREFIX

HEIGHT = 8
WIDTH = 256
MAX_LEVEL = 63
ENTRIES = -1
"""The level of a tile that holds entries, spelt ``entries`` in its path."""

_PATH = re.compile(
    r"tile/(?P<level>entries|0|[1-9][0-9]?)/"
    r"(?P<index>(?:x[0-9]{3}/)*[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?",
    re.ASCII,
)
_MAX_INDEX_GROUPS = 7


class TileInvalid(Exception):
    """A tile's name or bytes are not what the format allows."""


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """Tile ``index`` of a level (0 to 63, or ``ENTRIES``), ``width`` hashes or entries wide (256: full).

    Raises:
        TileInvalid: a coordinate out of range.
    """

    level: int
    index: int
    width: int = WIDTH

    def __post_init__(self) -> None:
        if not ENTRIES <= self.level <= MAX_LEVEL:
            raise TileInvalid(f"a tile of level {self.level}, expected 0 to {MAX_LEVEL} or entries")
        if not 0 <= self.index < 2**63:
            raise TileInvalid(f"tile {self.index} of level {self.level}, expected an index of 0 to 2**63 - 1")
        if not 1 <= self.width <= WIDTH:
            raise TileInvalid(f"a tile {self.width} wide, expected 1 to {WIDTH}")

    @property
    def path(self) -> str:
        """Where it is served below the log's prefix, as ``tile/0/x001/x234/067.p/12``."""
        digits = str(self.index)
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        level = "entries" if self.level == ENTRIES else str(self.level)
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{level}/{'/'.join([f'x{group}' for group in groups[:-1]] + groups[-1:])}{partial}"

    @classmethod
    def parse(cls, path: str) -> "Tile":
        """Read a path below the log's prefix.

        Raises:
            TileInvalid: any spelling but the one that ``path`` gives.
        """
        match = _PATH.fullmatch(path)
        if match is None or match["index"].count("/") >= _MAX_INDEX_GROUPS:
            raise TileInvalid(f"{path[:80]!r} is no tile, expected tile/LEVEL/INDEX with an optional .p/WIDTH")
        level = ENTRIES if match["level"] == "entries" else int(match["level"])
        index = int(match["index"].replace("/", "").replace("x", ""))
        width = WIDTH if match["width"] is None else int(match["width"])
        tile = cls(level, index, width)
        if tile.path != path:
            raise TileInvalid(f"{path!r} is no tile, expected the spelling {tile.path!r}")
        return tile


def tile_at(level: int, index: int, size: int) -> Tile:
    """Tile ``index`` of a level as wide as a tree of ``size`` leaves makes it. Entries go as level 0.

    Raises:
        TileInvalid: the tree has no such tile.
    """
    hashes = size >> (HEIGHT * max(level, 0))
    width = min(WIDTH, hashes - index * WIDTH)
    if width < 1 or index < 0:
        raise TileInvalid(f"a tree of size {size} has no tile {index} of level {level}")
    return Tile(level, index, width)


def new_tiles(old_size: int, size: int) -> Iterator[Tile]:
    """The hash tiles that a log must write when it grows: by level, the partial one last in each."""
    level = 0
    while (count := size >> (HEIGHT * level)) > (old := old_size >> (HEIGHT * level)):
        for index in range(old // WIDTH, -(-count // WIDTH)):
            yield tile_at(level, index, size)
        level += 1


def new_bundles(old_size: int, size: int) -> Iterator[Tile]:
    """The entry bundles that a log must write when it grows."""
    if size > old_size:
        for index in range(old_size // WIDTH, -(-size // WIDTH)):
            yield tile_at(ENTRIES, index, size)


def tile_bytes(tile: Tile, reader: HashReader) -> bytes:
    """The content of a hash tile, from a reader that knows the nodes of levels 0, 8, 16, …."""
    first = tile.index * WIDTH
    return b"".join(reader.read_hashes([(HEIGHT * tile.level, at) for at in range(first, first + tile.width)]))


def grow(old_size: int, leaves: Sequence[bytes], reader: HashReader) -> Iterator[tuple[Tile, bytes]]:
    """The new tiles, with content, of a tree of ``old_size`` that gets these leaf hashes (32 bytes each).

    ``reader`` answers for the old tree, and is asked only for the hashes of its partial tiles.
    """
    level, old, fresh = 0, old_size, list(leaves)
    while fresh:
        base = old - old % WIDTH
        if old > base:
            fresh = reader.read_hashes([(HEIGHT * level, at) for at in range(base, old)]) + fresh
        roots = []
        for start in range(0, len(fresh), WIDTH):
            content = b"".join(fresh[start : start + WIDTH])
            tile = Tile(level, (base + start) // WIDTH, len(content) // HASH_BYTES)
            yield tile, content
            if tile.width == WIDTH:
                roots.append(subtree_root(content))
        level, old, fresh = level + 1, old // WIDTH, roots


def subtree_root(hashes: bytes) -> bytes:
    """The root over concatenated hashes (32 bytes each) whose number is a power of two."""
    while len(hashes) > HASH_BYTES:
        hashes = b"".join([sha256(NODE_PREFIX + hashes[at : at + 64]).digest() for at in range(0, len(hashes), 64)])
    return hashes


class TileHashReader:
    """A ``HashReader`` over the tiles of a tree of ``size`` leaves. ``fetch`` gives a tile's bytes.

    It keeps the last few tiles. What it answers is as true as what ``fetch`` gives: a proof made from it
    is checked against a signed root by whoever gets it.
    """

    _KEPT = 64

    def __init__(self, fetch: Callable[[Tile], bytes], size: int) -> None:
        self._fetch = fetch
        self._size = size
        self._tiles: dict[Tile, bytes] = {}

    def read_hashes(self, nodes: Sequence[Node]) -> list[bytes]:
        """The 32-byte hashes of complete subtrees of the tree.

        Raises:
            TileInvalid: a node that the tree does not complete, or a tile of the wrong length.
        """
        return [self._read(level, index) for level, index in nodes]

    def _read(self, level: int, index: int) -> bytes:
        if level < 0 or index < 0 or (index + 1) << level > self._size:
            raise TileInvalid(f"node {index} of level {level} is not complete in a tree of size {self._size}")
        tile_level, inner = divmod(level, HEIGHT)
        first = index << inner
        content = self._content(tile_at(tile_level, first // WIDTH, self._size))
        start = first % WIDTH * HASH_BYTES
        return subtree_root(content[start : start + (HASH_BYTES << inner)])

    def _content(self, tile: Tile) -> bytes:
        content = self._tiles.pop(tile, None)
        if content is None:
            content = self._fetch(tile)
            if len(content) != tile.width * HASH_BYTES:
                raise TileInvalid(f"{tile.path} has {len(content)} bytes, expected {tile.width * HASH_BYTES}")
        self._tiles[tile] = content
        if len(self._tiles) > self._KEPT:
            del self._tiles[next(iter(self._tiles))]
        return content
