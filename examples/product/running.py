"""Starting an example: the Fairhearing beside it, its page, and the end of both."""

import argparse
import signal
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from examples.product import beside, serving
from examples.product.rights import Rights
from examples.product.users import Users
from fairhearing.client import Fairhearing

KEPT = Path(__file__).parents[1] / ".kept"


@dataclass(frozen=True)
class Product:
    """An example. ``programme`` and ``rules``: options of Fairhearing's commands; ``page``: the folder of its files."""

    name: str
    port: int
    page: Path
    programme: Sequence[str]
    rules: Sequence[str]
    service: Callable[[Users, Fairhearing], Mapping[str, serving.Route]]


def run(product: Product) -> None:
    """Until SIGTERM or Ctrl-C; all that was started ends with it."""
    options = argparse.ArgumentParser()
    options.add_argument("--port", type=int, default=product.port)
    options.add_argument("--folder", type=Path, default=KEPT / product.name, help="what is kept")
    chosen = options.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    origin = f"http://localhost:{chosen.port}"
    wanted = beside.Wanted(
        product=product.name,
        programme=[product.name, *product.programme],
        rules=product.rules,
        notice=product.page / "notice.en.json",
        hook=f"{origin}/webhook",
        within=origin,
    )
    ended = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        ended.set()

    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, end)
    with (
        beside.platform(chosen.folder, wanted) as platform,
        serving.server(chosen.port, _site(product, chosen.folder, platform)) as server,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(f"fairhearing {platform.url}\nready {origin}", flush=True)
        ended.wait()
        server.shutdown()


def _site(product: Product, folder: Path, platform: beside.Platform) -> serving.Site:
    files = serving.folder(product.page) | {"/recorder.js": platform.file("/static/dist/recorder.js")}
    users, fairhearing = Users(folder / "users.json", product.name), Fairhearing(platform.url, platform.api_key)
    routes = {**Rights(platform, users, fairhearing).routes(), **product.service(users, fairhearing)}
    return serving.Site(routes, files, platform.url, frozenset({"/webhook"}))
