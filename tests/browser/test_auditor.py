"""The auditor's pages, as people meet them: by keyboard, wide and narrow, light and dark."""

import csv
from typing import TYPE_CHECKING

import pytest

from fairhearing.gate import export
from fairhearing.ledger.entries import Kind
from fairhearing.ledger.models import Record
from fairhearing.operations import stop
from fairhearing.review import settle
from tests.browser.conftest import Office
from tests.browser.test_pages import look_at
from tests.browser.watching import tab_to

if TYPE_CHECKING:
    from playwright.sync_api import Page


def _lived(office: Office) -> str:
    """A clip with a long life: heard by two, refused in between, settled, exported; gives Alice's listen."""
    house = office.house
    clip = house.clip()
    first = house.judge("alice", choice=1)
    work = house.next("charlie")
    stop.pause(scope="programme:assistant", reason="a complaint came in", by="test")
    charlie = house.client("charlie")
    body = {"assignment": work["assignment"]}
    assert charlie.post("/api/v1/review/plays", body, content_type="application/json").status_code == 403
    stop.resume(scope="programme:assistant", by="test")
    house.judge("charlie", choice=1)
    settle.settle_due()
    export.export(clip=clip.id, release="rel_one")
    return str(first["listen"])


def _search(page: "Page", address: str) -> None:
    """To the first field by Tab, the question, Enter."""
    page.goto("/auditor/")
    tab_to(page, page.locator("#id"))
    page.keyboard.type(address)
    page.keyboard.press("Enter")
    page.wait_for_url("**/auditor/?*")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_auditors_pages_are_in_order(office: Office, scheme: str) -> None:
    listen = _lived(office)
    watched = office.watched("auditor", color_scheme=scheme)
    page = watched.page()
    for name, path in {
        "home": "/auditor/",
        "found": "/auditor/?kind=refused&kind=played&vendor=tarn&from=2020-01-01&reason=",
        "nothing": "/auditor/?id=acc_nobody",
        "story": f"/auditor/entries/{listen}",
        "pause": f"/auditor/entries/{Record.objects.get(kind=Kind.PAUSED).index}",
        "refusal": f"/auditor/entries/{Record.objects.get(kind=Kind.REFUSED).index}",
    }.items():
        page.goto(path)
        assert page.locator("h1").count() == 1
        for more in page.locator("main details").all():
            more.evaluate("(details) => { details.open = true; }")
        assert watched.complaints() == [], name
        look_at(page, f"auditor-{name}-{scheme}")
    Record.objects.filter(id=listen).update(vendor="other")
    for name, path in {"changed": f"/auditor/entries/{listen}", "unreadable": "/auditor/?country=Ireland"}.items():
        page.goto(path)
        look_at(page, f"auditor-{name}-{scheme}")
    assert watched.complaints(allow="status of 400") == []


def test_from_a_question_to_a_whole_story_by_keyboard(office: Office) -> None:
    listen = _lived(office)
    watched = office.watched("auditor")
    page = watched.page()
    _search(page, listen)
    link = page.get_by_role("region", name="Table of entries", exact=True).get_by_role("link")
    assert link.count() == 1
    tab_to(page, link)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="The story").wait_for()
    here = page.locator("ol.story > li[aria-current]")
    assert "(this entry)" in here.inner_text()
    tab_to(page, page.get_by_role("link", name="entry", exact=False).filter(has_text="entry").first)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: listen not in url)
    assert watched.complaints() == []


def test_a_search_is_exported_by_keyboard(office: Office) -> None:
    listen = _lived(office)
    page = office.watched("auditor").page()
    _search(page, listen)
    tab_to(page, page.get_by_role("link", name="Export as CSV"))
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    with download.value.path().open(newline="", encoding="ascii") as file:
        (row,) = csv.DictReader(file)
    assert (row["id"], row["vendor"], row["opens_circumstances"]) == (listen, "tarn", "opens")
    assert download.value.suggested_filename == "entries.csv"
