"""A process that fills a home with a crowd of speakers, and writes down who said what: only the bench reads that.

What comes in comes as it does in life, and as it helps a thief most: in sittings of several recordings one after the
other, half of them each by itself over the API, half in manifests that are in that order; clips are made in the
order in which recordings came. Some are heard, judged and released; then some speakers withdraw and some erase.
"""

import json
import random
import sys
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bench import populate
from fairhearing.home import Home
from fairhearing.startup import ready

if TYPE_CHECKING:
    from fairhearing.programmes.models import Programme

RATE: Final = 16000
BATCH: Final = 100
SITTINGS: Final = (4, 3, 2, 1)  # recordings of one speaker that come one after the other; ten in all
DAYS: Final = 30
_RANDOM = random.Random(2019)  # a world to be made again, not a secret


@dataclass(frozen=True)
class Wanted:
    """How much to make; ``truth``: the file for what only the bench may know."""

    speakers: int
    withdrawing: int
    erasing: int
    pausing: int
    listens: int
    truth: str


@dataclass
class Crowd:
    """Who is behind each recording, each handle, each row of a release; before anything was erased."""

    programme: "Programme"
    who: dict[str, int] = field(default_factory=dict)
    handles: dict[str, int] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)


def main() -> None:
    """Read what is wanted from standard input, make it, print how much there is."""
    wanted = Wanted(**json.load(sys.stdin))
    with ready.django(Home.from_environment()):
        from fairhearing.programmes import actions as programmes
        from fairhearing.programmes.models import Programme, Task

        programme = programmes.create(slug="assistant", language="en", task=Task.TRANSCRIPTION)
        programmes.set_rules(slug="assistant", by="bench", reason="a bench", bucket_clips_a_week=1_000_000)
        Programme.objects.filter(id=programme.id).update(grace_seconds=0)
        crowd = Crowd(programme)
        _arrive(crowd, wanted.speakers)
        _prepare(crowd)
        _say("some are heard, judged and released")
        _hear(wanted.listens)
        _release(programme)
        _note_names(crowd)
        _say("some withdraw, some erase, some pause")
        _end(wanted)
        Path(wanted.truth).write_text(json.dumps({"who": crowd.who, "handles": crowd.handles, "rows": crowd.rows}))
        print(json.dumps({"recordings": len(crowd.who)}))


def key_of(speaker: int) -> str:
    """The speaker's key, in hex."""
    return f"{speaker + 1:064x}"


def _say(words: str) -> None:
    print(f"bench: {words}", file=sys.stderr)


def _arrive(crowd: Crowd, speakers: int) -> None:
    """Every other batch is a manifest; the recordings of the others come one by one."""
    sittings = [(speaker, length) for speaker in range(speakers) for length in SITTINGS]
    _RANDOM.shuffle(sittings)
    arrivals = [speaker for speaker, length in sittings for _ in range(length)]
    for first in range(0, len(arrivals), BATCH):
        batch = arrivals[first : first + BATCH]
        size = len(batch) if first // BATCH % 2 else 1
        for at in range(0, len(batch), size):
            _store(crowd, batch[at : at + size], first + at)
        if first // BATCH % 10 == 9:
            _say(f"{first + BATCH:,} of {len(arrivals):,} recordings came in")


