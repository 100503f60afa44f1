"""One door to hear, read from the source: who may make a permit, who may read the vault, how long the heart is."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import fairhearing

ROOT = Path(fairhearing.__file__).parent
PERMITS = {"Permit", "SealPermit"}
DOORS = ("fairhearing.vault.reader", "fairhearing.vault.permits")


@dataclass(frozen=True)
class Source:
    """One module of ours."""

    module: str
    tree: ast.Module

    @property
    def package(self) -> str:
        """The room that it lies in: ``gate``, ``vault``, …"""
        return self.module.split(".")[1] if "." in self.module else ""


@cache
def sources() -> list[Source]:
    """Every module below ``fairhearing``."""
    found = []
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT.parent).with_suffix("").parts
        found.append(Source(".".join(parts).removesuffix(".__init__"), ast.parse(path.read_text())))
    return found


def calls(tree: ast.AST, names: set[str]) -> Iterator[ast.Call]:
    """Calls of these names, however they are reached, and under whatever name they were imported."""
    aliases = set(names)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            aliases |= {alias.asname for alias in node.names if alias.name in names and alias.asname}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if name in aliases:
                yield node


def imported(source: Source) -> set[str]:
    """Full names of the modules that a source imports, also within functions and by name as a text."""
    found: set[str] = set()
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = source.module.split(".")[: -node.level]
                base = ".".join([*above, *([base] if base else [])])
            found |= {base, *(f"{base}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in DOORS:
            found.add(node.value)
    return found


def read(text: str, module: str = "fairhearing.web.elsewhere") -> Source:
    """A source made up for a test of these tests."""
    return Source(module, ast.parse(text))


def test_the_reader_of_sources_sees_every_disguise() -> None:
    tricks = [
        "from fairhearing.vault import reader",
        "import fairhearing.vault.reader as harmless",
        "def f():\n    from fairhearing.vault.reader import open as o",
        "from ..vault import reader",
        "import_module('fairhearing.vault.reader')",
    ]
    assert all("fairhearing.vault.reader" in imported(read(text)) for text in tricks)
    made = ["Permit('a', 'b', 'c')", "permits.Permit('a', 'b', 'c')", "from x import Permit as P\nP('a', 'b', 'c')"]
    assert all(list(calls(read(text).tree, PERMITS)) for text in made)
    assert not list(calls(read("Permitted()").tree, PERMITS))


def test_permits_are_made_in_the_gate_alone() -> None:
    makers = {source.module for source in sources() if list(calls(source.tree, PERMITS))}
    assert makers == {
        "fairhearing.gate.play",
        "fairhearing.gate.seal",
        "fairhearing.gate.process",
        "fairhearing.gate.export",
        "fairhearing.gate.trace",
    }


def test_the_vault_is_read_by_the_gate_alone() -> None:
    readers = {source.module for source in sources() if imported(source) & set(DOORS)}
    assert {module.split(".")[1] for module in readers} == {"gate", "vault"}
    others = [module for module in readers if module.startswith("fairhearing.vault.")]
    assert others == ["fairhearing.vault.reader"]


def test_sound_is_decrypted_in_the_reader_alone() -> None:
    """Who opens a sealed object without the reader, or reads the store's bytes, walks round the door."""
    opened = {source.module for source in sources() if list(calls(source.tree, {"open_range"}))}
    assert opened == {"fairhearing.vault.reader"}
    elsewhere = [source for source in sources() if source.package != "vault"]
    stores = {source.module for source in elsewhere if list(calls(source.tree, {"store"}))}
    assert {module for module in stores if _reads_the_store(module)} == set()


def _reads_the_store(module: str) -> bool:
    (source,) = [one for one in sources() if one.module == module]
    return "fairhearing.vault.writer" in imported(source) and any(
        isinstance(call.func, ast.Attribute)
        and call.func.attr == "get"
        and isinstance(call.func.value, ast.Call)
        and list(calls(call.func.value, {"store"}))
        for call in calls(source.tree, {"get"})
    )


def test_the_decrypted_key_of_a_copy_comes_from_the_gate_alone() -> None:
    users = {source.module for source in sources() if list(calls(source.tree, {"sealed_copy"}))}
    assert users == {"fairhearing.gate.play", "fairhearing.gate.seal"}


def test_nobody_is_sent_to_the_storage() -> None:
    """A redirect leads to a page of ours: to a named view, never to an address that somebody made up of an object."""
    allowed = {
        "fairhearing.web.access",  # to sign-in
        "fairhearing.web.public.language",
        "fairhearing.web.public.views",
        "fairhearing.web.speaker.asked",
        "fairhearing.web.speaker.views",
        "fairhearing.web.controller.programme",
        "fairhearing.web.controller.views",
        "fairhearing.web.investigator.views",
        "fairhearing.web.reviewer.me",
    }
    names = {"redirect", "HttpResponseRedirect", "HttpResponsePermanentRedirect", "redirect_to_login", "FileResponse"}
    redirecting = {source.module for source in sources() if list(calls(source.tree, names))}
    assert redirecting <= allowed
    for source in sources():
        if source.module in allowed:
            assert not any(name.startswith("fairhearing.vault") for name in imported(source)), source.module
    for source in sources():
        signed = [node for node in ast.walk(source.tree) if isinstance(node, ast.Attribute)]
        assert not any("presign" in node.attr or node.attr == "generate_url" for node in signed), source.module


def test_the_heart_is_one_short_function_that_logs_before_it_releases() -> None:
    (source,) = [one for one in sources() if one.module == "fairhearing.gate.play"]
    functions = {node.name: node for node in source.tree.body if isinstance(node, ast.FunctionDef)}
    heart = functions["for_reviewer"]
    assert heart.end_lineno is not None
    assert heart.end_lineno - heart.lineno + 1 < 80
    for name in ("for_speaker", "original_for_speaker"):
        assert not list(calls(functions[name], {"open", "Permit"})), f"{name} leaves that to _own_ears"
    for name in ("for_reviewer", "_own_ears"):
        line = {
            step: min(call.lineno for call in calls(functions[name], {step}))
            for step in ("decide", "append_durably", "Permit", "Released")
        }
        assert line["decide"] < line["append_durably"] < line["Permit"] < line["Released"]


def test_every_release_of_the_gate_logs_before_it_reads() -> None:
    releases = (("process", "_opened"), ("export", "export"), ("export", "_taken"), ("trace", "_opened"))
    for module, name in releases:
        (source,) = [one for one in sources() if one.module == f"fairhearing.gate.{module}"]
        (function,) = [node for node in source.tree.body if isinstance(node, ast.FunctionDef) and node.name == name]
        assert min(call.lineno for call in calls(function, {"append_durably"})) < min(
            call.lineno for call in calls(function, {"open"})
        )
