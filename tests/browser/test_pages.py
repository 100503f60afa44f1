"""Every page, wide and narrow: nothing that axe finds, nothing that sticks out; and the pause, as people meet it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from fairhearing.accounts import actions as accounts
from fairhearing.accounts.models import Account, Role
from fairhearing.demo import people
from fairhearing.ledger.entries import Kind
from fairhearing.ledger.models import Record
from fairhearing.operations import asking, stop
from fairhearing.programmes.actions import Asking
from fairhearing.programmes.models import Asks
from fairhearing.review import settle
from fairhearing.speakers import links
from tests.browser.conftest import Office
from tests.browser.watching import ARTEFACTS, AXE, hear, state, tab_to

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

WIDE, NARROW = 1280, 320
# What sticks out of the page, unless it lies in something that scrolls by itself.
STICKS_OUT = """
() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  const beyond = (one) => {
    const box = one.getBoundingClientRect();
    return Math.round(root.dir === "rtl" ? -box.left : box.right - root.clientWidth);
  };
  return [...document.querySelectorAll("body *")]
    .filter((one) => beyond(one) > 1 && !one.closest(".table-scroll"))
    .map((one) => `${one.tagName}.${one.className} ${beyond(one)}`);
}
"""
FINDINGS = """
async () => (await axe.run({ resultTypes: ["violations"] })).violations.map(
  (one) => `${one.id}: ${one.nodes.map((node) => node.target).join(" ")}`)
