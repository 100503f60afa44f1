"""``POST /api/v1/recordings``: what fits comes in once; what does not is refused by name and leaves nothing behind."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from fairhearing.accounts import actions as accounts
from fairhearing.capture.models import Channel, Hypothesis, Recording, RecordingState
from fairhearing.capture.queries import list_hypotheses
from fairhearing.consent.speaker_key import SpeakerKey
from fairhearing.programmes import actions as programmes
from fairhearing.programmes.models import Programme, Task
from fairhearing.vault.models import DataKey
from fairhearing.web.api import recordings
from tests.house import House, consent, many_channels_wav, metadata, tone, wav
from tests.probes import counts, object_files

Answer = Any


def send(
    house: House, line: Any = None, sound: bytes | None = None, *, key: str | None = None, **headers: str
) -> Answer:
    """Send a recording as a product does; ``line`` is the metadata, or its text."""
    given = metadata(house.speaker("robin")) if line is None else line
    body: dict[str, Any] = {"metadata": given if isinstance(given, str) else json.dumps(given)}
    if sound != b"none":
        body["audio"] = SimpleUploadedFile("voice.wav", wav() if sound is None else sound, "audio/wav")
    authorised = house.product(**headers)
    if key is not None:
        authorised["headers"]["Authorization"] = f"Bearer {key}"
    return Client().post("/api/v1/recordings", body, **authorised)


def refused(answer: Answer, status: int, field: str | None = None) -> dict[str, Any]:
    """A problem document (RFC 9457) that names the field, what came and what was expected."""
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert {"type", "title", "status", "detail"} <= problem.keys()
    assert problem["status"] == status
    if field is not None:
        assert problem["field"] == field, problem
    return problem


def test_a_stranger_sends_nothing_in(house: House, own_objects: Path) -> None:
    before = counts()
    for key in ("", "fh_wrong", house.api_key[:-1], house.api_key + "x", house.api_key.upper()):
        answer = send(house, key=key)
        refused(answer, 401)
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert house.client("owner").post("/api/v1/recordings").status_code == 401
    assert counts() | {"accounts_session": 0} == before | {"accounts_session": 0}
    assert object_files(own_objects) == {}


def test_a_recording_comes_in_with_its_job_and_everything_sealed(house: House, own_objects: Path) -> None:
    words = [{"word": "turn", "start_s": 0.1, "end_s": 0.3}, {"word": "it", "start_s": 0.3, "end_s": 0.5}]
    line = metadata(
        house.speaker("robin"),
        external_id="ours-1",
        captured_at="2026-05-04T10:11:12+02:00",
        region="IE",
        activation={"trigger": "wake_word", "wake_word": "hearth", "score": 0.9},
        hypotheses=[{"text": "turn it on", "engine": "asr-1", "score": 0.7, "words": words}],
    )
    answer = send(house, line)
    assert answer.status_code == 201, answer.content
    assert answer.json().keys() == {"recording"}
    recording = Recording.objects.get(id=answer.json()["recording"])
    assert (recording.product, recording.region, recording.trigger) == ("hearth", "IE", "wake_word")
    assert (recording.state, recording.duration_ms) == (RecordingState.RECEIVED, 1000)
    assert str(recording.captured_day) == "2026-05-04"
    channel = Channel.objects.get()
    assert (channel.human_review, channel.notice, channel.method) == (True, "people-listen-1", "click")
    assert bytes(channel.handle) == house.speaker("robin").recording_handle(0)
    (hypothesis,) = list_hypotheses(channel)
    assert (hypothesis.text, hypothesis.words) == ("turn it on", [("turn", 0.1, 0.3), ("it", 0.3, 0.5)])
    assert len(object_files(own_objects)) == 1
    assert counts()["procrastinate_jobs"] == 1


def test_the_same_idempotency_key_again_gives_the_same_recording(house: House, own_objects: Path) -> None:
    first = send(house, **{"Idempotency-Key": "once"})
    before = counts()
    again = send(house, **{"Idempotency-Key": "once"})
    other_body = send(house, metadata(house.speaker("wren")), wav(0.5, 700.0), **{"Idempotency-Key": "once"})
    assert (first.status_code, again.status_code, other_body.status_code) == (201, 200, 200)
    assert first.json() == again.json() == other_body.json()
    assert counts() == before
    assert len(object_files(own_objects)) == 1
    assert send(house, sound=wav(1.0, 800.0), **{"Idempotency-Key": "twice"}).status_code == 201
    refused(send(house, **{"Idempotency-Key": "k" * 201}), 422, "Idempotency-Key")


def test_an_idempotency_key_and_an_external_id_are_a_products_own(house: House) -> None:
    other = accounts.create_api_key(name="other", product="other-product").secret
    line = metadata(house.speaker("robin"), external_id="the-same-id")
    mine = send(house, line, **{"Idempotency-Key": "shared"})
    theirs = send(house, line, wav(1.0, 900.0), key=other, **{"Idempotency-Key": "shared"})
    assert (mine.status_code, theirs.status_code) == (201, 201)
    assert mine.json() != theirs.json()
    assert set(Recording.objects.values_list("product", flat=True)) == {"hearth", "other-product"}


def test_the_same_external_id_or_the_same_sound_is_the_same_recording(house: House) -> None:
    line = metadata(house.speaker("robin"), external_id="ours-1")
    first = send(house, line)
    assert [send(house, line).status_code, send(house, line, wav(1.0, 700.0)).status_code] == [200, 200]
    plain = send(house, sound=wav(1.0, 500.0))
    assert send(house, sound=wav(1.0, 500.0)).json() == plain.json() != first.json()


def test_without_consent_to_people_listening_it_is_refused_or_kept_unheard(house: House, own_objects: Path) -> None:
    before = counts()
    for human_review in (False, None):
        said = {name: value for name, value in consent().items() if name != "human_review"}
        if human_review is not None:
            said["human_review"] = human_review
        problem = refused(send(house, metadata(house.speaker("robin"), consent=said)), 422, "consent.human_review")
        assert problem["expected"].startswith("true")
    assert (counts(), object_files(own_objects)) == (before, {})
    Programme.objects.update(keep_unheard=True)
    kept = send(house, metadata(house.speaker("robin"), consent=consent(human_review=False)))
    assert kept.status_code == 201
    assert Recording.objects.get().state == RecordingState.UNHEARD
    assert counts()["procrastinate_jobs"] == 0, "nobody prepares what nobody may hear"
    assert not Channel.objects.get().human_review


def test_children_and_outdated_consents_are_refused(house: House, own_objects: Path) -> None:
    refused(send(house, metadata(house.speaker("robin"), age_band="minor")), 422, "age_band")
    key = house.speaker("robin").sealed_form().hex()
    withdrawn = Client().post(
        "/api/v1/withdrawals", {"speaker_key": key}, content_type="application/json", **house.product()
    )
    assert withdrawn.json()["recordings"] == 0
    before = counts()
    refused(send(house), 409, "consent.given_at")
    assert (counts(), object_files(own_objects)) == (before, {})


def _without(**changes: Any) -> Any:
    """A change that takes a field away."""
    return lambda line: {name: value for name, value in {**line, **changes}.items() if value != "gone"}


BAD_FIELDS: list[tuple[str, Any]] = [
    ("speaker_key", {"speaker_key": "gone"}),
    ("speaker_key", {"speaker_key": "xyz"}),
    ("speaker_key", {"speaker_key": ["a"]}),
    ("consent", {"consent": "gone"}),
    ("consent", {"consent": "yes"}),
    ("consent.human_review", {"consent": consent(human_review="yes")}),
    ("consent.service", {"consent": consent(service=1)}),
    ("consent.notice", {"consent": consent(notice="")}),
    ("consent.notice", {"consent": consent(notice=None)}),
    ("consent.method", {"consent": consent(method="shouting")}),
    ("consent.given_at", {"consent": consent(given_at="yesterday")}),
    ("consent.given_at", {"consent": consent(given_at="2999-01-01T00:00:00Z")}),
    ("language", {"language": "English"}),
    ("language", {"language": 7}),
    ("product", {"product": "another"}),
    ("product", {"product": "no slug!"}),
    ("region", {"region": "a region that is too long"}),
    ("age_band", {"age_band": "old"}),
    ("captured_at", {"captured_at": "noon"}),
    ("activation", {"activation": "button"}),
    ("activation.trigger", {"activation": {"trigger": "magic"}}),
    ("indicator", {"indicator": "x" * 81}),
    ("external_id", {"external_id": "x" * 201}),
    ("programme", {"programme": "none-of-this-name"}),
    ("hypotheses", {"hypotheses": "text"}),
    ("hypotheses", {"hypotheses": [{"text": "x"}] * 41}),
    ("hypotheses[1]", {"hypotheses": [{"text": "x"}, "y"]}),
    ("hypotheses[0].text", {"hypotheses": [{}]}),
    ("hypotheses[0].score", {"hypotheses": [{"text": "x", "score": "high"}]}),
    ("hypotheses[0].channel", {"hypotheses": [{"text": "x", "channel": 1}]}),
    ("hypotheses[0].language", {"hypotheses": [{"text": "x", "language": "?"}]}),
    ("hypotheses[0].engine", {"hypotheses": [{"text": "x", "engine": "e" * 121}]}),
    ("hypotheses[0].words", {"hypotheses": [{"text": "x", "words": "x"}]}),
    ("hypotheses[0].words[0]", {"hypotheses": [{"text": "x", "words": [{"word": "x", "start_s": 2, "end_s": 1}]}]}),
    ("hypotheses[0].words[0]", {"hypotheses": [{"text": "x", "words": [{"word": "x", "start_s": "0", "end_s": 1}]}]}),
    ("hypotheses[0].words[0].word", {"hypotheses": [{"text": "x", "words": [{"word": 3, "start_s": 0, "end_s": 1}]}]}),
    (
        "hypotheses[0].words[1].start_s",
        {"hypotheses": [{"text": "x", "words": [{"word": "x", "start_s": at, "end_s": 2} for at in (1, 0)]}]},
    ),
    ("channels", {"channels": [], "speaker_key": "gone"}),
    ("channels", {"channels": {}, "speaker_key": "gone"}),
    ("speaker_key", {"channels": [{"consent": consent()}]}),
    ("channels[0].speaker_key", {"channels": [{"consent": consent()}], "speaker_key": "gone"}),
    ("channels[0]", {"channels": [7], "speaker_key": "gone"}),
]


def test_every_field_that_does_not_fit_is_named_with_what_came_and_what_was_expected(
    house: House, own_objects: Path
) -> None:
    before = counts()
    for field, changes in BAD_FIELDS:
        line = _without(**changes)(metadata(house.speaker("robin")))
        answer = send(house, line)
        problem = refused(answer, 404 if field == "programme" else 422, field)
        if field != "programme":
            assert problem["got"], (field, changes)
            assert problem["expected"], (field, changes)
            assert field in problem["detail"]
    for text in ("{", "[]", '"x"', "7", "null", "{}", "\x00"):
        refused(send(house, text), 422)
    assert (counts(), object_files(own_objects)) == (before, {})


def _riff_of(channels: int) -> bytes:
    return many_channels_wav(*[200.0 + 10 * number for number in range(channels)])


def _nan() -> bytes:
    samples = np.full(16000, np.nan, dtype="<f4").tobytes()
    head = b"WAVEfmt " + (16).to_bytes(4, "little") + (3).to_bytes(2, "little") + (1).to_bytes(2, "little")
    head += (16000).to_bytes(4, "little") + (64000).to_bytes(4, "little") + (4).to_bytes(2, "little")
    head += (32).to_bytes(2, "little") + b"data" + len(samples).to_bytes(4, "little") + samples
    return b"RIFF" + len(head).to_bytes(4, "little") + head


BAD_SOUNDS: dict[str, Any] = {
    "empty": lambda: b"",
    "no sound": lambda: b"none",
    "text": lambda: b"this is not a recording " * 100,
    "only a header": lambda: wav()[:44],
    "truncated": lambda: wav()[: len(wav()) // 2],
    "eight channels": lambda: _riff_of(8),
    "a number that is none": _nan,
    "nothing but zeros": lambda: b"\0" * 5000,
}


@pytest.mark.parametrize("name", BAD_SOUNDS)
def test_sound_that_does_not_fit_is_refused_and_leaves_nothing_behind(
    house: House, own_objects: Path, name: str
) -> None:
    before = counts()
    problem = refused(send(house, sound=BAD_SOUNDS[name](), **{"Idempotency-Key": "bad"}), 422)
    assert problem["field"] in ("audio", "channels")
    assert len(problem["detail"]) > 10
    assert (counts(), object_files(own_objects)) == (before, {})
    assert send(house, **{"Idempotency-Key": "bad"}).status_code == 201, "a refusal does not use the key up"


def test_what_is_too_large_is_refused_before_it_is_read(
    house: House, own_objects: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = counts()
    monkeypatch.setattr(recordings, "BODY_MOST", 20_000)
    problem = refused(send(house), 413, "audio")
    assert "20000" in problem["expected"]
    assert (counts(), object_files(own_objects)) == (before, {})


def test_a_call_makes_a_channel_for_each_party(house: House, own_objects: Path) -> None:
    parties = [
        {"speaker_key": house.speaker(name).sealed_form().hex(), "consent": consent(human_review=yes), "language": tag}
        for name, yes, tag in (("robin", True, "en"), ("wren", False, "es"))
    ]
    line = {
        "language": "en",
        "channels": parties,
        "hypotheses": [
            {"text": "good morning", "engine": "asr", "channel": 0},
            {"text": "buenos días", "engine": "asr", "channel": 1, "language": "es"},
        ],
    }
    before = counts()
    refused(send(house, line, wav()), 422, "channels")
    refused(send(house, line, _riff_of(3)), 422)
    assert (
        refused(send(house, line, many_channels_wav(220.0, 220.0)), 422, "channels")["got"] == "the same sound on both"
    )
    assert (counts(), object_files(own_objects)) == (before, {})
    assert send(house, line, _riff_of(2)).status_code == 201
    left, right = Channel.objects.order_by("number")
    assert [left.human_review, right.human_review] == [True, False]
    assert [left.language, right.language] == ["en", "es"]
    assert bytes(left.handle) == house.speaker("robin").recording_handle(0)
    assert bytes(right.handle) == house.speaker("wren").recording_handle(0)
    assert left.key_id != right.key_id
    assert bool(left.original_object)
    assert right.original_object == "", "of who did not agree no sound is kept"
    assert list(Hypothesis.objects.values_list("channel_id", flat=True)) == [left.id]
    assert len(object_files(own_objects)) == 1


def test_both_channels_of_one_person_become_one_mono_channel(house: House) -> None:
    assert send(house, sound=_riff_of(2)).status_code == 201
    assert Channel.objects.count() == 1


def test_the_programme_is_named_where_there_are_several(house: House) -> None:
    programmes.create(slug="calls", language="es", task=Task.TRANSCRIPTION)
    problem = refused(send(house), 422, "programme")
    assert "assistant" in problem["expected"]
    assert "calls" in problem["expected"]
    line = {name: value for name, value in metadata(house.speaker("robin")).items() if name != "language"}
    assert send(house, {**line, "programme": "calls"}).status_code == 201
    assert Channel.objects.get().language == "es", "the programme's language stands in where the line has none"


def test_what_breaks_halfway_leaves_no_row_behind(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes may remain, encrypted and without a key: the sweep takes them. Rows may not."""

    def broken(*_args: object, **_options: object) -> Any:
        raise OSError("the disk is full")

    before = counts()
    with monkeypatch.context() as broke:
        broke.setattr("fairhearing.capture.intake.jobs.configure_task", broken)
        client = Client(raise_request_exception=False)
        body = {
            "metadata": json.dumps(metadata(house.speaker("robin"))),
            "audio": SimpleUploadedFile("voice.wav", wav(), "audio/wav"),
        }
        answer = client.post("/api/v1/recordings", body, **house.product())
    refused(answer, 500)
    assert counts() == before
    assert not DataKey.objects.exists()
    assert send(house).status_code == 201


