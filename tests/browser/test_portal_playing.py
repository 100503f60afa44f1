"""How a clip is heard: resumed a little before, slowly, in a loop, word by word; softly where it can distress."""

from typing import TYPE_CHECKING, Any

import pytest

from fairhearing.ledger.entries import Kind
from fairhearing.ledger.models import Record
from fairhearing.review.models import Assignment, AssignmentState, Judgement
from tests.browser.conftest import Office
from tests.browser.reviewing import add_fields, assignment, next_clip, prefer, until
from tests.browser.test_pages import look_at
from tests.browser.watching import hear, state
from tests.house import tone

if TYPE_CHECKING:
    from playwright.sync_api import Page

AT = "document.getElementById('audio').currentTime"
# What the audio element did at each of its events.
HISTORY = """
window.history_of_sound = [];
for (const name of ["seeked", "playing", "pause", "ended", "ratechange"]) {
  document.addEventListener(name, ({ target }) => window.history_of_sound.push(
    { name, at: target.currentTime, rate: target.playbackRate, volume: target.volume }), true);
}
"""


def plays() -> int:
    return Record.objects.filter(kind=Kind.PLAYED, role="reviewer").count()


def history(page: "Page", name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate("window.history_of_sound")
    return [one for one in found if one["name"] == name]


def wait_at(page: "Page", seconds: float) -> None:
    page.wait_for_function(f"() => {AT} >= {seconds}", polling=20)


def at_work(office: Office, seconds: float = 3.0, fields: dict[str, Any] | None = None, **options: Any) -> Any:
    office.house.clip(samples=tone(seconds))
    watched = office.watched("alice", **options)
    watched.context.add_init_script(HISTORY)
    page = watched.page()
    if fields:
        add_fields(page, **fields)
    page.goto("/review/assistant/")
    state(page, "ready")
    return page, watched


@pytest.mark.parametrize("back", ["0", "2"])
def test_a_paused_play_goes_on_so_much_before(office: Office, back: str) -> None:
    page, watched = at_work(office)
    page.keyboard.press("?")
    page.get_by_label("A paused play goes on").select_option(back)
    page.keyboard.press("Escape")
    page.keyboard.press("Space")
    wait_at(page, 1.2)
    page.keyboard.press("Space")
    state(page, "ready")
    paused = page.evaluate(AT)
    page.keyboard.press("Space")
    state(page, "playing")
    resumed = history(page, "seeked")[-1]["at"]
    assert resumed == pytest.approx(max(0, paused - float(back)), abs=0.1)
    assert (watched.asked("/plays"), plays()) == (1, 1)
    assert watched.complaints() == []


def test_the_last_two_seconds_come_slowly_within_the_same_play_and_as_a_new_one_after_it(office: Office) -> None:
    page, watched = at_work(office)
    page.keyboard.press("Space")
    wait_at(page, 2.3)
    page.keyboard.press("b")
    page.wait_for_function("() => document.getElementById('audio').playbackRate === 0.6")
    page.wait_for_function("() => window.history_of_sound.some((one) => one.name === 'seeked')")
    back = history(page, "seeked")[-1]["at"]
    assert 0.25 < back < 1.0
    wait_at(page, 2.6)
    assert page.evaluate("document.getElementById('audio').playbackRate") == 1, "on as before"
    state(page, "ready")
    assert (watched.asked("/plays"), plays()) == (1, 1)
    page.wait_for_function("() => !document.getElementById('audio').src")
    page.keyboard.press("b")
    page.wait_for_function(f"() => {AT} > 1.05", polling=20)
    assert page.evaluate("document.getElementById('audio').playbackRate") == 0.6
    state(page, "ready")
    assert (watched.asked("/plays"), plays()) == (2, 2)
    assert watched.complaints() == []


def test_a_selection_by_keys_loops_until_it_is_asked_to_stop(office: Office) -> None:
    page, watched = at_work(office)
    page.keyboard.press("Space")
    wait_at(page, 0.5)
    page.keyboard.press("[")
    wait_at(page, 1.0)
    page.keyboard.press("]")
    page.locator("#selection-words:not(:empty)").wait_for()
    assert history(page, "seeked") == [], "nothing loops unless it is asked to"
    page.keyboard.press("r")
    page.wait_for_function("() => window.history_of_sound.filter((one) => one.name === 'seeked').length >= 4")
    assert {round(one["at"], 1) for one in history(page, "seeked")} == {round(history(page, "seeked")[0]["at"], 1)}
    page.keyboard.press("r")
    state(page, "ready")
    assert history(page, "ended"), "played on to the end"
    assert (watched.asked("/plays"), plays()) == (1, 1), "looping is one play"
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("x")
    assert page.locator("#selection-words").inner_text() == ""
    assert watched.complaints() == []


def test_a_loop_that_reaches_the_end_of_the_clip_begins_again(office: Office) -> None:
    page, watched = at_work(office, 1.0)
    box = page.locator("#selection-layer").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] + 30, box["y"] + 20, steps=4)
    page.mouse.up()
    assert page.locator("#selection-words").inner_text() == "Selected 0.5 to 1.0 s"
    page.keyboard.press("r")
    page.wait_for_function("() => window.history_of_sound.filter((one) => one.name === 'ended').length >= 2")
    page.keyboard.press("1")
    before = assignment(page)
    page.keyboard.press("Enter")
    next_clip(page, before)
    assert plays() == 1
    assert Judgement.objects.get().reported_ms > 800, "what sounded twice counts twice"
    assert watched.complaints() == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [([], [2.0, 1.0]), ([[0.3, 0.6], [1.9, 2.2], [2.5, 2.9]], [1.9, 0.3])],
    ids=["seconds", "words"],
)
def test_the_arrows_step_by_word_or_by_second(office: Office, words: list[list[float]], expected: list[float]) -> None:
    page, watched = at_work(office, fields={"words": words} if words else None)
    page.keyboard.press("ArrowRight")
    page.get_by_text("Steps are within a play").wait_for()
    page.keyboard.press("Space")
    wait_at(page, 1.0)
    page.keyboard.press("Space")
    state(page, "ready")
    page.evaluate("document.getElementById('audio').currentTime = 1.0")
    for key, moment in zip(("ArrowRight", "ArrowLeft"), expected, strict=True):
        page.keyboard.press(key)
        assert page.evaluate(AT) == pytest.approx(moment, abs=0.02)
    assert (watched.asked("/plays"), plays()) == (1, 1)
    assert watched.complaints() == []


