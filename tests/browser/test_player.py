"""The reviewer's player in a real browser: what is asked for when, what is heard, what stays behind."""

from typing import TYPE_CHECKING

import pytest

from fairhearing.capture.models import Clip, ClipState
from fairhearing.ledger.entries import Kind
from fairhearing.ledger.models import Record
from fairhearing.programmes.models import Programme
from fairhearing.review import judge
from fairhearing.review.models import Assignment, AssignmentState, Judgement
from fairhearing.vault import keys, writer
from tests.browser.conftest import Office
from tests.browser.watching import hear, state

if TYPE_CHECKING:
    from playwright.sync_api import Page

# Counts the addresses of sound that a page makes and lets go of, and keeps the newest.
BLOBS = """
window.blobs = { made: [], gone: [] };
const make = URL.createObjectURL.bind(URL), drop = URL.revokeObjectURL.bind(URL);
URL.createObjectURL = (blob) => { const at = make(blob); window.blobs.made.push(at); return at; };
URL.revokeObjectURL = (at) => { window.blobs.gone.push(at); drop(at); };
"""


def plays() -> int:
    return Record.objects.filter(kind=Kind.PLAYED, role="reviewer").count()


def assignment(page: "Page") -> str:
    return str(page.locator("main#work").get_attribute("data-assignment"))


def next_clip(page: "Page", before: str) -> None:
    page.wait_for_selector(f'main#work:not([data-assignment="{before}"])')
    state(page, "ready", "empty")


def own_words(judgement: Judgement) -> str:
    key = keys.unwrap(judgement.clip.channel.key_id)
    assert judgement.sealed_text is not None
    return writer.open_text(key, f"judgement|{judgement.id}", bytes(judgement.sealed_text))


def test_the_key_is_asked_for_at_the_press_and_never_before(office: Office) -> None:
    office.house.clip()
    office.house.clip("sam")
    page, watched = office.at_work("alice")
    page.wait_for_load_state("networkidle")
    sealed = [request for request in watched.requests if "/sealed/" in request.url]
    assert len(sealed) == 2, "this clip and the next one are here, sealed"
    assert (watched.asked("/plays"), plays()) == (0, 0)
    hear(page)
    assert (watched.asked("/plays"), plays()) == (1, 1)
    hear(page)
    page.keyboard.press("r")
    state(page, "playing")
    state(page, "ready")
    assert (watched.asked("/plays"), plays()) == (3, 3), "each replay asks again"
    assert len([request for request in watched.requests if "/sealed/" in request.url]) == 2
    assert watched.complaints() == []


def test_a_pause_within_a_play_asks_for_nothing_and_the_button_says_what_it_does(office: Office) -> None:
    office.house.clip()
    page, watched = office.at_work("alice")
    page.get_by_role("button", name="Play", exact=False).first.click()
    state(page, "playing")
    pause = page.get_by_role("button", name="Pause")
    pause.wait_for()
    page.keyboard.press("Space")
    state(page, "ready")
    at = page.evaluate("document.getElementById('audio').currentTime")
    assert at < 1
    page.keyboard.press("Space")
    state(page, "playing")
    state(page, "ready")
    assert (watched.asked("/plays"), plays()) == (1, 1)
    assert watched.complaints() == []


