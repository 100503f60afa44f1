"""A cycle of review in another language: the script says what the catalogue does, and Arabic is right to left."""

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fairhearing.programmes.models import Programme
from tests.browser.conftest import Office
from tests.browser.reviewing import until
from tests.browser.test_pages import STICKS_OUT
from tests.browser.test_portal_journeys import judged, picture
from tests.browser.watching import Watched, hear, state

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

LOCALE = Path(__file__).resolve().parents[2] / "src" / "fairhearing" / "web" / "locale"
ISOLATES = str.maketrans("", "", "\u2068\u2069")


class Catalogue:
    """The scripts' texts of one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.direction = "rtl" if language == "ar" else "ltr"
        self.text = (LOCALE / language / "scripts.json").read_text(encoding="utf-8")

    def say(self, english: str, **values: object) -> str:
        return str(json.loads(self.text)[english]).format(**values)

    def put_into(self, watched: Watched) -> None:
        """Documents from now on bear the language, its direction and the catalogue."""

        def answer(route: "Route") -> None:
            given = route.fetch()
            html = re.sub("<html[^>]*>", f'<html lang="{self.language}" dir="{self.direction}">', given.text(), count=1)
            block = f'<script type="application/json" id="words">{self.text}</script>'
            html = re.sub(r'<script[^>]* id="words">.*?</script>', "", html, flags=re.DOTALL)
            route.fulfill(response=given, body=html.replace("</head>", f"{block}</head>", 1))

        watched.context.route("**/review/assistant/", answer)


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
    watched = office.watched("alice")
    words.put_into(watched)
    page = watched.page()
    page.goto("/review/assistant/")
    state(page, "ready")
    assert page.evaluate("getComputedStyle(document.body).direction") == words.direction
    assert shown(page, "#status") == words.say("The next clip is here.")
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
