"""One entry's page: what was changed shows, what was forgotten is said, and the story is told without its words."""

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from fairhearing.gate import export
from fairhearing.home.epochs import EpochKeys
from fairhearing.home.folder import Home
from fairhearing.ledger import publish, queries, signing
from fairhearing.ledger.entries import Kind
from fairhearing.ledger.models import LogEntry, Record
from fairhearing.operations import stop
from fairhearing.review import settle
from fairhearing.review.models import Assignment
from fairhearing.tlog import leaf_hash
from tests.house import House
from tests.ledger import witnessing

WORDS = ("turn the light on", "turn the lights on")


def told(client: Client, entry: object) -> str:
    """The page of an entry as somebody reads it: its text, without mark-up."""
    answer = client.get(f"/auditor/entries/{entry}")
    assert answer.status_code == 200
    text = re.sub(r"<[^>]+>", " ", answer.content.decode().partition("<main")[2])
    return " ".join(html.unescape(text).split())


def played(house: House) -> Record:
    """A listen of Alice's, of the copy that she was handed sealed."""
    house.clip()
    alice = house.client("alice")
    work = house.next("alice", alice)
    assert alice.get(work["sealed_url"]).status_code == 200
    return Record.objects.get(id=house.judge("alice", choice=1)["listen"])


def test_a_listen_that_holds_says_so_part_by_part(house: House) -> None:
    record = played(house)
    client = house.client("auditor")
    by_index, by_id = told(client, record.index), told(client, record.id)
    assert by_index == by_id
    assert "DOES NOT" not in by_id
    for said in (
        "Kind and hour opens", "Recording and clip opens", "Account opens", "grounds, detail opens",
        "opens for the copy of the reviewer's assignment", "holds",
        f"in the checkpoint of {Record.objects.count()} entries",
        "Length 1.000 s", "tarn", "IE", "human_review", record.account, record.clip,
    ):  # fmt: skip
        assert said in by_id, said
    body = bytes(LogEntry.objects.get(index=record.index).body)
    assert body.decode() in by_id, "the exact bytes"
    assert leaf_hash(body).hex() in by_id
    assert json.dumps(json.loads(body), indent=2).split()[1] in by_id
    page = client.get(f"/auditor/entries/{record.id}").content.decode()
    assert f'href="/log/proof/{record.index}"' in page


CHANGES: dict[str, Any] = {
    "vendor": "other", "country": "PT", "account": "acc_somebody", "recording": "rec_other", "clip": None,
    "duration_ms": 1, "role": "speaker", "purpose": "own_ears", "reasons": ["paused"], "detail": {"a": "b"},
    "hour": "2026-01-01T00:00Z", "kind": "exported", "circumstances_salt": None, "reviewer_salt": b"1" * 60,
    "speaker_salt": None,
}  # fmt: skip


@pytest.mark.parametrize("field", CHANGES)
def test_a_record_that_was_changed_in_the_database_does_not_open(house: House, field: str) -> None:
    record = played(house)
    client = house.client("auditor")
    assert not any(entry["bad"] for entry in client.get("/auditor/").context["entries"])
    Record.objects.filter(id=record.id).update(**{field: CHANGES[field]})
    page = told(client, record.index)
    assert "DOES NOT OPEN" in page
    assert "DOES NOT HOLD" in page
    (entry,) = client.get(f"/auditor/?id={record.index}").context["entries"]
    assert entry["verdict"] == "DOES NOT OPEN"
    beside = Record.objects.filter(index__gt=record.index, clip=record.clip).first()
    if beside is not None and field not in ("recording", "clip"):
        assert "DOES NOT OPEN" in told(client, beside.index).partition("The story")[2], "also where it is told beside"
    assert "does not open" in client.get("/auditor/entries.csv").getvalue().decode()


