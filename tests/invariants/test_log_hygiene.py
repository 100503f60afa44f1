"""What passes through must not stick: no key, no text and no name of the product's in any log line, error or exception.

Everything is watched at its most talkative: every logger at DEBUG, with tracebacks, and what is printed.
"""

import base64
import io
import json
import logging
import traceback
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from fairhearing.capture import incoming
from fairhearing.consent.speaker_key import SpeakerKey, SpeakerKeyInvalid
from fairhearing.gate import play
from fairhearing.operations import erase as operations
from fairhearing.speakers import links
from fairhearing.startup import logging as own_logging
from fairhearing.vault.objects import FileStore
from tests.house import House, consent, metadata, wav
from tests.probes import disguises

KEY = bytes.fromhex("c0ffee11decade22facade33deface44bedabb55efface66ac1d1c77babe1e88")
TEXT, EXTERNAL, IDEMPOTENCY, FILE = "canary-in-text", "canary-external", "canary-idempotency", "canary-file-name"


class Watch:
    """Everything that was logged, printed or answered."""

    def __init__(self) -> None:
        self.log = io.StringIO()
        self.answers: list[bytes] = []
        self.printed = ""
        self.canaries: dict[str, list[bytes]] = {
            "speaker key": disguises(KEY),
            **{canary: [canary.encode()] for canary in (TEXT, EXTERNAL, IDEMPOTENCY, FILE)},
        }

    def answer(self, got: HttpResponse) -> HttpResponse:
        """Keep an answer to be looked through."""
        self.answers.append(bytes(got.content))
        return got

    def sighted(self, *, also_answers: bool = True) -> list[tuple[str, str]]:
        """Canaries that were seen, and where."""
        places = {"log": self.log.getvalue().encode(), "printed": self.printed.encode()}
        if also_answers:
            places["answers"] = b"\n".join(self.answers)
        return [
            (name, place)
            for name, forms in self.canaries.items()
            for place, content in places.items()
            if any(form.lower() in content.lower() for form in forms)
        ]


@pytest.fixture
def watch(capfd: pytest.CaptureFixture[str]) -> Iterator[Watch]:
    """Our own logging, as the server sets it up, with a handler on the root that keeps everything."""
    watching = Watch()
    handler = logging.StreamHandler(watching.log)
    handler.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s %(args)s"))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    own_logging.configure()
    yield watching
    structlog.reset_defaults()
    root.setLevel(level)
    root.removeHandler(handler)
    captured = capfd.readouterr()
    watching.printed = captured.out + captured.err
    assert watching.sighted(also_answers=False) == []


def _line(**changes: Any) -> dict[str, Any]:
    hypotheses = [{"text": TEXT, "engine": "asr-1", "words": [{"word": TEXT, "start_s": 0.1, "end_s": 0.4}]}]
    return {**metadata(SpeakerKey(KEY)), "external_id": EXTERNAL, "hypotheses": hypotheses, **changes}


def _send(
    house: House, line: Any, *, sound: bytes | None = None, client: Client | None = None, idempotency: str = IDEMPOTENCY
) -> HttpResponse:
    file = SimpleUploadedFile(f"{FILE}.wav", wav() if sound is None else sound, "audio/wav")
    body = {"audio": file, "metadata": line if isinstance(line, str) else json.dumps(line)}
    headers = house.product(**{"Idempotency-Key": idempotency})
    return (client or Client()).post("/api/v1/recordings", body, **headers)


def _post(house: House, call: str, body: Any, client: Client | None = None) -> HttpResponse:
    raw = body if isinstance(body, str) else json.dumps(body)
    return (client or Client()).post(f"/api/v1/{call}", raw, content_type="application/json", **house.product())


