"""Hashes of a Merkle tree, and the right edge that is enough to grow it (RFC 6962 section 2.1)."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from fairhearing.tlog.encoding import HASH_BYTES, MAX_SIZE

LEAF_PREFIX = b"\x00"
NODE_PREFIX = b"\x01"
EMPTY_ROOT = sha256(b"").digest()
SIZE_BYTES = 8


class FrontierInvalid(Exception):
    """The size and the hashes given do not make the right edge of a tree."""


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256(0x00 ‖ entry), 32 bytes."""
    return sha256(LEAF_PREFIX + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right), 32 bytes, of two hashes of 32 bytes."""
    return sha256(NODE_PREFIX + left + right).digest()


def fold(hashes: Iterable[bytes]) -> bytes:
    """Root over neighbouring complete subtrees, largest and leftmost first. Of none: the empty root."""
    root = None
    for left in reversed(tuple(hashes)):
        root = left if root is None else node_hash(left, root)
    return EMPTY_ROOT if root is None else root


@dataclass(frozen=True, slots=True)
class Frontier:
    """The right edge of a tree: for each one bit of ``size``, highest first, the root of that subtree.

    It never changes; appending gives a new one. ``hashes`` are 32 bytes each, at most 63 of them.

    Raises:
        FrontierInvalid: a size below 0 or above 2**63 - 1, or hashes that do not fit it.
    """

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.size <= MAX_SIZE:
            raise FrontierInvalid(f"a frontier of size {self.size}, expected 0 to {MAX_SIZE}")
        if len(self.hashes) != self.size.bit_count():
            raise FrontierInvalid(
                f"a frontier of size {self.size} came with {len(self.hashes)} hashes, expected {self.size.bit_count()}"
            )
        for value in self.hashes:
            if len(value) != HASH_BYTES:
                raise FrontierInvalid(f"a frontier's hash has {len(value)} bytes, expected {HASH_BYTES}")

    def append(self, leaf: bytes) -> "Frontier":
        """The frontier with one more leaf hash (32 bytes) at the right. O(log size)."""
        return self.extend([leaf])

    def extend(self, leaves: Iterable[bytes]) -> "Frontier":
        """The frontier with more leaf hashes (32 bytes each) at the right. O(1) a leaf on average.

        Raises:
            FrontierInvalid: a leaf hash that is not 32 bytes long.
        """
        size, edge = self.size, list(self.hashes)
        for leaf in leaves:
            if len(leaf) != HASH_BYTES:
                raise FrontierInvalid(f"leaf hash {size} has {len(leaf)} bytes, expected {HASH_BYTES}")
            merged, bits = leaf, size
            while bits & 1:
                merged = sha256(NODE_PREFIX + edge.pop() + merged).digest()
                bits >>= 1
            edge.append(merged)
            size += 1
        return Frontier(size, tuple(edge))

    def root(self) -> bytes:
        """The root hash of the whole tree, 32 bytes."""
        return fold(self.hashes)

    def to_bytes(self) -> bytes:
        """For storage: the size as 8 bytes big-endian, then the hashes."""
        return self.size.to_bytes(SIZE_BYTES, "big") + b"".join(self.hashes)

    @classmethod
    def from_bytes(cls, data: bytes) -> "Frontier":
        """Read what ``to_bytes`` wrote.

        Raises:
            FrontierInvalid: a length that does not fit the size it begins with.
        """
        if len(data) < SIZE_BYTES or (len(data) - SIZE_BYTES) % HASH_BYTES:
            raise FrontierInvalid(
                f"a stored frontier has {len(data)} bytes, expected {SIZE_BYTES} and {HASH_BYTES} a hash"
            )
        hashes = tuple(data[at : at + HASH_BYTES] for at in range(SIZE_BYTES, len(data), HASH_BYTES))
        return cls(int.from_bytes(data[:SIZE_BYTES], "big"), hashes)
