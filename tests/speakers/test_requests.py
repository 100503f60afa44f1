"""Requests about one recording: correct a text, restrict its use, object to it; a month's clock, and who may ask."""

from datetime import date, timedelta
from typing import Any

from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from fairhearing.capture.models import Channel, Clip, Request
from fairhearing.datasets.models import Release, ReleaseRow
from fairhearing.ledger.models import LogEntry
from fairhearing.review import settle
from fairhearing.review.models import QueueItem
from fairhearing.speakers import queries, requests
from tests.house import House
from tests.probes import dump


def _ask(house: House, name: str, about: Clip, kind: str, **more: str) -> Any:
    body = {
        "speaker_key": house.speaker(name).sealed_form().hex(),
        "kind": kind,
        "recording": about.channel.recording_id,
        **more,
    }
    return Client().post("/api/v1/requests", body, content_type="application/json", **house.product())


def _released(clip: Clip) -> ReleaseRow:
    release = Release.objects.create(id=f"rel_{clip.id}", programme=clip.programme, format="lhotse", rows=1, withheld=0)
    return ReleaseRow.objects.create(release=release, row=f"row_{clip.id}", clip_id=clip.id)


def _text(house: House, name: str) -> str:
    return queries.list_own(house.speaker(name))[0].clips[0].text


def test_a_stranger_asks_nothing_about_somebody_elses_recording(house: House) -> None:
    clip = house.clip("robin")
    for kind, more in (("restriction", {}), ("objection", {}), ("correction", {"clip": clip.id, "words": "mine"})):
        assert _ask(house, "wren", clip, kind, **more).status_code == 404
        form = {"kind": kind, "recording": clip.channel.recording_id, **more}
        assert house.speaker_client("wren").post("/speaker/requests", form).status_code == 404
    assert not Channel.objects.get().withdrawn
    assert not Request.objects.exists()
    page = house.speaker_client("wren").get("/speaker/requests").content
    assert clip.id.encode() not in page


def test_a_restriction_lets_nobody_hear_one_recording_and_keeps_it(house: House) -> None:
    clip, other = house.clip("robin"), house.clip("robin")
    answer = _ask(house, "robin", clip, "restriction")
    assert answer.status_code == 201, answer.content
    assert answer.json()["state"] == "done"
    assert Channel.objects.get(id=clip.channel_id).withdrawn
    assert not Channel.objects.get(id=other.channel_id).withdrawn
    assert not QueueItem.objects.filter(clip=clip).exists()
    assert Clip.objects.filter(id=clip.id).exists()
    assert sum(b'"kind":"withdrawn"' in bytes(entry.body) for entry in LogEntry.objects.all()) == 1
    assert house.next("alice")["clip"] == other.id


def test_an_objection_takes_a_recording_out_of_every_use(house: House) -> None:
    clip = house.clip("robin")
    row = _released(clip)
    form = {"kind": "objection", "recording": clip.channel.recording_id}
    page = house.speaker_client("robin").post("/speaker/requests", form)
    assert b"it is used for nothing" in page.content
    channel, row = Channel.objects.get(), ReleaseRow.objects.get(id=row.id)
    assert (channel.withdrawn, channel.automatic_improvement) == (True, False)
    assert row.recalled_day is not None


def test_a_correction_waits_for_a_controller_and_then_stands(house: House) -> None:
    clip = house.clip("robin")
    settle.correct(clip=clip.id, text="turn the lights on")
    row = _released(clip)
    asked = _ask(house, "robin", clip, "correction", clip=clip.id, words="turn the kites on").json()
    assert (asked["state"], _text(house, "robin")) == ("open", "turn the lights on")
    controller = house.client("controller")
    page = controller.get("/controller/").content
    assert b"turn the kites on" in page
    assert b"turn the lights on" in page
    form = {"request": asked["request"], "accept": "yes", "answer": "You are right."}
    assert house.client("alice").post("/controller/corrections", form).status_code == 404
    assert controller.post("/controller/corrections", form).status_code == 302
    assert controller.post("/controller/corrections", form).status_code == 400, "answered once"
    assert _text(house, "robin") == "turn the kites on"
    assert ReleaseRow.objects.get(id=row.id).recalled_day is not None
    (told,) = _state(house, "robin")
    assert (told["state"], told["answer"]) == ("done", "You are right.")
    assert b"You are right." in house.speaker_client("robin").get("/speaker/requests").content


def test_a_refused_correction_changes_no_text(house: House) -> None:
    clip = house.clip("robin")
    asked = _ask(house, "robin", clip, "correction", clip=clip.id, words="something else").json()
    form = {"request": asked["request"], "accept": "no", "answer": "It was not heard so."}
    house.client("controller").post("/controller/corrections", form)
    assert _text(house, "robin") == "turn the light on"
    (told,) = _state(house, "robin")
    assert (told["state"], told["answer"]) == ("refused", "It was not heard so.")


def _state(house: House, name: str) -> list[dict[str, Any]]:
    body = {"speaker_key": house.speaker(name).sealed_form().hex()}
    answer = Client().post("/api/v1/requests/state", body, content_type="application/json", **house.product())
    found: list[dict[str, Any]] = answer.json()["requests"]
    return found


def test_what_does_not_fit_is_refused_and_named(house: House) -> None:
    clip, other = house.clip("robin"), house.clip("robin")
    for kind, more, named in (
        ("applause", {}, "applause"),
        ("correction", {"clip": other.id, "words": "x"}, other.id),
        ("correction", {"clip": clip.id, "words": "  "}, "empty"),
    ):
        answer = _ask(house, "robin", clip, kind, **more)
        assert answer.status_code == 422
        assert named in answer.json()["detail"]
    for _ in range(requests.OPEN_MOST):
        assert _ask(house, "robin", clip, "correction", clip=clip.id, words="x").status_code == 201
    assert _ask(house, "robin", clip, "correction", clip=clip.id, words="x").status_code == 422
    assert not Channel.objects.filter(withdrawn=True).exists()


def test_an_overdue_request_alarms_the_controller(house: House) -> None:
    clip = house.clip("robin")
    _ask(house, "robin", clip, "correction", clip=clip.id, words="x")
    controller = house.client("controller")
    assert b"Overdue" not in controller.get("/controller/").content
    Request.objects.update(asked_day=date.today() - timedelta(days=40))
    assert b"Overdue" in controller.get("/controller/").content


def test_requests_go_with_the_recording_and_their_words_lie_nowhere(house: House) -> None:
    clip = house.clip("robin")
    words = "pelican umbrella quartz"
    asked = _ask(house, "robin", clip, "correction", clip=clip.id, words=words).json()
    assert words.encode() not in b"".join(dump().values())
    body = {"speaker_key": house.speaker("robin").sealed_form().hex()}
    erased = Client().post("/api/v1/erasures", body, content_type="application/json", **house.product())
    assert erased.json()["recordings"] == 1
    assert asked["request"].encode() not in b"".join(dump().values())


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 1, 1)))
def test_a_month_later_is_the_same_day_or_the_next_months_last(day: date) -> None:
    due = requests.month_after(day)
    assert 28 <= (due - day).days <= 31
    assert due.day == day.day or ((due + timedelta(days=1)).day == 1 and due.day < day.day)
    assert (due.year * 12 + due.month) - (day.year * 12 + day.month) == 1
