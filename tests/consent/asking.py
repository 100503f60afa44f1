"""A notice in four languages, and what a product sends about its speakers' answers, for tests."""

import json
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.house import House, consent, wav

TEXTS = {
    "en": "Hearth learns from what you say. If you agree, people listen to short clips of your recordings.",
    "es": "Hearth aprende de lo que usted dice. Si acepta, hay personas que escuchan fragmentos de sus grabaciones.",
    "de": "Hearth lernt von Ihnen. Wenn Sie zustimmen, hören Menschen kurze Ausschnitte Ihrer Aufnahmen an.",
    "ar": "إذا وافقت، يستمع أشخاص إلى مقاطع قصيرة من تسجيلاتك.",
}


def notice(language: str = "en", **changes: Any) -> str:
    """The file of a notice."""
    fields = {
        "name": "hearth-review",
        "language": language,
        "text": TEXTS[language],
        "purposes": ["service", "automatic_improvement", "human_review"],
        "service": "Hearth, an assistant",
        "listeners": "reviewers of Tarn Transcription",
        "countries": ["IE", "PT"],
        "jurisdiction": "IE",
        "storage": "in Ireland, encrypted",
        "retention": "clips for a year, originals for thirty days",
        "rights": "see, hear, take away, withdraw, erase, complain",
        "withdraw_at": "https://hearth.example/voice",
        "controller": {
            "name": "Hearth Audio Ltd",
            "address": "1 Invented Quay, Dublin",
            "contact": "privacy@hearth.example",
            "authority": "Data Protection Commission",
        },
    }
    return json.dumps({**fields, **changes})


def send(house: House, line: dict[str, Any], hertz: float) -> Any:
    """Send a recording as the product does; another pitch is another recording."""
    sound = SimpleUploadedFile("voice.wav", wav(0.5, hertz), "audio/wav")
    return Client().post("/api/v1/recordings", {"metadata": json.dumps(line), "audio": sound}, **house.product())


def say(house: House, speaker: str, event: str = "answered", **said: Any) -> Any:
    """Tell what a speaker was asked or answered, as the product does; by the notice of this module."""
    answer = consent(**{"notice": "hearth-review-1", **said})
    body = {"speaker_key": house.speaker(speaker).sealed_form().hex(), "event": event, "consent": answer}
    return Client().post("/api/v1/consents", json.dumps(body), content_type="application/json", **house.product())
