"""Entries that are no disclosures: each is appended by the action itself, or not at all."""

import json
from datetime import date
from pathlib import Path

import pytest

from fairhearing.accounts import actions as accounts
from fairhearing.accounts.models import Role
from fairhearing.datasets import release
from fairhearing.gate import play
from fairhearing.ledger.appender import LedgerUnavailable
from fairhearing.ledger.entries import Kind, NewEntry
from fairhearing.ledger.models import LogEntry, LogState, Record
from fairhearing.operations import offboard
from fairhearing.policy import Reason
from fairhearing.programmes.models import Programme
from fairhearing.review import judge, settle
from fairhearing.review.models import Assignment, AssignmentState
from fairhearing.speakers import actions as speakers
from fairhearing.vendors import actions
from fairhearing.vendors import queries as vendors
from fairhearing.vendors.models import Membership
from tests.house import House, consent
from tests.probes import fetch_log, whole_log

pytestmark = pytest.mark.django_db
PASSWORD = "a pass phrase of some length"


def kinds() -> list[str]:
    return list(Record.objects.order_by("index").values_list("kind", flat=True))


def test_signing_in_is_logged_and_failing_to_is_not() -> None:
    account = accounts.create_account(email="rita@tarn.example", role=Role.REVIEWER)
    token = accounts.invite(account=account)
    accounts.accept_invitation(token=token, password=PASSWORD)
    assert accounts.sign_in(email="rita@tarn.example", password="wrong") is None
    assert accounts.sign_in(email="rita@tarn.example", password=PASSWORD) == account
    assert kinds() == ["signed_in", "signed_in"]
    assert set(Record.objects.values_list("account", "role")) == {(account.id, "reviewer")}
    public = b"".join(bytes(body) for body in LogEntry.objects.values_list("body", flat=True))
    assert account.id.encode() not in public
    assert b'reviewer":"r' not in public


def test_a_stopped_log_lets_people_in_to_see_why() -> None:
    accounts.create_account(email="rita@tarn.example", role=Role.AUDITOR, password=PASSWORD)
    accounts.sign_in(email="rita@tarn.example", password=PASSWORD)
    LogState.objects.update(stopped="it was rolled back")
    assert accounts.sign_in(email="rita@tarn.example", password=PASSWORD) is not None
    assert kinds() == ["signed_in"]


def test_leaving_a_vendor_ends_what_is_open_and_is_logged(house: House) -> None:
    house.clip()
    alice = house.people["alice"]
    work = house.next("alice")
    before = len(kinds())
    assert offboard.leave(account=alice) == 1
    assert Assignment.objects.get(id=work["assignment"]).state == AssignmentState.EXPIRED
    assert not Membership.objects.filter(account=alice, ended_at=None).exists()
    assert kinds()[before:] == ["off_boarded"]
    record = Record.objects.get(kind=Kind.OFF_BOARDED)
    assert (record.account, record.vendor, record.detail) == (alice.id, "tarn", {"open_assignments_ended": 1})
    with pytest.raises(play.PlayDenied) as denied:
        play.for_reviewer(assignment=work["assignment"], account=alice.id)
    assert Reason.NOT_A_MEMBER in denied.value.reasons
    assert house.next("bob")["clip"] == work["clip"], "the clip waits for others"
    assert offboard.leave(account=alice) == 0, "who has left does not leave again"
    assert kinds().count("off_boarded") == 1
    whole_log()


def test_what_came_in_is_logged_by_notice_and_count_and_once(house: House) -> None:
    house.recording("robin", consent=consent(notice="people-listen-2", automatic_improvement=False))
    entry = Record.objects.get(kind=Kind.CONSENTED)
    assert entry.detail == {"notice": "people-listen-2", "given": 2, "refused": 1}
    house.recording("robin", consent=consent(notice="people-listen-2", automatic_improvement=False))
    assert kinds().count("consented") == 1, "the same answer again says nothing new"
    whole_log()


