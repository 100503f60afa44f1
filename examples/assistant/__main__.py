"""``python -m examples.assistant``: a voice assistant in a page, with a Fairhearing beside it."""

import argparse
import json
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Any, Final

from examples.assistant.hearing import WAKE_WORD, Hearing
from examples.assistant.replies import reply
from examples.product import beside, serving
from examples.product.serving import Answer, Request
from examples.product.users import Users
from fairhearing.client import Fairhearing, Refused, WebhookInvalid, verify_webhook

HERE: Final = Path(__file__).parent
PRODUCT: Final = "kettle"
COMMANDS: Final = ("turn on the light", "turn off the light", "play some music", "stop the music", "what time is it")
# Its recogniser is PocketSphinx alone, and people say anything: the owner takes it on that a name may be heard.
FREE_SPEECH: Final = ("--free-speech", "serve")
NEWS: Final = {
    "recording.asked": "You are asked whether a person may hear what you said: see “What do you have of me?”.",
    "recording.answered": "Your answer is kept.",
    "recording.withdrawn": "Nobody hears it any more.",
    "recording.erased": "It is erased.",
    "recording.recalled": "It leaves the datasets that it was in.",
}


class Assistant:
    """What the page can ask for. Each route knows its user by the cookie, and Fairhearing by the user's key alone."""

    def __init__(self, platform: beside.Platform, users: Users) -> None:
        self._platform, self._users = platform, users
        self._fairhearing = Fairhearing(platform.url, platform.api_key)
        self._hearing = Hearing()

    def routes(self) -> dict[str, serving.Route]:
        """By method and path."""
        return {
            "POST /voice": self.voice,
            "POST /consent": self.consent,
            "POST /forget": self.forget,
            "POST /mine": self.mine,
            "POST /withdraw": self.withdraw,
            "GET /state": self.state,
            "POST /webhook": self.webhook,
        }

    def voice(self, request: Request) -> Answer:
        """Answer what was said; send it on if, and only if, its speaker agreed to people listening."""
        form = request.form()
        metadata, sound = json.loads(form["metadata"]), form["audio"]
        if said := metadata.get("consent"):
            self._users.answered(request.user, said)
        heard = self._hearing.hear(sound)
        activation = metadata.get("activation", {})
        meant = activation.get("trigger") != "wake_word" or heard.woken
        sent = self._send(request.user, sound, metadata, heard.hypotheses) if self._users.agreed(request.user) else None
        words = reply(heard.command) if meant else "That was not for me."
        return Answer({"reply": words, "heard": heard.command if meant else None, "sent": sent})

    def _send(self, user: str, sound: bytes, metadata: dict[str, Any], hypotheses: list[dict[str, Any]]) -> str | None:
        activation = metadata.get("activation", {})
        if activation.get("trigger") == "wake_word":
            activation = {**activation, "wake_word": WAKE_WORD}
        try:
            recording = self._fairhearing.upload(
                sound,
                speaker_key=self._users.key(user),
                consent=self._users.consent(user) or {},
                language="en",
                captured_at=metadata["captured_at"],
                indicator=metadata["indicator"],
                activation=activation,
                hypotheses=hypotheses,
            )
        except Refused as refused:
            print(f"not taken by Fairhearing: {refused}", file=sys.stderr)
            return None  # the assistant answers all the same
        self._users.add_recording(user, recording)
        return recording

    def consent(self, request: Request) -> Answer:
        """Keep an answer, and tell Fairhearing; a no closes what was sent before."""
        said = request.json()
        self._fairhearing.say_consent(self._users.key(request.user), said)
        self._users.answered(request.user, said)
        return Answer({"agreed": self._users.agreed(request.user)})

    def forget(self, request: Request) -> Answer:
        """Erase what was said just now."""
        erased = self._fairhearing.erase(self._users.key(request.user), last_minutes=5)
        return Answer({"recordings": erased.recordings})

    def mine(self, request: Request) -> Answer:
        """A link to the speaker's own page, for whoever has this cookie."""
        return Answer({"url": self._fairhearing.speaker_link(self._users.key(request.user)).url})

    def withdraw(self, request: Request) -> Answer:
        """From now on nobody listens."""
        done = self._fairhearing.withdraw(self._users.key(request.user))
        self._users.answered(request.user, {**(self._users.consent(request.user) or {}), "human_review": False})
        return Answer({"recordings": done.recordings, "receipt": done.receipt})

    def state(self, request: Request) -> Answer:
        """What the page shows."""
        consent = self._users.consent(request.user)
        answer = None if consent is None else "yes" if consent.get("human_review") else "no"
        news = self._users.news(request.user)
        return Answer({"notice": self._platform.notice, "answer": answer, "news": news})

    def webhook(self, request: Request) -> Answer:
        """What Fairhearing tells of recordings; nobody else's word is taken for it."""
        try:
            event = verify_webhook(self._platform.webhook_secret, request.headers, request.body)
        except WebhookInvalid as error:
            return Answer({"error": str(error)}, 400)
        if event.type in NEWS:
            self._users.tell(event.data["recordings"], NEWS[event.type])
        return Answer()


def main() -> None:
    """Until SIGTERM or Ctrl-C; all that was started ends with it."""
    options = argparse.ArgumentParser(prog="python -m examples.assistant")
    options.add_argument("--port", type=int, default=8100)
    options.add_argument("--folder", type=Path, default=HERE.parent / ".kept" / "assistant", help="what is kept")
    chosen = options.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    origin = f"http://localhost:{chosen.port}"
    wanted = beside.Wanted(
        product=PRODUCT,
        programme=[PRODUCT, "--language", "en", "--task", "transcription", *FREE_SPEECH]
        + [word for command in COMMANDS for word in ("--command", command)]
        + ["--wake-word", WAKE_WORD],
        rules=["--asks", "every_clip", "--indicator-required", "--registered-notices-only"],
        notice=HERE / "notice.en.json",
        hook=f"{origin}/webhook",
        within=origin,
    )
    ended = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        ended.set()

    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, end)
    with beside.platform(chosen.folder, wanted) as platform:
        files = serving.folder(HERE) | {"/recorder.js": platform.file("/static/dist/recorder.js")}
        assistant = Assistant(platform, Users(chosen.folder / "users.json", PRODUCT))
        site = serving.Site(assistant.routes(), files, platform.url, frozenset({"/webhook"}))
        with serving.server(chosen.port, site) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            print(f"fairhearing {platform.url}\nready {origin}", flush=True)
            ended.wait()
            server.shutdown()


if __name__ == "__main__":
    main()
