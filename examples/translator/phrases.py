"""Translating by a list of words: what stands in for the machine translation of a real product."""

import json
from functools import cache
from pathlib import Path

LANGUAGES = ("en", "es", "de")


def translate(text: str, language: str) -> str:
    """English text in another language, word for word; what the list lacks stays, in brackets."""
    if language == "en":
        return text
    known = _words()
    return " ".join(known[word][language] if word in known else f"[{word}]" for word in text.split())


@cache
def _words() -> dict[str, dict[str, str]]:
    lines = json.loads((Path(__file__).parent / "phrases.json").read_text(encoding="utf-8"))
    return {english: {"es": spanish, "de": german} for english, (spanish, german) in lines.items()}
