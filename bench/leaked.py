"""A process that fills a home with clips that were heard, and traces leaks of some of them by the product's own action.

A few clips have real sound and came in by the product's actions. The many others are rows alone: each a clip of its own
recording and speaker, its fingerprint sealed under a key of its own, three listens in the log's records.
"""

import json
import secrets
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from bench import attacks, speech
from bench.options import say
from bench.speech import RATE
from fairhearing.home import Home
from fairhearing.startup import ready
from fairhearing.watermark import fingerprint

LEAK = 5 * RATE
FRAMES = 81  # of an invented clip: 6.5 s
PIECE = 12  # frames taken from one utterance
BATCH = 5000
LISTENERS = 3
BEYOND = 10**9  # the invented records' place: the log itself goes on below


def main() -> None:
    """Read what is wanted from standard input, make it, trace, print the figures."""
    wanted = json.load(sys.stdin)
    everyone = speech.load(Path(wanted["speech"]) if wanted["speech"] else None)
    long = [one for one in everyone if one.duration_s >= 5.5]
    chosen = long[:: max(1, len(long) // wanted["leaks"])][: wanted["leaks"]]
    sounds = [one.samples()[: 15 * RATE] for one in chosen]
    others = [one for one in everyone if one.speaker not in {c.speaker for c in chosen}]
    say(f"fingerprints of {len(others)} other recordings")
    row = np.concatenate([fingerprint.fingerprint(one.samples()) for one in others])
    with ready.django(Home.from_environment()):
        real = _Real(sounds)
        figures: dict[str, Any] = {}
        held = len(sounds)
        for name, count in wanted["sizes"]:
            say(f"{count} clips that were heard")
            _fill(row, count - held, real.programme_id)
            held = count
            say(f"{len(sounds)} leaks among them")
            figures |= {f"{key}_{name}": value for key, value in real.traced().items()}
        print(json.dumps(figures))


class _Real:
    """The clips with sound, and one reviewer's leaked copy of each."""

    def __init__(self, sounds: list[attacks.Samples]) -> None:
        from fairhearing.programmes import actions as programmes
        from fairhearing.programmes.models import Task

        programme = programmes.create(slug="assistant", language="en", task=Task.TRANSCRIPTION)
        self.programme_id = programme.id
        self.accounts = [f"acc_{number}" for number in range(LISTENERS)]
        self.clips = [self._clip(programme, number, sound) for number, sound in enumerate(sounds)]
        self.sounds = sounds

    def _clip(self, programme: Any, number: int, sound: attacks.Samples) -> str:
        from bench.populate import line
        from fairhearing.audio import encode
        from fairhearing.capture import actions as capture
        from fairhearing.capture import incoming, intake
        from fairhearing.capture.models import Channel
        from fairhearing.ledger import log
        from fairhearing.ledger.entries import Kind, NewEntry

        wav = encode.wav_bytes(encode.to_pcm16(sound), RATE)
        checked = intake.check(programme=programme, product="hearth", incoming=incoming.parse(line(number)), sound=wav)
        (outcome,) = intake.store(programme=programme, checked=[checked])
        if isinstance(outcome, Exception):
            raise outcome
        channel = Channel.objects.select_related("recording").get(recording_id=outcome.recording)
        pcm = encode.to_pcm16(sound).astype("<i2").tobytes()
        new = capture.NewClip(start=0, end=len(sound), pcm16=pcm, peaks=[], candidates=(), worth=1.0)
        (clip,) = capture.add_clips(channel=channel, clips=[new])
        for account in self.accounts:
            log.append(
                NewEntry(kind=Kind.PLAYED, recording=outcome.recording, clip=clip.id, account=account, role="reviewer")
            )
        return str(clip.id)

    def traced(self) -> dict[str, Any]:
        """Median and longest seconds from the file to the answer, and how many were named rightly."""
        from fairhearing.audio import encode
        from fairhearing.gate import mark
        from fairhearing.tracing import actions, queries

        wall, named, wrong = [], 0, 0
        for number, (clip, sound) in enumerate(zip(self.clips, self.sounds, strict=True)):
            account = self.accounts[number % LISTENERS]
            chance = np.random.default_rng(number)
            marked = mark.copy_for(encode.to_pcm16(sound).astype("<i2").tobytes(), clip=clip, holder=account)
            copy = encode.from_pcm16(np.frombuffer(marked, "<i2").astype(np.int16))
            start = int(chance.integers(copy.size - LEAK + 1))
            leak = attacks.coded(copy[start : start + LEAK], "libopus", "ogg", 16_000)
            content = encode.wav_bytes(encode.to_pcm16(np.clip(leak, -1, 1)), RATE)
            began = time.monotonic()
            found = queries.list_findings(actions.answer(leak=content))
            wall.append(time.monotonic() - began)
            named += any((one.clip, one.reviewer) == (clip, account) for one in found)
            wrong += sum((one.clip, one.reviewer) != (clip, account) for one in found)
        return {
            "seconds": round(float(np.median(wall)), 2),
            "seconds_max": round(max(wall), 2),
            "named": round(named / len(wall), 4),
            "wrong": wrong,
        }


def _fill(row: fingerprint.Print, count: int, programme: str) -> None:
    """Add ``count`` clips of fingerprints that are made of pieces of a second from all over ``row``."""
    chance = np.random.default_rng(count)
    for done in range(0, count, BATCH):
        number = min(BATCH, count - done)
        starts = chance.integers(len(row) - PIECE, size=(number, -(-FRAMES // PIECE)))
        prints = row[starts[:, :, None] + np.arange(PIECE)].reshape(number, -1, fingerprint.BANDS)[:, :FRAMES]
        _insert(list(prints), programme)


def _insert(prints: list[fingerprint.Print], programme: str) -> None:
    from datetime import UTC, datetime

    from fairhearing import ids
    from fairhearing.capture import fingerprints
    from fairhearing.capture.models import Channel, Clip, Recording
    from fairhearing.ledger.models import Record
    from fairhearing.vault import keys

    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    made = [(keys.make(), ids.new("recording"), ids.new("channel"), ids.new("clip"), one) for one in prints]
    type(made[0][0][0]).objects.bulk_create(key for (key, _), *_ in made)
    Recording.objects.bulk_create(
        Recording(
            id=recording,
            programme_id=programme,
            product="hearth",
            state="prepared",
            received_hour=hour,
            content_digest=secrets.token_bytes(32),
        )
        for _, recording, *_ in made
    )
    Channel.objects.bulk_create(
        Channel(
            id=channel,
            recording_id=recording,
            number=0,
            handle=secrets.token_bytes(32),
            language="en",
            key_id=key.id,
            human_review=True,
            automatic_improvement=True,
            consent_day=hour.date(),
        )
        for (key, _), recording, channel, _, _ in made
    )
    Clip.objects.bulk_create(
        Clip(
            id=clip,
            programme_id=programme,
            channel_id=channel,
            start=0,
            end=int(6.5 * RATE),
            object_name="",
            peaks_sealed=b"",
            fingerprint_sealed=fingerprints.sealed(secret, clip, one),
        )
        for (_, secret), _, channel, clip, one in made
    )
    newest = Record.objects.order_by("-index").values_list("index", flat=True).first() or 0
    begin = max(BEYOND, newest + 1)
    Record.objects.bulk_create(
        Record(
            id=ids.new("listen"),
            index=begin + number * LISTENERS + listener,
            kind="played",
            hour=hour,
            epoch="",
            recording=recording,
            clip=clip,
            account=f"acc_{listener}",
            role="reviewer",
        )
        for number, (_, recording, _, clip, _) in enumerate(made)
        for listener in range(LISTENERS)
    )


if __name__ == "__main__":
    main()
