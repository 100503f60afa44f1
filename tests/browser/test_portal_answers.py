"""How a clip is answered: each kind by its keys, texts with tags and differences, a flag that says where and what."""

from typing import TYPE_CHECKING, Any

import pytest

from fairhearing.programmes.models import Programme, Task
from fairhearing.review.models import Flag, Judgement
from tests.browser.conftest import Office
from tests.browser.reviewing import add_fields, assignment, next_clip
from tests.browser.test_pages import look_at
from tests.browser.test_player import own_words
from tests.browser.watching import hear, state

if TYPE_CHECKING:
    from playwright.sync_api import Page

OPTIONS = [{"value": 1, "label": "Yes, it was meant"}, {"value": 2, "label": "No"}, {"value": 3, "label": "Unclear"}]
SCALES = [{"name": name, "lowest": 1, "highest": 5} for name in ("adequacy", "fluency")]


def at_work(office: Office, **fields: Any) -> Any:
    office.house.clip(texts=("turn the light on", "turn the lights on"))
    watched = office.watched("alice")
    page = watched.page()
    if fields:
        add_fields(page, **fields)
    page.goto("/review/assistant/")
    state(page, "ready")
    return page, watched


def sent_by(page: "Page", key: str) -> dict[str, Any]:
    """What a key sends as a judgement."""
    with page.expect_request("**/judgements") as sent:
        page.keyboard.press(key)
    body: dict[str, Any] = sent.value.post_data_json
    return body


@pytest.mark.parametrize("task", [Task.ACTIVATION, Task.RATING, Task.COMPARISON])
def test_a_kind_with_options_is_two_keys_on_the_real_server(office: Office, task: Task) -> None:
    Programme.objects.update(task=task)
    page, watched = at_work(office)
    before = assignment(page)
    radios = page.locator("#option-list").get_by_role("radio")
    assert radios.count() >= 2
    assert page.locator("#question").inner_text() != ""
    assert not page.get_by_role("textbox", name="Your own text").is_visible()
    page.keyboard.press("Enter")
    page.get_by_text("Nothing to send yet").first.wait_for()
    hear(page)
    page.keyboard.press("2")
    assert radios.nth(1).is_checked()
    page.keyboard.press("Enter")
    next_clip(page, before)
    assert Judgement.objects.get().value == 2
    assert watched.complaints() == []


def test_a_comparison_shows_its_texts_beside_each_other(office: Office) -> None:
    page, watched = at_work(office, task="comparison", question="Which one says it better?", options=OPTIONS)
    figures = page.get_by_role("figure")
    assert figures.all_inner_texts() == ["A\n\nturn the light on", "B\n\nturn the lights on"]
    assert page.get_by_role("group", name="Which one says it better?").is_visible()
    page.keyboard.press("9")
    page.get_by_text("There is no answer 9.").wait_for()
    assert watched.complaints() == []
    look_at(page, "review-comparison")


def test_an_option_that_was_marked_is_there_again_when_the_page_is_loaded_anew(office: Office) -> None:
    page, watched = at_work(office, task="activation", question="Was the device meant?", options=OPTIONS)
    page.keyboard.press("3")
    page.reload()
    state(page, "ready")
    assert page.get_by_role("radio", name="Unclear").is_checked()
    assert page.locator("#will-send").inner_text() == "Sends “Unclear”."
    assert watched.complaints() == []
    look_at(page, "review-activation")


def test_a_translation_is_rated_by_a_letter_and_a_digit(office: Office) -> None:
    page, watched = at_work(office, task="translation", target_language="de", question="", scales=SCALES)
    hear(page)
    page.keyboard.press("a")
    page.get_by_text("Adequacy: press 1 to 5.").wait_for()
    page.keyboard.press("7")
    page.get_by_text("Adequacy goes from 1 to 5.").wait_for()
    page.keyboard.press("a")
    page.keyboard.press("4")
    page.keyboard.press("l")
    page.keyboard.press("2")
    page.keyboard.press("1")
    assert page.get_by_role("radio", name="turn the light on").is_checked(), "the digit marks a candidate again"
    assert page.get_by_role("group", name="Adequacy").get_by_role("radio", name="4").is_checked()
    body = sent_by(page, "Enter")
    assert {name: body[name] for name in ("choice", "adequacy", "fluency")} == {
        "choice": 1,
        "adequacy": 4,
        "fluency": 2,
    }
    state(page, "refused")  # the programme of this house is for transcriptions: its server wants no ratings
    assert page.get_by_role("group", name="Fluency").get_by_role("radio", name="2").is_checked(), "and all is kept"
    assert watched.complaints(allow="status of 422") == []
    look_at(page, "review-translation")


def test_ratings_can_be_left_out(office: Office) -> None:
    Programme.objects.update(task=Task.TRANSLATION, target_language="de")
    page, watched = at_work(office)
    before = assignment(page)
    hear(page)
    page.keyboard.press("a")
    page.keyboard.press("5")
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    next_clip(page, before)
    judgement = Judgement.objects.get()
    assert (judgement.choice, judgement.adequacy, judgement.fluency) == (2, 5, None)
    assert watched.complaints() == []


