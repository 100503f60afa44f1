"""Exports: CSV that no spreadsheet takes for a formula, and JSON lines. The rule for cells is in docs/auditing.md.

A spreadsheet runs a cell that begins with ``=``, ``+``, ``-`` or ``@`` (OWASP, CSV Injection), and one that expects
semicolons or tabs finds cells within ours. So only what is certainly harmless is written as it is; everything else
becomes an apostrophe and JSON without any of these characters, from which a reader gets the value back.
"""

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any, Final

from fairhearing.ledger import search
from fairhearing.web.auditor import shown

PLAIN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._:/()-]*")
_ascii: Final = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode  # made once: rows are many


def cell(value: Any) -> str:
    """A value as a cell: empty for nothing, plain where it is harmless, else an apostrophe and JSON in ASCII."""
    if value is None or value in ([], {}):
        return ""
    text = value if isinstance(value, str) else _ascii(value)
    if PLAIN.fullmatch(text):
        return text
    return "'" + _ascii(value).replace(";", "\\u003b").replace("\x7f", "\\u007f")


def csv_lines(wanted: search.Wanted) -> Iterator[str]:
    """The whole search as CSV (RFC 4180: commas, CRLF, a header), oldest entry first, a batch at a time. All ASCII."""
    batches = search.walk(wanted)
    yield csv_text([list(shown.COLUMNS)])
    for records in batches:
        yield csv_text([[cell(row[name]) for name in shown.COLUMNS] for row in shown.rows(records)])


def json_lines(wanted: search.Wanted) -> Iterator[str]:
    """The same as one JSON object a line."""
    for records in search.walk(wanted):
        yield "".join(f"{_ascii(row)}\n" for row in shown.rows(records))


def csv_text(lines: list[list[str]]) -> str:
    """Lines of cells as CSV; what may be a formula goes through ``cell`` before."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(lines)
    return text.getvalue()
