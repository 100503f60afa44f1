"""Lost connections, late receipts, a second tab, a lease that ran out: nothing typed is lost, nothing judged twice."""

from typing import TYPE_CHECKING

from django.utils import timezone

from fairhearing.ledger.entries import Kind
from fairhearing.ledger.models import Record
from fairhearing.review.models import Assignment, AssignmentState, Judgement
from tests.browser.conftest import Office
from tests.browser.reviewing import assignment, next_clip, until
from tests.browser.test_pages import look_at
from tests.browser.watching import hear, state
from tests.house import tone

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

CUT = "Failed to load resource"


def opened(office: Office, clips: int, **options: bool) -> "Page":
    for number in range(clips):
        office.house.clip(f"speaker-{number}", samples=tone(1.5))
    page, _ = office.at_work("alice", **options)
    page.wait_for_load_state("networkidle")
    return page


def write(page: "Page", text: str) -> None:
    page.keyboard.press("t")
    page.keyboard.type(text)


def test_an_answer_whose_receipt_was_lost_is_known_when_it_is_sent_again(office: Office) -> None:
    page = opened(office, 2)
    first = assignment(page)
    hear(page)
    page.keyboard.press("1")

    def lose(route: "Route") -> None:
        route.fetch()  # the server takes it, and its answer never comes
        route.abort()

    page.route("**/judgements", lose, times=1)
    page.keyboard.press("Enter")
    state(page, "error")
    assert assignment(page) == first, "the clip is back"
    assert "cannot be reached" in page.locator("#trouble-text").inner_text()
    assert page.get_by_role("radio").first.is_checked()
    page.get_by_role("button", name="Try again").click()
    next_clip(page, first)
    page.get_by_text("Nothing was judged twice.").wait_for()
    assert not page.locator("#trouble").is_visible(), "no error"
    assert Judgement.objects.count() == 1


def test_an_answer_that_never_left_brings_its_clip_back_and_the_order_is_kept(office: Office) -> None:
    page = opened(office, 3)
    first = assignment(page)
    hear(page)
    write(page, "turn the first light on")
    page.route("**/judgements", lambda route: route.abort(), times=1)
    page.keyboard.press("Enter")
    state(page, "error")
    assert assignment(page) == first
    assert "Back to the clip before" in page.locator("#trouble-text").inner_text()
    assert page.get_by_role("textbox", name="Your own text").input_value() == "turn the first light on"
    assert page.locator("#done-count").inner_text() == "0"
    look_at(page, "review-brought-back")
    page.get_by_role("button", name="Try again").click()
    next_clip(page, first)
    second = assignment(page)
    hear(page)
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    next_clip(page, second)
    until(page, lambda: Judgement.objects.count() == 2, "both answers")
    judged = Judgement.objects.order_by("at").values_list("assignment_id", flat=True)
    assert list(judged) == [first, second]
    assert page.locator("#done-count").inner_text() == "2"


def test_the_next_clip_is_there_before_the_receipt_and_a_second_answer_waits_for_it(office: Office) -> None:
    page = opened(office, 3)
    first = assignment(page)
    held: list[Route] = []

    def hold(route: "Route") -> None:
        held.append(route)
        if len(held) > 1:
            route.continue_()

    page.route("**/judgements", hold)
    hear(page)
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    next_clip(page, first)
    second = assignment(page)
    hear(page)
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    assert [route.request.post_data_json["assignment"] for route in held] == [first]
    assert assignment(page) == second
    held[0].continue_()
    next_clip(page, second)
    until(page, lambda: Judgement.objects.count() == 2, "both answers")
    assert list(Judgement.objects.order_by("at").values_list("choice", flat=True)) == [1, 2]


