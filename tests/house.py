"""A small house with people in it, for tests: Alice and Bob of one vendor, Charlie of another, and what they hear.

Everything is made through the product's own actions. Clips are made of tones, without the slow way through
de-identification; tests of that way bring speech of their own.
"""

import io
import wave
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test import Client

from fairhearing.accounts import actions as accounts
from fairhearing.accounts.models import Account, Role
from fairhearing.audio.encode import to_pcm16, wav_bytes
from fairhearing.capture import actions as capture
from fairhearing.capture import incoming, intake
from fairhearing.capture.models import Channel, Clip, Recording, RecordingState
from fairhearing.consent.speaker_key import SpeakerKey, derive
from fairhearing.programmes import actions as programmes
from fairhearing.programmes.models import Programme, Task
from fairhearing.review import settle
from fairhearing.vendors import actions as vendors

PRODUCT = "hearth"
PASSWORD = "a quiet meadow at noon"
RATE = 16000


def tone(seconds: float = 1.0, hertz: float = 220.0) -> np.ndarray[Any, np.dtype[np.float32]]:
    """A soft tone, float32 at 16 kHz."""
    time = np.arange(int(seconds * RATE)) / RATE
    return (0.3 * np.sin(2 * np.pi * hertz * time)).astype(np.float32)


def wav(seconds: float = 1.0, hertz: float = 220.0) -> bytes:
    """The tone as a WAV file."""
    return wav_bytes(to_pcm16(tone(seconds, hertz)), RATE)


def many_channels_wav(*hertz: float, seconds: float = 1.0) -> bytes:
    """A WAV file with a tone on each channel."""
    frames = np.stack([to_pcm16(tone(seconds, one)) for one in hertz], axis=1).astype("<i2").tobytes()
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(len(hertz))
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(frames)
    return file.getvalue()


def consent(**changes: Any) -> dict[str, Any]:
    """A consent that allows everything, but for ``changes``."""
    given = {
        "service": True,
        "automatic_improvement": True,
        "human_review": True,
        "notice": "people-listen-1",
        "method": "click",
        "given_at": "2026-01-02T03:04:05Z",
    }
    return {**given, **changes}


def metadata(key: SpeakerKey, **changes: Any) -> dict[str, Any]:
    """A manifest line without its sound."""
    line = {"language": "en", "speaker_key": key.sealed_form().hex(), "consent": consent(), "indicator": "light"}
    return {**line, **changes}


