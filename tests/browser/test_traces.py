"""The investigator's pages, as people meet them: by keyboard, wide and narrow."""

from pathlib import Path

from fairhearing.accounts import actions as accounts
from fairhearing.accounts.models import Role
from fairhearing.tracing import actions
from tests.browser.conftest import Office
from tests.browser.test_pages import look_at
from tests.browser.watching import tab_to
from tests.tracing.test_trace import clips, heard, wav


def test_a_leak_goes_from_one_investigator_to_the_other_and_to_a_name(office: Office, tmp_path: Path) -> None:
    house = office.house
    for name in ("ines", "ivo"):
        house.people[name] = accounts.create_account(email=f"{name}@example.com", role=Role.INVESTIGATOR)
    clips(house, 1)
    clip, sound, _ = heard(house, "alice")
    leak = tmp_path / "found.wav"
    leak.write_bytes(wav(sound))
    watched = office.watched("ines")
    page = watched.page()
    page.goto("/traces/")
    look_at(page, "traces-none")
    page.locator("#leak").set_input_files(leak)
    tab_to(page, page.locator("#reason"))
    page.keyboard.type("A post on a forum")
    page.keyboard.press("Enter")
    page.get_by_text("Another investigator has to approve this.").wait_for()
    look_at(page, "trace-asked")
    other = office.watched("ivo")
    second = other.page()
    second.goto(page.url)
    button = second.get_by_role("button", name="Approve")
    tab_to(second, button)
    second.keyboard.press("Enter")
    second.get_by_role("heading", name="Trace it").wait_for()
    second.locator("#leak").set_input_files(leak)
    second.get_by_role("button", name="Trace", exact=True).click()
    second.get_by_role("heading", name="The answer").wait_for()
    assert second.get_by_role("row").filter(has_text=clip).filter(has_text=house.people["alice"].id).count() == 1
    look_at(second, "trace-answered")
    second.goto("/traces/")
    look_at(second, "traces")
    assert watched.complaints() == []
    assert other.complaints() == []
    assert actions.digest(leak.read_bytes()) in page.content()
