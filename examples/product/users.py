"""What a product keeps of its users: their recordings' ids, their answer, and the secret that makes speaker keys."""

import json
import os
import secrets
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fairhearing.client import speaker_key


class Users:
    """One small file, written whole or not at all. A real product has a database for it."""

    def __init__(self, path: Path, product: str) -> None:
        self._path, self._product = path, product
        self._lock = threading.Lock()
        kept = json.loads(path.read_text()) if path.exists() else {}
        self._secret = bytes.fromhex(kept.get("secret", secrets.token_hex(32)))
        self._users: dict[str, dict[str, Any]] = kept.get("users", {})
        self._news: dict[str, list[str]] = {}

    def key(self, user: str) -> str:
        """The user's speaker key. It is made anew each time and kept nowhere."""
        return speaker_key(self._secret, product=self._product, user=user)

    def answered(self, user: str, consent: Mapping[str, Any]) -> None:
        """Keep what a user said to people listening."""
        with self._lock:
            self._of(user)["consent"] = dict(consent)
            self._write()

    def consent(self, user: str) -> dict[str, Any] | None:
        """What they said last; None: they were not asked."""
        found: dict[str, Any] | None = self._users.get(user, {}).get("consent")
        return found

    def agreed(self, user: str) -> bool:
        """Whether people may listen. No answer means no."""
        return bool((self.consent(user) or {}).get("human_review"))

    def add_recording(self, user: str, recording: str) -> None:
        """Keep a recording's id beside its user: webhooks name recordings alone."""
        with self._lock:
            self._of(user)["recordings"].append(recording)
            self._write()

    def recordings(self, user: str) -> list[str]:
        """The ids of a user's recordings, the oldest first."""
        return list(self._users.get(user, {}).get("recordings", []))

    def tell(self, recordings: list[str], words: str) -> None:
        """News for whoever these recordings are of."""
        with self._lock:
            for user, kept in self._users.items():
                if set(recordings) & set(kept["recordings"]):
                    self._news.setdefault(user, []).append(words)

    def news(self, user: str) -> list[str]:
        """What a user was told since the product was started."""
        return list(self._news.get(user, []))

    def _of(self, user: str) -> dict[str, Any]:
        return self._users.setdefault(user, {"recordings": []})

    def _write(self) -> None:
        aside = self._path.with_suffix(".partial")
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "w", encoding="utf-8") as file:
            json.dump({"secret": self._secret.hex(), "users": self._users}, file)
        aside.replace(self._path)
