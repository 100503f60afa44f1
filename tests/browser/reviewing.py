"""What tests do at a reviewer's page: wait for the next clip, set something, see what the server does not say yet."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.browser.watching import state

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route


def assignment(page: "Page") -> str:
    """The one on the desk."""
    return str(page.locator("main#work").get_attribute("data-assignment"))


def next_clip(page: "Page", before: str) -> None:
    """Wait until another one lies there, or none."""
    page.wait_for_selector(f'main#work:not([data-assignment="{before}"])')
    state(page, "ready", "empty", "playing")


def until(page: "Page", condition: Callable[[], bool], what: str) -> None:
    """Wait for something that the server does after the page went on."""
    for _ in range(200):
        if condition():
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"not within ten seconds: {what}")


def add_fields(page: "Page", **fields: Any) -> None:
    """Give these fields to every clip, in the server's own answer."""

    def answer(route: "Route") -> None:
        given = route.fetch()
        body = given.body()
        if given.status == 200:
            body = json.dumps({**json.loads(body), **fields}).encode()
        route.fulfill(status=given.status, headers=given.headers, body=body)

    page.route("**/api/v1/review/next", answer)


def prefer(page: "Page", **settings: bool) -> None:
    """Set switches in the dialog of keys, by their ids."""
    page.keyboard.press("?")
    for name, wanted in settings.items():
        page.locator(f"#{name}").set_checked(wanted)
    page.keyboard.press("Escape")
