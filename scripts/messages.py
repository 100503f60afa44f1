#!/usr/bin/env python3
"""The pages' texts and their translations, without gettext's own programs.

``scripts/messages.py update`` finds what the pages say and brings the catalogues (``django.po``, a language each) up to
date: what is new stands there untranslated, what nobody says any more is dropped, translations stay.
``scripts/messages.py compile`` writes the ``.mo`` files that Django reads. ``docs/languages.md`` is the way of a text.

The formats are those of GNU gettext's manual, "The Format of PO Files" and "The Format of GNU MO Files".
"""

import ast
import json
import re
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from django.utils.translation.template import templatize

SOURCES: Final = Path(__file__).resolve().parents[1] / "src" / "fairhearing"
LOCALE: Final = SOURCES / "web" / "locale"
TEMPLATES: Final = ("base.html", "public/*.html", "reviewer/*.html", "speaker/*.html")
# By CLDR, in the order and with the rules of Django's own catalogues.
PLURAL_FORMS: Final = {
    "es": "nplurals=3; plural=n == 1 ? 0 : n != 0 && n % 1000000 == 0 ? 1 : 2;",
    "de": "nplurals=2; plural=(n != 1);",
    "ar": "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : "
    "n%100>=11 && n%100<=99 ? 4 : 5;",
}
# Sentences of the domains, which know no languages: the web translates them as it shows them. A file, and the names in
# it whose strings they are: a class, a function or a value; of an exception without anything else its docstring.
SENTENCES: Final = {
    "policy/reasons.py": ("_SENTENCES",),
    "review/judge.py": ("Refusal",),
    "accounts/actions.py": ("TooManyFailures",),
    "speakers/links.py": ("LinkInvalid",),
    "operations/held.py": ("WITH_ACCOUNT", "WITH_CLIP", "list_held"),
}

Key = tuple[str, str]  # context ("" where there is none) and the English text

_STRING = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_CALL = re.compile(rf"\b(?P<kind>np|n|p)?(?:gettext|_)\(\s*(?P<given>{_STRING}(?:,\s*{_STRING})*)")
_NAMES = re.compile(r"(?P<kind>np|n|p)?gettext(?:_lazy|_noop)?")
_FIELD = re.compile(r'(msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?) (".*")')


@dataclass
class Message:
    """One text: where it is said, its English plural where it is counted, and its translations, one a plural form."""

    plural: str = ""
    places: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)


Catalogue = dict[Key, Message]


def found() -> Catalogue:
    """Everything that the pages say, in the order of their files; nothing is translated yet."""
    catalogue: Catalogue = {}
    for place, key, plural in _said():
        message = catalogue.setdefault(key, Message())
        message.plural = message.plural or plural
        if place not in message.places:
            message.places.append(place)
    return catalogue


