"""A process that gives one speaker very many recordings with clips, by the product's own actions; others a few.

Prints the speaker's key, a product's API key, reviewers' sessions, and what must not be found after an erasure.
"""

import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bench import populate
from fairhearing.home import Home
from fairhearing.startup import ready

if TYPE_CHECKING:
    from fairhearing.programmes.models import Programme

BATCH: Final = 100
RATE: Final = 16000
SPEAKER: Final = "ab" * 32
MARKER: Final = "marmalade-lantern-quince"  # within every text of the speaker, and the product's own names for them


@dataclass(frozen=True)
class Wanted:
    """How much to make."""

    recordings: int
    others: int
    reviewers: int


def main() -> None:
    """Read what is wanted from standard input, make it, print it."""
    wanted = Wanted(**json.load(sys.stdin))
    with ready.django(Home.from_environment()):
        from fairhearing.accounts import actions as accounts
        from fairhearing.programmes import actions as programmes
        from fairhearing.programmes.models import Task

        programme = programmes.create(slug="assistant", language="en", task=Task.TRANSCRIPTION)
        programmes.set_rules(slug="assistant", by="bench", reason="a bench", bucket_clips_a_week=1_000_000)
        people = [populate.reviewer(number) for number in range(wanted.reviewers)]
        for number in range(0, wanted.others, populate.CLIPS_A_RECORDING):
            populate.recording(programme, 1_000_000 + number, populate.CLIPS_A_RECORDING)
        for number in range(0, wanted.recordings, BATCH):
            _several(programme, number, min(BATCH, wanted.recordings - number))
            print(f"bench: {number + BATCH} of {wanted.recordings} recordings", file=sys.stderr)
        key = accounts.create_api_key(name="bench", product="hearth").secret
        print(json.dumps({"programme": programme.slug, "reviewers": people, "api_key": key, "speaker": SPEAKER}))


def _several(programme: "Programme", first: int, count: int) -> None:
    from django.db import transaction

    from fairhearing.audio import encode
    from fairhearing.capture import actions as capture
    from fairhearing.capture import incoming, intake
    from fairhearing.capture.models import Channel, RecordingState
    from fairhearing.review import settle

    numbers = range(first, first + count)
    checked = [
        intake.check(
            programme=programme,
            product="hearth",
            incoming=incoming.parse(_line(number)),
            sound=encode.wav_bytes(populate.samples(number, 1)[: RATE // 4], RATE),
        )
        for number in numbers
    ]
    with transaction.atomic():
        outcomes = intake.store(programme=programme, checked=checked)
        made = [one.recording for one in outcomes if isinstance(one, intake.Outcome)]
        channels = list(Channel.objects.select_related("recording").filter(recording__in=made))
        clips = []
        for number, channel in zip(numbers, channels, strict=True):
            clips += capture.add_clips(channel=channel, clips=[_clip(number)])
            capture.settle_recording(
                recording=channel.recording, state=RecordingState.PREPARED, reasons=[], report={}, cpu_ms=1
            )
        settle.enqueue(clips=clips, wanted=2)
        capture.shred_originals(channels=channels[::2])  # half of the originals are kept


def _line(number: int) -> dict[str, Any]:
    own = {
        "speaker_key": SPEAKER,
        "external_id": f"{MARKER}-{number}",
        "hypotheses": [{"text": f"{MARKER} was said {number} times", "engine": "asr-1"}],
    }
    return {**populate.line(number), **own}


def _clip(number: int) -> Any:
    from fairhearing.capture import actions as capture

    texts = (f"{MARKER} one {number}", f"{MARKER} two {number}")
    return capture.NewClip(
        start=0,
        end=RATE // 2,
        pcm16=populate.samples(number, 1)[: RATE // 2].tobytes(),
        peaks=[number % 100] * 25,
        candidates=tuple(capture.NewCandidate(text, "en", "engine") for text in texts),
        worth=1.0,
    )


if __name__ == "__main__":
    main()
