"""The client against the real server: what its page says runs as it stands there."""

import base64
import hmac
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairhearing.capture.models import Recording
from fairhearing.client import (
    Fairhearing,
    ReceiptInvalid,
    Refused,
    Unreachable,
    WebhookInvalid,
    speaker_key,
    verify_receipt,
    verify_webhook,
)
from fairhearing.client.calls import TRIES, Calls
from fairhearing.consent.speaker_key import derive
from fairhearing.ledger import publish
from fairhearing.ledger import queries as ledger
from fairhearing.ledger.models import LogEntry
from tests.house import House, consent, wav

if TYPE_CHECKING:
    from pytest_django.live_server_helper import LiveServer

PAGE = Path(__file__).resolve().parents[2] / "docs" / "client.md"
SECRET = "whsec_" + base64.b64encode(b"a secret of the product's own").decode()
NOW = 1_800_000_000


def test_the_page_of_the_client_runs_as_it_stands(house: House, live_server: "LiveServer") -> None:
    code = "\n".join(re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.S))
    names: dict[str, Any] = {
        "api_key": house.api_key,
        "secret": b"the product's own secret",
        "new_secret": b"the product's next secret",
        "sound": wav(),
        "consent": consent(),
    }
    exec(compile(code.replace("https://listening.example", live_server.url), str(PAGE), "exec"), names)
    assert names["recording"].startswith("rec_")
    assert names["link"].url.startswith("http")
    assert Recording.objects.count() == 0, "erased at last"


def test_an_upload_made_again_makes_no_second_recording(house: House, live_server: "LiveServer") -> None:
    client = Fairhearing(live_server.url, house.api_key)
    key = speaker_key(b"the product's own secret", product="hearth", user="robin")
    sent = {"speaker_key": key, "consent": consent(), "language": "en"}
    assert client.upload(wav(), **sent) == client.upload(wav(), **sent)
    assert client.upload(wav(hertz=330.0), **sent) != client.upload(wav(), **sent)
    assert Recording.objects.count() == 2
    assert client.withdraw(key).recordings == 2
    assert client.erase(key).recordings == 2
    assert client.erase(key).recordings == 0


def test_a_stranger_is_refused_and_no_error_holds_a_key(house: House, live_server: "LiveServer") -> None:
    key = "ab" * 32
    with pytest.raises(Refused) as refused:
        Fairhearing(live_server.url, "fh_nobody").withdraw(key)
    assert refused.value.status == 401
    client = Fairhearing(live_server.url, house.api_key)
    with pytest.raises(Refused) as refused:
        client.withdraw(key[:-1])
    assert refused.value.problem["field"] == "speaker_key"
    assert key[:-1] not in str(refused.value)
    with pytest.raises(Refused) as refused:
        client.erase(key, recording="rec_of_somebody_else")
    assert refused.value.status == 404
    assert house.api_key not in repr(vars(client))


def test_a_platform_that_does_not_answer_is_asked_again_and_then_given_up() -> None:
    waits: list[float] = []
    calls = Calls("http://127.0.0.1:9", "key", timeout=1.0, wait=waits.append)
    with pytest.raises(Unreachable, match=f"tried {TRIES} times"):
        calls.post("/withdrawals", {})
    assert len(waits) == TRIES - 1
    assert waits[-1] > waits[0]


@pytest.mark.parametrize("url", ["http://listening.example", "ftp://listening.example", "listening.example"])
def test_a_key_is_not_sent_in_the_clear(url: str) -> None:
    with pytest.raises(ValueError, match="expected https"):
        Fairhearing(url, "key")


@given(secret=st.binary(min_size=16, max_size=80), product=st.text("abc-é", min_size=1), user=st.text(min_size=1))
def test_the_key_is_the_platforms_own(secret: bytes, product: str, user: str) -> None:
    if "\0" in user or any("\ud800" <= letter <= "\udfff" for letter in user):
        return
    known = derive(product_secret=secret, product=product, user=user).sealed_form().hex()
    assert speaker_key(secret, product=product, user=user) == known


def test_the_keys_of_the_specification() -> None:
    """docs/formats/speaker-key.md; its first secret is shorter than the client takes."""
    key = speaker_key(bytes(range(32)), product="brücke", user="Zoë")
    assert key == "932b5c0086ebf1d7de4769c20f00067f23fbdc7aece68a6230e75acb5b472abc"
    with pytest.raises(ValueError, match="16"):
        speaker_key(b"correct horse", product="hearth", user="user-1")


def _delivery(body: bytes, *, secret: str = SECRET, sent: int = NOW, id_: str = "msg_1") -> dict[str, str]:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = base64.b64encode(hmac.digest(key, f"{id_}.{sent}.".encode() + body, "sha256")).decode()
    return {"Webhook-Id": id_, "Webhook-Timestamp": str(sent), "Webhook-Signature": f"v1,{signed}"}


def test_a_webhook_is_believed_when_the_secret_signed_it() -> None:
    body = json.dumps({"type": "recording.erased", "data": {"recording": "rec_1"}}).encode()
    headers = _delivery(body)
    event = verify_webhook(SECRET, headers, body, now=NOW + 10)
    assert (event.id, event.type, event.data["recording"]) == ("msg_1", "recording.erased", "rec_1")
    rotated = {**headers, "Webhook-Signature": f"v1,bm90aGluZw== {headers['Webhook-Signature']} v2,x"}
    assert verify_webhook(SECRET, rotated, body, now=NOW).type == "recording.erased"


def test_the_example_of_the_standard() -> None:
    """Standard Webhooks, "Signature scheme": the example that its libraries' tests share."""
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    with pytest.raises(WebhookInvalid, match="no event"):  # the signature is good; the body is no event of ours
        verify_webhook(secret, headers, body, now=1614265330)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"Webhook-Signature": "v1,AAAA"}, "no signature"),
        ({"Webhook-Signature": ""}, "no signature"),
        ({"Webhook-Id": "msg_2"}, "no signature"),
        ({"Webhook-Timestamp": str(NOW - 400)}, "from now"),
        ({"Webhook-Timestamp": "yesterday"}, "no number"),
    ],
)
def test_a_webhook_that_was_changed_is_not_believed(change: dict[str, str], said: str) -> None:
    body = b'{"type": "recording.erased", "data": {}}'
    with pytest.raises(WebhookInvalid, match=said):
        verify_webhook(SECRET, {**_delivery(body), **change}, body, now=NOW)
    with pytest.raises(WebhookInvalid, match="missing"):
        verify_webhook(SECRET, {}, body, now=NOW)
    with pytest.raises(WebhookInvalid, match="no signature"):
        verify_webhook(SECRET, _delivery(body), body + b" ", now=NOW)


def test_a_receipt_is_checked_without_the_server(house: House) -> None:
    house.clip()
    house.judge("alice", choice=1)
    publish.publish()
    entry = LogEntry.objects.order_by("index").last()
    assert entry is not None
    receipt, body, key = publish.receipt(str(entry.index)).encode(), bytes(entry.body), ledger.vkey()
    assert verify_receipt(receipt, entry=body, log_key=key) == entry.index
    for changed in ({"entry": body + b" "}, {"log_key": "another+key"}):
        with pytest.raises(ReceiptInvalid):
            verify_receipt(receipt, **{"entry": body, "log_key": key, **changed})
    with pytest.raises(ReceiptInvalid):
        verify_receipt("no receipt", entry=body, log_key=key)
