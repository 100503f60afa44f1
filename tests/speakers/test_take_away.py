"""Taking everything away: all that is one's own, nothing of anybody else's, and each sound stands in the log."""

import io
import json
import re
import zipfile
from typing import Any

from django.test import Client

from fairhearing.capture.models import Channel
from fairhearing.ledger.entries import Kind
from fairhearing.ledger.models import Record
from tests.house import House


def taken(client: Client) -> zipfile.ZipFile:
    answer = client.post("/speaker/take-away")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/zip")
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer)))
    assert archive.testzip() is None
    return archive


def known(archive: zipfile.ZipFile) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(archive.read("your-data.json"))
    return found


def test_a_stranger_takes_nothing_of_it(house: House) -> None:
    house.clip("robin")
    assert Client().post("/speaker/take-away").status_code == 401
    for name in ("alice", "owner"):
        assert house.client(name).post("/speaker/take-away").status_code == 401
    assert house.speaker_client("wren").get("/speaker/take-away").status_code == 405
    archive = taken(house.speaker_client("wren"))
    assert sorted(archive.namelist()) == ["your-data.html", "your-data.json"]
    assert known(archive)["recordings"] == []
    assert not Record.objects.filter(kind=Kind.EXPORTED).exists()


def test_all_that_is_held_of_a_speaker_is_in_it_and_no_name_of_a_reviewer(house: House) -> None:
    clip = house.clip("robin", texts=("turn <b>the</b> light on", "turn it on"))
    house.judge("alice", choice=1)
    house.clip("wren")
    waiting = house.recording("robin", hypotheses=[{"text": "dim it", "engine": "asr"}])
    robin = house.speaker_client("robin")
    heard = b"".join(robin.get(f"/speaker/clips/{clip.id}/audio"))
    archive = taken(robin)
    assert archive.read(f"clips/{clip.id}.wav") == heard, "what reviewers hear, without a mark"
    sent = Channel.objects.get(recording=waiting)
    assert archive.read(f"originals/{sent.recording_id}.wav").startswith(b"RIFF")
    own = {one["id"]: one for one in known(archive)["recordings"]}
    assert set(own) == {clip.channel.recording_id, waiting.id}
    assert [text["text"] for text in own[waiting.id]["sent_texts"]] == ["dim it"], "the machine's own, while kept"
    (told,) = own[clip.channel.recording_id]["clips"]
    assert told["answers"][0]["choice"] == 1
    assert {listen["role"] for listen in told["heard"]} == {"reviewer", "you"}
    assert own[clip.channel.recording_id]["consent"]["human_review"] is True
    receipts = [name for name in archive.namelist() if name.startswith("receipts/")]
    assert set(receipts) == {f"receipts/{listen['index']}.tlog-proof" for listen in told["heard"]}
    for name in receipts:
        assert archive.read(name).startswith(b"c2sp.org/tlog-proof@v1\n")
    page = archive.read("your-data.html").decode()
    assert "turn &lt;b&gt;the&lt;/b&gt; light on" in page
    assert not re.search(r"<script|https?://", page)
    everything = b"".join(archive.read(name) for name in archive.namelist())
    for person in house.people.values():
        assert person.id.encode() not in everything
        assert person.email.encode() not in everything
    exported = Record.objects.filter(kind=Kind.EXPORTED)
    assert {(one.role, one.purpose, one.account) for one in exported} == {("speaker", "access", None)}
    assert {(one.recording, one.clip) for one in exported} == {
        (clip.channel.recording_id, clip.id),
        (waiting.id, None),
    }


def test_what_was_taken_too_often_is_named_and_the_rest_still_comes(house: House) -> None:
    clip = house.clip("robin")
    robin = house.speaker_client("robin")
    for _ in range(3):
        assert f"clips/{clip.id}.wav" in taken(robin).namelist()
    archive = taken(robin)
    assert f"clips/{clip.id}.wav" not in archive.namelist()
    assert list(known(archive)["missing"]) == [f"clips/{clip.id}.wav"]
    assert Record.objects.filter(kind=Kind.REFUSED, role="speaker", purpose="access").count() == 1
