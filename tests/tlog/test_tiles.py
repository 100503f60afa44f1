import contextlib
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairhearing.tlog.bundles import BundleInvalid, decode_bundle, encode_bundle
from fairhearing.tlog.proofs import inclusion_proof, verify_inclusion
from fairhearing.tlog.tiles import (
    ENTRIES,
    Tile,
    TileHashReader,
    TileInvalid,
    grow,
    new_bundles,
    new_tiles,
    tile_at,
    tile_bytes,
)

from . import naive


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 1234067, 12), "tile/0/x001/x234/067.p/12"),
        (Tile(63, 999, 255), "tile/63/999.p/255"),
        (Tile(1, 1000), "tile/1/x001/000"),
        (Tile(ENTRIES, 1234067), "tile/entries/x001/x234/067"),
        (Tile(ENTRIES, 5, 1), "tile/entries/005.p/1"),
    ],
)
def test_a_tile_has_one_path(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert Tile.parse(path) == tile


@given(st.integers(-1, 63), st.integers(0, 2**63 - 1), st.integers(1, 256))
def test_every_tile_comes_back_from_its_path(level: int, index: int, width: int) -> None:
    assert Tile.parse(Tile(level, index, width).path) == Tile(level, index, width)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0/0",
        "tile/00/000",
        "tile/64/000",
        "tile/0/001/000",
        "tile/0/x001",
        "tile/0/x000/001",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/012",
        "tile/0/000\n",
        "/tile/0/000",
        "tile/-1/000",
        "tile/0/٠٠٠",
        "tile/data/000",
        "tile/0/" + "x999/" * 30 + "999",
    ],
)
def test_another_spelling_of_a_path_is_refused(path: str) -> None:
    with pytest.raises(TileInvalid):
        Tile.parse(path)


@given(st.text(max_size=40) | st.from_regex(r"tile/[0-9a-z]{1,8}/[x0-9/]{0,20}(\.p/[0-9]{1,4})?"))
def test_any_text_is_a_path_or_refused(path: str) -> None:
    with contextlib.suppress(TileInvalid):
        assert Tile.parse(path).path == path


@pytest.mark.parametrize(("level", "index", "width"), [(-2, 0, 1), (64, 0, 1), (0, -1, 1), (0, 0, 0), (0, 0, 257)])
def test_a_tile_out_of_range_is_refused(level: int, index: int, width: int) -> None:
    with pytest.raises(TileInvalid):
        Tile(level, index, width)


def test_a_log_of_70000_has_the_tiles_that_the_specification_counts() -> None:
    tiles = Counter((tile.level, tile.width) for tile in new_tiles(0, 70_000))
    assert tiles == {(0, 256): 273, (0, 112): 1, (1, 256): 1, (1, 17): 1, (2, 1): 1}
    assert sum(1 for _ in new_bundles(0, 70_000)) == 274


def test_a_log_that_fills_a_tile_writes_the_full_one_and_the_one_above() -> None:
    assert list(new_tiles(255, 256)) == [Tile(0, 0), Tile(1, 0, 1)]
    assert list(new_tiles(256, 257)) == [Tile(0, 1, 1)]
    assert list(new_tiles(300, 300)) == []
    assert list(new_bundles(300, 300)) == []
    assert list(new_bundles(255, 257)) == [Tile(ENTRIES, 0), Tile(ENTRIES, 1, 1)]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1100), st.integers(0, 600))
def test_growing_step_by_step_gives_the_tiles_of_the_whole(old: int, more: int) -> None:
    leaves = naive.leaves(old + more)
    grown = dict(grow(old, leaves[old:], naive.Reader(leaves[:old])))
    assert list(grown) == list(new_tiles(old, old + more))
    whole = naive.Reader(leaves)
    assert all(content == tile_bytes(tile, whole) for tile, content in grown.items())


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 1200), st.data())
def test_tiles_alone_are_enough_for_a_proof(size: int, data: st.DataObject) -> None:
    leaves = naive.leaves(size)
    tiles = dict(grow(0, leaves, naive.Reader([])))
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(index, size, TileHashReader(tiles.__getitem__, size))
    verify_inclusion(index=index, size=size, leaf=leaves[index], proof=proof, root=naive.root(leaves))


def test_a_node_that_the_tree_does_not_complete_is_never_made_up() -> None:
    tiles = dict(grow(0, naive.leaves(300), naive.Reader([])))
    reader = TileHashReader(tiles.__getitem__, 300)
    assert len(reader.read_hashes([(8, 0), (5, 8)])) == 2
    for node in [(8, 1), (6, 4), (0, 300), (-1, 0), (0, -1)]:
        with pytest.raises(TileInvalid, match="not complete in a tree of size 300"):
            reader.read_hashes([node])


def test_a_tile_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(TileInvalid, match=r"tile/0/000\.p/3 has 64 bytes, expected 96"):
        TileHashReader(lambda tile: b"x" * 64, 3).read_hashes([(0, 0)])


def test_a_tree_has_no_empty_tiles() -> None:
    with pytest.raises(TileInvalid, match="a tree of size 256 has no tile 1 of level 0"):
        tile_at(0, 1, 256)


@given(st.lists(st.binary(max_size=50), min_size=1, max_size=256))
def test_a_bundle_gives_back_its_entries(entries: list[bytes]) -> None:
    assert decode_bundle(encode_bundle(entries), len(entries)) == entries


@given(st.binary(max_size=60), st.integers(0, 257))
def test_any_bytes_are_a_bundle_or_refused(data: bytes, width: int) -> None:
    with contextlib.suppress(BundleInvalid):
        assert encode_bundle(decode_bundle(data, width)) == data


def test_a_bundle_that_is_cut_or_goes_on_or_holds_too_much_is_refused() -> None:
    bundle = encode_bundle([b"one", b"two"])
    with pytest.raises(BundleInvalid, match="ends at byte 9, expected 10"):
        decode_bundle(bundle[:-1], 2)
    with pytest.raises(BundleInvalid, match="ends at byte 6"):
        decode_bundle(bundle[:6], 2)
    with pytest.raises(BundleInvalid, match="goes on for 5 bytes after its 1 entries"):
        decode_bundle(bundle, 1)
    with pytest.raises(BundleInvalid, match="holds 2 entries, expected 3"):
        decode_bundle(bundle, 3)
    with pytest.raises(BundleInvalid, match="65536 bytes, expected at most 65535"):
        encode_bundle([b"x" * 65_536])
    assert decode_bundle(encode_bundle([b"x" * 65_535, b""]), 2)[1] == b""