def test_the_next_clip_plays_by_itself_and_its_listen_is_logged(office: Office) -> None:
    office.house.clip("sam", samples=tone(2.0))
    page, watched = at_work(office, 2.0, autoplay=True)
    page.wait_for_load_state("networkidle")
    assert plays() == 0, "the first one waits for the key"
    before = assignment(page)
    page.keyboard.press("Space")
    state(page, "playing")
    page.keyboard.press("1")
    page.wait_for_function(f"() => {AT} > 0.2")
    page.keyboard.press("Enter")
    page.wait_for_selector(f'main#work[data-state="playing"]:not([data-assignment="{before}"])')
    assert (watched.asked("/plays"), plays()) == (2, 2)
    prefer(page, autoplay=False)
    before = assignment(page)
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    next_clip(page, before)
    assert plays() == 2
    assert watched.complaints() == []


def test_a_clip_that_can_distress_asks_begins_softly_and_is_left_by_one_key(office: Office) -> None:
    office.house.clip("sam", samples=tone(3.0))
    page, watched = at_work(office, fields={"sensitive": "distressing content"}, autoplay=True)
    page.get_by_text("This clip is marked: distressing content.").wait_for()
    assert not page.locator("#candidates").is_visible(), "what it says is not shown either"
    assert not page.locator("#submit").is_visible()
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    page.get_by_text("Play the clip first, or leave it.").wait_for()
    assert not Judgement.objects.exists()
    page.keyboard.press("Space")
    state(page, "playing")
    page.wait_for_function("() => window.history_of_sound.some((one) => one.name === 'playing')")
    assert history(page, "playing")[0]["volume"] < 0.3
    page.wait_for_function("() => document.getElementById('audio').volume === 1")
    assert page.locator("#candidates").is_visible()
    before = assignment(page)
    with page.expect_request("**/judgements") as sent:
        page.keyboard.press("s")
    assert sent.value.post_data_json["why"] == "sensitive"
    next_clip(page, before)
    page.get_by_text("Left, without a penalty.").wait_for()
    page.get_by_text("This clip is marked").wait_for()
    assert plays() == 1, "the next one asks as well, and does not play by itself"
    until(page, lambda: Assignment.objects.get(id=before).state == AssignmentState.SKIPPED, "it is given back")
    assert watched.complaints() == []
    look_at(page, "review-sensitive")


def test_an_answer_that_comes_too_early_is_kept_and_told_what_is_missing(office: Office) -> None:
    page, watched = at_work(office, fields={"must_hear_s": 2.0})
    page.get_by_text("2.0 s still to hear before an answer counts").wait_for()
    page.keyboard.press("Space")
    wait_at(page, 0.4)
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    page.get_by_text("Too early:").wait_for()
    assert page.get_by_role("radio").first.is_checked()
    assert watched.asked("/judgements") == 0
    state(page, "ready")
    assert page.locator("#must-hear").inner_text() == ""
    before = assignment(page)
    page.keyboard.press("Enter")
    next_clip(page, before)
    assert Judgement.objects.get().choice == 1
    assert watched.complaints() == []


def test_a_click_selects_nothing_and_a_play_after_the_end_is_a_new_one(office: Office) -> None:
    page, watched = at_work(office, 1.0)
    page.locator("#selection-layer").click(position={"x": 80, "y": 20})
    assert page.locator("#selection-words").inner_text() == ""
    hear(page)
    page.wait_for_function("() => !document.getElementById('audio').src")
    hear(page)
    assert (watched.asked("/plays"), plays()) == (2, 2)
    assert watched.complaints() == []
