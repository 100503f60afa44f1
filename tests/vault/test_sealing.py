"""Sealed objects: any range of any size comes back; any change, cut, swap or mix-up is refused."""

from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given, settings
from hypothesis import strategies as st

from fairhearing.vault import sealing, writer
from fairhearing.vault.sealing import CHUNK_BYTES, HEADER_BYTES, LENGTH_BYTES, TAG_BYTES, SealBroken, padded_size

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
OWNER = "fairhearing/object/v1|clip|" + "a" * 64
SEALED_CHUNK = CHUNK_BYTES + TAG_BYTES
EDGES = [0, 1, CHUNK_BYTES - LENGTH_BYTES, CHUNK_BYTES, 2 * CHUNK_BYTES - LENGTH_BYTES, 3 * CHUNK_BYTES]
sizes = st.one_of(
    st.integers(0, 3 * CHUNK_BYTES),
    st.sampled_from(EDGES).flatmap(lambda edge: st.integers(max(0, edge - 2), edge + 2)),
)


def content_of(size: int) -> bytes:
    """Bytes that are different at every place."""
    return (b"".join(number.to_bytes(4, "big") for number in range(size // 4 + 1)))[:size]


def open_all(sealed: bytes, *, key: bytes = KEY, owner: str = OWNER, **limits: Any) -> bytes:
    """Open from memory."""
    return sealing.open_range(key, owner, lambda first, beyond: sealed[first:beyond], len(sealed), **limits)


@settings(max_examples=60)
@given(size=sizes, start=st.integers(0, 4 * CHUNK_BYTES), length=st.none() | st.integers(0, 4 * CHUNK_BYTES))
def test_any_range_of_any_size_is_what_was_sealed(size: int, start: int, length: int | None) -> None:
    content = content_of(size)
    sealed = sealing.seal(KEY, OWNER, content)
    end = None if length is None else start + length
    assert open_all(sealed, start=start, end=end) == content[start:end]
    assert open_all(sealed) == content


@settings(max_examples=60)
@given(size=sizes, data=st.data())
def test_a_range_reads_only_the_chunks_that_it_needs(size: int, data: st.DataObject) -> None:
    content = content_of(size)
    sealed = sealing.seal(KEY, OWNER, content)
    start = data.draw(st.integers(0, size))
    end = data.draw(st.integers(start, size))
    read: list[tuple[int, int]] = []

    def reader(first: int, beyond: int) -> bytes:
        read.append((first, beyond))
        return sealed[first:beyond]

    assert sealing.open_range(KEY, OWNER, reader, len(sealed), start, end) == content[start:end]
    wanted = (max(end - 1, start) + LENGTH_BYTES) // CHUNK_BYTES - (start + LENGTH_BYTES) // CHUNK_BYTES + 1
    assert sum(beyond - first for first, beyond in read) <= HEADER_BYTES + (wanted + 1) * SEALED_CHUNK


@settings(max_examples=80)
@given(size=st.integers(0, 2 * CHUNK_BYTES), data=st.data())
def test_any_bit_that_was_flipped_is_noticed(size: int, data: st.DataObject) -> None:
    sealed = sealing.seal(KEY, OWNER, content_of(size))
    at, bit = data.draw(st.integers(0, len(sealed) - 1)), data.draw(st.integers(0, 7))
    changed = sealed[:at] + bytes([sealed[at] ^ 1 << bit]) + sealed[at + 1 :]
    with pytest.raises(SealBroken):
        open_all(changed, start=0, end=size + 1) if size else _open_padding(changed)


def _open_padding(sealed: bytes) -> None:
    """An empty content is opened as well: its one chunk is padding, and a change in it is noticed too."""
    open_all(sealed)


@settings(max_examples=60)
@given(size=st.integers(1, 3 * CHUNK_BYTES), data=st.data())
def test_what_was_cut_off_or_added_is_noticed(size: int, data: st.DataObject) -> None:
    sealed = sealing.seal(KEY, OWNER, content_of(size))
    cut = sealed[: data.draw(st.integers(0, len(sealed) - 1))]
    longer = sealed + data.draw(st.binary(min_size=1, max_size=100))
    for wrong in (cut, longer):
        with pytest.raises(SealBroken):
            open_all(wrong)


def test_an_object_cut_at_a_chunks_edge_is_noticed_even_where_the_rest_is_not_asked_for() -> None:
    sealed = sealing.seal(KEY, OWNER, content_of(3 * CHUNK_BYTES))
    for chunks in (1, 2, 3):
        cut = sealed[: HEADER_BYTES + chunks * SEALED_CHUNK]
        assert len(cut) < len(sealed)
        with pytest.raises(SealBroken):
            open_all(cut)


def test_chunks_that_changed_places_are_noticed() -> None:
    sealed = sealing.seal(KEY, OWNER, content_of(3 * CHUNK_BYTES))
    head, body = sealed[:HEADER_BYTES], sealed[HEADER_BYTES:]
    chunks = [body[at : at + SEALED_CHUNK] for at in range(0, len(body), SEALED_CHUNK)]
    for one, other in ((0, 1), (1, 2), (0, 2)):
        swapped = list(chunks)
        swapped[one], swapped[other] = chunks[other], chunks[one]
        with pytest.raises(SealBroken):
            open_all(head + b"".join(swapped))
    twice = [chunks[0], chunks[1], chunks[1], *chunks[3:]]
    with pytest.raises(SealBroken):
        open_all(head + b"".join(twice))
    with pytest.raises(SealBroken):
        open_all(head + b"".join(chunks[1:]))


def test_another_objects_bytes_do_not_open_in_its_place() -> None:
    content = content_of(2 * CHUNK_BYTES)
    mine, yours = sealing.seal(KEY, OWNER, content), sealing.seal(KEY, OWNER, content)
    assert mine != yours
    mixed = mine[: HEADER_BYTES + SEALED_CHUNK] + yours[HEADER_BYTES + SEALED_CHUNK :]
    with pytest.raises(SealBroken):
        open_all(mixed)
    with pytest.raises(SealBroken):
        open_all(mine, owner=OWNER.replace("clip", "original"))
    with pytest.raises(SealBroken):
        open_all(mine, owner=OWNER.replace("a", "b"))
    with pytest.raises(SealBroken):
        open_all(mine, key=OTHER_KEY)


@given(size=st.integers(0, 10**12))
def test_padding_is_small_and_hides_the_size(size: int) -> None:
    padded = padded_size(size)
    assert size <= padded
    assert padded <= max(4096, size * 1.12)
    assert padded_size(padded) == padded


def test_sizes_that_are_near_are_one_size_on_the_disk() -> None:
    """Of all lengths of up to a minute of sound only a few sizes are left."""
    lengths = range(16_000, 60 * 32_000, 640)
    assert len({padded_size(length) for length in lengths}) < len(lengths) / 10
    assert len({len(sealing.seal(KEY, OWNER, bytes(size))) for size in range(0, 4089, 511)}) == 1


@given(text=st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=300))
def test_a_text_comes_back_under_its_own_label_alone(text: str) -> None:
    sealed = writer.seal_text(KEY, "candidate|clip_a|1", text)
    assert writer.open_text(KEY, "candidate|clip_a|1", sealed) == text
    assert (len(sealed) - 28) % 64 == 0
    for key, label in ((KEY, "candidate|clip_a|2"), (KEY, "candidate|clip_b|1"), (OTHER_KEY, "candidate|clip_a|1")):
        with pytest.raises(InvalidTag):
            writer.open_text(key, label, sealed)
