"""The speaker's page within a product's own page: for the origins that were named, and for no others."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from fairhearing.speakers import links, queries
from tests.browser.conftest import Office
from tests.browser.watching import Watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from pytest_django.fixtures import SettingsWrapper

FRAME = '<!doctype html><html lang="en"><title>Hearth</title><h1>Hearth</h1><iframe title="Your recordings"></iframe>'


class _Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(FRAME.encode())

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def product() -> Iterator[int]:
    """The port of a product's own server."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Page) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield server.server_port
        server.shutdown()


def test_no_page_is_framed_unless_it_was_named(client: Client, settings: "SettingsWrapper") -> None:
    def told(address: str) -> tuple[bool, bool]:
        headers = client.get(address).headers
        return "frame-ancestors 'none'" in headers["Content-Security-Policy"], "X-Frame-Options" in headers

    everything = ("/", "/sign-in", "/speaker/link", "/speaker/", "/review/", "/auditor/")
    assert [told(address) for address in everything] == [(True, True)] * len(everything)
    settings.EMBEDDED_BY = ("https://hearth.example",)
    for address in everything:
        assert told(address) == ((False, False) if address.startswith("/speaker/") else (True, True)), address
    assert "frame-ancestors https://hearth.example;" in client.get("/speaker/").headers["Content-Security-Policy"]


def test_a_speaker_withdraws_within_the_products_page(
    office: Office, browser: "Browser", product: int, settings: "SettingsWrapper"
) -> None:
    clip = office.house.clip("robin")
    settings.EMBEDDED_BY = (f"http://localhost:{product}",)
    address = f"{office.origin}/speaker/link#{links.make(office.house.speaker('robin')).token}"
    stranger = Watched(browser, f"http://127.0.0.1:{product}")
    office.opened.append(stranger)
    page = stranger.page()
    page.goto("/")
    with page.expect_event("requestfailed", timeout=20_000):
        page.eval_on_selector("iframe", "(frame, to) => { frame.src = to; }", address)
    assert page.frames[1].url != address
    named = Watched(browser, f"http://localhost:{product}")
    office.opened.append(named)
    page = named.page()
    page.goto("/")
    page.eval_on_selector("iframe", "(frame, to) => { frame.src = to; }", address)
    framed = page.frame_locator("iframe")
    framed.get_by_text("Stop people listening", exact=True).click()
    framed.get_by_role("button", name="Yes, stop people listening").click()
    framed.get_by_text("This is your receipt").wait_for()
    assert [one.withdrawn for one in queries.list_own(office.house.speaker("robin"))] == [True]
    framed.get_by_role("button", name="Close it now").click()
    framed.get_by_text("Your link is incomplete").wait_for()
    assert clip.id not in page.frames[1].content()
