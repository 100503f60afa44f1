"""Who may look: the stranger first, then everybody who has an account and no business here."""

import pytest
from structlog.testing import capture_logs

from fairhearing.accounts import actions as accounts
from fairhearing.accounts.models import Role
from fairhearing.ledger.models import Record
from tests.house import House

PAGES = ("/auditor/", "/auditor/entries/0", "/auditor/entries.csv", "/auditor/entries.jsonl")


@pytest.fixture
def heard(house: House) -> House:
    """A house with a listen in its log."""
    house.clip()
    house.judge("alice", choice=1)
    return house


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_is_asked_to_sign_in_and_a_speaker_too(heard: House, page: str) -> None:
    for client in (heard.client(), heard.speaker_client("robin")):
        answer = client.get(page)
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/sign-in?next={page}")
    assert heard.client().get(page, **heard.product()).status_code == 302, "an API key opens no page"


@pytest.mark.parametrize("name", ["alice", "charlie", "nomad", "manager", "controller"])
def test_who_does_not_audit_finds_nothing_here(heard: House, name: str) -> None:
    client = heard.client(name)
    assert [client.get(page).status_code for page in PAGES] == [404] * len(PAGES)


def test_an_investigator_does_not_read_the_log(heard: House) -> None:
    heard.people["ina"] = accounts.create_account(email="ina@example.com", role=Role.INVESTIGATOR)
    assert {heard.client("ina").get(page).status_code for page in PAGES} == {404}


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.PRIVACY_OFFICER, Role.OWNER])
def test_who_audits_is_let_in_everywhere(heard: House, role: Role) -> None:
    heard.people["kim"] = accounts.create_account(email="kim@example.com", role=role)
    client = heard.client("kim")
    assert [client.get(page).status_code for page in PAGES] == [200] * len(PAGES)
    assert [client.post(page).status_code for page in PAGES] == [405] * len(PAGES)


def test_what_is_not_in_the_log_is_not_found(heard: House) -> None:
    client = heard.client("auditor")
    for name in ("999999", "9" * 18, "9" * 40, "lis_nothing", "led_", "-1", "acc_x", "٣"):
        assert client.get(f"/auditor/entries/{name}").status_code == 404, name


def test_that_somebody_looked_is_a_line_in_the_servers_log_and_no_entry(heard: House) -> None:
    before = Record.objects.count()
    client = heard.client("auditor")
    record = Record.objects.get(kind="played")
    with capture_logs() as lines:
        client.get(f"/auditor/entries/{record.id}")
        b"".join(client.get("/auditor/entries.csv?vendor=tarn&kind=played"))
    account = heard.people["auditor"].id
    looked, exported = (line for line in lines if "auditor" in line["event"])
    assert (looked["account"], looked["entry"]) == (account, record.index)
    assert (exported["account"], exported["form"], exported["asked"]) == (account, "csv", ["kind", "vendor"])
    assert {looked["log_level"], exported["log_level"]} == {"warning"}, "startup.logging writes nothing below"
    assert Record.objects.count() == before
