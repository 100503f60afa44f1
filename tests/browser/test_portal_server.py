"""What the server says of a clip and the page does: asking before what can distress, hearing enough, steps by word."""

from fairhearing.capture.models import Recording
from fairhearing.programmes.models import Programme
from fairhearing.review.models import Assignment, AssignmentState, Judgement
from tests.browser.conftest import Office
from tests.browser.reviewing import assignment, next_clip
from tests.browser.watching import hear, state
from tests.house import tone


def test_what_was_graded_as_distressing_asks_first_and_is_left_without_a_trace(office: Office) -> None:
    clip = office.house.clip(samples=tone(2.0))
    report = {str(clip.channel.number): {"sensitive": {"grade": 3}}}
    Recording.objects.filter(id=clip.channel.recording_id).update(report=report)
    watched = office.watched("alice")
    page = watched.page()
    page.goto("/review/assistant/")
    page.get_by_text("This clip is marked: content that can distress.").wait_for()
    before = assignment(page)
    page.keyboard.press("s")
    state(page, "empty")
    assert Assignment.objects.get(id=before).state == AssignmentState.SKIPPED
    assert not Judgement.objects.exists()
    assert not [request for request in watched.requests if "/sealed/" in request.url], "not before somebody says yes"
    assert watched.complaints() == []


def test_the_share_that_a_programme_sets_is_asked_for_and_taken(office: Office) -> None:
    Programme.objects.update(must_hear_share=0.9)
    office.house.clip(samples=tone(2.0))
    watched = office.watched("alice")
    page = watched.page()
    page.goto("/review/assistant/")
    page.get_by_text("1.8 s still to hear before an answer counts").wait_for()
    hear(page)
    before = assignment(page)
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    next_clip(page, before)
    assert Judgement.objects.get().choice == 1
    assert watched.complaints() == []


def test_arrows_go_from_word_to_word(office: Office) -> None:
    office.house.clip(samples=tone(3.0), words=((100, 400), (1500, 1900), (2400, 2800)))
    watched = office.watched("alice")
    page = watched.page()
    page.goto("/review/assistant/")
    state(page, "ready")
    page.keyboard.press("Space")
    state(page, "playing")
    page.keyboard.press("Space")
    page.wait_for_function("() => document.getElementById('audio').paused")
    page.evaluate("document.getElementById('audio').currentTime = 0.5")
    at = "() => document.getElementById('audio').currentTime"
    for key, where in (("ArrowRight", 1.5), ("ArrowRight", 2.4), ("ArrowLeft", 1.5)):
        page.keyboard.press(key)
        page.wait_for_function(f"() => Math.abs(({at})() - {where}) < 0.05")
    assert watched.complaints() == []