def _store(crowd: Crowd, speakers: list[int], first: int) -> None:
    from fairhearing.audio import encode
    from fairhearing.capture import incoming, intake

    checked = [
        intake.check(
            programme=crowd.programme,
            product="hearth",
            incoming=incoming.parse(_line(speaker, first + at)),
            sound=encode.wav_bytes(populate.samples(first + at, 1)[: RATE // 4], RATE),
        )
        for at, speaker in enumerate(speakers)
    ]
    for speaker, outcome in zip(speakers, intake.store(programme=crowd.programme, checked=checked), strict=True):
        if isinstance(outcome, Exception):
            raise outcome
        crowd.who[outcome.recording] = speaker


def _line(speaker: int, number: int) -> dict[str, Any]:
    """Everybody agreed at a moment of their own; what else differs goes by chance, not by speaker."""
    line = populate.line(speaker + 1)
    line["consent"]["given_at"] = f"{date(2026, 1, 2) + timedelta(days=speaker % 120)}T08:03:{speaker % 60:02d}Z"
    return {
        **line,
        "captured_at": f"{date(2026, 6, 1) + timedelta(days=_RANDOM.randrange(DAYS))}T10:11:12Z",
        "region": _RANDOM.choice(("IE", "PT", "")),
        "external_id": f"recording-{number}",
        "hypotheses": [{"text": "turn the light on " + "please " * _RANDOM.randrange(9), "engine": "asr-1"}],
    }


def _prepare(crowd: Crowd) -> None:
    from django.db import transaction

    from fairhearing.capture import actions as capture
    from fairhearing.capture.models import Channel, RecordingState
    from fairhearing.review import settle

    for number, recording in enumerate(crowd.who):
        with transaction.atomic():
            channel = Channel.objects.select_related("recording").get(recording_id=recording)
            clips = capture.add_clips(channel=channel, clips=[_clip(number)])
            settle.enqueue(clips=clips, wanted=2)
            capture.settle_recording(
                recording=channel.recording, state=RecordingState.PREPARED, reasons=[], report={}, cpu_ms=1
            )
            capture.shred_originals(channels=[channel])
        if number % 1000 == 999:
            _say(f"{number + 1:,} recordings have clips")


def _clip(number: int) -> Any:
    from fairhearing.capture import actions as capture

    words = "please " * _RANDOM.randrange(9)
    return capture.NewClip(
        start=0,
        end=RATE // 2,
        pcm16=populate.samples(number, 1)[: RATE // 2].tobytes(),
        peaks=[number % 100] * 25,
        candidates=tuple(
            capture.NewCandidate(f"turn the {what} on {words}", "en", "asr-1") for what in ("light", "fan")
        ),
        worth=1.0,
    )


def _hear(listens: int) -> None:
    from django.conf import settings
    from django.test import Client

    from fairhearing.review import settle

    clients = []
    for number in range(2):
        client = Client(HTTP_HOST="127.0.0.1")
        client.cookies[settings.SESSION_COOKIE_NAME] = populate.reviewer(number)["session"]
        clients.append(client)
    for number in range(listens):
        _judge(clients[number % len(clients)])
    settle.settle_due()


def _judge(client: Any) -> None:
    work = client.post("/api/v1/review/next", {"programme": "assistant"}, content_type="application/json").json()
    body = {"assignment": work["assignment"]}
    client.post("/api/v1/review/plays", body, content_type="application/json")
    answer = client.post("/api/v1/review/judgements", {**body, "choice": 1}, content_type="application/json")
    if answer.status_code != 201:
        raise RuntimeError(f"a judgement was refused: {answer.content!r}")


def _release(programme: "Programme") -> None:
    import tempfile

    from fairhearing.datasets import release

    with tempfile.TemporaryDirectory(prefix="fairhearing-bench-") as folder:
        written = release.release(programme=programme, format="lhotse", out=Path(folder) / "release")
    _say(f"{written.rows:,} rows were released")


def _note_names(crowd: Crowd) -> None:
    from fairhearing.capture.models import Channel, Clip
    from fairhearing.datasets.models import ReleaseRow

    rows = Channel.objects.values_list("handle", "recording_id")
    crowd.handles = {bytes(handle).hex(): crowd.who[recording] for handle, recording in rows}
    recordings = dict(Clip.objects.values_list("id", "channel__recording_id"))
    crowd.rows = {row: crowd.who[recordings[clip]] for row, clip in ReleaseRow.objects.values_list("row", "clip_id")}


def _end(wanted: Wanted) -> None:
    """One after the other, as requests come; then what the worker does every day."""
    from django.utils import timezone

    from fairhearing.consent.speaker_key import SpeakerKey
    from fairhearing.operations import upkeep
    from fairhearing.speakers import actions as speakers

    for speaker in range(wanted.withdrawing):
        speakers.withdraw(key=SpeakerKey.from_hex(key_of(speaker)))
    for speaker in range(wanted.withdrawing, wanted.withdrawing + wanted.erasing):
        speakers.erase(key=SpeakerKey.from_hex(key_of(speaker)))
    for speaker in range(wanted.withdrawing + wanted.erasing, wanted.withdrawing + wanted.erasing + wanted.pausing):
        until = timezone.now().date() + timedelta(days=1 + speaker % DAYS)
        speakers.pause(key=SpeakerKey.from_hex(key_of(speaker)), until=until)
    upkeep.daily()


if __name__ == "__main__":
    main()