def _said() -> Iterator[tuple[str, Key, str]]:
    for pattern in TEMPLATES:
        for path in sorted((SOURCES / "web" / "templates").glob(pattern)):
            for call in _CALL.finditer(templatize(path.read_text(encoding="utf-8"), origin=str(path))):
                given = [ast.literal_eval(one) for one in re.findall(_STRING, call["given"])]
                yield str(path.relative_to(SOURCES)), *_key(call["kind"] or "", given)
    for path in sorted((SOURCES / "web").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and (kind := _NAMES.fullmatch(_name(node.func))):
                given = [one.value for one in node.args if isinstance(one, ast.Constant)]
                if given:  # else a sentence that stands elsewhere
                    yield str(path.relative_to(SOURCES)), *_key(kind["kind"] or "", given)
    for file, names in SENTENCES.items():
        for text in _strings((SOURCES / file).read_text(encoding="utf-8"), names):
            yield file, ("", text), ""
    for path in sorted((SOURCES / "review" / "kinds").glob("*/__init__.py")):
        for text in _asked(path.read_text(encoding="utf-8")):
            yield str(path.relative_to(SOURCES)), ("", text), ""


def _key(kind: str, given: list[str]) -> tuple[Key, str]:
    """What a call of gettext, ngettext, pgettext or npgettext names."""
    context, *given = given if "p" in kind else ["", *given]
    return (context, given[0]), given[1] if "n" in kind else ""


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _strings(source: str, names: tuple[str, ...]) -> Iterator[str]:
    """The strings of what is called so; docstrings, keys and pieces of formatted strings are none."""
    for top in ast.parse(source).body:
        if isinstance(top, ast.ClassDef | ast.FunctionDef) and top.name in names:
            body = top.body[1:] or top.body
        elif isinstance(top, ast.Assign | ast.AnnAssign) and top.value and set(names) & _targets(top):
            body = [ast.Expr(top.value)]
        else:
            continue
        formatted = {id(part) for one in body for joined in ast.walk(one) for part in _pieces(joined)}
        for one in body:
            for node in ast.walk(one):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in formatted:
                    yield node.value


def _asked(source: str) -> Iterator[str]:
    """What a kind of work asks, and the labels of its options."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and _name(node.func) in ("Kind", "Option"):
            shown = node.args[2:] + [one.value for one in node.keywords if one.arg == "asks"]
            yield from (one.value for one in shown if isinstance(one, ast.Constant) and one.value)


def _targets(assigned: ast.Assign | ast.AnnAssign) -> set[str]:
    targets = assigned.targets if isinstance(assigned, ast.Assign) else [assigned.target]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _pieces(node: ast.AST) -> list[ast.expr]:
    return node.values if isinstance(node, ast.JoinedStr) else []


def read(text: str) -> Catalogue:
    """A ``.po`` file, without its header. Paragraphs are messages; other comments than places are left out."""
    catalogue: Catalogue = {}
    for paragraph in text.split("\n\n"):
        places: list[str] = []
        fields: dict[str, str] = {}
        name = ""
        for line in paragraph.splitlines():
            if line.startswith("#: "):
                places += line[3:].split()
            elif begun := _FIELD.fullmatch(line):
                name = begun[1]
                fields[name] = json.loads(begun[2])
            elif line.startswith('"'):
                fields[name] += json.loads(line)
        texts = [fields[one] for one in sorted(fields) if one.startswith("msgstr")]
        if fields.get("msgid"):
            key = (fields.get("msgctxt", ""), fields["msgid"])
            catalogue[key] = Message(fields.get("msgid_plural", ""), places, texts)
    return catalogue


def write(catalogue: Catalogue, language: str) -> str:
    """The same as the text of a ``.po`` file, a line a string."""
    paragraphs = [f'msgid ""\nmsgstr {_quoted(_header(language))}']
    for (context, text), message in catalogue.items():
        lines = [f"#: {place}" for place in message.places]
        lines += [f"msgctxt {_quoted(context)}"] if context else []
        lines += [f"msgid {_quoted(text)}"]
        if message.plural:
            lines += [f"msgid_plural {_quoted(message.plural)}"]
            lines += [f"msgstr[{number}] {_quoted(one)}" for number, one in enumerate(message.texts)]
        else:
            lines += [f"msgstr {_quoted(message.texts[0])}"]
        paragraphs.append("\n".join(lines))
    return "\n\n".join(paragraphs) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _header(language: str) -> str:
    return f"Language: {language}\nContent-Type: text/plain; charset=UTF-8\nPlural-Forms: {PLURAL_FORMS[language]}\n"


def merge(said: Catalogue, translated: Catalogue, language: str) -> Catalogue:
    """What is said now, with the translations that it has already."""
    merged: Catalogue = {}
    for key, message in said.items():
        before = translated.get(key)
        forms = int(PLURAL_FORMS[language][len("nplurals=")]) if message.plural else 1
        kept = before.texts if before and before.plural == message.plural else []
        merged[key] = Message(message.plural, message.places, kept if len(kept) == forms else [""] * forms)
    return merged


def compiled(catalogue: Catalogue, language: str) -> bytes:
    """The ``.mo`` file: texts and translations, sorted by text. What is not translated is left out, so is English."""
    pairs = {b"": _header(language).encode()}
    for (context, text), message in catalogue.items():
        if all(message.texts):
            name = f"{context}\x04{text}" if context else text
            counted = f"{name}\0{message.plural}" if message.plural else name
            pairs[counted.encode()] = "\0".join(message.texts).encode()
    names = sorted(pairs)
    begin = 28 + 16 * len(names)  # behind the head and the two tables
    tables, content = [b"", b""], b""
    for table, strings in enumerate((names, [pairs[name] for name in names])):
        for one in strings:
            tables[table] += struct.pack("<2I", len(one), begin + len(content))
            content += one + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(names), 28, 28 + 8 * len(names), 0, begin)
    return head + b"".join(tables) + content


def path_of(language: str, ending: str) -> Path:
    """A language's catalogue: ``po`` for people, ``mo`` for Django."""
    return LOCALE / language / "LC_MESSAGES" / f"django.{ending}"


def main(command: str) -> None:
    """``update`` or ``compile``, for each language."""
    for language in PLURAL_FORMS:
        source = path_of(language, "po")
        before = read(source.read_text(encoding="utf-8")) if source.exists() else {}
        if command == "update":
            merged = merge(found(), before, language)
            missing = sum(not all(message.texts) for message in merged.values())
            source.parent.mkdir(parents=True, exist_ok=True)
            source.write_text(write(merged, language), encoding="utf-8")
            sys.stdout.write(f"{language}: {len(merged)} texts, {missing} without a translation\n")
        elif command == "compile":
            path_of(language, "mo").write_bytes(compiled(before, language))
        else:
            raise SystemExit(f"{command!r}, expected update or compile")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) == 2 else "")
