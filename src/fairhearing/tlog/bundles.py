"""Entry bundles: up to 256 entries, each after its length (C2SP tlog-tiles, "log entries")."""

from collections.abc import Iterable

from fairhearing.tlog.tiles import WIDTH

MAX_ENTRY_BYTES = 65_535
_LENGTH_BYTES = 2


class BundleInvalid(Exception):
    """The bytes are not the bundle of so many entries, or an entry does not fit into one."""


def encode_bundle(entries: Iterable[bytes]) -> bytes:
    """Entries (0 to 65,535 bytes each) as (uint16 big-endian length ‖ entry).

    Raises:
        BundleInvalid: an entry that is too long.
    """
    parts = []
    for at, entry in enumerate(entries):
        if len(entry) > MAX_ENTRY_BYTES:
            raise BundleInvalid(f"entry {at} has {len(entry)} bytes, expected at most {MAX_ENTRY_BYTES}")
        parts.append(len(entry).to_bytes(_LENGTH_BYTES, "big"))
        parts.append(entry)
    return b"".join(parts)


def decode_bundle(data: bytes, width: int) -> list[bytes]:
    """The entries of a bundle that holds exactly ``width`` (1 to 256) of them.

    Raises:
        BundleInvalid: fewer, more, or one cut short.
    """
    if not 1 <= width <= WIDTH:
        raise BundleInvalid(f"a bundle of {width} entries, expected 1 to {WIDTH}")
    entries: list[bytes] = []
    at, total = 0, len(data)
    while at < total:
        if len(entries) == width:
            raise BundleInvalid(f"the bundle goes on for {total - at} bytes after its {width} entries")
        start = at + _LENGTH_BYTES
        at = start + int.from_bytes(data[at:start], "big")
        if start > total or at > total:
            raise BundleInvalid(f"entry {len(entries)} of the bundle ends at byte {total}, expected {at}")
        entries.append(data[start:at])
    if len(entries) != width:
        raise BundleInvalid(f"the bundle holds {len(entries)} entries, expected {width}")
    return entries