"""


def look_at(page: "Page", name: str) -> None:
    """Both widths: what sticks out, what axe finds, and a picture for people."""
    assert AXE.exists(), f"{AXE.name} is missing: bash scripts/npm.sh ci installs it"
    ARTEFACTS.mkdir(exist_ok=True)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=ARTEFACTS / f"{name}-{width}.png", full_page=True)
        assert page.evaluate(STICKS_OUT) == [], f"{name} at {width} pixels"
        assert page.evaluate(FINDINGS) == [], f"{name} at {width} pixels"


def _settled(office: Office) -> None:
    """Something of everything: two listens of a clip that is settled, a clip that waits, one that was refused."""
    for speaker in ("robin", "robin", "sam"):
        office.house.clip(speaker)
    office.house.judge("alice", choice=1)
    office.house.judge("charlie", choice=1)
    settle.settle_due()


PUBLIC: dict[str, Callable[[Office], str]] = {
    "start": lambda _: "/",
    "sign-in": lambda _: "/sign-in",
    "invitation": lambda office: f"/invitation/{accounts.invite(account=office.house.people['manager'])}",
    "invitation-used": lambda _: "/invitation/nothing",
    "not-found": lambda _: "/no/such/page",
    "log": lambda office: "/log/" if office.house.clip() else "",
    "log-empty": lambda _: "/log/",
    "speaker-link": lambda _: "/speaker/link",
    "speaker-closed": lambda _: "/speaker/",
}


@pytest.mark.parametrize("name", PUBLIC)
def test_a_page_that_is_open_to_everybody_is_in_order(office: Office, name: str) -> None:
    watched = office.watched()
    page = watched.page()
    page.goto(PUBLIC[name](office))
    assert page.locator("h1").count() == 1
    missing = r"status of 40[14]"
    assert watched.complaints(allow=missing) == []
    look_at(page, name)


def test_the_demo_offers_a_door_to_each_of_six_people(office: Office, settings: Any) -> None:
    people.ensure()
    settings.DEMO = True
    watched = office.watched()
    page = watched.page()
    page.goto("/")
    doors = page.locator("button.door")
    assert doors.count() == 6
    assert watched.complaints() == []
    look_at(page, "start-demo")
    tab_to(page, doors.nth(5))
    page.keyboard.press("Enter")
    page.wait_for_url("**/speaker/")
    assert watched.complaints(allow="Content Security Policy.*style|policy breached: style") == []


def test_signing_in_goes_by_keyboard_and_says_what_is_wrong(office: Office) -> None:
    accounts.create_account(email="dee@example.com", role=Role.AUDITOR, password="a quiet meadow at noon")
    watched = office.watched()
    page = watched.page()
    page.goto("/auditor/")
    assert "/sign-in" in page.url
    page.keyboard.type("dee@example.com")
    page.keyboard.press("Tab")
    page.keyboard.type("wrong, I fear")
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    look_at(page, "sign-in-failed")
    assert page.locator("#email").input_value() == "dee@example.com"
    page.locator("#password").fill("a quiet meadow at noon")
    page.keyboard.press("Enter")
    page.wait_for_url("**/auditor/")


def test_an_invitation_is_accepted_by_keyboard_and_opens_once(office: Office) -> None:
    account = office.house.people["manager"]
    address = f"/invitation/{accounts.invite(account=account)}"
    page = office.watched().page()
    page.goto(address)
    tab_to(page, page.locator("#password"))
    page.keyboard.type("four unrelated garden words")
    page.keyboard.press("Tab")
    page.keyboard.type("four unrelated garden words")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/invitation" not in url)
    assert Account.objects.get(id=account.id).check_password("four unrelated garden words")
    stranger = office.watched().page()
    answer = stranger.goto(address)
    assert answer is not None
    assert answer.status == 404


@pytest.mark.parametrize("waiting", ["ready", "empty", "refused"])
def test_the_reviewers_page_is_in_order(office: Office, waiting: str) -> None:
    if waiting != "empty":
        office.house.clip(texts=("turn the light on in the sitting room", "turn the lights on in a sitting room"))
    page, watched = office.at_work("alice")
    if waiting == "refused":
        stop.pause(scope="everything", reason="a test", by="test")
        page.keyboard.press("Space")
    state(page, waiting)
    assert watched.complaints(allow="status of 403") == []
    look_at(page, f"review-{waiting}")


def test_the_dialogs_of_the_reviewers_page_are_in_order(office: Office) -> None:
    office.house.clip()
    page, _ = office.at_work("alice")
    for key, name in (("f", "Flag this clip"), ("?", "Keys")):
        page.keyboard.press(key)
        page.get_by_role("dialog", name=name).wait_for()
        look_at(page, f"review-dialog-{name.split()[0].lower()}")
        page.keyboard.press("Escape")
        page.get_by_role("dialog", name=name).wait_for(state="hidden")


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("alice", "/review/"),
        ("alice", "/review/me/"),
        ("alice", "/review/help/"),
        ("controller", "/controller/"),
        ("controller", "/controller/programmes/assistant/"),
        ("auditor", "/auditor/"),
        ("owner", "/controller/"),
    ],
)
def test_the_page_of_each_role_is_in_order(office: Office, name: str, path: str) -> None:
    _settled(office)
    stop.pause(scope="vendor:other", reason="an audit of their office", by="test")
    watched = office.watched(name)
    page = watched.page()
    page.goto(path)
    assert page.locator("h1").count() == 1
    assert watched.complaints() == []
    look_at(page, f"{name}{path.rstrip('/').replace('/', '-')}")


def test_the_speakers_pages_are_in_order(office: Office) -> None:
    _settled(office)
    watched = office.watched()
    page = watched.page()
    page.goto(f"/speaker/link#{links.make(office.house.speaker('robin')).token}")
    page.wait_for_url("**/speaker/")
    assert page.locator("article.recording").count() == 2
    assert watched.complaints() == []
    look_at(page, "speaker-home")
    page.goto("/speaker/requests")
    page.get_by_text("This text is wrong").first.click()
    page.get_by_label("What was said").first.fill("turn the kites on")
    page.get_by_role("button", name="Ask for the correction").first.click()
    page.get_by_role("status").get_by_text("Your correction was taken.").wait_for()
    look_at(page, "speaker-requests")
    controller = office.watched("controller").page()
    controller.goto("/controller/")
    controller.get_by_text("turn the kites on").wait_for()
    look_at(controller, "controller-corrections")
    page.goto("/speaker/")
    asking.set_rules(slug="assistant", by="test", reason="a test", asking=Asking(asks=Asks.EVERY_CLIP))
    office.house.clip("robin", texts=("turn the light on in the sitting room",))
    page.reload()
    tab_to(page, page.get_by_role("link", name="Hear them and answer"))
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="May a person listen to these 1.0 seconds?").first.wait_for()
    look_at(page, "speaker-asked")
    answers = [page.get_by_role("button", name=name, exact=True).first for name in ("Yes", "No")]
    style = "(button) => [button.className, getComputedStyle(button).backgroundColor, button.offsetHeight]"
    assert answers[0].evaluate(style) == answers[1].evaluate(style), "of equal weight"
    clip = page.locator("article.recording").first.get_attribute("data-clip")
    answers[1].press("Enter")
    page.locator(f'article[data-clip="{clip}"]').wait_for(state="detached")
    page.get_by_role("link", name="Back to my page").click()
    page.get_by_text("You said no: nobody may hear this clip.").wait_for()
    page.get_by_text("Erase this recording").first.click()
    page.get_by_role("button", name="Yes, erase this recording").click()
    page.locator("#receipt").wait_for()
    assert watched.complaints(allow="Content Security Policy.*style|policy breached: style") == []
    look_at(page, "speaker-erased")


def test_a_link_opens_once_and_leaves_no_trace_in_the_address(office: Office) -> None:
    office.house.clip()
    address = f"/speaker/link#{links.make(office.house.speaker('robin')).token}"
    page = office.watched().page()
    page.goto(address)
    page.wait_for_url("**/speaker/")
    stranger = office.watched().page()
    stranger.goto(address)
    stranger.get_by_role("alert").wait_for()
    assert "#" not in stranger.url
    assert stranger.locator("article.recording").count() == 0
    look_at(stranger, "speaker-link-used")


def _pauses(page: "Page", reason: str) -> None:
    """By keyboard: everything, why, and the button."""
    tab_to(page, page.locator("#scope"))
    page.keyboard.press("Tab")
    page.keyboard.type(reason)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Resume").wait_for()


def _focused(where: "Locator") -> bool:
    return bool(where.evaluate("(element) => element === document.activeElement"))


def test_a_pause_holds_from_the_next_key_press_and_keeps_what_is_typed(office: Office) -> None:
    office.house.clip()
    page, _ = office.at_work("alice")
    hear(page)
    page.keyboard.press("t")
    page.keyboard.type("turn the light off")
    page.keyboard.press("Escape")
    desk = office.watched("controller")
    controls = desk.page()
    controls.goto("/controller/")
    _pauses(controls, "a complaint came in")
    assert controls.locator(".tag.bad").count() >= 1

    before = Record.objects.filter(kind=Kind.PLAYED).count()
    page.keyboard.press("Space")
    state(page, "refused")
    assert "paused" in page.locator("#trouble-text").inner_text().lower()
    text = page.get_by_role("textbox", name="Your own text")
    assert text.input_value() == "turn the light off"
    assert Record.objects.filter(kind=Kind.PLAYED).count() == before
    assert Record.objects.filter(kind=Kind.REFUSED, reasons__contains=["paused"]).exists()

    tab_to(controls, controls.get_by_role("button", name="Resume"))
    controls.keyboard.press("Enter")
    controls.get_by_text("Nothing is paused.").wait_for()
    assert desk.complaints() == []
    page.keyboard.press("Space")
    state(page, "playing")  # work goes on where it stopped
    state(page, "ready")
    assert text.input_value() == "turn the light off"
    assignment = page.locator("main#work").get_attribute("data-assignment")
    page.keyboard.press("Enter")
    page.wait_for_selector(f'main#work:not([data-assignment="{assignment}"])')


def test_a_pause_stops_a_page_that_is_opened_during_it(office: Office) -> None:
    office.house.clip()
    stop.pause(scope="programme:assistant", reason="a test", by="test")
    page, _ = office.at_work("alice")
    assert state(page, "ready", "empty", "refused", "error") == "refused"
    assert "paused" in page.locator("#trouble-text").inner_text().lower()
    stop.resume(scope="programme:assistant", by="test")
    page.get_by_role("button", name="Try again").click()
    state(page, "ready")


def test_a_pause_of_one_vendor_leaves_the_other_at_work(office: Office) -> None:
    office.house.clip()
    office.house.clip("sam")
    page, _ = office.at_work("alice")
    other, _ = office.at_work("charlie")
    stop.pause(scope="vendor:tarn", reason="a test", by="test")
    page.keyboard.press("Space")
    state(page, "refused")
    hear(other)
    assert _focused(other.locator("#clip-heading"))
