"""A cycle of review in another language: page and script say what the catalogues do, and Arabic is right to left."""

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fairhearing.accounts import actions as accounts
from fairhearing.accounts.models import Account, Role
from fairhearing.programmes.models import Programme
from fairhearing.speakers import links
from fairhearing.vendors import actions as vendors
from fairhearing.vendors.models import Vendor
from tests.browser.conftest import Office
from tests.browser.reviewing import until
from tests.browser.test_pages import FINDINGS, NARROW, STICKS_OUT
from tests.browser.test_portal_journeys import judged, picture
from tests.browser.watching import ARTEFACTS, AXE, hear, state
from tests.house import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Page

LOCALE = Path(__file__).resolve().parents[2] / "src" / "fairhearing" / "web" / "locale"
ISOLATES = str.maketrans("", "", "\u2068\u2069")


class Catalogue:
    """The scripts' texts of one language."""

    def __init__(self, language: str) -> None:
        self.direction = "rtl" if language == "ar" else "ltr"
        self.texts = json.loads((LOCALE / language / "scripts.json").read_text(encoding="utf-8"))

    def say(self, english: str, **values: object) -> str:
        return str(self.texts[english]).format(**values)


def shown(page: "Page", selector: str) -> str:
    """What stands there, without the marks that keep a value's direction to itself."""
    return (page.locator(selector).text_content() or "").translate(ISOLATES).strip()


def drags_from_left_to_right(page: "Page") -> None:
    """Time goes from left to right on the waveform, and so does what is selected on it."""
    layer = page.locator("#selection-layer").bounding_box()
    assert layer is not None
    y = layer["y"] + layer["height"] / 2
    page.mouse.move(layer["x"] + 0.1 * layer["width"], y)
    page.mouse.down()
    page.mouse.move(layer["x"] + 0.4 * layer["width"], y)
    page.mouse.up()
    mark = page.locator("#selection-mark").bounding_box()
    assert mark is not None
    assert abs(mark["x"] - (layer["x"] + 0.1 * layer["width"])) < 3
    page.keyboard.press("x")


@pytest.mark.parametrize("language", ["ar", "de"])
def test_a_cycle_of_review(office: Office, language: str) -> None:
    office.house.clip()
    Programme.objects.update(grace_seconds=60)
    words = Catalogue(language)
    watched = office.watched("alice", locale=language)
    page = watched.page()
    page.goto("/review/assistant/")
    state(page, "ready")
    assert page.evaluate("getComputedStyle(document.body).direction") == words.direction
    assert shown(page, "#status") == words.say("The next clip is here.")
    assert shown(page, "#submit").startswith(words.say("Submit")), "the page's own texts"
    assert shown(page, "#clip-heading") == words.say("Clip {number}", number=1)
    drags_from_left_to_right(page)
    hear(page)
    assert shown(page, "#play-word") == words.say("Play")
    page.keyboard.press("2")
    assert shown(page, "#will-send") == words.say("Sends candidate {number}.", number=2)
    assert re.search(r"\d" + (r"\." if language == "ar" else ",") + r"\d", shown(page, "#position")), "decimals"
    assert page.evaluate(STICKS_OUT) == []
    picture(page, f"{language}-answer")
    page.keyboard.press("?")
    assert shown(page, "[data-row=submit] th") == words.say("Submit")
    picture(page, f"{language}-keys")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    state(page, "empty")
    assert shown(page, "#status").endswith(words.say("Nothing waits for you now."))
    picture(page, f"{language}-empty")
    until(page, lambda: judged() == 1, "the answer is there")
    page.keyboard.press("u")
    state(page, "ready")
    assert shown(page, "#status").startswith(words.say("Undone. The clip is open again."))
    page.route("**/plays", lambda route: route.abort())
    page.keyboard.press("r")
    state(page, "error")
    assert shown(page, "#trouble-text").startswith(words.say("The server cannot be reached."))
    picture(page, f"{language}-trouble")
    assert watched.complaints(allow="ERR_FAILED") == []


def in_order(page: "Page", name: str) -> None:
    """Narrow, where longer words stick out first: nothing does, axe finds nothing, and a picture for people."""
    ARTEFACTS.mkdir(exist_ok=True)
    page.set_viewport_size({"width": NARROW, "height": 900})
    page.screenshot(path=ARTEFACTS / f"{name}.png", full_page=True)
    assert page.evaluate(STICKS_OUT) == [], name
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert page.evaluate(FINDINGS) == [], name


@pytest.mark.parametrize(("language", "name"), [("ar", "العربية"), ("de", "Deutsch")])
def test_who_chooses_a_language_has_it_on_every_page(office: Office, language: str, name: str) -> None:
    """From the foot of the page by somebody who signs in afterwards."""
    house = office.house
    house.clip("robin")
    house.judge("charlie", choice=1)
    account = accounts.create_account(email="dee@example.com", role=Role.REVIEWER, password=PASSWORD)
    vendors.join(account=account, vendor=Vendor.objects.get(slug="tarn"))
    watched = office.watched()
    page = watched.page()
    page.goto("/sign-in?next=/review/me/")
    page.get_by_role("button", name=name).click()
    page.wait_for_selector(f'html[lang="{language}"]')
    in_order(page, f"{language}-sign-in")
    page.locator("#email").fill(account.email)
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/review/me/")
    in_order(page, f"{language}-me")
    page.goto("/review/assistant/")
    state(page, "ready")
    in_order(page, f"{language}-work")
    page.goto(f"/speaker/link#{links.make(house.speaker('robin')).token}")
    page.wait_for_url("**/speaker/")
    assert page.locator("article.recording").count() == 1
    in_order(page, f"{language}-speaker")
    assert page.get_attribute("html", "lang") == language
    assert watched.complaints() == []
    page.get_by_role("button", name="English").click()
    page.get_by_role("heading", name="Your recordings").wait_for()
    assert Account.objects.get(id=account.id).language == "en-gb", "a choice while signed in goes with the account"