def test_the_interface_describes_itself(house: House) -> None:
    answer = Client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    document = answer.json()
    assert document["openapi"].startswith("3.")
    assert {
        "/api/v1/recordings", "/api/v1/speaker-links", "/api/v1/withdrawals", "/api/v1/erasures",
        "/api/v1/review/next", "/api/v1/review/plays", "/api/v1/review/judgements",
    } <= document["paths"].keys()  # fmt: skip
    body = document["paths"]["/api/v1/recordings"]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert body["required"] == ["audio", "metadata"]
    assert house.api_key not in answer.content.decode()


def test_a_speakers_key_that_is_wrong_is_refused_by_every_call(house: House) -> None:
    for call in ("speaker-links", "withdrawals", "erasures"):
        for wrong in ("", "00" * 31, "zz" * 32):
            answer = Client().post(
                f"/api/v1/{call}", {"speaker_key": wrong}, content_type="application/json", **house.product()
            )
            problem = refused(answer, 422, "speaker_key")
            assert problem["expected"] == "64 hex digits"
    unknown = SpeakerKey(b"\7" * 32).sealed_form().hex()
    answer = Client().post(
        "/api/v1/erasures", {"speaker_key": unknown, "recording": "rec_none"}, content_type="application/json",
        **house.product(),
    )  # fmt: skip
    refused(answer, 404, "recording")


def test_sounds_of_every_container_that_is_promised_come_in(house: House) -> None:
    from fairhearing.audio.encode import flac_bytes

    assert send(house, sound=flac_bytes(tone(1.0, 333.0), 16000)).status_code == 201
    assert Recording.objects.get().duration_ms == 1000
