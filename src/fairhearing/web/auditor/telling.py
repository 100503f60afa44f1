"""What the page of one entry shows: its facts in words, what was checked on the spot, its bytes, its story."""

import json
from typing import Any

from django.utils.http import urlencode

from fairhearing.ledger import standing
from fairhearing.ledger.entries import PARTS
from fairhearing.ledger.models import Record
from fairhearing.ledger.queries import Opening, openings
from fairhearing.web.auditor import story, words

# The facts in the order of the page, with the name by which the search finds their like; "" where it finds none.
_FACTS = (
    ("Listen or record", "id", "id"),
    ("Recording", "recording", "id"),
    ("Clip", "clip", "id"),
    ("Account", "account", "id"),
    ("Vendor", "vendor", "vendor"),
    ("Country", "country", "country"),
    ("Role", "role", "role"),
    ("Purpose", "purpose", "purpose"),
)


def public(index: int, body: bytes) -> dict[str, Any]:
    """What stands in the public log: the bytes as they are and laid out, and how the entry stands in the tree."""
    return {
        "index": index,
        "proof": f"/log/proof/{index}",
        "exact": body.decode(errors="replace"),
        "pretty": _pretty(body),
        "standing": standing.of(index, body) if body else None,
    }


def private(record: Record, body: bytes) -> dict[str, Any]:
    """What stands in the private record, and whether it is what the entry says and committed to."""
    found = openings(record, body)
    served = story.served(record)
    return {
        "record": record.id,
        "kind": words.kind_name(record.kind),
        "sentence": words.kind_sentence(record.kind),
        "hour": record.hour,
        "facts": _facts(record),
        "grounds": [(reason, words.ground(reason)) for reason in record.reasons],
        "parts": [
            (words.PARTS[part], words.OPENINGS[opening], opening.name.lower()) for part, opening in found.items()
        ],
        "holds": Opening.DOES_NOT_OPEN not in found.values() and served is not False,
        "forgotten": found["speaker"] is Opening.FORGOTTEN,
        "lost": [words.PARTS[part] for part in PARTS if found[part] is Opening.LOST],
        "served": served,
        "has_clip": bool(record.clip),
        "events": story.of(record),
    }


def _facts(record: Record) -> list[tuple[str, str, str]]:
    """Label, value, and the query that finds its like."""
    told = [(label, getattr(record, field), name) for label, field, name in _FACTS]
    facts = [(label, value, urlencode({name: value})) for label, value, name in told if value]
    if record.duration_ms is not None:
        facts.append(("Length", f"{record.duration_ms / 1000:.3f} s", ""))
    detail = record.detail if isinstance(record.detail, dict) else {"detail": record.detail}
    return facts + [(words.kind_name(name).capitalize(), str(value), "") for name, value in detail.items()]


def _pretty(body: bytes) -> str:
    try:
        return json.dumps(json.loads(body), indent=2)
    except ValueError:
        return "This is no JSON."
