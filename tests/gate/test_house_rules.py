"""A controller's rules at the gate: in force from the next play, named in the log, and never a way to more."""

import threading
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from fairhearing.capture.models import Channel
from fairhearing.gate import export, play, process, seal
from fairhearing.gate.denied import ExportDenied, PlayDenied, ProcessDenied
from fairhearing.ledger import log as ledger
from fairhearing.ledger.entries import Kind
from fairhearing.ledger.models import Record
from fairhearing.policy import Reason, RuleRefused
from fairhearing.programmes import rules
from fairhearing.programmes.models import HouseRule
from fairhearing.review.models import Assignment, AssignmentState, QueueItem
from fairhearing.speakers import actions as speakers
from tests.house import House
from tests.probes import wait_until_blocked, whole_log

HEARD = 'principal is Reviewer, action in [Action::"play", Action::"read"], resource'
NO_TARN = f'@id("no-tarn") @reason("Tarn hears nothing.")\nforbid ({HEARD}) when {{ context.vendor == "tarn" }};'
NO_SPANISH = f'@id("no-spanish") @reason("Not yet.")\nforbid ({HEARD}) when {{ context.language == "es" }};'


def _ask(house: House, name: str) -> Any:
    body = {"programme": house.programme.slug}
    return house.client(name).post("/api/v1/review/next", body, content_type="application/json")


def _denied(work: dict[str, Any], account: str) -> tuple[Reason, ...]:
    with pytest.raises(PlayDenied) as refusal:
        play.for_reviewer(assignment=work["assignment"], account=account)
    return refusal.value.reasons


def test_a_stranger_stays_a_stranger_whatever_rules_there_are(house: House) -> None:
    """Rules add grounds; the law's own stay, and nothing is told of what is somebody else's."""
    house.clip()
    work = house.next("alice")
    rules.add(text=NO_TARN.replace("tarn", "other"), by="controller")
    told = _denied(work, house.people["charlie"].id)
    assert told == (Reason.NOT_YOURS, Reason.HOUSE_RULE)


def test_a_rule_holds_from_the_next_play_and_until_it_is_taken_away(house: House) -> None:
    house.clip()
    alice = house.people["alice"].id
    work = house.next("alice")
    assert play.for_reviewer(assignment=work["assignment"], account=alice).content
    rules.add(text=NO_TARN, by="controller")
    assert _denied(work, alice) == (Reason.HOUSE_RULE,)
    with pytest.raises(PlayDenied):
        seal.seal(assignment=work["assignment"], account=alice)
    record = Record.objects.get(kind=Kind.REFUSED)
    assert (record.reasons, record.detail) == (["house_rule"], {"rules": "no-tarn"})
    rules.remove(name="no-tarn", by="controller")
    assert play.for_reviewer(assignment=work["assignment"], account=alice).content
    with pytest.raises(rules.RuleUnknown):
        rules.remove(name="no-tarn", by="controller")


def test_adding_and_taking_away_stand_in_the_log(house: House) -> None:
    rules.add(text=NO_TARN, by="controller")
    rules.remove(name="no-tarn", by="controller")
    changes = Record.objects.filter(kind=Kind.POLICY_CHANGED).order_by("index")
    assert [(one.account, one.detail["change"], one.detail["rule"]) for one in changes] == [
        ("controller", "added", "no-tarn"),
        ("controller", "removed", "no-tarn"),
    ]
    assert whole_log().size == 2


def test_a_rule_that_does_not_hold_is_not_kept_and_names_are_taken_once(house: House) -> None:
    with pytest.raises(RuleRefused, match="no-tarn"):
        rules.add(text=NO_TARN.replace("vendor", "vender"), by="controller")
    assert not HouseRule.objects.exists()
    rules.add(text=NO_TARN, by="controller")
    with pytest.raises(rules.RuleTaken):
        rules.add(text=NO_TARN, by="controller")
    assert [one.name for one in rules.list_in_force()] == ["no-tarn"]


def test_what_is_forbidden_is_neither_read_nor_held_and_the_next_clip_is_given(house: House) -> None:
    rules.add(text=NO_SPANISH, by="controller")
    for _ in range(3):
        house.clip(language="es", texts=("unas palabras inconfundibles",))
    refused = _ask(house, "alice")
    assert (refused.status_code, refused.json()["reasons"]) == (403, ["house_rule"])
    assert b"inconfundibles" not in refused.content
    assert not Assignment.objects.filter(state=AssignmentState.OPEN).exists()
    assert set(QueueItem.objects.values_list("wanted", flat=True)) == {house.programme.judgements_wanted}
    english = house.clip()
    assert house.next("alice")["clip"] == english.id
    rules.remove(name="no-spanish", by="controller")
    assert house.next("bob")["language"] in ("en", "es")


