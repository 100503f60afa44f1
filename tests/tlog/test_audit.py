from collections.abc import Callable

import pytest

from fairhearing.tlog import checkpoint as checkpoints
from fairhearing.tlog.audit import LogInvalid, verify_log
from fairhearing.tlog.bundles import encode_bundle
from fairhearing.tlog.checkpoint import Checkpoint
from fairhearing.tlog.keys import Signer
from fairhearing.tlog.tiles import Tile, grow, new_bundles
from fairhearing.tlog.tree import Frontier

from . import naive

LOG = Signer("log.example/heard", b"l" * 32)


def written(size: int, step: int) -> dict[str, bytes]:
    """A log as files, grown ``step`` entries at a time, with all the partial tiles of the way."""
    files: dict[str, bytes] = {}
    entries, leaves, frontier = naive.entries(size), naive.leaves(size), Frontier()
    while frontier.size < size:
        fresh = leaves[frontier.size : frontier.size + step]
        old = frontier
        frontier = frontier.extend(fresh)
        files |= {tile.path: body for tile, body in grow(old.size, fresh, naive.Reader(leaves[: old.size]))}
        for tile in new_bundles(old.size, frontier.size):
            start = tile.index * 256
            files[tile.path] = encode_bundle(entries[start : start + tile.width])
    checkpoint = Checkpoint(LOG.name, size, frontier.root())
    files["checkpoint"] = checkpoints.sign(checkpoint, LOG).encode()
    return files


def reader(files: dict[str, bytes], seen: set[str]) -> Callable[[str], bytes]:
    def fetch(path: str) -> bytes:
        seen.add(path)
        return files[path]

    return fetch


def refused(files: dict[str, bytes]) -> str:
    with pytest.raises(LogInvalid) as caught:
        verify_log(files.__getitem__, LOG.verifier())
    return str(caught.value)


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 513, 1000])
def test_a_log_as_it_was_written_is_whole(size: int) -> None:
    steps: list[tuple[int, int]] = []
    files = written(size, 217)
    result = verify_log(files.__getitem__, LOG.verifier(), lambda done, total: steps.append((done, total)))
    assert (result.size, result.root, result.ok) == (size, naive.root(naive.leaves(size)), True)
    assert steps == [(min(end, size), size) for end in range(256, size + 256, 256)]


def test_a_log_of_three_levels_is_whole() -> None:
    files = written(65_536 + 3, 65_539)
    seen: set[str] = set()
    assert verify_log(reader(files, seen), LOG.verifier()).size == 65_539
    assert {"tile/2/000.p/1", "tile/1/000", "tile/0/256.p/3", "tile/entries/256.p/3"} <= seen
    assert seen == set(files)


def test_every_flipped_bit_of_a_small_log_is_found() -> None:
    files = written(5, 5)
    for path, content in files.items():
        for bit in range(len(content) * 8):
            refused(files | {path: flipped(content, bit)})


def test_flipped_bits_anywhere_in_a_log_of_two_levels_are_found() -> None:
    files = written(259, 259)
    for path, content in files.items():
        for bit in range(0, len(content) * 8, 31):
            refused(files | {path: flipped(content, bit)})


def test_what_is_missing_is_named() -> None:
    files = written(259, 259)
    for path in files:
        lacking = {name: content for name, content in files.items() if name != path}
        assert path in refused(lacking)


def test_what_is_cut_or_goes_on_is_named() -> None:
    files = written(259, 259)
    for path in files.keys() - {"checkpoint"}:
        assert path in refused(files | {path: files[path][:-1]})
        assert path in refused(files | {path: files[path] + b"\0"})


def test_a_wrong_hash_is_named_with_its_entry_and_what_was_expected() -> None:
    files = written(259, 259)
    tile = bytearray(files["tile/0/000"])
    tile[32 * 7] ^= 1
    leaf = naive.leaves(8)[7].hex()
    assert refused(files | {"tile/0/000": bytes(tile)}) == (
        f"tile/0/000 has {tile[224:256].hex()} as hash 7, expected {leaf} from entry 7"
    )
    above = refused(files | {"tile/1/000.p/1": b"x" * 32})
    assert "hash 0" in above
    assert "from level 0 tile 0" in above