@dataclass
class House:
    """People, a programme, and ways to put recordings and clips into it."""

    programme: Programme
    people: dict[str, Account]
    api_key: str
    _counter: int = field(default=0)

    def speaker(self, name: str) -> SpeakerKey:
        """A speaker's key, the same for the same name."""
        return derive(product_secret=b"the product's own secret", product=PRODUCT, user=name)

    def client(self, name: str | None = None) -> Client:
        """A browser of one of the people, or of nobody."""
        client = Client()
        if name is not None:
            client.force_login(self.people[name])
        return client

    def speaker_client(self, name: str) -> Client:
        """A browser that came in by a speaker's one-time link."""
        from fairhearing.speakers import links

        client = Client()
        answer = client.post("/speaker/link", {"token": links.make(self.speaker(name)).token})
        assert answer.status_code == 302, answer.content
        return client

    def product(self, **headers: str) -> dict[str, Any]:
        """Headers of the product's calls."""
        return {"headers": {"Authorization": f"Bearer {self.api_key}", **headers}}

    def recording(self, speaker: str = "robin", **changes: Any) -> Recording:
        """A recording that came in and waits to be prepared. Each sounds differently."""
        self._counter += 1
        line = incoming.parse(metadata(self.speaker(speaker), **changes))
        sound = wav(1.0, 200.0 + self._counter)
        checked = intake.check(programme=self.programme, product=PRODUCT, incoming=line, sound=sound)
        (outcome,) = intake.store(programme=self.programme, checked=[checked])
        assert isinstance(outcome, intake.Outcome), outcome
        return Recording.objects.get(id=outcome.recording)

    def clip(
        self,
        speaker: str = "robin",
        texts: tuple[str, ...] = ("turn the light on", "turn the lights on"),
        samples: np.ndarray[Any, np.dtype[np.float32]] | None = None,
        words: tuple[tuple[int, int], ...] = (),
        **changes: Any,
    ) -> Clip:
        """A clip that is ready to be heard, of a recording of its own; a tone where no ``samples`` are given."""
        recording = self.recording(speaker, **changes)
        channel = Channel.objects.select_related("recording").get(recording=recording)
        sound = tone(1.0, 200.0 + self._counter) if samples is None else samples
        pcm = to_pcm16(sound).astype("<i2").tobytes()
        candidates = tuple(capture.NewCandidate(text, "en", "engine") for text in texts)
        new = capture.NewClip(
            start=0, end=len(sound), pcm16=pcm, peaks=[50] * 50, candidates=candidates, worth=1.0, words=words
        )
        (clip,) = capture.add_clips(channel=channel, clips=[new])
        settle.enqueue(clips=[clip], wanted=self.programme.judgements_first)
        capture.settle_recording(recording=recording, state=RecordingState.PREPARED, reasons=[], report={}, cpu_ms=1)
        capture.shred_originals(channels=[channel])
        return clip

    def next(self, name: str, client: Client | None = None, **more: Any) -> dict[str, Any]:
        """The next clip in somebody's hands, over HTTP."""
        body = {"programme": self.programme.slug, **more}
        answer = (client or self.client(name)).post("/api/v1/review/next", body, content_type="application/json")
        assert answer.status_code == 200, answer.content
        found: dict[str, Any] = answer.json()
        return found

    def judge(self, name: str, **answer: Any) -> dict[str, Any]:
        """Next, play, judge: one clip, over HTTP; gives what ``next`` gave."""
        client = self.client(name)
        work = self.next(name, client)
        played = client.post(
            "/api/v1/review/plays", {"assignment": work["assignment"]}, content_type="application/json"
        )
        assert played.status_code == 200, played.content
        body = {"assignment": work["assignment"], **answer}
        judged = client.post("/api/v1/review/judgements", body, content_type="application/json")
        assert judged.status_code == 201, judged.content
        return {**work, **judged.json(), "listen": played.json()["listen"]}


def build() -> House:
    """Make the house."""
    tarn = vendors.create_vendor(slug="tarn", name="Tarn Transcription", country="IE")
    other = vendors.create_vendor(slug="other", name="Other Desk", country="PT")
    people = {
        name: accounts.create_account(email=f"{name}@example.com", role=role)
        for name, role in {
            "alice": Role.REVIEWER,
            "bob": Role.REVIEWER,
            "charlie": Role.REVIEWER,
            "nomad": Role.REVIEWER,
            "lead": Role.LEAD_REVIEWER,
            "controller": Role.CONTROLLER,
            "auditor": Role.AUDITOR,
            "owner": Role.OWNER,
            "manager": Role.VENDOR_MANAGER,
        }.items()
    }
    vendors.join(account=people["alice"], vendor=tarn)
    vendors.join(account=people["bob"], vendor=tarn)
    vendors.join(account=people["charlie"], vendor=other)
    vendors.join(account=people["lead"], vendor=tarn)
    programme = programmes.create(slug="assistant", language="en", task=Task.TRANSCRIPTION)
    Programme.objects.filter(id=programme.id).update(grace_seconds=0)
    programme.refresh_from_db()
    return House(programme, people, accounts.create_api_key(name="test", product=PRODUCT).secret)


@pytest.fixture
def house(transactional_db: None) -> House:
    """The house, in an empty database whose commits are real."""
    with connection.cursor() as cursor:  # Django empties the tables of its own models alone
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")
    return build()
