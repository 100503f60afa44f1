"""A call of two pages: heard, captioned and translated, kept as far as each party agreed, seen, withdrawn."""

import re
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

LOUD = """(loud) => new Promise((done) => {
  const meter = document.getElementById("theirs");
  let quiet = 0;
  const look = () => {
    quiet = meter.value > 0.02 ? 0 : quiet + 1;
    if (loud ? quiet === 0 : quiet > 60) done(); else setTimeout(look, 100);
  };
  look();
})"""


@pytest.fixture(scope="module")
def translator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    example = Example("translator", tmp_path_factory.mktemp("translator"))
    yield example
    example.end()


def enter(page: "Page", address: str, answer: str, button: str) -> None:
    """Answer the question, then start or join the call."""
    page.goto(address)
    assert page.locator("#join").is_disabled(), "asked first"
    page.get_by_role("button", name=answer).click()
    page.get_by_role("button", name=button).click()
    page.get_by_text("The microphone is open.").wait_for()


def caption(page: "Page", by: str) -> None:
    """Wait for words of one of the two."""
    line = page.locator(f'#captions li[data-by="{by}"]')
    (line.locator('span[lang="en"]') if by == "other" else line).first.wait_for(timeout=60_000)


def test_a_stranger_is_in_no_call(translator: Example) -> None:
    for path in ("join", "signal", "events", "sound", "hang-up", "mine", "withdraw", "forget"):
        assert fetch(f"{translator.origin}/{path}", b"{}")[0] == 403, "no cookie"
    for path in ("signal", "events", "sound", "hang-up"):
        assert fetch(f"{translator.origin}/{path}", b"{}", Cookie="user=x", Call="none")[0] == 404
    assert fetch(f"{translator.origin}/join", b"{}", Cookie="user=x")[0] == 409, "not asked yet"


def test_a_call_is_translated_and_kept_as_far_as_its_parties_agreed(
    translator: Example, browser: "Browser", tmp_path: Path
) -> None:
    translator.reviewer("bo@tarn.example", tmp_path)
    voices = [speech(tmp_path / f"{number}.wav", number, least_s=7.0) for number in (0, 1)]
    with talking(browser, voices[0]) as one, talking(browser, voices[1]) as other:
        ada, ben = Watched(one, translator.origin), Watched(other, translator.origin)
        hers, his = ada.page(), ben.page()
        enter(hers, "/", "Yes, people may listen", "Start a call")
        address = hers.locator("#address").inner_text()
        enter(his, address, "No, nobody may listen", "Join the call")
        third = Watched(browser, translator.origin)
        name = address.partition("call=")[2]
        assert fetch(f"{translator.origin}/events", b'{"since": 0}', Cookie="user=x", Call=name)[0] == 404
        his.get_by_role(
            "button", name="Mute"
        ).click()  # one after the other: what is said into his words is lost with them
        his.evaluate(LOUD, True)
        caption(his, "other")
        caption(hers, "me")
        hers.get_by_role("button", name="Mute").click()
        his.evaluate(LOUD, False)
        his.get_by_role("button", name="Mute").click()
        hers.evaluate(LOUD, True)
        caption(hers, "other")
        caption(his, "me")
        translated, said = hers.locator('#captions li[data-by="other"]').first.locator("span").all_inner_texts()
        assert translated != said
        assert len(translated) > 0
        look_at(hers, "translator")
        hers.get_by_role("button", name="Hang up").click()
        hers.get_by_text("The call is kept as far as its parties agreed.").wait_for()
        his.get_by_text("The call is over. The microphone is closed.").wait_for()

        prepared = eventually(
            lambda: translator.counted("ferry") if translator.counted("ferry")["clips"] else None,
            within_s=90,
            what="the call prepared",
            show=lambda: translator.counted("ferry"),
        )
        assert prepared["recordings"] == 1
        listening = Watched(browser, translator.platform)
        work = listening.page()
        sign_in(work, "bo@tarn.example", house.PASSWORD)
        work.goto("/review/ferry/")
        assert state(work, "ready", "empty") == "ready"
        hear(work)
        hers.get_by_role("button", name="What do you have of me?").click()
        mine = hers.frame_locator("#mine")
        mine.get_by_text("What became of it").click()
        mine.get_by_text("heard by a reviewer of Tarn Listening in IE").first.wait_for()
        his.get_by_role("button", name="What do you have of me?").click()
        nothing = his.frame_locator("#mine")
        nothing.get_by_role("heading", name="Your recordings").wait_for()
        assert nothing.get_by_text(re.compile("heard by a reviewer")).count() == 0
        assert nothing.get_by_role("button", name="Play what reviewers hear").count() == 0
        hers.get_by_role("button", name="Nobody may listen any more").click()
        hers.get_by_text("Nobody listens any more. 1 recording(s) were closed.").wait_for()
        work.keyboard.press("Space")
        assert state(work, "refused", "empty") in ("refused", "empty")
        hers.get_by_role("button", name="Forget my side of the last call").click()
        hers.get_by_text("Forgotten: 1 recording(s).").wait_for()
        third.close()
        listening.close()
