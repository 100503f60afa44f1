"""``python -m examples.assistant``: a voice assistant in a page, with a Fairhearing beside it."""

import json
import sys
from pathlib import Path
from typing import Any, Final

from examples.assistant.hearing import WAKE_WORD, Hearing
from examples.assistant.replies import reply
from examples.product import running, serving
from examples.product.serving import Answer, Request
from examples.product.users import Users
from fairhearing.client import Fairhearing, Refused

COMMANDS: Final = ("turn on the light", "turn off the light", "play some music", "stop the music", "what time is it")
# Its recogniser is PocketSphinx alone, and people say anything: the owner takes it on that a name may be heard.
FREE_SPEECH: Final = ("--free-speech", "serve")


class Assistant:
    """What the assistant does beside what every product offers its users."""

    def __init__(self, users: Users, fairhearing: Fairhearing) -> None:
        self._users, self._fairhearing = users, fairhearing
        self._hearing = Hearing()

    def routes(self) -> dict[str, serving.Route]:
        """By method and path."""
        return {"POST /voice": self.voice, "POST /forget": self.forget}

    def voice(self, request: Request) -> Answer:
        """Answer what was said; send it on if, and only if, its speaker agreed to people listening."""
        form = request.form()
        metadata, sound = json.loads(form["metadata"]), form["audio"]
        if said := metadata.get("consent"):
            self._users.answered(request.user, said)
        heard = self._hearing.hear(sound)
        meant = metadata.get("activation", {}).get("trigger") != "wake_word" or heard.woken
        sent = self._send(request.user, sound, metadata, heard.hypotheses) if self._users.agreed(request.user) else None
        words = reply(heard.command) if meant else "That was not for me."
        return Answer({"reply": words, "heard": heard.command if meant else None, "sent": sent})

    def forget(self, request: Request) -> Answer:
        """Erase what was said just now."""
        erased = self._fairhearing.erase(self._users.key(request.user), last_minutes=5)
        return Answer({"recordings": erased.recordings})

    def _send(self, user: str, sound: bytes, metadata: dict[str, Any], hypotheses: list[dict[str, Any]]) -> str | None:
        try:
            recording = self._fairhearing.upload(
                sound,
                speaker_key=self._users.key(user),
                consent=self._users.consent(user) or {},
                language="en",
                captured_at=metadata["captured_at"],
                indicator=metadata["indicator"],
                activation=metadata["activation"],
                hypotheses=hypotheses,
            )
        except Refused as refused:
            print(f"not taken by Fairhearing: {refused}", file=sys.stderr)
            return None  # the assistant answers all the same
        self._users.add_recording(user, recording)
        return recording


if __name__ == "__main__":
    running.run(
        running.Product(
            name="kettle",
            port=8100,
            page=Path(__file__).parent,
            programme=["--language", "en", "--task", "transcription", "--wake-word", WAKE_WORD, *FREE_SPEECH]
            + [word for command in COMMANDS for word in ("--command", command)],
            rules=["--asks", "every_clip", "--indicator-required", "--registered-notices-only"],
            service=lambda users, fairhearing: Assistant(users, fairhearing).routes(),
        )
    )
