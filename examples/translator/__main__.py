"""``python -m examples.translator``: a call of two with captions and translations, and a Fairhearing beside it."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from examples.product import running, serving
from examples.product.serving import Answer, Request
from examples.product.users import Users
from examples.translator import phrases
from examples.translator.calls import Call, Calls, NotThere
from examples.translator.captions import ENGINE, Caption
from fairhearing.client import Fairhearing, Refused

# People say anything in a call, and PocketSphinx alone hears them: the owner takes it on that a name may be heard.
FREE_SPEECH: Final = ("--free-speech", "serve")
SIGN: Final = "sign on the page"


class Translator:
    """What the translator does beside what every product offers its users."""

    def __init__(self, users: Users, fairhearing: Fairhearing) -> None:
        self._users, self._fairhearing = users, fairhearing
        self._calls = Calls()

    def routes(self) -> dict[str, serving.Route]:
        """By method and path."""
        inside = {"signal": self.signal, "events": self.events, "sound": self.sound, "hang-up": self.hang_up}
        return {
            "POST /join": self.join,
            "POST /forget": self.forget,
            **{f"POST /{name}": self._within(route) for name, route in inside.items()},
        }

    def join(self, request: Request) -> Answer:
        """Make a call, or enter one by its name. Whoever enters was asked, and answered either way."""
        asked = request.json()
        if self._users.consent(request.user) is None:
            return Answer({"error": "answer the question first, either way"}, 409)
        name = asked.get("call") or self._calls.make().name
        language = asked["language"] if asked.get("language") in phrases.LANGUAGES else "en"
        try:
            call, number = self._calls.join(name, request.user, language)
        except NotThere:
            return Answer({"error": "there is no such call"}, 404)
        if number == 1:
            call.tell(0, kind="joined")
        return Answer({"call": call.name, "number": number})

    def forget(self, request: Request) -> Answer:
        """Erase one's own side of the last call that was kept."""
        own = self._users.recordings(request.user)
        erased = self._fairhearing.erase(self._users.key(request.user), recording=own[-1]).recordings if own else 0
        return Answer({"recordings": erased})

    def signal(self, request: Request, call: Call, number: int) -> Answer:
        """Hand what a browser says to connect with the other to the other."""
        if len(call.parties) == 2:
            call.tell(1 - number, kind="signal", data=request.json()["data"])
        return Answer()

    def events(self, request: Request, call: Call, number: int) -> Answer:
        """What a page is told, as it happens."""
        return Answer({"told": call.wait(number, int(request.json()["since"]))})

    def sound(self, request: Request, call: Call, number: int) -> Answer:
        """A piece of a party's own microphone, raw: captions for both. Without a name in the body: a header."""
        party = call.parties[number]
        with party.hearing:
            call.keep(number, request.body)
            self._show(call, number, party.captioner.hear(request.body))
        return Answer()

    def hang_up(self, request: Request, call: Call, number: int) -> Answer:
        """End the call, and send it on as far as its parties agreed to people listening."""
        if not self._calls.end(call):
            return Answer({"sent": False})
        for party, one in enumerate(call.parties):
            with one.hearing:
                self._show(call, party, one.captioner.end())
        for party in range(len(call.parties)):
            call.tell(party, kind="ended")
        return Answer({"sent": self._send(call)})

    def _within(self, route: Any) -> serving.Route:
        """A route of a call that this user is in; the call's name is in a header."""

        def checked(request: Request) -> Answer:
            try:
                call, number = self._calls.get(request.headers.get("Call", ""), request.user)
            except NotThere:
                return Answer({"error": "there is no such call"}, 404)
            answer: Answer = route(request, call, number)
            return answer

        return checked

    def _show(self, call: Call, number: int, captions: list[Caption]) -> None:
        for caption in captions:
            for reader, party in enumerate(call.parties):
                told = {"by": number, "text": caption.text, "final": caption.final}
                if reader != number:
                    told["translation"] = phrases.translate(caption.text, party.language)
                call.tell(reader, kind="caption", **told)

    def _send(self, call: Call) -> bool:
        users = [party.user for party in call.parties]
        agreed = [self._users.agreed(user) for user in users]
        if len(users) < 2 or not any(agreed):
            return False
        channels = [
            {"speaker_key": self._users.key(user), "consent": self._users.consent(user), "language": "en"}
            for user in users
        ]
        hypotheses = [
            {"text": " ".join(one["word"] for one in party.captioner.words), "engine": ENGINE, "channel": number}
            | {"words": party.captioner.words}
            for number, party in enumerate(call.parties)
            if agreed[number] and party.captioner.words
        ]
        try:
            recording = self._fairhearing.upload_call(
                call.wav(),
                channels=channels,
                language="en",
                captured_at=datetime.now(UTC).isoformat(timespec="seconds"),
                indicator=SIGN,
                activation={"trigger": "call"},
                hypotheses=hypotheses,
            )
        except Refused as refused:
            print(f"not taken by Fairhearing: {refused}", file=sys.stderr)
            return False
        for user, yes in zip(users, agreed, strict=True):
            if yes:
                self._users.add_recording(user, recording)
        return True


if __name__ == "__main__":
    running.run(
        running.Product(
            name="ferry",
            port=8200,
            page=Path(__file__).parent,
            programme=["--language", "en", "--task", "transcription", *FREE_SPEECH],
            rules=["--indicator-required", "--registered-notices-only"],
            service=lambda users, fairhearing: Translator(users, fairhearing).routes(),
        )
    )
