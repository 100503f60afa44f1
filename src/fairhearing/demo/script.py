"""What is said in the demo, by whom: ``script.json``, read into small nouns."""

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class User:
    """An invented user of a product. ``name`` is there for those who get a door on the demo's start page."""

    id: str
    voice: str
    rate: int
    pitch: int
    region: str
    human_review: bool
    method: str
    name: str | None = None


@dataclass(frozen=True)
class Turn:
    """Something said on one channel."""

    channel: int
    say: str


@dataclass(frozen=True)
class Scene:
    """One recording to make: who is on which channel, what they say in turn, and how it was captured.

    ``kind`` is plain, personal (personal data is spoken), accidental (nobody meant the device) or call.
    ``translations`` holds the phrasebooks' candidates, a list a channel; some are wrong on purpose.
    """

    id: str
    kind: str
    users: tuple[User, ...]
    turns: tuple[Turn, ...]
    translations: tuple[tuple[str, ...], ...]
    activation: dict[str, Any]
    indicator: str
    days_ago: int
    at: str


@dataclass(frozen=True)
class Programme:
    """A programme of the demo, its product, and what it recorded. ``speaker`` is the demo's own speaker."""

    slug: str
    product: str
    language: str
    target_language: str | None
    task: str
    notice: str
    speaker: User | None
    scenes: tuple[Scene, ...]

    def language_of(self, channel: int) -> str:
        """What is spoken on a channel: the second one of a call speaks the target language."""
        return self.target_language if channel and self.target_language else self.language

    def language_into(self, channel: int) -> str:
        """What a channel is translated into."""
        return self.language if channel or not self.target_language else self.target_language


def load() -> dict[str, Programme]:
    """The demo's programmes by slug, in the script's order."""
    text = files("fairhearing.demo").joinpath("script.json").read_text(encoding="utf-8")
    return {slug: _programme(slug, entry) for slug, entry in json.loads(text)["programmes"].items()}


def _programme(slug: str, entry: dict[str, Any]) -> Programme:
    users = {name: User(id=name, **facts) for name, facts in entry["users"].items()}
    return Programme(
        slug=slug,
        product=entry["product"],
        language=entry["language"],
        target_language=entry.get("target_language"),
        task=entry["task"],
        notice=entry["notice"],
        speaker=users.get(entry["speaker"]),
        scenes=tuple(_scene(scene, users) for scene in entry["recordings"]),
    )


def _scene(entry: dict[str, Any], users: dict[str, User]) -> Scene:
    turns = entry.get("turns") or [{"channel": 0, "say": entry["say"]}]
    return Scene(
        id=entry["id"],
        kind=entry.get("kind", "call"),
        users=tuple(users[name] for name in entry.get("users") or [entry["user"]]),
        turns=tuple(Turn(**turn) for turn in turns),
        translations=tuple(tuple(texts) for texts in entry.get("translations", [])),
        activation=entry["activation"],
        indicator=entry["indicator"],
        days_ago=entry["days_ago"],
        at=entry["at"],
    )
