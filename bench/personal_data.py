"""Personal data in spoken-form text: what is found of it, and what is taken for it. ``--text FILE --language xx``.

A line of the file is ``{"text": …, "spans": [{"start", "end", "type"}]}``. A span counts as found where one of the
same type covers at least half of it and lies at least half within it. Without ``--text``: the project's own sentences.
"""

import importlib
import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.options import Options, say
from fairhearing.deidentify import spoken

OWN = Path(__file__).parent.parent / "tests" / "deidentify" / "data"
NUMBER_LIKE = ("PHONE", "CARD", "EMAIL", "DATE_OF_BIRTH", "ID_NUMBER", "BANK", "SECRET", "ONLINE")
WORD_LIKE = ("NAME", "ADDRESS")
AT_LEAST_S = 1.0  # of timing

Found = tuple[int, int, str]


@dataclass(frozen=True)
class Line:
    """A sentence and the personal data in it."""

    text: str
    spans: tuple[Found, ...]


def run(options: Options) -> dict[str, Any]:
    """Return recall, precision, innocence and speed of the finder, and the recall of Presidio beside it."""
    lines = list(_lines(options))
    say(f"personal_data: {len(lines)} sentences, language {options.language}")
    spoken.find("", options.language)

    def ours(text: str) -> list[Found]:
        return [(span.start, span.end, span.type) for span in spoken.find(text, options.language)]

    figures = _figures(lines, ours)
    figures["sentences"] = len(lines)
    figures["sentences_s"] = _speed(lines, ours)
    figures["presidio_recall"] = _presidio(lines, options.language)
    return figures


def _lines(options: Options) -> Iterable[Line]:
    paths = [options.text] if options.text else sorted(OWN.glob(f"{options.language}_*.jsonl"))
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            one = json.loads(line)
            yield Line(one["text"], tuple((span["start"], span["end"], span["type"]) for span in one["spans"]))


def _figures(lines: Sequence[Line], find: Callable[[str], list[Found]]) -> dict[str, Any]:
    hits: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])  # found, missed, false
    covered = characters = innocent = untouched = 0
    for line in lines:
        found = find(line.text)
        left = list(found)
        for wanted in line.spans:
            match = next((one for one in left if _matches(wanted, one)), None)
            hits[wanted[2]][0 if match else 1] += 1
            if match:
                left.remove(match)
            characters += wanted[1] - wanted[0]
            covered += sum(max(0, min(wanted[1], one[1]) - max(wanted[0], one[0])) for one in found)
        for one in left:
            hits[one[2]][2] += 1
        innocent += not line.spans
        untouched += not line.spans and not found
    return {
        "recall": _recall(hits, NUMBER_LIKE),
        "precision": _precision(hits, NUMBER_LIKE),
        "name_address_recall": _recall(hits, WORD_LIKE),
        "name_address_precision": _precision(hits, WORD_LIKE),
        "innocent": round(untouched / innocent, 4) if innocent else None,
        "characters_covered": round(covered / characters, 4) if characters else None,
        "by_type": {
            kind: {
                "recall": _recall(hits, (kind,)),
                "precision": _precision(hits, (kind,)),
                "spans": sum(hits[kind][:2]),
            }
            for kind in (*NUMBER_LIKE, *WORD_LIKE)
            if kind in hits
        },
    }


def _matches(wanted: Found, found: Found) -> bool:
    shared = min(wanted[1], found[1]) - max(wanted[0], found[0])
    return wanted[2] == found[2] and 2 * shared >= wanted[1] - wanted[0] and 2 * shared >= found[1] - found[0]


def _recall(hits: dict[str, list[int]], kinds: Sequence[str]) -> float | None:
    found, missed = (sum(hits[kind][at] for kind in kinds if kind in hits) for at in (0, 1))
    return round(found / (found + missed), 4) if found + missed else None


def _precision(hits: dict[str, list[int]], kinds: Sequence[str]) -> float | None:
    found, false = (sum(hits[kind][at] for kind in kinds if kind in hits) for at in (0, 2))
    return round(found / (found + false), 4) if found + false else None


def _speed(lines: Sequence[Line], find: Callable[[str], list[Found]]) -> float | None:
    """Return sentences a second on one core, by process time."""
    if not lines:
        return None
    begun, done = time.process_time(), 0
    while time.process_time() - begun < AT_LEAST_S:
        for line in lines:
            find(line.text)
        done += len(lines)
    return round(done / (time.process_time() - begun))


def _presidio(lines: Sequence[Line], language: str) -> float | None:
    """Return the pooled recall of Presidio's own recognisers on the same sentences as they are spoken.

    Presidio stands on a blank spaCy pipeline, as no model of names comes with it. Any type counts as the right one.
    """
    try:
        finder = importlib.import_module("fairhearing.deidentify.presidio_finder").PresidioFinder(language)
    except ImportError as missing:
        say(f"personal_data: no Presidio beside it, {missing}: presidio_recall is null")
        return None
    found = wanted = 0
    for line in lines:
        spans = finder.find_written(line.text)
        for one in line.spans:
            if one[2] in NUMBER_LIKE:
                wanted += 1
                found += any(_matches(one, (span.start, span.end, one[2])) for span in spans)
    return round(found / wanted, 4) if wanted else None
