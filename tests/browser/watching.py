"""What a browser complains about while somebody uses the pages, and how somebody moves by keyboard."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
ARTEFACTS = ROOT / "artefacts"

# In the page itself, before its own scripts: a breach of the content policy is a complaint, reported or not.
_BREACHES = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy breached: ${event.effectiveDirective} ${event.blockedURI}`));
"""

# Tests press Space themselves. Whoever wants the next clip to play by itself says so: ``autoplay``.
_PLAYS_WHEN_ASKED = """
if (location.protocol.startsWith("http")) localStorage["fairhearing/preferences"] ??= '{"autoplay": false}';
"""


class Watched:
    """A browser of one person, and everything that went wrong in it."""

    def __init__(self, browser: "Browser", origin: str, *, autoplay: bool = False, **options: Any) -> None:
        self.origin = origin
        self.context: BrowserContext = browser.new_context(base_url=origin, **options)
        self.context.set_default_timeout(60_000)
        self.context.add_init_script(_BREACHES)
        if not autoplay:
            self.context.add_init_script(_PLAYS_WHEN_ASKED)
        self.errors: list[str] = []
        self.reports: list[str] = []
        self.strangers: list[str] = []
        self.requests: list[Request] = []
        self.context.on("console", self._heard)
        self.context.on("weberror", lambda error: self.errors.append(f"uncaught: {error.error}"))
        self.context.on("request", self._asked)

    def _heard(self, message: "ConsoleMessage") -> None:
        if message.type in ("error", "warning"):
            self.errors.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    def _asked(self, request: "Request") -> None:
        self.requests.append(request)
        if urlsplit(request.url).path == "/csp-report":
            self.reports.append(str(request.post_data))
        host = urlsplit(request.url).netloc
        if host and host != urlsplit(self.origin).netloc:
            self.strangers.append(request.url)

    def page(self) -> "Page":
        return self.context.new_page()

    def asked(self, path: str) -> int:
        """How many requests went to paths that end so."""
        return sum(urlsplit(request.url).path.endswith(path) for request in self.requests)

    def complaints(self, *, allow: str | None = None) -> list[str]:
        """All of them; ``allow`` is a pattern of errors that the test brings about."""
        errors = [error for error in self.errors if not (allow and re.search(allow, error))]
        return errors + [f"report: {one}" for one in self.reports] + [f"outside: {one}" for one in self.strangers]

    def close(self) -> None:
        self.context.close()


def state(page: "Page", *names: str) -> str:
    """Wait until the reviewer's page is in one of these states."""
    selector = ", ".join(f'main#work[data-state="{name}"]' for name in names)
    return str(page.wait_for_selector(selector).get_attribute("data-state"))


def tab_to(page: "Page", wanted: "Locator") -> None:
    """Press Tab until it has the focus, as somebody without a mouse does."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if wanted.evaluate("(element) => element === element.getRootNode().activeElement"):
            return
    raise AssertionError(f"{wanted} is not reached by Tab")


def hear(page: "Page") -> None:
    """Space, and to the end of the sound."""
    page.keyboard.press("Space")
    assert state(page, "playing", "refused", "error") == "playing", page.locator("#trouble").inner_text()
    state(page, "ready")


def sign_in(page: "Page", email: str, password: str) -> None:
    """By the form and the keyboard: the first field has the focus."""
    page.goto("/sign-in")
    page.keyboard.type(email)
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
