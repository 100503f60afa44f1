"""A product's secret changed: speakers' new keys find everything, the old ones nothing, and others' are not touched."""

import json
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from fairhearing.capture import queries as capture
from fairhearing.capture.models import Channel
from fairhearing.consent import former
from fairhearing.consent import queries as consents
from fairhearing.consent.models import ConsentRecord, FormerMarks, Method, Purpose
from fairhearing.consent.speaker_key import SpeakerKey
from fairhearing.ledger.entries import Kind
from fairhearing.ledger.models import Record
from fairhearing.operations import replay
from fairhearing.speakers import actions, queries, rotate
from tests.house import House, consent, many_channels_wav
from tests.probes import dump
from tests.review.posting import post, rules
from tests.speakers.test_asked import waits


def rotated(house: House, old: SpeakerKey, new: SpeakerKey, **headers: Any) -> Any:
    """As the product asks for it."""
    pair = {"speaker_key": old.sealed_form().hex(), "new_speaker_key": new.sealed_form().hex()}
    sent = headers or house.product()
    return Client().post("/api/v1/rotations", {"pairs": [pair]}, content_type="application/json", **sent)


@pytest.fixture
def new() -> SpeakerKey:
    return SpeakerKey(b"\x77" * 32)


def test_a_stranger_changes_no_keys(house: House, new: SpeakerKey) -> None:
    house.clip("robin")
    robin = house.speaker("robin")
    assert rotated(house, robin, new, HTTP_AUTHORIZATION="Bearer fh_none").status_code == 401
    assert rotated(house, house.speaker("wren"), new).json() == {"speakers": 0, "recordings": 0}
    answer = rotated(house, robin, robin)
    assert (answer.status_code, answer.json()["field"]) == (422, "pairs")
    assert robin.sealed_form().hex() not in answer.content.decode()
    assert len(queries.list_own(robin)) == 1
    assert queries.list_own(new) == []
    assert not Record.objects.filter(kind=Kind.KEYS_ROTATED).exists()


def test_the_new_key_finds_everything_and_the_old_one_nothing(house: House, new: SpeakerKey) -> None:
    old, other = house.speaker("robin"), house.speaker("wren")
    mine = {house.clip("robin", texts=(f"light {number}",)).id for number in range(5)}
    theirs = house.clip("wren").id
    gone = queries.list_own(old)[2]
    actions.erase(key=old, recording=gone.id)
    said = [(one.given, one.notice) for one in consents.list_said(old, Purpose.HUMAN_REVIEW)]
    assert rotated(house, old, new).json() == {"speakers": 1, "recordings": 4}
    assert {clip.id for one in queries.list_own(new) for clip in one.clips} == mine - {clip.id for clip in gone.clips}
    assert queries.list_own(old) == []
    assert [clip.id for one in queries.list_own(other) for clip in one.clips] == [theirs]
    assert [(one.given, one.notice) for one in consents.list_said(new, Purpose.HUMAN_REVIEW)] == said
    assert consents.list_said(old, Purpose.HUMAN_REVIEW) == []
    assert rotated(house, old, new).json() == {"speakers": 0, "recordings": 0}, "nothing is left to do"
    assert Record.objects.get(kind=Kind.KEYS_ROTATED).detail == {"speakers": 1, "recordings": 4}
    actions.withdraw(key=new)
    assert waits(house, "alice") == theirs
    assert not Channel.objects.exclude(id__in=[one.id for one in capture.list_owned(other)]).filter(withdrawn=False)


def test_what_came_with_the_new_key_already_is_joined_by_the_old(house: House, new: SpeakerKey) -> None:
    old = house.speaker("robin")
    for number in range(3):
        house.clip("robin", texts=(f"light {number}",))
    rotate.rotate(pairs=[(old, new)])
    late = house.clip("robin").id
    assert [clip.id for one in queries.list_own(old) for clip in one.clips] == [late]
    rotate.rotate(pairs=[(old, new)])
    assert len(queries.list_own(new)) == 4
    assert queries.list_own(old) == []


def _sent(house: House, *keys: SpeakerKey, pitch: float = 300.0) -> Any:
    """A recording of these speakers, the same sound each time."""
    parties = [{"speaker_key": key.sealed_form().hex(), "consent": consent()} for key in keys]
    line = {"language": "en", "indicator": "light", **(parties[0] if len(keys) == 1 else {"channels": parties})}
    sound = many_channels_wav(*(pitch + 50 * number for number in range(len(keys))))
    file = SimpleUploadedFile("voice.wav", sound, "audio/wav")
    return Client().post("/api/v1/recordings", {"metadata": json.dumps(line), "audio": file}, **house.product())


