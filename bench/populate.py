"""A process that fills a home with reviewers and clips, by the product's own actions. Prints whom it made."""

import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fairhearing.home import Home
from fairhearing.startup import ready

if TYPE_CHECKING:
    from fairhearing.accounts.models import Account
    from fairhearing.programmes.models import Programme

RATE = 16000
CLIP_S = 3
KNOWN = 100  # clips whose answer is known
CLIPS_A_RECORDING = 2  # neighbours are never one reviewer's: of these, each reviewer gets one


@dataclass(frozen=True)
class Wanted:
    """How much to make; ``trusted``: with all that makes judgements worth more switched on."""

    clips: int
    reviewers: int
    trusted: bool = False


def main() -> None:
    """Read what is wanted from standard input, make it, print it."""
    wanted = Wanted(**json.load(sys.stdin))
    with ready.django(Home.from_environment()):
        from fairhearing.programmes import actions as programmes
        from fairhearing.programmes.models import Task

        programme = programmes.create(slug="assistant", language="en", task=Task.TRANSCRIPTION)
        # More than any load hears: what is measured is the cycle, not the end of a reviewer's week.
        programmes.set_rules(slug="assistant", by="bench", reason="a bench", bucket_clips_a_week=1_000_000)
        people = [reviewer(number) for number in range(wanted.reviewers)]
        for number in range(0, wanted.clips, CLIPS_A_RECORDING):
            recording(programme, number, min(CLIPS_A_RECORDING, wanted.clips - number))
        if wanted.trusted:
            _trust(programme, wanted.clips)
        print(json.dumps({"programme": programme.slug, "reviewers": people}))


def _trust(programme: "Programme", number: int) -> None:
    """Known clips, some without candidates, skills, and a share to be heard: a little, since the load does not wait."""
    from fairhearing.capture.models import Clip
    from fairhearing.programmes import actions as programmes
    from fairhearing.review import known
    from fairhearing.review.models import QueueItem

    judging = programmes.Judging(must_hear_share=0.002, known_share=0.02, unaided_share=0.05, by_skill=True)
    programmes.set_rules(slug=programme.slug, by="bench", reason="a bench", judging=judging)
    before = set(Clip.objects.values_list("id", flat=True))
    for at in range(number, number + KNOWN):
        recording(programme, at, 1)
    made = Clip.objects.exclude(id__in=before)
    QueueItem.objects.filter(clip__in=made).delete()
    for clip in made:
        known.add(clip=clip.id, by="bench", text="turn the light on")


def reviewer(number: int) -> dict[str, str]:
    """A reviewer of one of two vendors, signed in: account and session."""
    from fairhearing.accounts import actions as accounts
    from fairhearing.accounts.models import Role
    from fairhearing.vendors import actions as vendors

    slug = ("tarn", "other")[number % 2]
    vendor = vendors.create_vendor(slug=slug, name=slug.capitalize(), country="IE")
    account = accounts.create_account(email=f"reviewer-{number}@example.com", role=Role.REVIEWER)
    vendors.join(account=account, vendor=vendor)
    vendors.set_skills(account=account, languages=["en"])
    return {"account": account.id, "session": _session(account)}


def _session(account: "Account") -> str:
    """Signed in, as ``login`` would leave it."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from fairhearing.accounts.signed_in import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = account.id
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def recording(programme: "Programme", number: int, clips: int) -> None:
    """One consented recording of its own speaker, with clips that wait to be heard."""
    from django.db import transaction

    from fairhearing.audio import encode
    from fairhearing.capture import actions as capture
    from fairhearing.capture import incoming, intake
    from fairhearing.capture.models import Channel, RecordingState
    from fairhearing.review import settle

    parsed = incoming.parse(line(number))
    sound = encode.wav_bytes(samples(number, 1), RATE)
    checked = intake.check(programme=programme, product="hearth", incoming=parsed, sound=sound)
    with transaction.atomic():
        (outcome,) = intake.store(programme=programme, checked=[checked])
        if isinstance(outcome, Exception):
            raise outcome
        channel = Channel.objects.select_related("recording").get(recording_id=outcome.recording)
        new = [_clip(number + at, at) for at in range(clips)]
        made = capture.add_clips(channel=channel, clips=new)
        settle.enqueue(clips=made, wanted=programme.judgements_wanted)
        capture.settle_recording(
            recording=channel.recording, state=RecordingState.PREPARED, reasons=[], report={}, cpu_ms=1
        )
        capture.shred_originals(channels=[channel])


def line(number: int) -> dict[str, Any]:
    """A manifest line of a speaker of its own, who agreed to everything."""
    consent = {
        "service": True,
        "automatic_improvement": True,
        "human_review": True,
        "notice": "people-listen-1",
        "method": "click",
        "given_at": "2026-01-02T03:04:05Z",
    }
    return {"language": "en", "speaker_key": f"{number:064x}", "consent": consent}


def _clip(number: int, at: int) -> Any:
    from fairhearing.capture import actions as capture

    texts = (f"turn the light number {number} on", f"turn the lights number {number} on")
    return capture.NewClip(
        start=at * CLIP_S * RATE,
        end=(at + 1) * CLIP_S * RATE,
        pcm16=samples(number, CLIP_S).tobytes(),
        peaks=[number % 100] * (50 * CLIP_S),
        candidates=tuple(capture.NewCandidate(text, "en", "engine") for text in texts),
        worth=1.0,
    )


def samples(number: int, seconds: int) -> Any:
    """Noise of its own for each number: 16-bit samples at 16 kHz."""
    import numpy as np

    return np.random.default_rng(number).integers(-9000, 9000, seconds * RATE).astype("<i2")


if __name__ == "__main__":
    main()