def test_an_entry_that_was_changed_is_not_proved(house: House) -> None:
    record = played(house)
    body = bytes(LogEntry.objects.get(index=record.index).body)
    LogEntry.objects.filter(index=record.index).update(body=body.replace(b'"v":1', b'"v":2'))
    page = told(house.client("auditor"), record.index)
    assert "NOT PROVED" in page
    assert "DOES NOT HOLD" in page
    for nonsense in (b"", b"[]", b"\xff", b'{"parts":3,"kind":"played","hour":""}', body.replace(b"played", b"playd")):
        LogEntry.objects.filter(index=record.index).update(body=nonsense)
        assert "DOES NOT OPEN" in told(house.client("auditor"), record.index), nonsense


def test_what_was_taken_out_of_a_table_is_said(house: House) -> None:
    record = played(house)
    client = house.client("auditor")
    entry = LogEntry.objects.get(index=record.index)
    entry.delete()
    assert "not in the log's table" in told(client, record.id)
    assert "DOES NOT OPEN" in told(client, record.id)
    LogEntry.objects.create(index=record.index, body=entry.body, leaf=entry.leaf)
    record.delete()
    assert "its private record is not in the database" in told(client, record.index)


def test_another_copy_than_was_logged_does_not_open(house: House) -> None:
    record = played(house)
    Assignment.objects.update(served_sha256="ab" * 32)
    page = told(house.client("auditor"), record.id)
    assert "DOES NOT OPEN for the copy" in page
    assert "DOES NOT HOLD" in page
    Assignment.objects.update(served_sha256="")
    assert "nothing to compare" in told(house.client("auditor"), record.id)


