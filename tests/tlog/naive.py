"""The tree as RFC 6962 section 2.1 writes it down, slow and plain, to compare with."""

from collections.abc import Sequence
from hashlib import sha256

from fairhearing.tlog.proofs import Node


def root(leaves: Sequence[bytes]) -> bytes:
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + root(leaves[:split]) + root(leaves[split:])).digest()


def leaves(count: int) -> list[bytes]:
    return [sha256(b"\x00" + entry).digest() for entry in entries(count)]


def entries(count: int) -> list[bytes]:
    return [b"entry %d" % index for index in range(count)]


class Reader:
    """Answers for complete subtrees of a list of leaves, and counts how often it is asked."""

    def __init__(self, all_leaves: Sequence[bytes]) -> None:
        self.leaves = all_leaves
        self.asked = 0

    def read_hashes(self, nodes: Sequence[Node]) -> list[bytes]:
        self.asked += 1
        found = []
        for level, index in nodes:
            assert (index + 1) << level <= len(self.leaves), "an incomplete subtree was asked for"
            found.append(root(self.leaves[index << level : (index + 1) << level]))
        return found