def test_a_recording_comes_and_goes_without_a_trace_of_its_key_or_text(house: House, watch: Watch) -> None:
    assert watch.answer(_send(house, _line())).status_code == 201
    assert watch.answer(_send(house, _line())).status_code == 200
    key = KEY.hex()
    link = _post(house, "speaker-links", {"speaker_key": key})
    assert link.status_code == 201
    watch.answer(link)
    token = link.json()["url"].partition("#")[2]
    speaker = Client()
    entered = watch.answer(speaker.post("/speaker/link", {"token": token}))
    assert entered.status_code == 302
    cookie = speaker.cookies["speaker"].value
    watch.canaries |= {"link": [token.encode()], "cookie": [cookie.encode()], "API key": [house.api_key.encode()]}
    watch.answers.remove(bytes(link.content))  # whose very purpose is the token
    assert watch.answer(speaker.get("/speaker/")).status_code == 200
    assert watch.answer(_post(house, "withdrawals", {"speaker_key": key})).status_code == 200
    refused = watch.answer(_send(house, _line(external_id="another"), sound=wav(1.0, 500.0), idempotency="another"))
    assert refused.status_code == 409, "a consent older than the withdrawal lets nothing in"
    assert watch.answer(_post(house, "erasures", {"speaker_key": key})).status_code == 200
    assert watch.answer(_send(house, _line())).status_code == 410
    assert watch.sighted() == []


_SHORT, _SPACED = KEY.hex()[:40], " ".join(f"{byte:02x}" for byte in KEY)
_WRONG_KEYS: list[Any] = [
    _SHORT,
    KEY.hex()[:-1],
    KEY.hex() + "0",
    KEY.hex() + "\n",
    _SPACED,
    f" {KEY.hex()[1:]}",
    KEY.hex()[:-1] + "g",
    "０" + KEY.hex()[1:],
    base64.b64encode(KEY).decode(),
    [KEY.hex()],
    {"key": KEY.hex()},
    int(KEY.hex(), 16),
    None,
]


def _pieces() -> list[bytes]:
    """Any eight bytes of the key in a row, however it was written."""
    pieces = [KEY[at : at + 8].hex().encode() for at in range(25)]
    return [*pieces, _SPACED[:23].encode(), base64.b64encode(KEY)[:12]]


def test_a_wrong_key_is_never_repeated(house: House, watch: Watch) -> None:
    watch.canaries["a piece of the key"] = _pieces()
    watch.canaries["the key as a number"] = [str(int(KEY.hex(), 16)).encode()]
    for wrong in _WRONG_KEYS:
        for call in ("speaker-links", "withdrawals", "erasures", "clips/pending"):
            answer = watch.answer(_post(house, call, {"speaker_key": wrong}))
            assert answer.status_code == 422, (wrong, answer.content)
            assert answer.json()["field"].endswith("speaker_key")
        lines = [
            _line(speaker_key=wrong),
            {**_line(channels=[{"speaker_key": wrong, "consent": consent()}]), "speaker_key": KEY.hex()},
            {name: value for name, value in _line(channels=[wrong]).items() if name != "speaker_key"},
            {name: value for name, value in _line(channels=wrong).items() if name != "speaker_key"},
        ]
        for line in lines:
            answer = watch.answer(_send(house, line))
            assert answer.status_code == 422, (line, answer.content)
            assert answer.headers["Content-Type"] == "application/problem+json"
    assert watch.sighted() == []


def test_bodies_that_are_no_json_are_never_repeated(house: House, watch: Watch) -> None:
    watch.canaries["a piece of the key"] = _pieces()
    garbage = [
        f'{{"speaker_key": "{KEY.hex()}"',
        f"{KEY.hex()}",
        f'"{KEY.hex()}"',
        f'["{KEY.hex()}", "{TEXT}"]',
        f'{{"speaker_key": {KEY.hex()}}}',
        "[" * 100_000,
        "\xff\xfe" + KEY.hex(),
        "",
    ]
    for text in garbage:
        for call in ("speaker-links", "withdrawals", "erasures", "clips/pending", "clips/answers"):
            assert watch.answer(_post(house, call, text)).status_code in (400, 422), text[:80]
        assert watch.answer(_send(house, text)).status_code == 422, text[:80]
    assert watch.sighted() == []


