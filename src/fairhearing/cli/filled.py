"""Manifests of recordings that a product has already: its users' ids become speaker keys, line by line."""

import json
import os
from pathlib import Path
from typing import Any


class LineInvalid(ValueError):
    """A line that names no user; the words say which and why."""


class Filling:
    """Puts keys in the place of users, and counts. Each user's key is derived once."""

    def __init__(self, product: str, secret: bytes) -> None:
        self._product, self._secret = product, secret
        self._keys: dict[str, str] = {}
        self.lines = 0

    @property
    def speakers(self) -> int:
        """Of how many users keys were made."""
        return len(self._keys)

    def line(self, text: str) -> str:
        """A line with keys; what else is in it stays.

        Raises:
            LineInvalid: it is no object, or somebody in it is not named.
        """
        self.lines += 1
        try:
            line = json.loads(text)
        except ValueError:
            line = None
        if not isinstance(line, dict):
            raise LineInvalid(f"line {self.lines}: expected a JSON object")
        parties = line.get("channels", [line])
        if not isinstance(parties, list) or not parties:
            raise LineInvalid(f"line {self.lines}: channels: expected a list of parties")
        for party in parties:
            self._fill(party)
        return json.dumps(line, ensure_ascii=False)

    def _fill(self, party: Any) -> None:
        user = party.pop("user", None) if isinstance(party, dict) else None
        if not isinstance(user, str) or not user:
            raise LineInvalid(f"line {self.lines}: user: got {type(user).__name__}, expected the product's id as text")
        if user not in self._keys:
            from fairhearing.consent.speaker_key import derive

            key = derive(product_secret=self._secret, product=self._product, user=user)
            self._keys[user] = key.sealed_form().hex()
        party["speaker_key"] = self._keys[user]


def write(filling: Filling, manifest: Path, out: Path) -> None:
    """Write all lines, or nothing; the file is its owner's alone, since keys stand for people.

    Raises:
        LineInvalid: one does not fit.
    """
    aside = out.with_name(f".{out.name}.partial")
    aside.unlink(missing_ok=True)
    try:
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with manifest.open(encoding="utf-8") as lines, open(descriptor, "w", encoding="utf-8") as written:
            for text in lines:
                if text.strip():
                    written.write(filling.line(text) + "\n")
        aside.replace(out)
    finally:
        aside.unlink(missing_ok=True)