def test_after_an_answer_the_sound_is_gone_and_the_next_clip_is_there_without_a_page_load(office: Office) -> None:
    office.house.clip()
    office.house.clip("sam")
    watched = office.watched("alice")
    watched.context.add_init_script(BLOBS)
    page = watched.page()
    page.goto("/review/assistant/")
    state(page, "ready")
    loads: list[str] = []
    page.on("framenavigated", lambda frame: loads.append(frame.url))
    first, clip = assignment(page), page.locator("main#work").get_attribute("data-clip")
    page.keyboard.press("Space")
    state(page, "playing")
    assert page.evaluate("document.getElementById('audio').src.startsWith('blob:')")
    page.keyboard.press("1")
    page.keyboard.press("Enter")  # while it still sounds
    next_clip(page, first)
    assert page.locator("main#work").get_attribute("data-clip") != clip
    assert not page.evaluate("document.getElementById('audio').src")
    assert page.evaluate("window.blobs.made.length") == 1
    assert page.evaluate("window.blobs.made.every((at) => window.blobs.gone.includes(at))")
    assert loads == []
    assert not page.evaluate("Object.keys({ ...localStorage }).some((name) => /key|wav|pcm/.test(name))")
    assert page.locator("h2#clip-heading").evaluate("(heading) => heading === document.activeElement")
    assert watched.complaints() == []


def test_an_answer_by_key_is_the_candidate_that_it_names(office: Office) -> None:
    office.house.clip(texts=("turn the light on", "turn the lights on", "burn the light on"))
    page, watched = office.at_work("alice")
    before = assignment(page)
    hear(page)
    page.keyboard.press("4")
    page.get_by_text("There is no candidate 4.").wait_for()
    page.keyboard.press("2")
    assert page.get_by_role("radio", name="turn the lights on").is_checked()
    page.keyboard.press("Enter")
    next_clip(page, before)
    judgement = Judgement.objects.get()
    assert (judgement.choice, judgement.sealed_text) == (2, None)
    assert 500 < judgement.reported_ms < 5000, "the page reports the seconds that sounded"
    assert watched.complaints() == []


def test_an_answer_to_what_was_not_heard_is_refused_and_kept(office: Office) -> None:
    office.house.clip()
    page, _ = office.at_work("alice")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    assert state(page, "refused") == "refused"
    assert "Play the clip" in page.locator("#trouble-text").inner_text()
    assert page.get_by_role("radio").first.is_checked()
    assert not Judgement.objects.exists()
    hear(page)
    before = assignment(page)
    page.keyboard.press("Enter")
    next_clip(page, before)
    assert Judgement.objects.get().choice == 1


def test_text_of_ones_own_is_written_and_sent_by_keyboard(office: Office) -> None:
    office.house.clip()
    page, watched = office.at_work("alice")
    before = assignment(page)
    hear(page)
    page.keyboard.press("t")
    field = page.get_by_role("textbox", name="Your own text")
    assert field.evaluate("(field) => field === document.activeElement")
    page.keyboard.type("turn 1 light on, ß and ñ")
    assert page.locator("#will-send").inner_text() == "Sends your own text."
    page.keyboard.press("Enter")
    next_clip(page, before)
    assert own_words(Judgement.objects.get()) == "turn 1 light on, ß and ñ"
    assert watched.asked("/plays") == 1, "letters that are typed are no commands"
    assert watched.complaints() == []


def test_a_candidate_can_be_edited(office: Office) -> None:
    office.house.clip()
    page, watched = office.at_work("alice")
    before = assignment(page)
    hear(page)
    page.keyboard.press("1")
    page.keyboard.press("e")
    field = page.get_by_role("textbox", name="Your own text")
    assert field.input_value() == "turn the light on"
    page.keyboard.press("End")
    page.keyboard.type(" please")
    page.keyboard.press("Enter")
    next_clip(page, before)
    judgement = Judgement.objects.get()
    assert (judgement.choice, own_words(judgement)) == (None, "turn the light on please")
    assert watched.complaints() == []


@pytest.mark.parametrize(("digit", "flag"), [("2", "not_for_device"), ("4", "known_person")])
def test_a_flag_is_two_keys(office: Office, digit: str, flag: str) -> None:
    clip = office.house.clip()
    page, watched = office.at_work("alice")
    before = assignment(page)
    page.keyboard.press("f")
    page.get_by_role("dialog", name="Flag this clip").wait_for()
    page.keyboard.press(digit)
    next_clip(page, before)
    assert Judgement.objects.get().flag == flag
    assert Clip.objects.get(id=clip.id).state != ClipState.QUARANTINED
    assert state(page, "ready", "empty") == "empty", "whoever flagged it is not given it again"
    assert watched.complaints() == []


