"""Proofs that an entry is in a tree, and that a tree grew out of an older one (RFC 6962, RFC 9162).

Making a proof asks a ``HashReader`` for complete subtrees only, all in one call. Checking one needs no tree.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol

from fairhearing.tlog.encoding import HASH_BYTES
from fairhearing.tlog.tree import fold, node_hash

Node = tuple[int, int]
"""(level, index): the subtree over the leaves index·2**level up to (index + 1)·2**level."""

Span = tuple[int, int]
"""(first leaf, leaf after the last)."""


class ProofInvalid(Exception):
    """A proof does not lead to the root that it should lead to."""


class ProofUnavailable(Exception):
    """No such proof exists: the index or the older size lies outside the tree."""


class HashReader(Protocol):
    """Where the hashes of complete subtrees are kept."""

    def read_hashes(self, nodes: Sequence[Node]) -> list[bytes]:
        """The 32-byte hashes of these nodes, in the order asked."""
        ...


def subtrees(first: int, end: int) -> list[Node]:
    """The fewest complete subtrees that make up the leaves first … end - 1, leftmost first."""
    found = []
    while first < end:
        level = (end - first).bit_length() - 1
        if first:
            level = min(level, (first & -first).bit_length() - 1)
        found.append((level, first >> level))
        first += 1 << level
    return found


def tree_root(size: int, reader: HashReader) -> bytes:
    """The root hash of the first ``size`` leaves, 32 bytes."""
    return fold(reader.read_hashes(subtrees(0, size)))


def inclusion_proof(index: int, size: int, reader: HashReader) -> list[bytes]:
    """The audit path of leaf ``index`` in the tree of the first ``size`` leaves (RFC 6962 section 2.1.1).

    Hashes of 32 bytes, the leaf's sibling first.

    Raises:
        ProofUnavailable: the index is not in the tree.
    """
    if not 0 <= index < size:
        raise ProofUnavailable(f"entry {index} has no proof in a tree of size {size}: expected 0 to {size - 1}")
    return _read(_path(index, size), reader)


def consistency_proof(old_size: int, size: int, reader: HashReader) -> list[bytes]:
    """What shows that the tree of ``size`` begins with the tree of ``old_size`` (RFC 6962 section 2.1.2).

    Raises:
        ProofUnavailable: the older size is 0 (everything begins with nothing) or the larger one.
    """
    if not 0 < old_size <= size:
        raise ProofUnavailable(f"no proof from size {old_size} to size {size}: expected 1 to {size}")
    return _read(_growth(old_size, size), reader)


def _path(index: int, size: int) -> list[Span]:
    first, end = 0, size
    spans: list[Span] = []
    while end - first > 1:
        middle = first + _split(end - first)
        if index < middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((first, middle))
            first = middle
    return spans[::-1]


def _growth(old_size: int, size: int) -> list[Span]:
    first, end = 0, size
    spans: list[Span] = []
    while old_size != end:
        middle = first + _split(end - first)
        if old_size <= middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((first, middle))
            first = middle
    # The old tree itself need not be sent when it is a subtree of the new one: the verifier has its root.
    if first:
        spans.append((first, end))
    return spans[::-1]


def _split(width: int) -> int:
    """The largest power of two below ``width`` (RFC 6962 section 2.1)."""
    return 1 << ((width - 1).bit_length() - 1)


def _read(spans: Iterable[Span], reader: HashReader) -> list[bytes]:
    parts = [subtrees(first, end) for first, end in spans]
    hashes = iter(reader.read_hashes([node for part in parts for node in part]))
    return [fold([next(hashes) for _ in part]) for part in parts]


def verify_inclusion(*, index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """Check an inclusion proof (RFC 9162 section 2.1.3.2). ``leaf``, ``root`` and each hash are 32 bytes.

    Raises:
        ProofInvalid: it does not show that the leaf hash stands at ``index`` of the tree.
    """
    _check_lengths(proof, leaf=leaf, root=root)
    if not 0 <= index < size:
        raise ProofInvalid(f"the proof is for entry {index} of a tree of size {size}, expected 0 to {size - 1}")
    wanted = len(_path(index, size))
    if len(proof) != wanted:
        raise ProofInvalid(f"the proof for entry {index} of {size} has {len(proof)} hashes, expected {wanted}")
    reached, position, last = leaf, index, size - 1
    for sibling in proof:
        while not position & 1 and position == last:
            position, last = position >> 1, last >> 1
        reached = node_hash(sibling, reached) if position & 1 else node_hash(reached, sibling)
        position, last = position >> 1, last >> 1
    _check_root(reached, root, f"the proof for entry {index} of {size}")


def verify_consistency(*, old_size: int, size: int, old_root: bytes, root: bytes, proof: Sequence[bytes]) -> None:
    """Check a consistency proof (RFC 9162 section 2.1.4.2). Roots and hashes are 32 bytes.

    Raises:
        ProofInvalid: it does not show that the tree of ``size`` begins with the tree of ``old_size``;
            also an older size of 0, of which nothing can be shown.
    """
    _check_lengths(proof, old_root=old_root, root=root)
    if not 0 < old_size <= size:
        raise ProofInvalid(f"the proof goes from size {old_size} to size {size}, expected 1 to {size}")
    wanted = len(_growth(old_size, size))
    if len(proof) != wanted:
        raise ProofInvalid(f"the proof from size {old_size} to {size} has {len(proof)} hashes, expected {wanted}")
    old_reached, reached = _climb(old_size, size, old_root, proof)
    _check_root(old_reached, old_root, f"the proof from size {old_size} to {size}, for the older tree,")
    _check_root(reached, root, f"the proof from size {old_size} to {size}")


def _climb(old_size: int, size: int, old_root: bytes, proof: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The two roots that a consistency proof of the right length leads to."""
    if old_size == size:
        return old_root, old_root
    position, last = old_size - 1, size - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    # Position 0 here: the older size is a power of two, and its root is where the climb begins.
    path = list(proof) if position else [old_root, *proof]
    old_reached = reached = path[0]
    for sibling in path[1:]:
        while not position & 1 and position == last:
            position, last = position >> 1, last >> 1
        if position & 1:
            old_reached = node_hash(sibling, old_reached)
            reached = node_hash(sibling, reached)
        else:
            reached = node_hash(reached, sibling)
        position, last = position >> 1, last >> 1
    return old_reached, reached


def _check_lengths(proof: Sequence[bytes], **named: bytes) -> None:
    numbered = {f"proof hash {at}": value for at, value in enumerate(proof)}
    for name, value in {**named, **numbered}.items():
        if len(value) != HASH_BYTES:
            raise ProofInvalid(f"{name.replace('_', ' ')} has {len(value)} bytes, expected {HASH_BYTES}")


def _check_root(got: bytes, expected: bytes, what: str) -> None:
    if got != expected:
        raise ProofInvalid(f"{what} leads to root {got.hex()}, expected {expected.hex()}")
