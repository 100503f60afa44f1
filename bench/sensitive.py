"""Sensitive content: sentences of the project's own, sensitive ones and innocent ones with traps.

``--text FILE`` takes other sentences of the shape ``{"id", "text", "categories": […]}``; an empty list is
innocent. Without it, the sentences kept for this (``held``) are measured, and those that the lexicon was written
with beside them. Keys: ``recall`` (of the sensitive, found in any category), ``innocent_flagged``,
``right_category``, ``by_category``, ``sentences_s``.
"""

import json
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from bench.options import Options
from fairhearing.deidentify.sensitive import assess

OWN = Path(__file__).resolve().parents[1] / "tests" / "deidentify" / "data" / "sensitive_en.jsonl"


def run(options: Options) -> dict[str, Any]:
    """Return the figures. Ends the bench where the file is missing."""
    path = options.text or OWN
    if not path.is_file():
        sys.exit(f"bench: --text {path}: expected a file of JSON lines with id, text and categories")
    sentences = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    held = [one for one in sentences if one.get("half", "held") == "held"]
    written_with = [one for one in sentences if one.get("half", "held") != "held"]
    figures = _measure(held, options.language)
    if written_with:
        figures["written_with"] = _measure(written_with, options.language)
    return figures


def _measure(sentences: list[dict[str, Any]], language: str) -> dict[str, Any]:
    assess("", language)  # the lexicon is read once
    begun = time.perf_counter()
    answers = [set(assess(str(one["text"]), language).categories) for one in sentences]
    spent = time.perf_counter() - begun
    found, flagged, right = [], [], []
    by_category: dict[str, list[bool]] = defaultdict(list)
    for one, answer in zip(sentences, answers, strict=True):
        if one["categories"]:
            found.append(bool(answer))
            right.append(bool(answer & set(one["categories"])))
            for category in one["categories"]:
                by_category[category].append(category in answer)
        else:
            flagged.append(bool(answer))
    return {
        "sensitive": len(found),
        "innocent": len(flagged),
        "recall": _share(found),
        "innocent_flagged": _share(flagged),
        "right_category": _share(right),
        "by_category": {name: _share(by_category[name]) for name in sorted(by_category)},
        "sentences_s": round(len(sentences) / max(spent, 1e-9)),
    }


def _share(hits: list[bool]) -> float:
    return round(sum(hits) / len(hits), 4) if hits else 0.0
