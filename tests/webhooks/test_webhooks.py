"""Events to a product: what leaves, when, signed; what waits is sealed; who does not answer is switched off."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.utils import timezone

from fairhearing.client import verify_webhook
from fairhearing.datasets.models import Release, ReleaseRow
from fairhearing.operations import asking
from fairhearing.speakers import actions as speakers
from fairhearing.webhooks import actions, courier, queries, sending
from fairhearing.webhooks.models import Delivery, Endpoint
from tests.cli.calling import Call
from tests.house import PRODUCT, House
from tests.probes import dump


@dataclass
class Receiver:
    """A product's own server on loopback: keeps what came, answers with ``status``."""

    url: str = ""
    status: int = 204
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """One that listens, and ends with the test."""
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.came.append((dict(self.headers), body))
            self.send_response(kept.status)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    kept.url = f"http://127.0.0.1:{server.server_port}/hooks?of=fairhearing"
    yield kept
    server.shutdown()
    server.server_close()
    thread.join(10)


def _told(receiver: Receiver, secret: str) -> list[tuple[str, Any]]:
    """What came, each delivery verified as the product does it."""
    events = [verify_webhook(secret, headers, body) for headers, body in receiver.came]
    return [(event.type, sorted(event.data["recordings"])) for event in events]


def _due_now() -> None:
    Delivery.objects.update(next_at=timezone.now() - timedelta(seconds=1))


def test_nothing_waits_and_nothing_leaves_unless_an_address_was_added(house: House) -> None:
    house.clip("robin")
    actions.add(product="another", url="http://127.0.0.1:9/")
    speakers.withdraw(key=house.speaker("robin"))
    speakers.erase(key=house.speaker("robin"))
    assert not Delivery.objects.exists()
    assert courier.deliver_due() == 0


def test_a_product_is_told_what_became_of_its_recordings(house: House, receiver: Receiver) -> None:
    made = actions.add(product=PRODUCT, url=receiver.url)
    clips = [house.clip("robin") for _ in range(3)]
    names = sorted(clip.channel.recording_id for clip in clips)
    asking.answer(answers={clips[0].id: False})
    release = Release.objects.create(id="rel_x", programme=house.programme, format="lhotse", rows=1, withheld=0)
    ReleaseRow.objects.create(release=release, row="row_x", clip_id=clips[1].id)
    speakers.withdraw(key=house.speaker("robin"))
    speakers.erase(key=house.speaker("robin"))
    content = b"".join(dump().values())
    assert content.count(made.id.encode()) >= 3, "they wait"
    assert not [name for name in names if name.encode() in content], "what waits is sealed"
    assert receiver.came == []
    assert courier.deliver_due() == 4
    assert sorted(_told(receiver, made.secret)) == [
        ("recording.answered", [clips[0].channel.recording_id]),
        ("recording.erased", names),
        ("recording.recalled", [clips[1].channel.recording_id]),
        ("recording.withdrawn", names),
    ]
    assert not Delivery.objects.exists()
    assert house.speaker("robin").sealed_form().hex().encode() not in b"".join(body for _, body in receiver.came)


def test_only_the_events_that_were_asked_for_are_told(house: House, receiver: Receiver) -> None:
    made = actions.add(product=PRODUCT, url=receiver.url, events=["recording.erased"])
    house.clip("robin")
    speakers.withdraw(key=house.speaker("robin"))
    speakers.erase(key=house.speaker("robin"))
    courier.deliver_due()
    assert [kind for kind, _ in _told(receiver, made.secret)] == ["recording.erased"]


@pytest.mark.parametrize("status", [500, 302, 404])
def test_what_was_not_taken_is_told_again_under_the_same_id(house: House, receiver: Receiver, status: int) -> None:
    made = actions.add(product=PRODUCT, url=receiver.url)
    house.clip("robin")
    speakers.erase(key=house.speaker("robin"))
    receiver.status = status
    assert courier.deliver_due() == 1
    assert courier.deliver_due() == 0, "not at once"
    assert queries.list_all()[0]["state"] == "failing"
    _due_now()
    receiver.status = 204
    assert courier.deliver_due() == 1
    assert len({headers["webhook-id"] for headers, _ in receiver.came}) == 1
    assert len(_told(receiver, made.secret)) == 2
    assert queries.list_all()[0]["state"] == "open"