def test_a_failed_answer_stops_the_clip_that_played_by_itself(office: Office) -> None:
    page = opened(office, 2, autoplay=True)
    first = assignment(page)
    hear(page)
    page.keyboard.press("1")
    page.route("**/judgements", lambda route: (page.wait_for_timeout(300), route.abort()), times=1)
    page.keyboard.press("Enter")
    state(page, "error")
    assert assignment(page) == first
    assert page.evaluate("() => document.getElementById('audio').paused")
    page.keyboard.press("Enter")
    page.wait_for_selector(f'main#work[data-state="playing"]:not([data-assignment="{first}"])')
    until(page, lambda: Judgement.objects.count() == 1, "the answer")
    assert Record.objects.filter(kind=Kind.PLAYED).count() == 3, "each of its plays is a listen, and logged"


def test_a_clip_that_is_left_while_its_sound_is_on_its_way_is_not_fetched_any_more(office: Office) -> None:
    office.house.clip(samples=tone(2.0))
    watched = office.watched("alice")
    page = watched.page()
    late: list[Route] = []
    stopped: list[str] = []
    page.on("requestfailed", lambda request: stopped.append(request.failure or ""))
    page.route("**/sealed/*", lambda route: late.append(route))  # noqa: PLW0108 - playwright marks what it is given
    page.goto("/review/assistant/")
    state(page, "ready")
    before = assignment(page)
    until(page, lambda: len(late) == 1, "the sealed sound is asked for")
    page.keyboard.press("Space")
    page.keyboard.press("s")
    state(page, "empty")
    until(page, lambda: stopped == ["net::ERR_ABORTED"], "and stopped")
    assert Assignment.objects.get(id=before).state == AssignmentState.SKIPPED
    assert page.locator("#trouble").is_hidden()
    assert not Record.objects.filter(kind=Kind.PLAYED).exists()
    assert watched.complaints() == []


def test_a_second_tab_says_that_the_first_one_works_and_takes_over_what_is_typed(office: Office) -> None:
    page = opened(office, 1)
    first = assignment(page)
    write(page, "half a sen")
    other = page.context.new_page()
    other.goto("/review/assistant/")
    state(other, "elsewhere")
    other.get_by_text("You work in this programme in another tab").wait_for()
    assert not other.locator("#desk").is_visible()
    look_at(other, "review-elsewhere")
    other.get_by_role("button", name="Work here instead").click()
    state(other, "ready")
    assert assignment(other) == first
    assert other.get_by_role("textbox", name="Your own text").input_value() == "half a sen"
    state(page, "elsewhere")
    hear(other)
    other.keyboard.press("1")
    other.keyboard.press("Enter")
    next_clip(other, first)
    page.get_by_role("button", name="Work here instead").click()
    state(page, "empty")
    assert Judgement.objects.count() == 1


def test_a_tab_that_was_closed_leaves_the_work_to_the_next(office: Office) -> None:
    page = opened(office, 1)
    context = page.context
    page.close()
    other = context.new_page()
    other.goto("/review/assistant/")
    assert state(other, "ready", "elsewhere") == "ready"


def test_a_lease_that_ran_out_says_so_and_what_was_typed_is_there_when_the_clip_comes_back(office: Office) -> None:
    page = opened(office, 1)
    first, clip = assignment(page), page.locator("main#work").get_attribute("data-clip")
    write(page, "turn the")
    Assignment.objects.filter(id=first).update(lease_ends_at=timezone.now(), state="expired")
    page.keyboard.press("Control+Enter")
    state(page, "refused")
    told = page.locator("#trouble-text").inner_text()
    assert "ran out" in told or "answered already" in told, told
    assert page.get_by_role("textbox", name="Your own text").input_value() == "turn the"
    kept = page.evaluate("(clip) => JSON.parse(sessionStorage[`fairhearing/draft/${clip}`]).text", clip)
    assert kept == "turn the", "kept by clip, whatever assignment it comes back with"


def test_a_connection_that_is_gone_at_the_play_keeps_everything(office: Office) -> None:
    page = opened(office, 1)
    write(page, "turn")
    page.keyboard.press("Escape")
    page.context.set_offline(True)
    page.keyboard.press("Space")
    state(page, "error")
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    state(page, "playing")
    assert page.get_by_role("textbox", name="Your own text").input_value() == "turn"
