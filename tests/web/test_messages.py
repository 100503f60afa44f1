"""The catalogues hold what the pages say, all of it and nothing else; and the pages say nothing beside them."""

import ast
import gettext
import io
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from scripts import messages

LANGUAGES = list(messages.PLURAL_FORMS)
WEB = messages.SOURCES / "web"
PLACE = re.compile(r"%\((\w+)\)s")
# By CLDR: which form a number takes, in the order of the catalogue.
FORMS = {
    "es": {0: 2, 1: 0, 2: 2, 11: 2, 1_000_000: 1},
    "de": {0: 1, 1: 0, 2: 1, 101: 1},
    "ar": {0: 0, 1: 1, 2: 2, 3: 3, 10: 3, 103: 3, 11: 4, 99: 4, 100: 5, 102: 5},
}
# In these a text may do without its number: none, one, two.
WITHOUT_NUMBER = {"es": {0}, "de": {0}, "ar": {0, 1, 2}}
ATTRIBUTES = ("title", "aria-label", "alt", "placeholder", "data-play", "content")
NAMES = {"width=device-width, initial-scale=1", "light dark", "same-origin", "your-data.json"}


@pytest.fixture(scope="module")
def said() -> messages.Catalogue:
    return messages.found()


def catalogue(language: str) -> messages.Catalogue:
    return messages.read(messages.path_of(language, "po").read_text(encoding="utf-8"))


def test_the_sources_were_really_read(said: messages.Catalogue) -> None:
    places = {place for message in said.values() for place in message.places}
    assert {"web/templates/base.html", "web/speaker/views.py", "policy/reasons.py"} <= places
    assert said["", "%(number)s week"].plural == "%(number)s weeks"
    assert ("", "Listening is paused here. What you typed is kept; go on when the pause ends.") in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_text_is_translated_and_no_translation_is_left_over(said: messages.Catalogue, language: str) -> None:
    known = catalogue(language)
    assert known.keys() ^ said.keys() == set(), "scripts/messages.py update"
    assert [key for key, message in known.items() if not all(text.strip() for text in message.texts)] == []
    assert messages.write(messages.merge(said, known, language), language) == messages.write(known, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_fill_the_same_places(language: str) -> None:
    for (_, english), message in catalogue(language).items():
        wanted = sorted(PLACE.findall(message.plural or english))
        for form, text in enumerate(message.texts):
            places = sorted(PLACE.findall(text))
            fewer = message.plural and form in WITHOUT_NUMBER[language] and set(places) <= set(wanted)
            assert places == wanted or fewer, (english, text)
            assert "%" not in PLACE.sub("", text).replace("%%", ""), text
            assert text == text.strip(), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_compiled_is_what_is_written(language: str) -> None:
    compiled = messages.path_of(language, "mo").read_bytes()
    assert compiled == messages.compiled(catalogue(language), language), "scripts/messages.py compile"
    known = gettext.GNUTranslations(io.BytesIO(compiled))  # another reader of the format than ours
    for (context, english), message in catalogue(language).items():
        if not message.plural:
            assert (known.pgettext(context, english) if context else known.gettext(english)) == message.texts[0]
            continue
        for number, form in FORMS[language].items():
            assert known.ngettext(english, message.plural, number) == message.texts[form], (english, number)


def test_a_catalogue_is_read_as_it_was_written() -> None:
    given = {
        ("", 'He said "no"\n'): messages.Message(places=["a.html", "b.py"], texts=["Dijo «no» \\ ñ\n"]),
        ("a key", "Space"): messages.Message(plural="Spaces", places=["a.html"], texts=["مسافة", ""]),
    }
    assert messages.read(messages.write(given, "es")) == given
    merged = messages.merge({("", "new"): messages.Message()}, given, "es")
    assert merged == {("", "new"): messages.Message(texts=[""])}, "what nobody says is dropped, what is new is empty"


class Visible(HTMLParser):
    """What people see or hear of a page's source."""

    SILENT = ("script", "style", "kbd", "code", "pre")

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._within: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.SILENT:
            self._within.append(tag)
        given = dict(attrs)
        names = (*ATTRIBUTES, "value") if given.get("type") in ("submit", "button") and tag == "input" else ATTRIBUTES
        self.texts += [given[name] or "" for name in names if name in given]

    def handle_endtag(self, tag: str) -> None:
        if self._within[-1:] == [tag]:
            self._within.pop()

    def handle_data(self, data: str) -> None:
        if not self._within:
            self.texts.append(data.strip())


def unmarked(source: str) -> list[str]:
    """Words that people would read in English whatever their language."""
    source = re.sub(r"{% block (body_class|main_id) %}.*?{% endblock %}|Fairhearing", "", source)
    source = re.sub(r"{%\s*(blocktranslate|comment)\b.*?{%\s*end\1\s*%}", "", source, flags=re.DOTALL)
    inside = re.findall(r"{{[^}]*\|(?:pluralize|yesno|default)[^}]*}}", source.replace("'rtl,ltr'", ""))
    page = Visible()
    page.feed(re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}", "", source, flags=re.DOTALL))
    found = [text for text in page.texts if re.search(r"[A-Za-z]{2,}", text) and text not in NAMES]
    return found + [one for one in inside if "pluralize" in one or re.search(r":\s*[\"'][^\"']*[A-Za-z]{2,}", one)]


def test_the_scan_sees_what_is_not_marked() -> None:
    assert unmarked('<p>{% translate "Fine" %} {{ name }} <kbd>Esc</kbd></p>') == []
    assert unmarked("{% blocktranslate trimmed %}Fine{% endblocktranslate %}{% if a %}Not fine{% endif %}") == [
        "Not fine"
    ]
    assert unmarked('<button aria-label="Shut">×</button>') == ["Shut"]
    assert unmarked("{{ n }}{{ n|pluralize }}{{ a|default:'nothing' }}") == [
        "{{ n|pluralize }}",
        "{{ a|default:'nothing' }}",
    ]


@pytest.mark.parametrize(
    "path",
    [path for pattern in messages.TEMPLATES for path in sorted((WEB / "templates").glob(pattern))],
    ids=lambda path: f"{path.parent.name}/{path.name}",
)
def test_no_text_of_a_template_goes_around_the_catalogue(path: Path) -> None:
    assert unmarked(path.read_text(encoding="utf-8")) == []


def test_no_text_of_the_pages_views_goes_around_the_catalogue() -> None:
    around = []
    for path in (
        *WEB.glob("*.py"),
        *(one for room in ("public", "reviewer", "speaker") for one in (WEB / room).glob("*.py")),
    ):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "page":
                around += [
                    (path.name, one.value)
                    for one in node.args
                    if isinstance(one, ast.Constant) and isinstance(one.value, str)
                ]
    assert around == []
