"""What all tests share."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# Machines are noisy: a slow example is no failure. What must be fast is measured by benches.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")

DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "house"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what needs the database or the browser by what it asks for; leave the browser out when told to."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if fixtures & DATABASE_FIXTURES or item.get_closest_marker("django_db"):
            item.add_marker("database")
        if "browser" in fixtures:
            item.add_marker("browser")
    if os.environ.get("NO_BROWSER") == "1":
        left_out = [item for item in items if item.get_closest_marker("browser")]
        items[:] = [item for item in items if not item.get_closest_marker("browser")]
        config.hook.pytest_deselected(items=left_out)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """Django's own set-up; at its end the log's connection is closed, so that the database can be dropped."""
    from fairhearing.ledger.appender import appender

    yield
    appender().disconnect()


@pytest.fixture(autouse=True)
def _no_log_is_remembered(request: pytest.FixtureRequest) -> None:
    """The database is emptied between tests, so what the log remembers beside it must be gone, too: else it stops."""
    if DATABASE_FIXTURES & set(request.fixturenames) or request.node.get_closest_marker("django_db"):
        from fairhearing.ledger import soundness

        soundness.memory().unlink(missing_ok=True)


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """A real Chromium. Without one the test fails and says how to get it; it is never skipped."""
    from playwright.sync_api import sync_playwright

    from tests import chromium

    path = chromium.find()
    if path is None:
        pytest.fail("no Chromium found: bash scripts/browser.sh says how to get one, or set NO_BROWSER=1")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright runs an event loop in this thread
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=chromium.ARGUMENTS)
        yield launched
        launched.close()


from tests.house import house  # noqa: E402, F401 - a fixture for everybody