def test_a_log_whose_tiles_agree_but_whose_root_does_not_is_refused() -> None:
    signed = checkpoints.sign(Checkpoint(LOG.name, 5, b"x" * 32), LOG)
    assert "the checkpoint says 7878" in refused(written(5, 5) | {"checkpoint": signed.encode()})


def test_a_checkpoint_of_another_key_is_refused() -> None:
    with pytest.raises(LogInvalid, match="the checkpoint is refused"):
        verify_log(written(5, 5).__getitem__, Signer(LOG.name, b"m" * 32).verifier())


def test_a_full_tile_stands_in_for_a_partial_one_that_has_gone() -> None:
    files = written(300, 300)
    later = written(512, 512)
    for tile in (Tile(0, 1, 44), Tile(-1, 1, 44)):
        del files[tile.path]
        full = Tile(tile.level, 1).path
        files[full] = later[full]
    assert verify_log(files.__getitem__, LOG.verifier()).size == 300


def test_a_failing_disk_is_not_taken_for_a_broken_log() -> None:
    def fetch(path: str) -> bytes:
        raise PermissionError(path)

    with pytest.raises(PermissionError):
        verify_log(fetch, LOG.verifier())


def flipped(value: bytes, bit: int) -> bytes:
    changed = bytearray(value)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


# --- from a checkpoint that was verified before


def remembered(size: int, leaves: list[bytes] | None = None) -> Checkpoint:
    return Checkpoint(LOG.name, size, naive.root((leaves or naive.leaves(size))[:size]))


@pytest.mark.parametrize("old", [0, 1, 7, 255, 256, 257, 511, 512, 599, 600])
def test_only_what_is_new_is_read_and_gives_the_same(old: int) -> None:
    files = written(600, 217)
    seen: set[str] = set()
    found = verify_log(reader(files, seen), LOG.verifier(), since=remembered(old))
    assert found == verify_log(files.__getitem__, LOG.verifier())
    bundles = {path for path in seen if "entries" in path}
    wanted = range(old // 256, 3) if old < 600 else range(0)
    assert bundles == {Tile(-1, index, min(256, 600 - 256 * index)).path for index in wanted}


def test_a_log_of_three_levels_is_gone_on_with() -> None:
    files = written(65_536 + 3, 65_539)
    for old in (65_535, 65_536, 65_538, 65_539):
        assert verify_log(files.__getitem__, LOG.verifier(), since=remembered(old)).size == 65_539


@pytest.mark.parametrize("old", [1, 255, 256, 257, 512, 600])
def test_a_log_that_was_another_one_is_found_out(old: int) -> None:
    other = Checkpoint(LOG.name, old, naive.root(naive.leaves(700)[-old:]))
    with pytest.raises(LogInvalid, match="split"):
        verify_log(written(600, 600).__getitem__, LOG.verifier(), since=other)


def test_a_log_that_was_rolled_back_is_found_out() -> None:
    with pytest.raises(LogInvalid, match="rolled back: it had 601 entries, now its checkpoint says 600"):
        verify_log(written(600, 600).__getitem__, LOG.verifier(), since=remembered(601))


@pytest.mark.parametrize("old", [3, 256, 258])
def test_what_was_changed_in_the_part_that_is_read_is_found(old: int) -> None:
    """Entries and tiles from the bundle that was half full on; the rest was verified before."""
    files = written(300, 300)
    for path in [path for path in files if path not in ("tile/0/000", "tile/entries/000") or old < 256]:
        for bit in range(0, len(files[path]) * 8, 211):
            changed = files | {path: flipped(files[path], bit)}
            with pytest.raises(LogInvalid):
                verify_log(changed.__getitem__, LOG.verifier(), since=remembered(old))


def test_what_is_expected_is_told_before_it_is_fetched_and_nothing_else() -> None:
    files, told, fetched = written(600, 600), list[str](), set[str]()
    verify_log(reader(files, fetched), LOG.verifier(), expect=told.append)
    assert len(told) == len(set(told))
    assert set(told) < fetched
    assert {path for path in fetched if path.startswith(("tile/0", "tile/entries"))} == set(told)
