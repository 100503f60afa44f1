"""Logs and receipts made in Python, with the log's own key, to be shown to the page that verifies them."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fairhearing.ledger import signing
from fairhearing.tlog import Checkpoint, Receipt, Signer, checkpoint, leaf_hash
from fairhearing.tlog.bundles import encode_bundle
from fairhearing.tlog.proofs import inclusion_proof
from fairhearing.tlog.tiles import ENTRIES, Tile, tile_bytes
from tests.tlog import naive

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route


def entry(number: int) -> bytes:
    """Bytes that the page can read as an entry."""
    return b'{"hour":"2026-01-02T03Z","kind":"played","number":%d,"parts":{},"v":1}' % number


@dataclass(frozen=True)
class FakeLog:
    """A log of these entries, whoever holds the key."""

    entries: Sequence[bytes]
    signer: Signer

    @property
    def size(self) -> int:
        return len(self.entries)

    def reader(self) -> naive.Reader:
        return naive.Reader([leaf_hash(one) for one in self.entries])

    def checkpoint(self, size: int | None = None) -> str:
        """The signed checkpoint of the first entries."""
        leaves = self.reader().leaves[: self.size if size is None else size]
        return checkpoint.sign(Checkpoint(self.signer.name, len(leaves), naive.root(leaves)), self.signer)

    def receipt(self, index: int) -> Receipt:
        proof = inclusion_proof(index, self.size, self.reader())
        return Receipt(index, tuple(proof), self.checkpoint())

    def content(self, path: str) -> bytes:
        """What is served at a tile's path."""
        tile = Tile.parse(path)
        if tile.level == ENTRIES:
            return encode_bundle(self.entries[tile.index * 256 :][: tile.width])
        return tile_bytes(tile, self.reader())


def fake_log(size: int, *, first: int = 0, signer: Signer | None = None) -> FakeLog:
    """A log of invented entries, signed by this house's own key where no other is given."""
    return FakeLog([entry(first + number) for number in range(size)], signer or signing.signer())


def serve(page: "Page", shown: str, tiles: Any) -> None:
    """From now on the server shows this page another checkpoint and other tiles (``tiles(path)`` gives their bytes)."""

    def answer(route: "Route") -> None:
        path = route.request.url.split("/log/", 1)[1]
        if path == "checkpoint":
            route.fulfill(body=shown, content_type="text/plain")
        else:
            route.fulfill(body=tiles(path), content_type="application/octet-stream")

    page.route("**/log/checkpoint", answer)
    page.route("**/log/tile/**", answer)


def flip(text: str, at: int = 0) -> str:
    """Base64 in which one bit of byte ``at`` is another."""
    value = bytearray(base64.b64decode(text))
    value[at] ^= 1
    return base64.b64encode(value).decode()