def test_who_may_hear_nothing_here_takes_nothing_out_of_others_hands(house: House) -> None:
    house.clip()
    assert _ask(house, "nomad").json()["reasons"] == ["not_a_member"]
    assert not Assignment.objects.exists()
    assert QueueItem.objects.get().wanted == house.programme.judgements_wanted


def test_own_ears_machines_and_releases(house: House) -> None:
    """A rule for everything stops machines and releases too, and never a speaker's own ears."""
    clip = house.clip("robin")
    waiting = house.recording("sam")
    rules.add(text='@id("stop") @reason("Stop.") forbid (principal, action, resource);', by="controller")
    with pytest.raises(ProcessDenied) as machine:
        process.process(channel=Channel.objects.get(recording=waiting).id, purpose="prepare")
    with pytest.raises(ExportDenied) as release:
        export.export(clip=clip.id, release="rel_x")
    assert (machine.value.reasons, release.value.reasons) == ((Reason.HOUSE_RULE,), (Reason.HOUSE_RULE,))
    details = Record.objects.filter(kind=Kind.REFUSED).order_by("index").values_list("detail", flat=True)
    assert list(details) == [{"rules": "stop"}, {"release": "rel_x", "rules": "stop"}]
    assert speakers.hear(key=house.speaker("robin"), clip=clip.id).content[:4] == b"RIFF"


def test_a_rule_waits_for_a_play_in_flight_and_holds_for_the_next(house: House) -> None:
    house.clip()
    work = house.next("alice")
    order: list[str] = []

    def forbid() -> None:
        try:
            rules.add(text=NO_TARN, by="controller")
            order.append("forbidden")
        finally:
            connection.close()

    other = threading.Thread(target=forbid)
    with transaction.atomic():
        play.for_reviewer(assignment=work["assignment"], account=house.people["alice"].id)
        other.start()
        wait_until_blocked(1)
        order.append("released")
    other.join(20)
    assert order == ["released", "forbidden"]
    assert _denied(work, house.people["alice"].id) == (Reason.HOUSE_RULE,)


def test_the_entry_failed_and_so_there_is_no_rule(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_entry: object) -> None:
        raise OperationalError("the disk is full")

    with monkeypatch.context() as fault:
        fault.setattr(ledger, "append", broken)
        with pytest.raises(OperationalError):
            rules.add(text=NO_TARN, by="controller")
    assert not HouseRule.objects.exists()
    house.clip()
    assert _ask(house, "alice").status_code == 200


def test_the_answer_was_lost_but_the_rule_was_kept_with_its_entry(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = BaseDatabaseWrapper._commit

    def kept_but_unanswered(self: BaseDatabaseWrapper) -> None:
        commit(self)
        raise OperationalError("the connection broke after the commit")

    house.clip()
    with monkeypatch.context() as fault:
        fault.setattr(BaseDatabaseWrapper, "_commit", kept_but_unanswered)
        with pytest.raises(OperationalError):
            rules.add(text=NO_TARN, by="controller")
    assert _ask(house, "alice").json()["reasons"] == ["house_rule"]
    assert Record.objects.filter(kind=Kind.POLICY_CHANGED).count() == 1
    assert whole_log().size == Record.objects.count()
    with pytest.raises(rules.RuleTaken):
        rules.add(text=NO_TARN, by="controller")


def test_a_rule_in_force_that_cannot_be_kept_stops_listening(house: House) -> None:
    """Written past the door, or by a version that had other attributes: nobody hears, and the log says why."""
    house.clip()
    work = house.next("alice")
    HouseRule.objects.create(id="rul_x", name="x", reason="y", text="forbid (principal, action, resource) when { 1 };")
    assert _denied(work, house.people["alice"].id) == (Reason.UNDECIDED,)
    assert Record.objects.get(kind=Kind.REFUSED).reasons == ["undecided"]


def test_an_answer_whose_texts_may_not_be_read_is_not_taken_back(house: House) -> None:
    """An answer is not taken back when its texts may not be read: the refusal leaves everything as it was."""
    type(house.programme).objects.update(grace_seconds=60)
    house.clip()
    done = house.judge("alice", choice=1)
    rules.add(text=NO_TARN, by="controller")
    body = {"judgement": done["judgement"]}
    refused = house.client("alice").post("/api/v1/review/undo", body, content_type="application/json")
    assert (refused.status_code, refused.json()["reasons"]) == (403, ["house_rule"])
    assert Assignment.objects.get().state == AssignmentState.JUDGED
    rules.remove(name="no-tarn", by="controller")
    undone = house.client("alice").post("/api/v1/review/undo", body, content_type="application/json")
    assert (undone.status_code, undone.json()["clip"]) == (200, done["clip"])
