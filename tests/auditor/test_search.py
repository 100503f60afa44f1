"""The search against a plain reading of the same records; pages that stay put while the log grows; sums that add up."""

import json
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairhearing.ledger import search, totals
from fairhearing.ledger.entries import Kind
from fairhearing.ledger.models import Record
from fairhearing.policy import Reason
from fairhearing.web.auditor import words
from tests.house import House
from tests.probes import running

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
KINDS = ("played", "refused", "processed", "exported", "erased", "paused", "rules_set")
REASONS = ("paused", "withdrawn", "too_many_plays")
VENDORS, COUNTRIES, ROLES = ("tarn", "other"), ("IE", "PT"), ("reviewer", "speaker", "machine")
PURPOSES, RELEASES, PROGRAMMES = ("human_review", "own_ears"), ("rel_1", "rel_2"), ("assistant", "none-such")


def maybe(values: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    return st.sampled_from([None, *values])


def record_strategy(recordings: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    """The private facts of an entry, few values each, so that questions meet them."""
    details = [{}, *({"release": one} for one in RELEASES), *({"programme": one} for one in PROGRAMMES)]
    scopes = [{"scope": "everything"}, {"scope": "programme:assistant"}, {"scope": "vendor:assistant"}]
    return st.fixed_dictionaries(
        {
            "kind": st.sampled_from(KINDS),
            "hour": st.integers(0, 24 * 5).map(lambda hours: MONDAY + timedelta(hours=hours)),
            "recording": maybe((*recordings, "rec_gone")),
            "clip": maybe(("clip_a", "clip_b")),
            "account": maybe(("acc_a", "acc_b")),
            "vendor": maybe(VENDORS),
            "country": maybe(COUNTRIES),
            "role": maybe(ROLES),
            "purpose": maybe(PURPOSES),
            "duration_ms": maybe((0, 700, 15000)),
            "reasons": st.lists(st.sampled_from(REASONS), unique=True, max_size=2),
            "detail": st.sampled_from(details + scopes),
        }
    )


def ids(recordings: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    """At most one id of each kind, some of them of nothing."""
    pools = (("lis_0", "lis_3", "lis_none"), (*recordings, "rec_none"), ("clip_a", "clip_none"), ("acc_a",), RELEASES)
    one_of_each = [maybe(pool) for pool in (*pools, ("0", "2", "77"))]
    return st.tuples(*one_of_each).map(lambda chosen: [one for one in chosen if one])


def question_strategy(recordings: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    days = st.integers(-1, 6).map(lambda day: (MONDAY + timedelta(days=day)).date().isoformat())
    return st.fixed_dictionaries(
        {},
        optional={
            "kind": st.lists(st.sampled_from(KINDS), min_size=1, max_size=3, unique=True),
            "from": days,
            "to": days,
            "vendor": st.sampled_from((*VENDORS, "nobody")),
            "country": st.sampled_from((*COUNTRIES, "pt")),
            "programme": st.just("assistant"),
            "role": st.sampled_from(ROLES),
            "purpose": st.sampled_from(PURPOSES),
            "reason": st.sampled_from((*REASONS, "minor")),
            "id": ids(recordings),
        },
    )


def plainly(row: dict[str, Any], asked: dict[str, Any], recordings: tuple[str, ...]) -> bool:
    """The same question, asked of one record in the plainest words."""
    day = row["hour"].date().isoformat()
    scope = row["detail"].get("scope")
    mine = row["recording"] in recordings or row["detail"].get("programme") == "assistant"
    known = {row["id"], row["recording"], row["clip"], row["account"], row["detail"].get("release"), str(row["index"])}
    fits = {
        "kind": lambda kinds: row["kind"] in kinds,
        "from": lambda first: first <= day,
        "to": lambda last: day <= last,
        "vendor": lambda vendor: vendor == row["vendor"],
        "country": lambda country: country.upper() == row["country"],
        "programme": lambda slug: mine or scope == f"programme:{slug}",
        "role": lambda role: role == row["role"],
        "purpose": lambda purpose: purpose == row["purpose"],
        "reason": lambda reason: row["kind"] == "refused" and reason in row["reasons"],
        "id": lambda wanted: set(wanted) <= known,
    }
    return all(fits[name](value) for name, value in asked.items())


def write(rows: list[dict[str, Any]]) -> None:
    """These records and no others, as an index-ordered log."""
    Record.objects.all().delete()
    for index, row in enumerate(rows):
        row |= {"index": index, "id": f"lis_{index}"}
    Record.objects.bulk_create(Record(epoch="2026-W10", **row) for row in rows)


def exported(client: Client, asked: dict[str, Any]) -> list[dict[str, Any]]:
    """What the JSON lines of a search hold."""
    answer = client.get("/auditor/entries.jsonl?" + urlencode(asked, doseq=True))
    assert answer.status_code == 200, answer.content
    return [json.loads(line) for line in b"".join(answer).splitlines()]


def shown(client: Client, asked: dict[str, Any]) -> list[int]:
    """What the pages of a search show, walked from the newest to the oldest."""
    address, found = "/auditor/?" + urlencode(asked, doseq=True), []
    while True:
        answer = client.get(address)
        assert answer.status_code == 200, answer.content
        found += [entry["index"] for entry in answer.context["entries"]]
        if not answer.context["older"]:
            return found
        address = "/auditor/" + answer.context["older"]


def test_every_search_finds_exactly_what_a_plain_reading_finds(house: House) -> None:
    recordings = tuple(house.recording(name).id for name in ("robin", "wren"))
    client = house.client("auditor")
    found: Counter[bool] = Counter()

    @settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(record_strategy(recordings), max_size=12), question_strategy(recordings))
    def check(rows: list[dict[str, Any]], asked: dict[str, Any]) -> None:
        write(rows)
        if asked.get("from", "") > asked.get("to", "9"):
            assert client.get("/auditor/entries.jsonl?" + urlencode(asked, doseq=True)).status_code == 400
            return
        wanted = [row for row in rows if plainly(row, asked, recordings)]
        found[bool(wanted) and len(wanted) < len(rows)] += 1
        lines = exported(client, asked)
        assert [line["index"] for line in lines] == [row["index"] for row in wanted]
        for line, row in zip(lines, wanted, strict=True):
            same = [name for name in row if name != "hour" and name in line]
            assert {name: line[name] for name in same} == {name: row[name] for name in same}
            assert line["hour"] == row["hour"].strftime("%Y-%m-%dT%H:00Z")
            assert line["programme"] == ("assistant" if row["recording"] in recordings else None)
        assert shown(client, asked) == [row["index"] for row in reversed(wanted)]
        check_sums(wanted, totals_of(client, asked))

    check()
    assert found[True] > 2, "the questions meet the records"


def totals_of(client: Client, asked: dict[str, Any]) -> dict[str, Any]:
    sums: dict[str, Any] = client.get("/auditor/?" + urlencode(asked, doseq=True)).context["totals"]
    return sums


def check_sums(rows: list[dict[str, Any]], sums: dict[str, Any] | None) -> None:
    """Entries, listens, refusals and seconds, all together and by vendor, country and time, added up by hand."""
    if not rows:
        assert sums is None
        return
    assert sums is not None
    assert sums["complete"]
    assert sums["all"] == by_hand(rows, "")
    for what, table in sums["tables"]:
        names = {row[what] or "" for row in rows}
        assert sorted(one["name"] for one, _ in table) == sorted(names)
        for one, share in table:
            assert one == by_hand([row for row in rows if (row[what] or "") == one["name"]], one["name"])
            assert 0 <= float(share) <= 100
    form = {"hour": "%Y-%m-%d %H:00", "day": "%Y-%m-%d"}[sums["step"]]
    times = [one["name"] for one in sums["times"]]
    assert (times[0], times[-1]) == (f"{min(r['hour'] for r in rows):{form}}", f"{max(r['hour'] for r in rows):{form}}")
    assert times == sorted(set(times))
    for one in sums["times"]:
        assert one == by_hand([row for row in rows if f"{row['hour']:{form}}" == one["name"]], one["name"])


def by_hand(rows: list[dict[str, Any]], name: str) -> dict[str, Any]:
    kinds = Counter(row["kind"] for row in rows)
    released = sum(row["duration_ms"] or 0 for row in rows if row["kind"] in ("played", "processed", "exported"))
    return {
        "name": name,
        "entries": len(rows),
        "listens": kinds["played"],
        "refused": kinds["refused"],
        "others": len(rows) - kinds["played"] - kinds["refused"],
        "seconds": f"{released / 1000:.1f}",
    }


@pytest.mark.parametrize(
    "query",
    [
        "kind=playd", "from=yesterday", "to=2026-02-30", "from=2026-03-03&to=2026-03-02", "country=Ireland",
        "reason=because", "programme=none-such", "id=Alice", "id=acc_a+acc_b", "id=asg_x", "vendor=a&vendor=b",
        "before=x", "after=-1", "vendr=tarn", "vendor=" + "x" * 300,
    ],
)  # fmt: skip
def test_a_question_that_cannot_be_read_is_refused_and_never_passed_over(house: House, query: str) -> None:
    write([{"kind": "played", "hour": MONDAY, "vendor": "tarn"}])
    client = house.client("auditor")
    answer = client.get(f"/auditor/?{query}")
    assert answer.status_code == 400
    assert "entries" not in answer.context
    assert b'role="alert"' in answer.content
    for form in ("csv", "jsonl"):
        refused = client.get(f"/auditor/entries.{form}?{query}")
        assert (refused.status_code, refused.headers["Content-Type"]) == (400, "text/plain")


def test_an_export_has_no_pages(house: House) -> None:
    assert house.client("auditor").get("/auditor/entries.csv?before=7").status_code == 400


def test_pages_stay_as_they_are_while_the_log_grows(house: House) -> None:
    def row(number: int) -> dict[str, Any]:
        return {"kind": "played", "hour": MONDAY, "vendor": VENDORS[number % 2]}

    def page(link: str) -> tuple[list[int], str, str]:
        context = client.get("/auditor/" + link).context
        return [entry["index"] for entry in context["entries"]], context["newer"], context["older"]

    write([row(number) for number in range(2 * 120)])
    client = house.client("auditor")
    tarn = list(range(238, -1, -2))
    first, newer, older = page("?vendor=tarn")
    assert (first, newer) == (tarn[:50], "")
    last = Record.objects.count()
    Record.objects.bulk_create(
        Record(id=f"lis_{n}", index=n, epoch="2026-W10", **row(n)) for n in range(last, last + 200)
    )
    second, _, older = page(older)
    third, newer, none = page(older)
    assert (second, third, none) == (tarn[50:100], tarn[100:], "")
    back, newer, _ = page(newer)
    assert back == second
    back, newer, older = page(newer)
    assert back == first, "the first page is found again at its place"
    assert older
    assert page(newer)[0] == list(range(338, 238, -2)), "and goes on to what came since"


def test_more_than_can_be_added_up_at_once_is_said(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    write([{"kind": "played", "hour": MONDAY + timedelta(hours=n)} for n in range(12)])
    real = totals.of
    monkeypatch.setattr(totals, "of", lambda wanted: real(wanted, most=10))
    answer = house.client("auditor").get("/auditor/")
    sums = answer.context["totals"]
    assert (sums["complete"], sums["all"]["entries"]) == (False, 10)
    assert sums["times"][0]["name"] == "2026-03-02 02:00", "the newest are added up"
    assert b"at least 10 entries" in answer.content


@pytest.mark.parametrize(
    ("last", "step", "bars"),
    [
        (timedelta(0), "hour", 1), (timedelta(hours=71), "hour", 72), (timedelta(hours=72), "day", 4),
        (timedelta(days=92), "day", 93), (timedelta(days=93), "month", 4), (timedelta(days=365 * 20), "year", 21),
    ],
)  # fmt: skip
def test_time_is_cut_into_as_many_steps_as_can_be_compared(house: House, last: timedelta, step: str, bars: int) -> None:
    write([{"kind": "played", "hour": MONDAY}, {"kind": "refused", "hour": MONDAY + last}])
    sums = house.client("auditor").get("/auditor/").context["totals"]
    assert (sums["step"], len(sums["times"])) == (step, bars)
    assert sum(one["entries"] for one in sums["times"]) == 2
    assert {piece.of for piece in sums["plot"].pieces} == {"listens", "refused"}


def test_a_search_that_takes_too_long_is_given_up_and_says_so(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "ANSWER_WITHIN_S", 0.05)
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE ledger_record IN ACCESS EXCLUSIVE MODE")
            held.set()
            done.wait(30)

    client = house.client("auditor")
    with running(hold):
        held.wait(30)
        try:
            answer = client.get("/auditor/")
        finally:
            done.set()
    assert answer.status_code == 503
    assert b"given up" in answer.content
    assert b"Export as CSV" in answer.content
    assert client.get("/auditor/").status_code == 200, "and the connection goes on"


def test_every_kind_of_entry_and_every_ground_has_its_sentence_on_the_page(house: House) -> None:
    page = house.client("auditor").get("/auditor/").content.decode()
    assert set(words.KINDS) == set(Kind)
    for kind, sentence in words.KINDS.items():
        assert sentence.endswith(".")
        assert f'value="{kind.value}"' in page
        assert sentence.replace("'", "&#x27;") in page
    for reason in Reason:
        assert f'value="{reason.value}"' in page
