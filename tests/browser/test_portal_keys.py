"""Keys of one's own, pedals, and a word about a break."""

import json
from typing import TYPE_CHECKING, Any

from fairhearing.accounts.models import Account
from fairhearing.review.models import Judgement
from tests.browser.conftest import Office
from tests.browser.reviewing import assignment, next_clip
from tests.browser.test_pages import look_at
from tests.browser.watching import state
from tests.house import tone

if TYPE_CHECKING:
    from playwright.sync_api import Page

# A pedal with three buttons, as far as a page sees one.
PEDAL = """
const device = new EventTarget();
Object.assign(device, { opened: false, productName: "Three treads", open: async () => { device.opened = true; } });
Object.defineProperty(navigator, "hid", { value: {
  getDevices: async () => [], requestDevice: async () => [device] } });
window.tread = (byte) => device.dispatchEvent(Object.assign(new Event("inputreport"),
  { reportId: 0, data: new DataView(Uint8Array.of(byte, 0).buffer) }));
"""


def change(page: "Page", does: str, key: str) -> None:
    """In the dialog, which lies open."""
    page.get_by_role("button", name=f"Change the key: {does}").click()
    page.keyboard.press(key)


def test_a_key_is_changed_shown_and_kept_with_the_account(office: Office) -> None:
    office.house.clip()
    page, watched = office.at_work("alice")
    page.keyboard.press("?")
    with page.expect_request(lambda request: request.method == "PUT") as kept:
        change(page, "Play, pause, play on", "k")
    assert kept.value.post_data_json["keys"] == {"play": ["k", "Ctrl+ ", "Pedal 2"]}
    page.keyboard.press("Escape")
    assert page.locator("#play kbd").inner_text() == "K"
    assert page.locator("#play").get_attribute("aria-keyshortcuts") == "k"
    page.keyboard.press("Space")
    assert state(page, "ready") == "ready"
    page.keyboard.press("k")
    state(page, "playing")
    page.wait_for_load_state("networkidle")
    assert Account.objects.get(id=office.house.people["alice"].id).preferences["keys"]["play"][0] == "k"
    other, elsewhere = office.at_work("alice")  # another computer
    other.wait_for_function("() => document.querySelector('#play kbd').textContent === 'K'")
    strange, _ = office.at_work("bob")
    strange.wait_for_load_state("networkidle")
    assert strange.locator("#play kbd").inner_text() == "Space"
    assert watched.complaints() + elsewhere.complaints() == []


def test_a_key_that_is_taken_is_refused_and_said_so(office: Office) -> None:
    office.house.clip()
    page, watched = office.at_work("alice")
    page.keyboard.press("?")
    said = page.locator("#keys-said")
    change(page, "Submit", "s")
    assert said.inner_text().startswith("S is taken: “Skip")
    look_at_later = page.get_by_role("row", name="Submit").get_by_role("cell").first.inner_text()
    assert "Enter" in look_at_later
    page.keyboard.press("Tab")
    assert "keep their meaning" in said.inner_text()
    page.keyboard.press("q")
    assert said.inner_text() == "Q: Submit."
    page.get_by_role("button", name="Back to the usual keys").click()
    page.keyboard.press("Escape")
    assert page.locator("#submit kbd").inner_text() == "Enter"
    page.keyboard.press("q")
    page.keyboard.press("1")
    assert page.get_by_role("radio").first.is_checked()
    assert watched.asked("/judgements") == 0
    assert watched.complaints() == []
    page.keyboard.press("?")
    change(page, "Submit", "s")
    look_at(page, "review-keys-taken")


def test_escape_leaves_a_key_as_it_is_and_the_dialog_open(office: Office) -> None:
    office.house.clip()
    page, watched = office.at_work("alice")
    page.keyboard.press("?")
    change(page, "Skip", "Escape")
    dialog = page.get_by_role("dialog", name="Keys")
    assert dialog.is_visible()
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    assert watched.complaints() == []


