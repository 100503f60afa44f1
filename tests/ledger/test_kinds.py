"""Entries of people: who signed in, who left. Each is appended by the action itself, or not at all."""

import json
from pathlib import Path

import pytest

from fairhearing.accounts import actions as accounts
from fairhearing.accounts.models import Role
from fairhearing.gate import play
from fairhearing.ledger.entries import Kind
from fairhearing.ledger.models import LogEntry, LogState, Record
from fairhearing.operations import offboard
from fairhearing.policy import Reason
from fairhearing.review.models import Assignment, AssignmentState
from fairhearing.vendors.models import Membership
from tests.house import House
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
