"""The assistant, from the first question to nobody listening any more: real processes, a real browser, a real voice."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import house
from tests.browser.test_pages import look_at
from tests.browser.watching import Watched, hear, sign_in, state
from tests.cli.running import eventually, fetch
from tests.examples.examples import Example, speech, talking

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

TALK = "fairhearing-recorder [part=talk]"
KEPT = """(seconds) => new Promise((done) => {
  const recorder = document.querySelector("fairhearing-recorder");
  const look = () => (recorder.seconds > seconds ? done() : requestAnimationFrame(look));
  look();
})"""


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    example = Example("assistant", tmp_path_factory.mktemp("assistant"))
    yield example
    example.end()


def say(page: "Page", seconds: float) -> str:
    """Hold to talk; gives the answer."""
    page.evaluate("document.getElementById('reply').textContent = ''")
    page.locator(TALK).focus()
    page.keyboard.down("Space")
    page.evaluate(KEPT, seconds)
    page.keyboard.up("Space")
    return answered(page)


def answered(page: "Page") -> str:
    page.wait_for_selector("#reply:not(:empty)", timeout=60_000)
    return page.locator("#reply").inner_text()


def test_who_was_not_asked_or_is_a_stranger_sends_and_learns_nothing(
    assistant: Example, browser: "Browser", tmp_path: Path
) -> None:
    for path in ("/mine", "/withdraw", "/forget", "/consent", "/voice"):
        assert fetch(f"{assistant.origin}{path}", b"{}")[0] == 403, "no cookie"
        assert fetch(f"{assistant.origin}{path}", b"{}", Cookie="user=x", **{"Sec-Fetch-Site": "cross-site"})[0] == 403
    assert fetch(f"{assistant.origin}/webhook", b"{}")[0] == 400, "unsigned"
    with talking(browser, speech(tmp_path / "speech.wav")) as talker:
        visit = Watched(talker, assistant.origin)
        page = visit.page()
        page.goto("/")
        assert say(page, 2.0)
        page.get_by_role("button", name="No, nobody may listen").click()
        page.get_by_text("You said no: nobody listens.").wait_for()
        assert say(page, 2.0), "the service works all the same"
        assert visit.complaints() == []
    assert assistant.counted("kettle")["recordings"] == 0


def test_asked_answered_heard_seen_withdrawn(assistant: Example, browser: "Browser", tmp_path: Path) -> None:
    assistant.reviewer("bo@tarn.example", tmp_path)
    with talking(browser, speech(tmp_path / "speech.wav")) as talker:
        visit = Watched(talker, assistant.origin)
        page = visit.page()
        page.goto("/")
        page.get_by_role("button", name="Yes, people may listen").click()
        page.get_by_text("You said yes: people listen.").wait_for()
        look_at(page, "assistant")
        assert say(page, 5.0)
        page.get_by_text("You are asked whether a person may hear what you said").wait_for(timeout=40_000)

        listening = Watched(browser, assistant.platform)
        work = listening.page()
        sign_in(work, "bo@tarn.example", house.PASSWORD)
        work.goto("/review/kettle/")
        assert state(work, "ready", "empty") == "empty", "nobody hears it before the yes"

        page.get_by_role("button", name="What do you have of me?").click()
        mine = page.frame_locator("#mine")
        mine.get_by_role("link", name="Hear them and answer").click()
        mine.get_by_role("button", name="Yes").first.click()
        mine.get_by_text("Nothing waits for your answer.").wait_for()
        work.reload()
        assert state(work, "ready", "empty") == "ready"
        hear(work)

        page.get_by_role("button", name="What do you have of me?").click()
        mine.get_by_text("What became of it").click()
        mine.get_by_text("heard by a reviewer of Tarn Listening in IE").first.wait_for()
        look_at(page, "assistant-mine")

        page.get_by_role("button", name="Listen for “computer”").click()
        assert answered(page) == "That was not for me."
        eventually(
            lambda: assistant.counted("kettle")["discarded"] == 1,
            within_s=90,
            what="the accidental activation thrown away",
            show=lambda: assistant.counted("kettle"),
        )
        page.get_by_role("button", name="Nobody may listen any more").click()
        page.get_by_text("Nobody listens any more. 2 recording(s) were closed.").wait_for()
        work.keyboard.press("Space")
        assert state(work, "refused", "empty") in ("refused", "empty"), "the clip in front of them is not played again"
        page.get_by_text("Nobody hears it any more.").wait_for(timeout=60_000)
        page.get_by_role("button", name="Forget what I said just now").click()
        page.get_by_text("Forgotten: 2 recording(s).").wait_for()
        assert assistant.counted("kettle")["recordings"] == 0
        listening.close()
