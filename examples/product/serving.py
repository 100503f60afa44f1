"""A web server for one page: routes, a cookie that names the browser's user, and files. Loopback alone."""

import contextlib
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

BODY_MOST: Final = 25 << 20
KINDS: Final = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


@dataclass(frozen=True)
class Request:
    """One request. ``user``: a random name that this browser keeps in a cookie."""

    user: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON; ValueError where it is none."""
        return json.loads(self.body or b"{}")

    def form(self) -> dict[str, Any]:
        """The parts of ``multipart/form-data`` by name: text, or bytes of a file."""
        head = f"Content-Type: {self.headers.get('Content-Type', '')}\r\n\r\n".encode()
        parts = BytesParser(policy=HTTP).parsebytes(head + self.body).iter_parts()
        return {part["Content-Disposition"].params["name"]: part.get_content() for part in parts}


@dataclass(frozen=True)
class Answer:
    """What is answered: by default JSON."""

    value: Any = field(default_factory=dict)
    status: int = 200


Route = Callable[[Request], Answer]


@dataclass(frozen=True)
class Site:
    """What is served: ``routes`` by method and path, ``files`` by path. ``open_to_all``: these need no cookie."""

    routes: Mapping[str, Route]
    files: Mapping[str, bytes]
    frames: str = "'none'"  # whose pages may stand within this one
    open_to_all: frozenset[str] = frozenset()


def folder(path: Path) -> dict[str, bytes]:
    """The files of a page by their address; ``page.html`` is the page itself."""
    found = {f"/{one.name}": one.read_bytes() for one in path.iterdir() if one.suffix in KINDS}
    return {**found, "/": found["/page.html"]}


def server(port: int, site: Site) -> ThreadingHTTPServer:
    """A server on loopback that is not started yet."""
    return ThreadingHTTPServer(("127.0.0.1", port), type("Handler", (_Handler,), {"site": site}))


class _Handler(BaseHTTPRequestHandler):
    site: Site

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path in self.site.files:
            self._send(200, KINDS[Path(path).suffix or ".html"], self.site.files[path])
        else:
            self._route(f"GET {path}", b"")

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > BODY_MOST:
            self._answer(Answer({"error": f"{length} bytes, {BODY_MOST} at most"}, 413))
            return
        body = self.rfile.read(length)
        path = self.path.partition("?")[0]
        if path not in self.site.open_to_all and self._from_elsewhere():
            self._answer(Answer({"error": "this came from another site's page"}, 403))
        else:
            self._route(f"POST {path}", body)

    def _from_elsewhere(self) -> bool:
        return self.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin" or self._user() is None

    def _route(self, name: str, body: bytes) -> None:
        route = self.site.routes.get(name)
        if route is None:
            self._answer(Answer({"error": "there is nothing here"}, 404))
            return
        try:
            self._answer(route(Request(self._user() or "", dict(self.headers.items()), body)))
        except (ValueError, KeyError) as error:
            self._answer(Answer({"error": f"the request does not fit: {type(error).__name__}"}, 400))

    def _user(self) -> str | None:
        cookie = SimpleCookie(self.headers.get("Cookie", "")).get("user")
        return cookie.value if cookie else None

    def _answer(self, answer: Answer) -> None:
        self._send(answer.status, "application/json", json.dumps(answer.value).encode())

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        if self._user() is None:
            self.send_header("Set-Cookie", f"user={secrets.token_urlsafe(24)}; HttpOnly; SameSite=Strict; Path=/")
        policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        policy += f"frame-src {self.site.frames}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        for name, value in {
            "Content-Type": f"{kind}; charset=utf-8",
            "Content-Length": str(len(body)),
            "Content-Security-Policy": policy,
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        }.items():
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(BrokenPipeError):  # whoever asked has left
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing: addresses and times of users are nobody's business here."""
