"""The log for everybody: its page, a receipt of each entry, and the addresses of C2SP tlog-tiles."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from fairhearing.ledger import publish, queries, tiles
from fairhearing.tlog.tiles import ENTRIES, Tile, TileInvalid

PLAIN = "text/plain; charset=utf-8"


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What the log is, its newest checkpoint, and the form in which a browser verifies a receipt by itself."""
    context = {"checkpoint": queries.find_checkpoint(), "vkey": queries.vkey()}
    return render(request, "public/log.html", context)


@require_safe
def proof(_request: HttpRequest, index: int) -> HttpResponse:
    """``/log/proof/<index>``: an entry's receipt (C2SP tlog-proof) against the checkpoint that everybody is shown.

    An entry that this checkpoint does not hold yet has none: its receipt would be of a log that nobody is shown.
    """
    try:
        size = publish.size_of(tiles.checkpoint())
        if index >= size:
            raise LookupError(f"entry {index} has no proof: the published log has {size} entries, 0 to {size - 1}")
        receipt = publish.receipt(str(index))
    except LookupError as missing:
        return HttpResponse(f"{missing}\n", status=404, content_type=PLAIN)
    response = HttpResponse(receipt.encode(), content_type=PLAIN)
    response.headers["Content-Disposition"] = f'attachment; filename="entry-{index}.tlog-proof"'
    response.headers["Cache-Control"] = "public, max-age=2"
    return response


def checkpoint(_request: HttpRequest) -> HttpResponse:
    """``/log/checkpoint``: the newest signed checkpoint."""
    try:
        note = tiles.checkpoint()
    except tiles.TileMissing as missing:
        return HttpResponse(f"{missing}\n", status=404, content_type=PLAIN)
    response = HttpResponse(note, content_type=PLAIN)
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
        return HttpResponse(f"{missing}\n", status=404, content_type=PLAIN)
    response = HttpResponse(content, content_type="application/octet-stream")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
