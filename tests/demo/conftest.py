import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fairhearing.demo import recordings, script
from fairhearing.demo.script import Programme
from fairhearing.demo.stage import Performance, perform
from fairhearing.demo.voices import Voices

Written = list[tuple[str, dict[str, Any]]]


def derived(product: str, user: str) -> str:
    """Stands in for the derivation of DESIGN.md: what matters here is who asked for which key."""
    return hashlib.sha256(f"{product}\0{user}".encode()).hexdigest()


@pytest.fixture(scope="session")
def voices() -> Iterator[Voices]:
    with Voices() as started:
        yield started


@pytest.fixture(scope="session")
def programmes() -> dict[str, Programme]:
    return script.load()


@pytest.fixture(scope="session")
def performances(programmes: dict[str, Programme], voices: Voices) -> dict[str, Performance]:
    """Every scene of the script, spoken once."""
    scenes = [scene for programme in programmes.values() for scene in programme.scenes]
    return {scene.id: perform(scene, voices) for scene in scenes}


class _Deaf:
    """A recogniser that hears nothing, for tests of everything else about 38 recordings."""

    def hypotheses(self, *_: object) -> list[object]:
        return []


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Written]:
    """The whole demo on disk, without recognition."""
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recordings, "PocketSphinx", _Deaf)
        return folder, list(recordings.write(folder, derive=derived))