def test_what_was_erased_under_an_earlier_key_is_not_taken_in_again(house: House, new: SpeakerKey) -> None:
    old, newest = house.speaker("robin"), SpeakerKey(b"\x78" * 32)
    kept = _sent(house, old, pitch=500.0).json()["recording"]
    assert _sent(house, old).status_code == 201
    assert _sent(house, old, house.speaker("wren")).status_code == 201
    for recording in queries.list_own(old):
        if recording.id != kept:
            actions.erase(key=old, recording=recording.id)
    for before, after in ((old, new), (new, newest)):
        rotated(house, before, after)
        assert _sent(house, after).status_code == 410
        assert _sent(house, after, house.speaker("wren")).status_code == 200, "wren still has theirs"
        again = _sent(house, after, pitch=500.0)
        assert (again.status_code, again.json()["recording"]) == (200, kept)
    assert _sent(house, newest, pitch=700.0).status_code == 201
    assert _sent(house, house.speaker("wren")).status_code == 201, "another's is another recording"
    assert FormerMarks.objects.count() == 1
    held = b"".join(dump().values())
    for key in (old, new, newest):
        assert not any(secret.hex().encode() in held for secret in (key.sealed_form(), key.content_mark()))


def test_a_key_that_comes_back_has_itself_not_before_it(house: House, new: SpeakerKey) -> None:
    old = house.speaker("robin")
    house.clip("robin")
    rotate.rotate(pairs=[(old, new)])
    rotate.rotate(pairs=[(new, old)])
    assert former.find([old, new]) == {old: (new.content_mark(),)}
    rotate.rotate(pairs=[(new, old)])
    assert former.find([old, new]) == {old: (new.content_mark(),)}


def test_a_no_under_either_key_outlasts_a_yes_of_the_same_moment(house: House, new: SpeakerKey) -> None:
    old = house.speaker("robin")
    moment = datetime(2026, 3, 4, tzinfo=UTC)
    for key, given in ((old, False), (new, True)):
        ConsentRecord.objects.create(
            id=f"con_{given}",
            handle=key.consent_handle(Purpose.HUMAN_REVIEW),
            given=given,
            notice="n-1",
            method=Method.CLICK,
            given_at=moment,
            state="given" if given else "refused",
        )
    rotate.rotate(pairs=[(old, new)])
    assert [one.given for one in consents.list_said(new, Purpose.HUMAN_REVIEW)] == [False]


def test_a_pause_goes_along_and_comes_back_with_an_older_copy(house: House, new: SpeakerKey) -> None:
    old = house.speaker("robin")
    house.clip("robin")
    actions.pause(key=old, until=None)
    actions.pause(key=new, until=datetime.now(UTC).date() + timedelta(days=3))
    rotate.rotate(pairs=[(old, new)])
    assert queries.find_pause(new) == queries.OwnPause(None), "the longer one"
    assert queries.find_pause(old) is None
    assert waits(house, "alice") is None
    actions.end_pause(key=new)
    assert waits(house, "alice") is not None
    replay.replay(since=datetime.now(UTC), by="test")
    assert queries.find_pause(new) == queries.OwnPause(None), "what was ended within the hour is not told apart"


def test_who_knows_the_speaker_hears_nothing_of_them_under_the_new_key(house: House, new: SpeakerKey) -> None:
    rules(house, exposure_buckets=1000)
    house.clip("robin")
    work = house.next("alice")
    assert post(house, "alice", "plays", assignment=work["assignment"]).status_code == 200
    flag = post(house, "alice", "judgements", assignment=work["assignment"], flag="known_person")
    assert flag.status_code == 201
    again = house.clip("robin", texts=("light",))
    first = work["clip"]
    rotate.rotate(pairs=[(house.speaker("robin"), new)])
    assert waits(house, "alice") is None
    assert waits(house, "bob") in (first, again.id)


def test_what_is_erased_meanwhile_leaves_no_gap(house: House, new: SpeakerKey) -> None:
    old = house.speaker("robin")
    recordings = [house.clip("robin", texts=(f"light {number}",)).channel.recording_id for number in range(6)]
    ready = Barrier(2)

    def erase() -> None:
        try:
            ready.wait(timeout=20)
            for recording in recordings[:3]:
                for key in (old, new):
                    try:
                        actions.erase(key=key, recording=recording)
                    except actions.NotYours:
                        continue
        finally:
            connection.close()

    thread = Thread(target=erase)
    thread.start()
    ready.wait(timeout=20)
    rotate.rotate(pairs=[(old, new)])
    thread.join(timeout=60)
    assert not thread.is_alive()
    found = {one.recording_id for one in capture.list_owned(new)}
    assert set(recordings[3:]) <= found <= set(recordings)
    assert capture.list_owned(old) == []