def test_a_clip_without_candidates_is_answered_by_a_text(office: Office) -> None:
    page, watched = at_work(office, hypotheses=[])
    assert not page.locator("#candidates").is_visible()
    page.keyboard.press("1")
    page.get_by_text("There is no candidate 1.").wait_for()
    page.keyboard.press("e")
    page.get_by_text("Pick a candidate first").wait_for()
    hear(page)
    page.keyboard.press("t")
    page.keyboard.type("turn the light on")
    before = assignment(page)
    page.keyboard.press("Enter")
    next_clip(page, before)
    assert own_words(Judgement.objects.get()) == "turn the light on"
    assert watched.complaints() == []


def test_tags_are_put_in_by_keys_and_taken_back_by_the_browsers_undo(office: Office) -> None:
    page, watched = at_work(office)
    field = page.get_by_role("textbox", name="Your own text")
    page.keyboard.press("t")
    page.keyboard.type("turn that")
    page.keyboard.press("Control+,")
    assert field.input_value() == "turn that [noise]"
    page.keyboard.press("Control+z")
    assert field.input_value() == "turn that"
    page.keyboard.press("Control+Shift+ArrowLeft")
    page.keyboard.press("Control+.")
    assert field.input_value() == "turn ((that))"
    page.keyboard.type(" ")
    page.keyboard.press("Control+.")
    page.keyboard.type("on")
    assert field.input_value() == "turn ((that)) ((on))"
    assert watched.complaints() == []


def test_what_an_edit_changed_is_shown_by_more_than_colour_and_said_once(office: Office) -> None:
    page, watched = at_work(office)
    page.keyboard.press("2")
    page.keyboard.press("e")
    assert not page.locator("#changes").is_visible(), "nothing has changed yet"
    page.keyboard.press("Control+a")
    page.keyboard.type("please turn the lights off")
    assert page.locator("#changes ins").all_inner_texts() == ["please", "off"]
    assert page.locator("#changes del").all_inner_texts() == ["on"]
    assert "underline" in page.locator("#changes ins").first.evaluate(
        "(one) => getComputedStyle(one).textDecorationLine"
    )
    assert page.locator("#changes-words").inner_text() == "", "not while the typing goes on"
    page.get_by_text("2 words added, 1 word taken out").wait_for(state="attached")
    assert watched.complaints() == []
    look_at(page, "review-changes")


def test_the_guideline_is_searched_beside_the_clip(office: Office) -> None:
    Programme.objects.update(guideline="Write numbers in words.\nA number (like 7) that is cut off: mark it.")
    page, watched = at_work(office)
    page.keyboard.press("/")
    page.keyboard.type("NUMBER")
    assert page.locator("#guideline-count").inner_text() == "2 found"
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert page.locator("#guideline-count").inner_text() == "2 of 2"
    assert page.locator("mark[data-here]").all_inner_texts() == ["number"]
    assert watched.asked("/judgements") == 0
    page.keyboard.press("Control+a")
    page.keyboard.type("(like")
    assert page.locator("#guideline-count").inner_text() == "1 found"
    page.keyboard.type("<b>")
    assert page.locator("#guideline-count").inner_text() == "Not found"
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    assert page.get_by_role("radio").first.is_checked(), "Escape leaves the search"
    assert watched.complaints() == []


def test_spelling_is_checked_where_somebody_switches_it_on(office: Office) -> None:
    page, watched = at_work(office)
    field = page.get_by_role("textbox", name="Your own text")
    assert field.evaluate("(field) => field.spellcheck") is False
    page.keyboard.press("?")
    page.get_by_label("Check the spelling").check()
    assert field.evaluate("(field) => field.spellcheck") is True
    assert watched.complaints() == []


def test_personal_data_is_flagged_with_where_and_what(office: Office) -> None:
    page, watched = at_work(office)
    hear(page)
    page.keyboard.press("[")
    for _ in range(3):
        page.keyboard.press("Shift+ArrowRight")
    before = assignment(page)
    page.keyboard.press("f")
    page.keyboard.press("1")
    page.get_by_role("dialog", name="Personal data left in").wait_for()
    assert page.get_by_label("From", exact=True).input_value() == "0.30"
    assert page.get_by_label("To", exact=True).input_value() == "1.00"
    page.keyboard.press("1")
    page.keyboard.press("4")
    page.keyboard.press("5")
    page.keyboard.press("5")
    body = sent_by(page, "Enter")
    assert (body["flag"], body["span_s"], body["kinds"]) == ("personal_data", [0.3, 1], ["name", "email"])
    next_clip(page, before)
    assert Judgement.objects.get().flag == Flag.PERSONAL_DATA
    assert watched.complaints() == []


def test_the_flag_of_personal_data_is_for_all_of_the_clip_unless_said_otherwise_and_can_be_thought_over(
    office: Office,
) -> None:
    page, watched = at_work(office)
    dialog = page.get_by_role("dialog", name="Personal data left in")
    for _ in range(2):
        page.keyboard.press("f")
        page.keyboard.press("1")
        dialog.wait_for()
        assert [page.get_by_label(name, exact=True).input_value() for name in ("From", "To")] == ["0.00", "1.00"]
        page.keyboard.press("Escape")
        dialog.wait_for(state="hidden")
    assert watched.asked("/judgements") == 0
    page.keyboard.press("f")
    page.keyboard.press("1")
    look_at(page, "review-personal-data")
    assert sent_by(page, "Enter")["span_s"] == [0, 1]
