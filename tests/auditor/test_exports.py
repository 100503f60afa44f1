"""What leaves as a file: no cell is a formula to anybody, every value comes back by the documented rule."""

import csv
import io
import json
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from fairhearing.ledger.models import Record
from fairhearing.ledger.search import BATCH
from fairhearing.web.auditor.shown import COLUMNS
from tests.auditor.test_search import MONDAY, write
from tests.house import House

DANGEROUS = "=+-@\t\r\n＝＋－＠"  # OWASP, CSV Injection
DANGER = [
    *("=1+1", "+1", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠x", " =1", "\ufeff=1", "'=1"),
    *("a;=1", "a,=1", '";=1', '","=1', "a\t=1", "a\r\n=1", "a\n;=1", "|=1", "Zoë", "", "\x7f=1", "\u2028=1"),
]


def runs(cell: str) -> bool:
    """Whether a spreadsheet might take a cell for a formula, whatever blanks or quotes it passes over first."""
    return any(text[:1] != "" and text[0] in DANGEROUS for text in (cell, cell.strip(' "'), cell.lstrip("\ufeff ")))


def as_read(cell: str) -> Any:
    """The rule of docs/auditing.md: empty is nothing; behind an apostrophe stands JSON; else it is the value."""
    if not cell:
        return None
    return json.loads(cell[1:]) if cell.startswith("'") else cell


def text() -> st.SearchStrategy[str]:
    """Anything that the database can hold."""
    characters = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
    nasty = st.text(st.sampled_from("=+-@\t\r\n;,'\"|ab1 ＝＋－＠"), max_size=8)
    return st.sampled_from(DANGER) | nasty | st.text(characters, max_size=20)


def test_the_judge_of_formulas_sees_them() -> None:
    assert [one for one in DANGER[:10] if not runs(one)] == []
    assert runs('"=1"')
    assert not runs("tarn")


def test_no_cell_is_a_formula_and_every_value_comes_back(house: House) -> None:
    client = house.client("auditor")

    @settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(text(), max_size=3), text(), st.dictionaries(text(), text() | st.integers(-9, 9), max_size=2))
    @example(DANGER, "=cmd|' /C calc'!A0", {"reason": "=1;=2\t=3"})
    def check(reasons: list[str], vendor: str, detail: dict[str, Any]) -> None:
        fact = {"vendor": vendor[:60], "purpose": vendor[:40], "account": (reasons or [None])[0], "reasons": reasons}
        row = {"kind": "refused", "hour": MONDAY, "duration_ms": 7, "detail": detail, **fact}
        write([row])
        answer = client.get("/auditor/entries.csv")
        content = b"".join(answer)
        assert content.isascii(), "no reader can take the encoding for another"
        lines = content.decode()
        assert lines.count("\n") == lines.count("\r\n") == 2
        header, cells = csv.reader(io.StringIO(lines, newline=""), strict=True)
        assert tuple(header) == COLUMNS
        for delimiter in ",;\t":  # also for who expects another separator, as spreadsheets do in many countries
            read = csv.reader(io.StringIO(lines, newline=""), delimiter=delimiter)
            assert not [cell for line in read for cell in line if runs(cell)]
        found = {name: as_read(cell) for name, cell in zip(header, cells, strict=True)}
        for name, value in row.items():
            if name not in ("hour", "index", "duration_ms"):
                assert found[name] == (None if value in ([], {}) else value), name
        assert (found["index"], found["duration_ms"], found["hour"]) == ("0", "7", "2026-03-02T00:00Z")

    check()


def test_a_large_export_comes_whole_and_in_order(house: House) -> None:
    write([{"kind": "played", "hour": MONDAY, "vendor": "tarn"} for _ in range(2 * BATCH + 1)])
    client = house.client("auditor")
    answer = client.get("/auditor/entries.csv?vendor=tarn")
    assert answer.streaming
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8; header=present"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="entries.csv"'
    assert answer.headers["Cache-Control"] == "no-store"
    parts = iter(answer)
    next(parts)
    Record.objects.create(id="lis_late", index=10**6, epoch="2026-W10", kind="played", hour=MONDAY, vendor="tarn")
    late = b"".join(parts).decode().splitlines()
    assert [int(line.split(",")[0]) for line in late] == list(range(2 * BATCH + 1)), "what comes later is not in it"
    lines = b"".join(client.get("/auditor/entries.jsonl")).splitlines()
    assert len(lines) == 2 * BATCH + 2
    assert tuple(json.loads(lines[0])) == COLUMNS


def test_an_empty_search_is_a_header_alone(house: House) -> None:
    client = house.client("auditor")
    assert b"".join(client.get("/auditor/entries.csv")) == (",".join(COLUMNS) + "\r\n").encode()
    assert b"".join(client.get("/auditor/entries.jsonl")) == b""


def test_every_column_stands_in_the_page_about_auditing() -> None:
    page = (Path(__file__).parents[2] / "docs" / "auditing.md").read_text()
    assert [column for column in COLUMNS if f"`{column}`" not in page] == []