def test_a_lost_key_is_no_lie(house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    record = played(house)
    elsewhere = Home(tmp_path, tmp_path / "keys" / "secret.key")
    elsewhere.prepare()
    monkeypatch.setattr(queries, "epoch_keys", lambda: EpochKeys(elsewhere))
    page = told(house.client("auditor"), record.id)
    assert "the key of its week is gone" in page
    assert "DOES NOT" not in page
    assert "holds" in page


def test_the_whole_life_of_a_clip_is_told_without_a_word_of_it(house: House) -> None:
    clip = house.clip("robin", texts=WORDS)
    recording = clip.channel.recording_id
    first = house.judge("alice", choice=1)
    work = house.next("charlie")
    body = {"assignment": work["assignment"]}
    stop.pause(scope="programme:assistant", reason="a test", by=house.people["controller"].id)
    charlie = house.client("charlie")
    assert charlie.post("/api/v1/review/plays", body, content_type="application/json").status_code == 403
    stop.resume(scope="programme:assistant", by=house.people["controller"].id)
    house.judge("charlie", text=WORDS[0])
    assert settle.settle_due() == 1
    export.export(clip=clip.id, release="rel_one")
    assert house.speaker_client("robin").get(f"/speaker/clips/{clip.id}/audio").status_code == 200
    house.clip("wren")
    of_charlie = Record.objects.filter(account=house.people["charlie"].id)
    entries = dict(of_charlie.values_list("kind", "index")) | {"exported": Record.objects.get(kind="exported").index}

    client = house.client("auditor")
    page = told(client, first["listen"])
    story = page.partition("The story")[2].partition("In the public log")[0]
    alice, other = house.people["alice"].id, house.people["charlie"].id
    order = [
        "Recording taken in From hearth, for the programme assistant",
        "Clip made 1.0 s of channel 0. It is ready now.",
        f"Given to a reviewer {alice}. Played 1 time. It was judged.",
        f"Played (this entry) {alice} of tarn, IE",
        f"Answered {alice} chose a candidate.",
        f"Given to a reviewer {other}. Played 1 time. It was judged.",
        f"Refused entry {entries['refused']} {other} of other, PT",
        "Listening is paused here.",
        f"Played entry {entries['played']} {other} of other, PT",
        f"Answered {other} wrote a text of their own.",
        "Settled",
        "2 of 2 judgements agree.",
        f"Exported entry {entries['exported']} product · 1.0 s · release · rel_one",
        "the speaker · 1.0 s · own_ears",
    ]
    assert [one for one in order if one not in story] == []
    places = [story.index(one) for one in order]
    assert places == sorted(places), "in the order in which it happened, although all in one hour"
    raw = client.get(f"/auditor/entries/{first['listen']}").content.decode()
    assert not [words for words in WORDS if words in raw]
    assert "<audio" not in raw
    people = [one.email for name, one in house.people.items() if name != "auditor"]
    assert not [email for email in people if email in raw], "ids alone"
    listed = client.get(f"/auditor/?id={clip.id}").content.decode()
    assert recording in listed
    assert not [one for one in (*WORDS, *people) if one in listed]


def test_a_refusal_shows_every_ground_in_words(house: House) -> None:
    house.clip("robin")
    work = house.next("alice")
    house.speaker("robin")
    stop.pause(scope="everything", reason="a test", by="test")
    answer = house.client("bob").post(
        "/api/v1/review/plays", {"assignment": work["assignment"]}, content_type="application/json"
    )
    assert answer.status_code == 403
    record = Record.objects.get(kind=Kind.REFUSED)
    assert len(record.reasons) > 1
    page = told(house.client("auditor"), record.id)
    assert "This clip was given to somebody else. not_yours" in page
    assert "Listening is paused here. What you typed is kept; go on when the pause ends. paused" in page


def test_after_withdrawal_the_story_goes_on_and_after_erasure_it_cannot_be_told(house: House) -> None:
    record = played(house)
    client = house.client("auditor")
    key = {"speaker_key": house.speaker("robin").sealed_form().hex()}
    calls = [("withdrawals", "Taken back by its speaker"), ("erasures", "nothing leads from this entry to a recording")]
    for call, said in calls:
        done = Client().post(f"/api/v1/{call}", key, content_type="application/json", **house.product())
        assert done.status_code == 200
        page = told(client, record.id)
        assert said in page
        assert "holds" in page
        assert "DOES NOT" not in page
    assert "Recording and clip forgotten" in page
    assert "nobody can open it any more" in page
    assert "grounds, detail opens" in page
    assert record.clip not in page
    (entry,) = client.get(f"/auditor/?id={record.id}").context["entries"]
    assert (entry["verdict"], entry["clip"], entry["vendor"]) == ("forgotten", None, "tarn")
    for kind in ("withdrawn", "erased"):
        request = Record.objects.get(kind=kind)
        assert "Recordings 1" in told(client, request.id)
        assert "The story" not in told(client, request.id), "a request leads to no recording"


def test_every_entry_of_the_house_has_its_page(house: House) -> None:
    played(house)
    stop.pause(scope="region:IE", reason="=1+1", by="test")
    stop.resume(scope="region:IE", by="test")
    house.recording("wren")
    for index in range(Record.objects.count()):
        assert "DOES NOT" not in told(house.client("auditor"), index), index


def test_the_witnesses_of_the_published_checkpoint_are_named(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = played(house)
    client = house.client("auditor")
    assert "Cosigned by nobody" in told(client, record.id)
    witness = witnessing.make(tmp_path, [signing.signer().verifier()])
    with witnessing.serving(witness) as url:
        policy = witnessing.policy({url: [("up", witness.public_keys()[0])]})
        (tmp_path / "policy").write_text(f"log {queries.vkey()}\n{policy}")
        monkeypatch.setenv("FAIRHEARING_WITNESSES", str(tmp_path / "policy"))
        publish.publish()
    for page in (told(client, record.id), client.get("/auditor/").content.decode()):
        assert "w.example/1 (as many as the policy asks for)" in page
    monkeypatch.delenv("FAIRHEARING_WITNESSES")
    assert "signatures of keys that are not known here: w.example/1" in told(client, record.id)
    (tmp_path / "policy").write_text("nonsense")
    monkeypatch.setenv("FAIRHEARING_WITNESSES", str(tmp_path / "policy"))
    assert client.get("/auditor/").status_code == 200
