"""What every product's page offers its users beside the service: being asked, their page, nobody listening any more."""

from collections.abc import Mapping
from typing import Final

from examples.product.beside import Platform
from examples.product.serving import Answer, Request, Route
from examples.product.users import Users
from fairhearing.client import Fairhearing, WebhookInvalid, verify_webhook

NEWS: Final[Mapping[str, str]] = {
    "recording.asked": "You are asked whether a person may hear what you said: see “What do you have of me?”.",
    "recording.answered": "Your answer is kept.",
    "recording.withdrawn": "Nobody hears it any more.",
    "recording.erased": "It is erased.",
    "recording.recalled": "It leaves the datasets that it was in.",
}


class Rights:
    """Each route knows its user by the cookie, and Fairhearing by the user's key alone."""

    def __init__(self, platform: Platform, users: Users, fairhearing: Fairhearing) -> None:
        self._platform, self._users, self._fairhearing = platform, users, fairhearing

    def routes(self) -> dict[str, Route]:
        """By method and path."""
        return {
            "POST /consent": self.consent,
            "POST /mine": self.mine,
            "POST /withdraw": self.withdraw,
            "GET /state": self.state,
            "POST /webhook": self.webhook,
        }

    def consent(self, request: Request) -> Answer:
        """Keep an answer, and tell Fairhearing; a no closes what was sent before."""
        said = request.json()
        self._fairhearing.say_consent(self._users.key(request.user), said)
        self._users.answered(request.user, said)
        return Answer({"agreed": self._users.agreed(request.user)})

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
        return Answer({"notice": self._platform.notice, "answer": answer, "news": self._users.news(request.user)})

    def webhook(self, request: Request) -> Answer:
        """What Fairhearing tells of recordings; nobody else's word is taken for it."""
        try:
            event = verify_webhook(self._platform.webhook_secret, request.headers, request.body)
        except WebhookInvalid as error:
            return Answer({"error": str(error)}, 400)
        if event.type in NEWS:
            self._users.tell(event.data["recordings"], NEWS[event.type])
        return Answer()