def test_what_a_page_reports_to_have_heard_is_logged_as_heard(house: House) -> None:
    house.clip()
    work = house.judge("alice", choice=1, heard_s=0.75)
    played, heard = Record.objects.get(kind=Kind.PLAYED), Record.objects.get(kind=Kind.HEARD)
    assert (heard.clip, heard.account, heard.duration_ms) == (work["clip"], played.account, 750)
    assert heard.index > played.index
    whole_log()


def test_an_answer_stands_when_what_was_heard_cannot_be_logged(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_facts: NewEntry) -> None:
        raise LedgerUnavailable("the disk is full")

    house.clip()
    monkeypatch.setattr(judge, "append_durably", full)
    assert house.judge("alice", choice=1)["judgement"]
    assert "heard" not in kinds()


def test_an_agreement_is_put_on_record_once(house: House) -> None:
    tarn = vendors.get_vendor("tarn")
    actions.sign_agreement(vendor=tarn, reference="DPA 2026/7", signed_day=date(2026, 1, 31))
    entry = Record.objects.get(kind=Kind.AGREEMENT_SIGNED)
    assert (entry.vendor, entry.detail) == ("tarn", {"reference": "DPA 2026/7", "signed_day": "2026-01-31"})
    with pytest.raises(actions.AgreementKnown, match="2026-01-31"):
        actions.sign_agreement(vendor=tarn, reference="DPA 2026/7", signed_day=date(2026, 2, 1))
    assert kinds().count("agreement_signed") == 1


def test_a_recall_is_logged_when_what_is_erased_had_left(house: House, tmp_path: Path) -> None:
    Programme.objects.filter(id=house.programme.id).update(judgements_wanted=1)
    house.programme.refresh_from_db()
    house.clip("robin")
    house.clip("wren")
    for _ in range(2):
        house.judge("alice", choice=1)
    settle.settle_due()
    release.release(programme=house.programme, format="lhotse", out=tmp_path / "one")
    speakers.erase(key=house.speaker("robin"))
    assert Record.objects.get(kind=Kind.RECALLED).detail == {"rows": 1}
    assert kinds()[-2:] == ["recalled", "erased"]
    whole_log()


def test_every_kind_stands_in_the_format_s_page() -> None:
    page = (Path(__file__).parents[2] / "docs" / "formats" / "entry.md").read_text()
    for kind in Kind:
        assert f"`{kind.value}`" in page, kind


# --- what somebody outside learns from the whole public log


def test_an_outsider_learns_kinds_and_hours_and_nothing_that_joins_two_entries(house: House) -> None:
    """Two people hear two clips of one speaker, and again: no value but kind, hour and version stands twice."""
    for _ in range(2):
        house.clip()
    for name in ("alice", "bob"):
        for _ in range(2):
            house.judge(name, choice=1)
    size = whole_log().size
    bodies = [bytes(body) for body in LogEntry.objects.order_by("index").values_list("body", flat=True)]
    bundle = fetch_log(f"tile/entries/000.p/{size}")
    assert all(body in bundle for body in bodies)
    seen: dict[str, int] = {}
    for body in bodies:
        entry = json.loads(body)
        assert set(entry) <= {"v", "kind", "hour", "parts", "served"}
        assert entry["hour"][13:] == "Z", "to the hour"
        for value in (*entry["parts"].values(), *([entry["served"]] if "served" in entry else [])):
            assert len(value) == 64
            seen[value] = seen.get(value, 0) + 1
    assert max(seen.values()) == 1
    secret = [*(account.id for account in house.people.values()), "tarn", "hearth", "rec_", "clip_", "lis_", "acc_"]
    assert not any(word.encode() in body for body in bodies for word in secret)


def test_the_length_of_an_entry_tells_nothing_but_its_kind_and_which_parts_it_has(house: House) -> None:
    house.clip()
    for name in ("alice", "bob"):
        house.judge(name, choice=1)
    lengths: dict[tuple[object, ...], set[int]] = {}
    for body in LogEntry.objects.values_list("body", flat=True):
        entry = json.loads(bytes(body))
        shape = (entry["kind"], *sorted(entry["parts"]), "served" in entry)
        lengths.setdefault(shape, set()).add(len(bytes(body)))
    assert all(len(found) == 1 for found in lengths.values())