def test_a_flag_that_is_thought_over_is_not_sent(office: Office) -> None:
    office.house.clip()
    page, watched = office.at_work("alice")
    before = assignment(page)
    page.keyboard.press("f")
    page.get_by_role("dialog", name="Flag this clip").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("dialog", name="Flag this clip").wait_for(state="hidden")
    page.keyboard.press("1")
    assert assignment(page) == before
    assert page.get_by_role("radio").first.is_checked(), "the digit marks a candidate again"
    assert not Judgement.objects.exists()
    assert watched.complaints() == []


def test_a_skipped_clip_goes_to_somebody_else(office: Office) -> None:
    office.house.clip()
    page, watched = office.at_work("alice")
    before = assignment(page)
    page.keyboard.press("s")
    next_clip(page, before)
    assert state(page, "ready", "empty") == "empty"
    assert Assignment.objects.get().state == AssignmentState.SKIPPED
    other, _ = office.at_work("bob")
    assert state(other, "ready", "empty") == "ready"
    assert watched.complaints() == []


def test_undo_opens_the_clip_again_with_what_was_answered(office: Office) -> None:
    office.house.clip()
    office.house.clip("sam")
    Programme.objects.update(grace_seconds=60)
    page, watched = office.at_work("alice")
    before = assignment(page)
    hear(page)
    page.keyboard.press("t")
    page.keyboard.type("turn that light on")
    page.keyboard.press("Enter")
    next_clip(page, before)
    page.keyboard.press("u")
    page.wait_for_selector(f'main#work[data-assignment="{before}"]')
    assert page.get_by_role("textbox", name="Your own text").input_value() == "turn that light on"
    assert Judgement.objects.filter(undone=True, supersedes__isnull=False).count() == 1
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    next_clip(page, before)
    live = Judgement.objects.get(undone=False, superseded_by=None)
    assert live.choice == 2
    assert watched.complaints() == []


def test_what_cannot_be_undone_any_more_says_so(office: Office) -> None:
    office.house.clip()
    page, _ = office.at_work("alice")  # the house has no grace time
    before = assignment(page)
    hear(page)
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    next_clip(page, before)
    page.keyboard.press("u")
    page.get_by_text("There is nothing that can still be undone.").wait_for()
    with pytest.raises(judge.JudgementRefused):
        judge.undo(judgement=Judgement.objects.get().id, account=office.house.people["alice"].id)


def test_a_page_loaded_anew_gives_the_same_clip_with_what_was_typed(office: Office) -> None:
    office.house.clip()
    office.house.clip("sam")
    page, watched = office.at_work("alice")
    before = assignment(page)
    page.keyboard.press("t")
    page.keyboard.type("half a sen")
    page.reload()
    state(page, "ready")
    held = set(Assignment.objects.filter(state=AssignmentState.OPEN).values_list("id", flat=True))
    assert before in held
    assert len(held) <= 2
    if assignment(page) != before:  # the two clips in hand may change places
        page.keyboard.press("s")
        page.wait_for_selector(f'main#work[data-assignment="{before}"]')
    assert page.get_by_role("textbox", name="Your own text").input_value() == "half a sen"
    assert watched.complaints() == []


def test_the_speed_changes_by_key_and_a_play_at_threefold_speed_is_still_one_entry(office: Office) -> None:
    office.house.clip()
    page, watched = office.at_work("alice")
    for _ in range(9):
        page.keyboard.press("+")
    assert page.locator("#speed").input_value() == "3"
    page.keyboard.press("Space")
    state(page, "playing")
    assert page.evaluate("document.getElementById('audio').playbackRate") == 3
    assert page.evaluate("document.getElementById('audio').preservesPitch")
    state(page, "ready")
    assert plays() == 1
    assert watched.complaints() == []
