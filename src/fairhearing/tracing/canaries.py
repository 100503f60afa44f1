"""Canaries: recordings with no speaker behind them, which come in and are prepared like any other.

Reviewers cannot tell them. They are never released: their speaker, who is nobody, has not agreed to improving anything.
A drill takes a reviewer's copy of one and traces it: nobody's voice leaves for that.
"""

import secrets
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from fairhearing.accounts.models import Account
from fairhearing.capture import incoming, intake
from fairhearing.capture.models import Clip, Recording
from fairhearing.consent.speaker_key import KEY_BYTES, SpeakerKey
from fairhearing.gate import trace as gate
from fairhearing.gate import wav
from fairhearing.programmes.models import Programme
from fairhearing.tracing import held

NOTICE = "canary"
ENGINE = "planted"


def plant(
    *, programme: Programme, sound: bytes, texts: Sequence[str], language: str | None = None, product: str | None = None
) -> str:
    """Take a sound in which no living person speaks in as a canary; gives its recording.

    Raises:
        AudioRefused, FieldInvalid: as for any recording.
    """
    newest = Recording.objects.filter(programme=programme, planted=False).order_by("-received_hour").first()
    line = {
        "language": language or programme.language,
        "speaker_key": SpeakerKey(secrets.token_bytes(KEY_BYTES)).sealed_form().hex(),  # kept nowhere
        "consent": {
            "service": True,
            "automatic_improvement": False,
            "human_review": True,
            "notice": NOTICE,
            "method": "contract",
            "given_at": timezone.now().isoformat(),
        },
        "hypotheses": [{"text": text, "engine": ENGINE} for text in texts],
    }
    checked = intake.check(
        programme=programme,
        product=product or (newest.product if newest else ENGINE),
        incoming=incoming.parse(line),
        sound=sound,
    )
    with transaction.atomic():
        (outcome,) = intake.store(programme=programme, checked=[checked])
        if isinstance(outcome, Exception):
            raise outcome
        Recording.objects.filter(id=outcome.recording).update(planted=True)
    return outcome.recording


def list_planted() -> list[dict[str, Any]]:
    """Every planted clip, and whose marked copies of it left."""
    clips = Clip.objects.filter(channel__recording__planted=True).select_related("programme").order_by("id")
    return [
        {
            "clip": clip.id,
            "programme": clip.programme.slug,
            "heard_by": [copy.holder for copy in held.copies_of(clip.id)],
        }
        for clip in clips
    ]


def copy_for(*, clip: str, account: Account) -> bytes:
    """A canary as a reviewer would hear it, as a WAV file; the drill stands in the log.

    Raises:
        TraceDenied: no canary.
    """
    return wav.of_pcm16(gate.drill(clip=clip, account=account.id))
