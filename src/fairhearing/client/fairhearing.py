"""The platform as a product's server sees it: a method for each thing that can be asked."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fairhearing.client.calls import Calls

_PAIRS_AT_ONCE = 100  # as many as the platform takes in one request


@dataclass(frozen=True)
class Link:
    """A one-time link to a speaker's page. Hand it to that speaker alone; it opens once, until ``expires_at``."""

    url: str
    expires_at: datetime


@dataclass(frozen=True)
class Receipt:
    """What was done, to how many recordings, and the receipt to hand to the speaker (``docs/receipts.md``)."""

    recordings: int
    receipt: str


@dataclass(frozen=True)
class Erased(Receipt):
    """Also the stores with the day (UTC) by whose end each is done: ``{"backups": "2026-12-21", …}``."""

    stores: Mapping[str, str]


class Fairhearing:
    """A platform with the product's API key. Calls are made again after a failure that may pass.

    What is done already is not done again, but for ``ask``, which may then stand there twice.

    Each raises ``Refused`` (the platform said no, and why) or ``Unreachable`` (no answer, after several tries).
    """

    def __init__(self, url: str, api_key: str, *, timeout: float = 30.0) -> None:
        """``url``: where the platform is, https or loopback; ``timeout``: seconds for one try.

        Raises:
            ValueError: the address is neither.
        """
        self._calls = Calls(url, api_key, timeout)

    def upload(
        self,
        sound: bytes,
        *,
        speaker_key: str,
        consent: Mapping[str, Any],
        programme: str | None = None,
        idempotency_key: str | None = None,
        **metadata: Any,
    ) -> str:
        """Send one recording; gives its id (``rec_…``), which the product keeps beside its user.

        ``sound``: a WAV, FLAC, MP3, Ogg, WebM or M4A file. ``consent`` and ``metadata`` (language, hypotheses,
        captured_at, external_id, indicator …) are as in a manifest's line (``docs/import.md``). Without an
        ``idempotency_key`` the digest of all that is sent is it, so that a call made again makes no second recording.
        """
        line = {"speaker_key": speaker_key, "consent": dict(consent), **metadata}
        return self._upload(sound, line, programme, idempotency_key)

    def upload_call(
        self,
        sound: bytes,
        *,
        channels: Sequence[Mapping[str, Any]],
        programme: str | None = None,
        idempotency_key: str | None = None,
        **metadata: Any,
    ) -> str:
        """Send a call of two parties, each on a channel of the sound; gives its id, as ``upload`` does.

        ``channels``: of each party ``speaker_key`` and ``consent``, and ``language`` where it is another. Only the
        channels of those who agreed are kept.
        """
        return self._upload(
            sound, {"channels": [dict(one) for one in channels], **metadata}, programme, idempotency_key
        )

    def _upload(self, sound: bytes, line: dict[str, Any], programme: str | None, idempotency_key: str | None) -> str:
        said = json.dumps(line, sort_keys=True)
        once = idempotency_key or hashlib.sha256(said.encode() + b"\0" + sound).hexdigest()
        fields = {"metadata": said, **({"programme": programme} if programme else {})}
        answer = self._calls.post_sound("/recordings", sound, fields, {"Idempotency-Key": once})
        return str(answer["recording"])

    def speaker_link(self, speaker_key: str) -> Link:
        """A link to the speaker's page, where they hear, take away, withdraw, erase and see who listened."""
        answer = self._calls.post("/speaker-links", {"speaker_key": speaker_key})
        return Link(answer["url"], datetime.fromisoformat(answer["expires_at"]))

    def say_consent(
        self, speaker_key: str, consent: Mapping[str, Any], *, event: str = "answered"
    ) -> Mapping[str, Any]:
        """Record what was asked or answered, apart from any recording; gives ``record`` and ``receipt``, signed.

        ``event``: requested, answered or reconfirmed (``docs/consent.md``).
        """
        body = {"speaker_key": speaker_key, "event": event, "consent": dict(consent)}
        answer: Mapping[str, Any] = self._calls.post("/consents", body)
        return answer

    def terminate(self, speaker_key: str) -> int:
        """The service ended: nothing of the speaker is heard any more; gives how many recordings were closed."""
        return int(self._calls.post("/consents", {"speaker_key": speaker_key, "event": "terminated"})["recordings"])

    def consent_state(self, speaker_key: str) -> Mapping[str, Any]:
        """What holds now, by purpose: ``{"human_review": {"state": "given", "allowed": True, …}, …}``."""
        answer: Mapping[str, Any] = self._calls.post("/consents/state", {"speaker_key": speaker_key})["purposes"]
        return answer

    def rotate(self, keys: Mapping[str, str]) -> int:
        """Put what is kept under old speaker keys under new ones, when the product's secret changes.

        ``keys``: old to new, any number. Gives how many recordings went along. Interrupted, it is called again with all
        of them.
        """
        pairs = [{"speaker_key": old, "new_speaker_key": new} for old, new in keys.items()]
        several = [pairs[at : at + _PAIRS_AT_ONCE] for at in range(0, len(pairs), _PAIRS_AT_ONCE)]
        return sum(int(self._calls.post("/rotations", {"pairs": some})["recordings"]) for some in several)

    def withdraw(self, speaker_key: str) -> Receipt:
        """End the consent to people listening. When this returns, nothing of the speaker is played any more."""
        answer = self._calls.post("/withdrawals", {"speaker_key": speaker_key})
        return Receipt(answer["recordings"], answer["receipt"])

    def pause(self, speaker_key: str, *, until: date | None = None) -> Receipt:
        """Let nobody listen until that day (UTC), or for None until ``end_pause``; also to what is sent meanwhile."""
        day = None if until is None else until.isoformat()
        answer = self._calls.post("/pauses", {"speaker_key": speaker_key, "until": day})
        return Receipt(answer["recordings"], answer["receipt"])

    def end_pause(self, speaker_key: str) -> Receipt:
        """End such a pause; without one nothing changes."""
        answer = self._calls.post("/pauses/end", {"speaker_key": speaker_key})
        return Receipt(answer["recordings"], answer["receipt"])

    def erase(self, speaker_key: str, **what: Any) -> Erased:
        """Erase everything of the speaker, or what is named; erased when this returns.

        ``what``, one of: ``recording`` or ``recordings`` (ids), ``since`` and ``until`` (datetimes; whole days in UTC),
        ``last_minutes`` (what was said just now; whole hours).
        """
        named = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in what.items()}
        answer = self._calls.post("/erasures", {"speaker_key": speaker_key, **named})
        stores = {one["store"]: one["by"] for one in answer["stores"]}
        return Erased(answer["recordings"], answer["receipt"], stores)

    def list_pending(self, speaker_key: str) -> list[Mapping[str, Any]]:
        """Clips that wait for the speaker's answer: clip, recording, seconds, text, language, who_listens."""
        found: list[Mapping[str, Any]] = self._calls.post("/clips/pending", {"speaker_key": speaker_key})["clips"]
        return found

    def answer(self, speaker_key: str, answers: Mapping[str, bool]) -> None:
        """Say for each clip (``clip_…``) whether people may hear it."""
        said = [{"clip": clip, "heard_by_people": heard} for clip, heard in answers.items()]
        self._calls.post("/clips/answers", {"speaker_key": speaker_key, "answers": said})

    def ask(self, speaker_key: str, *, kind: str, recording: str, clip: str = "", words: str = "") -> Mapping[str, Any]:
        """Hand on a ``correction`` (with clip and words), ``restriction`` or ``objection`` (``docs/requests.md``)."""
        body = {"speaker_key": speaker_key, "kind": kind, "recording": recording, "clip": clip, "words": words}
        answer: Mapping[str, Any] = self._calls.post("/requests", body)
        return answer

    def list_requests(self, speaker_key: str) -> list[Mapping[str, Any]]:
        """How the speaker's requests stand, the newest first."""
        found: list[Mapping[str, Any]] = self._calls.post("/requests/state", {"speaker_key": speaker_key})["requests"]
        return found
