"""Erasing what was said at some time: rather too much than too little, and it says how far it reached."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from fairhearing.capture.models import Recording
from fairhearing.ledger.entries import Kind
from fairhearing.ledger.models import Record
from tests.house import House

HOUR = timedelta(hours=1)


def erase(house: House, speaker: str, **what: Any) -> Any:
    """The product's call for a speaker."""
    body = {"speaker_key": house.speaker(speaker).sealed_form().hex(), **what}
    return Client().post("/api/v1/erasures", body, content_type="application/json", **house.product())


def said_on(house: House, day: str, speaker: str = "robin") -> str:
    """A recording that the product says was made on this day, at a quarter to midnight in UTC."""
    return house.recording(speaker, captured_at=f"{day}T23:45:00Z").id


def left() -> set[str]:
    """Recordings that are still there."""
    return set(Recording.objects.values_list("id", flat=True))


def test_a_stranger_erases_nothing_by_period_or_by_name(house: House) -> None:
    hers, his = said_on(house, "2026-03-02"), said_on(house, "2026-03-02", "wren")
    for what in ({"since": "2026-03-01"}, {"until": "2026-03-02"}, {"last_minutes": 60}):
        assert erase(house, "heron", **what).json()["recordings"] == 0
    answer = erase(house, "wren", recordings=[his, hers])
    assert (answer.status_code, answer.json()["field"]) == (404, "recordings")
    assert hers in answer.json()["detail"]
    wren = house.speaker_client("wren")
    wren.post("/speaker/erase", {"since": "2026-01-01", "until": "2026-03-01"})
    assert left() == {hers, his}, "nothing half done"


def test_a_period_reaches_whole_days_in_utc_and_says_which(house: House) -> None:
    before, _, _, after = (said_on(house, f"2026-03-0{day}") for day in (1, 2, 3, 4))
    unknown = house.recording("robin").id  # the product did not say when: it counts by the day on which it came in
    other = said_on(house, "2026-03-02", "wren")
    answer = erase(house, "robin", since="2026-03-03T01:00:00+02:00", until="2026-03-03T00:00:00Z").json()
    assert (answer["recordings"], answer["first_day"], answer["last_day"]) == (2, "2026-03-02", "2026-03-03")
    assert left() == {before, after, unknown, other}
    assert {one["store"] for one in answer["stores"]} >= {"originals", "backups"}
    assert erase(house, "robin", until="2026-03-01").json()["recordings"] == 1
    assert erase(house, "robin", since="2026-03-05").json()["recordings"] == 1
    assert left() == {after, other}
    assert Record.objects.filter(kind=Kind.ERASED).count() == 3


def test_just_now_reaches_back_to_the_beginning_of_its_hour(house: House) -> None:
    old, recent, now = (house.recording("robin").id for _ in range(3))
    hour = timezone.now().astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    Recording.objects.filter(id=old).update(received_hour=hour - 5 * HOUR)
    Recording.objects.filter(id=recent).update(received_hour=hour - 2 * HOUR)
    answer = erase(house, "robin", last_minutes=121).json()
    begun = datetime.fromisoformat(answer["from_hour"])
    assert begun in (hour - 3 * HOUR, hour - 2 * HOUR)
    assert (answer["recordings"], left()) == (2, {old})
    assert now not in left()


def test_single_recordings_go_together_and_leave_the_others(house: House) -> None:
    one, other, kept = (house.recording("robin").id for _ in range(3))
    assert erase(house, "robin", recordings=[one, other]).json()["recordings"] == 2
    assert left() == {kept}


WISHES: list[tuple[dict[str, Any], str]] = [
    ({"recording": "rec_a", "last_minutes": 5}, "last_minutes"),
    ({"recordings": ["rec_a"], "since": "2026-01-01"}, "since"),
    ({"until": "2026-01-01", "last_minutes": 5}, "last_minutes"),
    ({"since": "2026-03-02", "until": "2026-03-01"}, "until"),
    ({"since": "yesterday"}, "body.since"),
    ({"since": "0001-01-01T00:00:00+23:00"}, "since"),
    ({"last_minutes": 0}, "body.last_minutes"),
    ({"last_minutes": 100_000}, "body.last_minutes"),
    ({"recordings": []}, "body.recordings"),
]


def test_what_is_not_one_clear_wish_erases_nothing(house: House) -> None:
    kept = house.recording("robin").id
    for what, field in WISHES:
        answer = erase(house, "robin", **what)
        assert (answer.status_code, answer.json()["field"]) == (422, field), (what, answer.content)
    assert left() == {kept}


def test_on_their_page_speakers_choose_two_days(house: House) -> None:
    gone, kept = said_on(house, "2026-03-02"), said_on(house, "2026-03-05")
    robin = house.speaker_client("robin")
    assert b"Erase what I said on some days" in robin.get("/speaker/").content
    for since, until in (("", "2026-03-02"), ("2026-03-03", "2026-03-02"), ("soon", "later")):
        wrong = robin.post("/speaker/erase", {"since": since, "until": until})
        assert wrong.status_code == 422
        assert b"Nothing was erased" in wrong.content
    assert left() == {gone, kept}
    page = robin.post("/speaker/erase", {"since": date(2026, 3, 1).isoformat(), "until": "2026-03-04"})
    assert page.status_code == 200
    assert left() == {kept}
