"""A whole cycle of review without a mouse, by what a screen reader says, and on a small screen."""

from typing import TYPE_CHECKING

from fairhearing.accounts import actions as accounts
from fairhearing.programmes.models import Programme
from fairhearing.review.models import Judgement
from tests.browser.conftest import Office
from tests.browser.reviewing import until
from tests.browser.test_pages import FINDINGS, STICKS_OUT
from tests.browser.watching import ARTEFACTS, AXE, hear, sign_in, state, tab_to
from tests.house import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Page

# Targets below 24 by 24 CSS pixels (WCAG 2.2, 2.5.8). A label is a target of its field; the exceptions of the criterion
# for links within a sentence, and for what the browser itself draws within an open list, are left out.
SMALL_TARGETS = """
() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
  .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.matches("p a, .skip-link, [type=hidden]"))
  .map((one) => {
    const labels = [...(one.labels ?? [])];
    const box = (labels.find((label) => label.contains(one)) ?? one).getBoundingClientRect();
    return { one, width: box.width, height: box.height };
  })
  .filter(({ width, height }) => width < 24 || height < 24)
  .map(({ one, width, height }) => `${one.tagName}#${one.id} ${Math.round(width)}x${Math.round(height)}`)
"""
# The widest that the page becomes from now on, frame by frame: a clip that plays moves things.
WATCH_WIDTH = """
() => {
  window.widest = 0;
  const look = () => {
    window.widest = Math.max(window.widest, document.documentElement.scrollWidth);
    requestAnimationFrame(look);
  };
  look();
}
"""


def a_day_of_work(office: Office) -> None:
    """One clip waits, an answer can be undone for a minute, and Alice has a password."""
    office.house.clip()
    Programme.objects.update(grace_seconds=60)
    token = accounts.invite(account=office.house.people["alice"])
    accounts.accept_invitation(token=token, password=PASSWORD)


def picture(page: "Page", name: str) -> None:
    """As it is now, for people; and nothing that axe finds in it."""
    ARTEFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTEFACTS / f"journey-{name}.png", full_page=True)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert page.evaluate(FINDINGS) == [], name


def judged() -> int:
    return Judgement.objects.count()


def test_from_sign_in_to_sign_out_by_keyboard_alone(office: Office) -> None:
    a_day_of_work(office)
    watched = office.watched()
    page = watched.page()
    sign_in(page, "alice@example.com", PASSWORD)
    tab_to(page, page.locator("a.card"))
    page.keyboard.press("Enter")
    state(page, "ready")
    hear(page)
    page.keyboard.press("2")
    picture(page, "keyboard")
    page.keyboard.press("Enter")
    state(page, "empty")
    until(page, lambda: judged() == 1, "the answer is there")
    page.keyboard.press("u")
    state(page, "ready")
    assert page.get_by_role("radio", name="turn the lights on").is_checked(), "the answer is as it was"
    tab_to(page, page.get_by_role("button", name="Sign out"))
    page.keyboard.press("Enter")
    page.wait_for_url(f"{office.origin}/")
    page.goto("/review/")
    assert "/sign-in" in page.url
    assert watched.complaints() == []


def test_by_what_a_screen_reader_says_alone(office: Office) -> None:
    a_day_of_work(office)
    watched = office.watched()
    page = watched.page()
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill("alice@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="1 clip waiting").click()
    said = page.get_by_role("status")
    said.filter(has_text="The next clip is here.").wait_for()
    page.get_by_role("button", name="Play", exact=True).click()
    page.get_by_role("button", name="Pause", exact=True).wait_for()
    page.get_by_role("button", name="Play", exact=True).wait_for()
    page.get_by_role("radio", name="turn the light on").check()
    picture(page, "screen-reader")
    page.get_by_role("button", name="Submit").click()
    said.filter(has_text="Nothing waits for you now.").wait_for()
    page.get_by_role("button", name="Undo").click()
    said.filter(has_text="Undone. The clip is open again.").wait_for()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{office.origin}/")
    assert watched.complaints() == []


def test_on_a_screen_of_320_pixels(office: Office) -> None:
    a_day_of_work(office)
    watched = office.watched(viewport={"width": 320, "height": 640}, has_touch=True)
    page = watched.page()

    def fits(name: str) -> None:
        assert page.evaluate(STICKS_OUT) == [], name
        assert page.evaluate(SMALL_TARGETS) == [], name
        picture(page, f"320-{name}")

    page.goto("/sign-in")
    fits("sign-in")
    sign_in(page, "alice@example.com", PASSWORD)
    fits("programmes")
    page.locator("a.card").tap()
    state(page, "ready")
    page.evaluate(WATCH_WIDTH)
    page.locator("#play").tap()
    state(page, "playing")
    state(page, "ready")
    assert page.evaluate("window.widest") == 320, "nothing sticks out while a clip plays"
    page.get_by_text("turn the light on", exact=True).tap()
    fits("answer")
    page.locator("#flag").tap()
    fits("flags")
    page.get_by_role("button", name="Close without a flag").first.tap()
    page.locator("#submit").tap()
    state(page, "empty")
    until(page, lambda: judged() == 1, "the answer is there")
    fits("empty")
    assert watched.complaints() == []