_FIELDS: list[dict[str, Any]] = [
    {"hypotheses": [{"text": 7, "engine": TEXT}]},
    {"hypotheses": [{"text": TEXT * 3000}]},
    {"hypotheses": [{"text": TEXT + "\0"}]},
    {"hypotheses": [{"text": TEXT + "\ud800"}]},
    {"hypotheses": [{"text": TEXT, "words": [{"word": TEXT, "start_s": 2, "end_s": 1}]}]},
    {"hypotheses": [{"text": TEXT, "words": [{"word": TEXT + "\ud800", "start_s": 0, "end_s": 1}]}]},
    {"hypotheses": [{"text": TEXT, "words": TEXT}]},
    {"hypotheses": [{"text": TEXT, "score": 10**400}]},
    {"hypotheses": [{"text": TEXT, "channel": 3}]},
    {"external_id": EXTERNAL * 40},
    {"external_id": EXTERNAL + "\ud800"},
    {"consent": consent(given_at="0001-01-01T00:00:00+23:00")},
    {"captured_at": "9999-12-31T23:59:59-23:00"},
    {"consent": consent(given_at="2999-01-01T00:00:00Z")},
]


@pytest.mark.parametrize("changes", _FIELDS, ids=lambda changes: json.dumps(changes)[:60])
def test_fields_that_do_not_fit_are_refused_without_their_text(
    house: House, watch: Watch, changes: dict[str, Any]
) -> None:
    answer = watch.answer(_send(house, _line(**changes), client=Client(raise_request_exception=False)))
    assert answer.status_code == 422, answer.content
    assert {"field", "got", "expected"} <= answer.json().keys()
    assert watch.sighted() == []


def test_a_failure_of_ours_logs_its_traceback_without_what_passed_through(
    house: House, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it breaks, everything sensitive stands in local variables: none of it may be rendered."""

    def broken(*_args: object, **_options: object) -> Any:
        raise RuntimeError("the disk is full")

    client = Client(raise_request_exception=False)
    with monkeypatch.context() as broke:
        broke.setattr(FileStore, "put", broken)
        assert watch.answer(_send(house, _line(), client=client)).status_code == 500
    assert watch.answer(_send(house, _line())).status_code == 201
    with monkeypatch.context() as broke:
        broke.setattr(operations, "erase", broken)
        broke.setattr(operations, "close", broken)
        broke.setattr(links, "make", broken)
        for call in ("speaker-links", "withdrawals", "erasures"):
            assert watch.answer(_post(house, call, {"speaker_key": KEY.hex()}, client)).status_code == 500
    assert "the disk is full" in watch.log.getvalue(), "the watch does not see tracebacks"
    assert watch.sighted() == []


def test_the_watch_sees_a_key_that_is_logged(house: House, watch: Watch) -> None:
    """The stranger's test of these tests."""
    structlog.get_logger().warning("planted", speaker_key=KEY.hex())
    logging.getLogger("elsewhere").debug("planted %s", TEXT)
    assert set(watch.sighted()) == {("speaker key", "log"), (TEXT, "log")}
    watch.log.seek(0)
    watch.log.truncate()


def test_exceptions_and_their_contexts_hold_no_key() -> None:
    for wrong in (_SHORT, _SPACED, KEY.hex() + "0", KEY.hex()[:-1] + "g"):
        with pytest.raises(SpeakerKeyInvalid) as refusal:
            SpeakerKey.from_hex(wrong)
        told = "".join(traceback.format_exception(refusal.value)) + repr(refusal.value.args)
        assert not any(piece.decode() in told for piece in _pieces())
        with pytest.raises(incoming.FieldInvalid) as unfit:
            incoming.parse(_line(speaker_key=wrong))
        told = "".join(traceback.format_exception(unfit.value)) + repr(vars(unfit.value))
        assert not any(piece.decode() in told for piece in _pieces())
    shown = repr(incoming.parse(_line()).channels) + repr(play.Released("lis_x", KEY))
    assert not any(form.decode(errors="replace") in shown for form in disguises(KEY)[1:])
    assert repr(KEY) not in shown
