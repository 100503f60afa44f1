"""What a product says of its speakers' answers: the record, its receipt, and the state that holds."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from pydantic import ValidationError

from fairhearing.capture.models import Channel
from fairhearing.consent import actions, dpv, notices, receipts
from fairhearing.consent.models import ConsentRecord
from fairhearing.operations import invalidate, upkeep
from tests.consent.asking import notice, say, send
from tests.house import House, consent, metadata

ALL = ("service", "automatic_improvement", "human_review")


def _state(house: House, speaker: str, **headers: str) -> Any:
    body = json.dumps({"speaker_key": house.speaker(speaker).sealed_form().hex()})
    asked = Client().post(
        "/api/v1/consents/state", body, content_type="application/json", **(house.product() | headers)
    )
    return asked.json() if headers else {name: one["state"] for name, one in asked.json()["purposes"].items()}


def _statuses(answer: Any, purpose: str) -> list[str]:
    (process,) = (
        one for one in answer.json()["record"]["dpv:hasProcess"]
        if one["dpv:hasPurpose"]["dct:identifier"] == purpose
    )  # fmt: skip
    return [event["@type"] for event in process["dpv:hasConsentStatus"]]


@pytest.fixture
def asked(house: House) -> House:
    """The house, with the notice published."""
    actions.publish(notice=notices.parse(notice()))
    return house


def test_a_stranger_says_and_learns_nothing(asked: House) -> None:
    for address in ("/api/v1/consents", "/api/v1/consents/state"):
        body = json.dumps({"speaker_key": asked.speaker("robin").sealed_form().hex(), "consent": consent()})
        for client in (Client(), asked.client("owner"), asked.speaker_client("robin")):
            assert client.post(address, body, content_type="application/json").status_code == 401
    assert not ConsentRecord.objects.exists()


def test_an_answer_gives_a_record_and_a_receipt_that_only_the_key_links_to_the_speaker(asked: House) -> None:
    answer = say(asked, "robin", human_review=False)
    assert answer.status_code == 201, answer.content
    assert _state(asked, "robin") == {"service": "given", "automatic_improvement": "given", "human_review": "refused"}
    assert _state(asked, "wren") == dict.fromkeys(ALL)
    record = answer.json()["record"]
    assert receipts.verify(answer.json()["receipt"], receipts.signer().verifier().vkey) == record
    people = record["dpv:hasProcess"][2]
    assert people["dpv:hasHumanInvolvement"] == "dpv:HumanInvolved"
    assert "people listen in IE, PT" in str(people["dpv:hasProcessingCondition"])
    key = asked.speaker("robin")
    assert record["dpv:hasDataSubject"]["@id"].endswith(key.subject_of("hearth-review-1"))
    held = {bytes(handle).hex() for handle in ConsentRecord.objects.values_list("handle", flat=True)}
    assert not any(handle in answer.content.decode() for handle in held | {key.sealed_form().hex()})
    no = dict.fromkeys(ALL, False)
    old = say(asked, "robin", **no, given_at="2025-01-01T00:00:00Z")
    assert old.status_code == 201, "an old no adds nothing, and the record says what holds"
    assert _statuses(old, "service") == ["dpv:ConsentGiven"]
    actions.publish(notice=notices.parse(notice(retention="for a month")))
    older = say(asked, "robin", **no, notice="hearth-review-2", given_at="2025-01-01T00:00:00Z")
    assert older.status_code == 409
    for broken in (
        {**record, "dpv:hasProcess": []},
        {**record, "dpv:isNew": 1},
        {name: value for name, value in record.items() if name != "dpv:hasNotice"},
    ):
        with pytest.raises(ValidationError):
            dpv.check(broken)


def test_refusing_people_leaves_the_service_and_what_is_given_is_tied_to_the_notice(asked: House) -> None:
    line = metadata(asked.speaker("robin"), consent=consent(human_review=False))
    refused = send(asked, line, hertz=310.0)
    assert (refused.status_code, refused.json()["field"]) == (422, "consent.human_review")
    asked.programme.keep_unheard = True
    asked.programme.save()
    kept = send(asked, line, hertz=310.0)
    assert kept.status_code == 201
    assert _state(asked, "robin")["service"] == "given"
    assert say(asked, "robin", notice="hearth-review-9").json()["field"] == "consent.notice"
    actions.publish(notice=notices.parse(notice(name="only-service", purposes=["service"], text="Hearth answers you.")))
    beyond = say(asked, "robin", notice="only-service-1", automatic_improvement=False)
    assert (beyond.status_code, beyond.json()["field"]) == (409, "consent.human_review")


def test_asked_given_reconfirmed_withdrawn_and_given_again(asked: House) -> None:
    at = datetime(2026, 2, 1, tzinfo=UTC)

    def moment(days: int) -> str:
        return (at + timedelta(days=days)).isoformat()

    assert say(asked, "robin", "requested", given_at=moment(0)).status_code == 201
    assert set(_state(asked, "robin").values()) == {"requested"}
    unasked = say(asked, "wren", "reconfirmed", given_at=moment(0))
    assert unasked.status_code == 409, "what was never given is not re-confirmed"
    assert say(asked, "robin", given_at=moment(1)).status_code == 201
    assert say(asked, "robin", "requested", given_at=moment(2)).status_code == 409, "it holds: re-confirm it"
    answer = say(asked, "robin", "reconfirmed", given_at=moment(3))
    assert _statuses(answer, "human_review") == [
        "dpv:ConsentRequested", "dpv:ConsentGiven", "dpv:RenewedConsentGiven",
    ]  # fmt: skip
    asked.clip("robin", consent=consent(notice="hearth-review-1", given_at=moment(3)))
    assert say(asked, "robin", human_review=False, given_at=moment(4)).status_code == 201
    assert Channel.objects.get().withdrawn, "a no to people listening closes what is there"
    assert _state(asked, "robin")["human_review"] == "withdrawn"
    assert say(asked, "robin", given_at=moment(3)).status_code == 409
    assert say(asked, "robin", given_at=moment(5)).status_code == 201
    assert _state(asked, "robin")["human_review"] == "given"


def test_what_ran_out_or_was_declared_invalid_or_ended_does_not_hold(asked: House) -> None:
    soon = timezone.now() + timedelta(days=30)
    assert say(asked, "robin", valid_until="2026-03-01T00:00:00Z").status_code == 409
    assert say(asked, "robin", valid_until=soon.isoformat()).status_code == 201
    with connection.cursor() as cursor:  # a month later
        cursor.execute("UPDATE consent_consentrecord SET valid_until = now() - interval '1 second'")
    assert set(_state(asked, "robin").values()) == {"expired"}
    late = send(asked, metadata(asked.speaker("robin"), consent=consent(notice="hearth-review-1")), hertz=320.0)
    assert (late.status_code, late.json()["field"]) == (409, "consent.given_at")
    say(asked, "wren")
    asked.clip("wren", consent=consent(notice="hearth-review-1"))
    ended = say(asked, "wren", "terminated")
    assert ended.json() == {"recordings": 1}
    assert set(_state(asked, "wren").values()) == {"terminated"}
    say(asked, "lark")
    invalidate.invalidate(notice="hearth-review-1", reason="it was vague", by="test")
    assert set(_state(asked, "lark").values()) == {"invalidated"}


def test_a_recording_is_heard_no_longer_than_its_consent_holds(asked: House) -> None:
    until = timezone.now() + timedelta(days=400)
    asked.clip("robin", consent=consent(valid_until=until.isoformat()))
    assert Channel.objects.get().consent_until == until.date().replace(day=1), "a day of one's own would link"
    work = asked.next("alice")
    Channel.objects.update(consent_until=timezone.now().date())  # the month has come
    body = {"assignment": work["assignment"]}
    played = asked.client("alice").post("/api/v1/review/plays", body, content_type="application/json")
    assert played.status_code == 403
    assert played.json()["reasons"] == ["no_consent"]
    upkeep.daily()
    assert Channel.objects.get().withdrawn
    answer = asked.client("bob").post(
        "/api/v1/review/next", {"programme": asked.programme.slug}, content_type="application/json"
    )
    assert answer.status_code == 204


def test_speakers_download_their_record_from_their_page(asked: House) -> None:
    assert asked.speaker_client("wren").get("/speaker/consent").status_code == 404
    actions.publish(notice=notices.parse(notice("ar")))
    say(asked, "robin", notice_language="ar")
    page = asked.speaker_client("robin")
    assert b"/speaker/consent" in page.get("/speaker/").content
    file = page.get("/speaker/consent")
    assert 'filename="consent-receipt.txt"' in file.headers["Content-Disposition"]
    record = receipts.verify(file.content, receipts.signer().verifier().vkey)
    shown = record["dpv:hasNotice"]
    assert (shown["dct:identifier"][0], shown["dct:language"]) == ("hearth-review-1", "ar")
