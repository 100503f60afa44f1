"""Records as they are shown and exported: one row each, with what came of opening it against its entry."""

from collections.abc import Sequence
from typing import Any, Final

from fairhearing.capture.models import Recording
from fairhearing.ledger.models import LogEntry, Record
from fairhearing.ledger.queries import Opening, openings

COLUMNS: Final = (
    "index", "id", "kind", "hour", "programme", "recording", "clip", "account", "vendor", "country", "role", "purpose",
    "duration_ms", "reasons", "detail", "opens_entry", "opens_speaker", "opens_reviewer", "opens_circumstances",
)  # fmt: skip


def rows(records: Sequence[Record]) -> list[dict[str, Any]]:
    """A row of ``COLUMNS`` for each record. Two statements for all of them, however many."""
    wanted = LogEntry.objects.filter(index__in=[record.index for record in records])
    bodies = {index: bytes(body) for index, body in wanted.values_list("index", "body")}
    about = {record.recording for record in records if record.recording}
    programmes = dict(Recording.objects.filter(id__in=about).values_list("id", "programme__slug"))
    return [_row(record, bodies.get(record.index, b""), programmes) for record in records]


def _row(record: Record, body: bytes, programmes: dict[str, str]) -> dict[str, Any]:
    row = {name: getattr(record, name, None) for name in COLUMNS}
    row["hour"] = f"{record.hour.isoformat()[:13]}:00Z"
    row["programme"] = programmes.get(record.recording or "")
    for part, opening in openings(record, body).items():
        row[f"opens_{part}"] = opening.value
    return row


def verdict(row: dict[str, Any]) -> Opening:
    """The worst of a row's openings."""
    found = {row[name] for name in COLUMNS if name.startswith("opens_")}
    worst = (Opening.DOES_NOT_OPEN, Opening.LOST, Opening.FORGOTTEN)
    return next((one for one in worst if one.value in found), Opening.OPENS)
