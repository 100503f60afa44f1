"""What the pages' scripts say is in each catalogue, with the same places to fill, and nothing is said around them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "frontend" / "src"
LOCALE = ROOT / "src" / "fairhearing" / "web" / "locale"
# The categories that each language tells apart, by CLDR.
PLURALS = {
    "es": {"one", "many", "other"},
    "de": {"one", "other"},
    "ar": {"zero", "one", "two", "few", "many", "other"},
}
STRING = r'"((?:[^"\\\n]|\\.)*)"'
SINGLE = re.compile(rf"\bt\(\s*{STRING}")
COUNTED = re.compile(rf"\{{ one: {STRING}, other: {STRING} \}}")
COMMENT = re.compile(r"/\*.*?\*/|^\s*//[^\n]*| // [^\n]*", re.MULTILINE | re.DOTALL)
PLACE = re.compile(r"\{(\w+)\}")


def scripts() -> dict[str, str]:
    """The sources without their comments; the receipt page's script, which is there to be read, stays English."""
    found = [one for one in SOURCES.rglob("*.ts") if not str(one.relative_to(SOURCES)).startswith("receipt")]
    return {
        str(one.relative_to(SOURCES)): COMMENT.sub("", one.read_text(encoding="utf-8"))
        for one in found
        if one.name != "words.ts"
    }


def said() -> set[str]:
    """The keys of all that the scripts say: the English text, of what is counted its ``other``."""
    sources = scripts().values()
    singles = {text for source in sources for text in SINGLE.findall(source)}
    return singles | {other for source in sources for _, other in COUNTED.findall(source)}


def counted() -> set[str]:
    return {other for source in scripts().values() for _, other in COUNTED.findall(source)}


def catalogue(language: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((LOCALE / language / "scripts.json").read_text(encoding="utf-8"))
    return found


def test_no_text_goes_around_the_catalogue() -> None:
    sentence = re.compile(rf"{STRING}|`([^`]*)`")
    around = []
    for name, source in scripts().items():
        rest = re.sub(r"throw new Error\([^\n]*", "", COUNTED.sub("", SINGLE.sub("", source)))
        texts = [double or re.sub(r"\$\{[^}]*\}", "", template) for double, template in sentence.findall(rest)]
        around += [
            (name, text)
            for text in texts
            if re.match(r"[A-Z][a-z]+( [a-z].*|\.$)", text) or re.search(r"[a-z] [a-z]+[.?]", text)
        ]
    assert around == []


def test_the_sources_were_really_read() -> None:
    assert {"Play", "Nothing waits for you now.", "What you typed is kept.", "{count} words added"} <= said()
    assert len(said()) > 120


@pytest.mark.parametrize("language", PLURALS)
def test_each_text_has_its_translation_and_no_translation_is_left_over(language: str) -> None:
    assert said() ^ catalogue(language).keys() == set()


@pytest.mark.parametrize("language", PLURALS)
def test_translations_fill_the_same_places(language: str) -> None:
    many = counted()
    for english, translated in catalogue(language).items():
        if english in many:
            assert translated.keys() == PLURALS[language], english
            # "One word" and "two words" may be said without the digit; anything else never.
            fixed = {"zero", "one", "two"} if language == "ar" else set()
            texts = [text for category, text in translated.items() if category not in fixed]
        else:
            texts = [translated]
        for text in texts:
            assert text.strip() == text != "", english
            assert sorted(PLACE.findall(text)) == sorted(PLACE.findall(english)), english