def test_a_function_key_acts_while_somebody_writes_and_letters_do_not(office: Office) -> None:
    office.house.clip(samples=tone(3.0))
    page, watched = office.at_work("alice")
    page.keyboard.press("?")
    change(page, "Play, pause, play on", "F9")
    page.keyboard.press("Escape")
    page.keyboard.press("t")
    page.keyboard.type("turn")
    page.keyboard.press("F9")
    state(page, "playing")
    page.keyboard.press("Control+Space")
    state(page, "ready")
    page.keyboard.type(" the r")
    assert page.get_by_role("textbox", name="Your own text").input_value() == "turn the r"
    page.keyboard.press("Escape")
    page.keyboard.press("Space")
    state(page, "playing")
    assert watched.asked("/plays") == 1
    assert watched.complaints() == []


def test_the_letters_can_be_switched_off(office: Office) -> None:
    office.house.clip()
    page, watched = office.at_work("alice")
    page.keyboard.press("?")
    page.get_by_label("Letters and digits act as keys").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    page.keyboard.press("s")
    assert not page.get_by_role("radio").first.is_checked()
    assert watched.asked("/judgements") == 0
    page.keyboard.press("Space")
    state(page, "playing")
    assert watched.complaints() == []


def test_the_buttons_of_a_pedal_are_keys(office: Office) -> None:
    office.house.clip(samples=tone(3.0))
    watched = office.watched("alice")
    watched.context.add_init_script(PEDAL)
    page = watched.page()
    page.goto("/review/assistant/")
    state(page, "ready")
    page.keyboard.press("?")
    page.get_by_role("button", name="Connect a pedal").click()
    page.get_by_text("Three treads is connected.").wait_for()
    page.get_by_role("button", name="Change the key: Skip").click()
    page.evaluate("tread(4)")
    assert "Pedal 3 is taken" in page.locator("#keys-said").inner_text()
    page.evaluate("tread(0)")
    page.evaluate("tread(8)")
    assert page.locator("#keys-said").inner_text().startswith("Pedal 4: Skip")
    page.keyboard.press("Escape")
    page.evaluate("tread(0)")
    page.evaluate("tread(2)")
    state(page, "playing")
    page.evaluate("tread(2)")  # still down
    state(page, "playing")
    page.evaluate("tread(0)")
    page.evaluate("tread(2)")
    state(page, "ready")
    before = assignment(page)
    page.evaluate("tread(8)")
    next_clip(page, before)
    assert not Judgement.objects.exists()
    assert watched.complaints() == []


def test_what_is_kept_on_this_computer_counts_where_the_server_has_nothing(office: Office) -> None:
    office.house.clip()
    watched = office.watched("alice", autoplay=True)
    kept: dict[str, Any] = {"speed": 2.5, "keys": {"skip": ["q"]}}
    watched.context.add_init_script(
        f"if (location.protocol.startsWith('http')) localStorage['fairhearing/preferences'] = '{json.dumps(kept)}'"
    )
    page = watched.page()
    page.goto("/review/assistant/")
    state(page, "ready")
    assert page.locator("#speed").input_value() == "2.5"
    assert page.locator("#skip kbd").inner_text() == "Q"
    assert watched.complaints() == []


def test_after_fifty_minutes_a_break_is_offered_and_later_is_later(office: Office) -> None:
    office.house.clip()
    watched = office.watched("alice")
    page = watched.page()
    page.clock.install()
    page.goto("/review/assistant/")
    state(page, "ready")
    offer = page.get_by_text("Time for a break?")

    def work(minutes: int) -> None:
        for _ in range(minutes):
            page.keyboard.press("?")
            page.keyboard.press("Escape")
            page.clock.run_for(60_000)

    work(48)
    assert not offer.is_visible()
    work(4)
    assert offer.is_visible()
    assert page.get_by_role("dialog").count() == 0, "nobody is stopped"
    page.get_by_role("button", name="Later").click()
    work(18)
    assert not offer.is_visible()
    work(4)
    assert offer.is_visible()
    page.get_by_role("button", name="I had a break").click()
    work(10)
    assert not offer.is_visible()
    look_at(page, "review-rest")