def test_who_never_answers_is_switched_off_and_what_waits_is_dropped(house: House) -> None:
    made = actions.add(product=PRODUCT, url="http://127.0.0.1:9/")
    house.clip("robin")
    speakers.erase(key=house.speaker("robin"))
    for _ in range(len(courier.WAITS) + 1):
        assert queries.list_all()[0]["state"] != "off"
        assert courier.deliver_due() == 1
        _due_now()
    (row,) = queries.list_all()
    assert (row["webhook"], row["state"], row["waiting"]) == (made.id, "off", 0)
    assert "refused" in row["problem"].lower()
    house.clip("wren")
    speakers.erase(key=house.speaker("wren"))
    assert not Delivery.objects.exists()
    assert sum(courier.WAITS) >= 3 * 24 * 3600


def test_an_address_that_is_gone_is_switched_off_at_once(house: House, receiver: Receiver) -> None:
    actions.add(product=PRODUCT, url=receiver.url)
    house.clip("robin")
    speakers.erase(key=house.speaker("robin"))
    receiver.status = 410
    courier.deliver_due()
    assert Endpoint.objects.get().disabled_at is not None


def test_an_event_that_did_not_commit_is_not_told(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    actions.add(product=PRODUCT, url="http://127.0.0.1:9/")
    house.clip("robin")

    def fail(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("fairhearing.operations.journal.write_marks", fail)
    with pytest.raises(OSError, match="full"):
        speakers.erase(key=house.speaker("robin"))
    assert not Delivery.objects.exists()


def test_many_recordings_are_told_in_parts_that_show_no_number(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "RECORDINGS_MOST", 2)
    actions.add(product=PRODUCT, url="http://127.0.0.1:9/")
    for name, number in (("robin", 3), ("wren", 1)):
        for _ in range(number):
            house.clip(name)
        speakers.erase(key=house.speaker(name))
    bodies = [json.loads(actions.body_of(one)) for one in Delivery.objects.all()]
    assert sorted(len(body["data"]["recordings"]) for body in bodies) == [1, 1, 2]
    assert len({len(bytes(one.sealed)) for one in Delivery.objects.all()}) == 1


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://listening.example/", "expected https"),
        ("https://user:word@listening.example/", "password"),
        ("https://10.0.0.1/", "private"),
        ("https://169.254.169.254/latest", "private"),
        ("https://[fd00::1]/", "private"),
        ("https://nowhere.invalid/", "no address"),
        ("file:///etc/passwd", "expected https"),
    ],
)
def test_nothing_is_sent_into_a_private_network_or_in_the_clear(url: str, said: str) -> None:
    with pytest.raises(sending.AddressRefused, match=said):
        sending.check(url)
    answer = sending.send(url, id_="msg_1", secret=b"s", body=b"{}")
    assert (answer.taken, answer.status) == (False, 0)


def test_the_command_adds_shows_tries_and_removes(call: Call, house: House, receiver: Receiver) -> None:
    added = call("webhook", "add", receiver.url, "--product", PRODUCT, "--event", "recording.erased", "--json").value
    (shown,) = call("webhook", "list", "--json").value["webhooks"]
    assert (shown["webhook"], shown["state"], shown["events"]) == (added["webhook"], "open", ["recording.erased"])
    assert call("webhook", "test", added["webhook"], "--json").value == {"status": 204}
    (headers, body) = receiver.came[0]
    assert verify_webhook(added["secret"], headers, body).type == "webhook.test"
    assert added["secret"].encode() not in b"".join(dump().values())
    assert "applause" in call("webhook", "add", receiver.url, "--product", PRODUCT, "--event", "applause").sentence
    assert call("webhook", "remove", added["webhook"], "--json").code == 0
    assert "no webhook" in call("webhook", "remove", added["webhook"]).sentence
