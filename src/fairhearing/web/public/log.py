"""The log for everybody, at the addresses of C2SP tlog-tiles."""

from django.http import HttpRequest, HttpResponse

from fairhearing.ledger import tiles
from fairhearing.tlog.tiles import ENTRIES, Tile, TileInvalid


def checkpoint(_request: HttpRequest) -> HttpResponse:
    """``/log/checkpoint``: the newest signed checkpoint."""
    try:
        note = tiles.checkpoint()
    except tiles.TileMissing as missing:
        return HttpResponse(f"{missing}\n", status=404, content_type="text/plain; charset=utf-8")
    response = HttpResponse(note, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=2"
    return response


def tile(_request: HttpRequest, tile: str) -> HttpResponse:
    """``/log/tile/…``: hashes or entries. What is here never changes, so it may be kept for ever."""
    try:
        wanted = Tile.parse(f"tile/{tile}")
        if wanted.level == ENTRIES:
            content = tiles.entries(wanted.index, wanted.width)
        else:
            content = tiles.hashes(wanted.level, wanted.index, wanted.width)
    except (TileInvalid, tiles.TileMissing) as missing:
        return HttpResponse(f"{missing}\n", status=404, content_type="text/plain; charset=utf-8")
    response = HttpResponse(content, content_type="application/octet-stream")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
