import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairhearing.tlog.tree import EMPTY_ROOT, Frontier, FrontierInvalid, leaf_hash, node_hash

from . import naive

INPUTS = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]


def test_the_known_hashes_of_rfc_6962_come_out() -> None:
    assert EMPTY_ROOT.hex().startswith("e3b0c442")
    assert EMPTY_ROOT.hex().endswith("b855")
    leaf = leaf_hash(b"L123456").hex()
    assert leaf.startswith("395aa064")
    assert leaf.endswith("4d56")
    node = node_hash(b"N123", b"N456").hex()
    assert node.startswith("aa217fe8")
    assert node.endswith("6bbb")


def test_the_eight_known_leaves_lead_to_the_known_root() -> None:
    frontier = Frontier()
    assert frontier.root() == EMPTY_ROOT
    for size, entry in enumerate(INPUTS, start=1):
        frontier = frontier.append(leaf_hash(entry))
        assert frontier.root() == naive.root([leaf_hash(known) for known in INPUTS[:size]])
    assert frontier.root().hex().startswith("5dc9da79")
    assert frontier.root().hex().endswith("4328")


@given(st.integers(0, 300), st.integers(0, 60))
def test_a_frontier_equals_the_plain_tree_however_it_grew(size: int, more: int) -> None:
    leaves = naive.leaves(size + more)
    frontier = Frontier().extend(leaves[:size])
    assert frontier.root() == naive.root(leaves[:size])
    assert frontier.extend(leaves[size:]) == Frontier().extend(leaves)
    assert frontier.extend(leaves[size:]).root() == naive.root(leaves)


@given(st.integers(0, 300))
def test_a_stored_frontier_comes_back(size: int) -> None:
    frontier = Frontier().extend(naive.leaves(size))
    assert Frontier.from_bytes(frontier.to_bytes()) == frontier


@given(st.binary(max_size=200))
def test_reading_any_bytes_as_a_frontier_is_answered_or_refused(data: bytes) -> None:
    with contextlib.suppress(FrontierInvalid):
        assert Frontier.from_bytes(data).to_bytes() == data


def test_appending_leaves_the_old_frontier_as_it_was() -> None:
    old = Frontier().extend(naive.leaves(3))
    old.append(b"x" * 32)
    assert old == Frontier().extend(naive.leaves(3))


def test_a_leaf_hash_of_another_length_is_refused() -> None:
    with pytest.raises(FrontierInvalid, match="has 31 bytes, expected 32"):
        Frontier().append(b"x" * 31)


@pytest.mark.parametrize(("size", "hashes"), [(1, ()), (0, (b"x" * 32,)), (-1, ()), (3, (b"x" * 32, b""))])
def test_a_frontier_that_does_not_fit_its_size_is_refused(size: int, hashes: tuple[bytes, ...]) -> None:
    with pytest.raises(FrontierInvalid):
        Frontier(size, hashes)
