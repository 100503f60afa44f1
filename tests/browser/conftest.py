"""People at their pages: the house of ``tests.house`` behind a live server, each person with a browser of their own."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as django_settings
from django.db import connection

from tests.browser.watching import Watched, state
from tests.house import House

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

LOOKS = 4  # one after the other, at which nobody asks


class Office:
    """Opens a page for anybody of the house; keeps what their browsers complained about."""

    def __init__(self, house: House, browser: "Browser", origin: str) -> None:
        self.house, self.origin = house, origin
        self._browser = browser
        self.opened: list[Watched] = []

    def watched(self, name: str | None = None, **options: Any) -> Watched:
        """A browser in which one of the people is signed in, or nobody."""
        watched = Watched(self._browser, self.origin, **options)
        self.opened.append(watched)
        if name is not None:
            session = self.house.client(name).cookies[django_settings.SESSION_COOKIE_NAME].value
            cookie = {"name": django_settings.SESSION_COOKIE_NAME, "value": session, "url": self.origin}
            watched.context.add_cookies([cookie])  # type: ignore[list-item]
        return watched

    def at_work(self, name: str, **options: Any) -> tuple["Page", Watched]:
        """A reviewer's page that has settled."""
        watched = self.watched(name, **options)
        page = watched.page()
        page.goto(f"/review/{self.house.programme.slug}/")
        state(page, "ready", "empty", "refused", "error")
        return page, watched

    def close(self) -> None:
        for watched in self.opened:
            watched.close()


@pytest.fixture
def office(house: House, live_server: "LiveServer", browser: "Browser") -> Iterator[Office]:
    """The house with its doors open. Whoever is still at a page leaves before the house is emptied."""
    opened = Office(house, browser, live_server.url)
    yield opened
    opened.close()
    _until_nobody_asks()


def _until_nobody_asks() -> None:
    """What a page asked for as it was closed is answered yet, and holds rows that emptying the house waits for."""
    asking = """SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND backend_type = 'client backend' AND state <> 'idle'
          AND pid <> pg_backend_pid()"""
    quiet, deadline = 0, time.monotonic() + 10
    while quiet < LOOKS and time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(asking)
            quiet = 0 if cursor.fetchone()[0] else quiet + 1
        time.sleep(0.02)
