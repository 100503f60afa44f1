"""Speakers with recordings in every state, and what a thief could carry away of them."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from fairhearing.audio.encode import to_pcm16, wav_bytes
from fairhearing.capture import actions as capture
from fairhearing.capture import incoming, intake, queries
from fairhearing.capture.models import Channel, Clip, Recording, RecordingState
from fairhearing.review import known, reliability, settle
from fairhearing.review.models import Judgement, Verdict
from fairhearing.speakers import actions as speakers
from fairhearing.speakers import asked
from tests.house import PRODUCT, RATE, House, consent, many_channels_wav, metadata, tone
from tests.probes import dump, fetch_log, object_files, whole_log

SPEAKERS = [f"speaker-{number}" for number in range(12)]
EACH = 6  # recordings of each speaker
WITHDREW = SPEAKERS[:3]
CANDIDATE, OWN_WORDS, HYPOTHESIS = "marmalade lanterns humming", "pelican umbrella quartz", "zeppelin walnut thunder"
NAMES = ("ext-kumquat-", "idem-rhubarb-", "file-tangerine-", "user-persimmon")
ERASED = SPEAKERS[11]


@dataclass
class World:
    """Speakers with recordings in every state, and who is behind each recording, which only this test knows."""

    house: House
    who: dict[str, set[str]] = field(default_factory=dict)
    sounds: list[bytes] = field(default_factory=list)

    def line(self, name: str, number: int) -> dict[str, Any]:
        """A manifest line. Each speaker agreed on a day of their own; what else differs goes by number."""
        given_at = datetime(2026, 1, 2, 8, 3, 59, tzinfo=UTC) + timedelta(days=7 * SPEAKERS.index(name))
        changes = {
            "language": ("en", "es")[number % 2],
            "captured_at": f"2026-03-0{1 + number % 3}T10:{SPEAKERS.index(name):02d}:{number:02d}Z",
            "region": ("IE", "PT", "")[number % 3],
            "external_id": f"{NAMES[0]}{name}-{number}",
            "hypotheses": [{"text": f"{HYPOTHESIS} {name}", "engine": "asr-1", "score": 0.5 + number / 100}],
        }
        own = metadata(self.house.speaker(name), consent=consent(given_at=given_at.isoformat()))
        return {**own, **changes}

    def sound(self) -> bytes:
        """A WAV that sounds like no other."""
        pcm = to_pcm16(tone(1.0, 200.0 + len(self.sounds)))
        self.sounds.append(pcm.astype("<i2").tobytes())
        return wav_bytes(pcm, RATE)


def build(house: House) -> World:
    """Batches of imports, uploads over the API, calls of two channels, clips, listens, judgements, a release."""
    world = World(house)
    by_batch = [[(name, number) for name in SPEAKERS for number in range(at, at + 2)] for at in range(0, EACH - 2, 2)]
    for batch in by_batch:
        checked = [
            intake.check(
                programme=house.programme,
                product=PRODUCT,
                incoming=incoming.parse(world.line(name, number)),
                sound=world.sound(),
            )
            for name, number in batch
        ]
        outcomes = intake.store(programme=house.programme, checked=checked)
        for (name, _), outcome in zip(batch, outcomes, strict=True):
            assert isinstance(outcome, intake.Outcome), outcome
            world.who[outcome.recording] = {name}
    for name in SPEAKERS[1:-1]:  # the last two of each come over the API
        _upload(world, name, EACH - 1)
    _call(world, SPEAKERS[4], SPEAKERS[5])
    _call(world, SPEAKERS[6], SPEAKERS[7])
    imported = [recording for recording in world.who if recording not in _waiting(world)]
    _make_clips(world, imported)
    for name, answer in (("alice", {"choice": 1}), ("bob", {"choice": 1}), ("charlie", {"text": OWN_WORDS})):
        for _ in range(12):
            house.judge(name, **answer)
    settle.settle_due()
    _compare_with_known()
    _answer_for_clips(house)
    for name in WITHDREW:
        speakers.withdraw(key=house.speaker(name))
    return world


def _answer_for_clips(house: House) -> None:
    """Every speaker says yes to some of their clips and no to others, all in one breath."""
    for name in SPEAKERS:
        own = [channel.id for channel in queries.list_owned(house.speaker(name))]
        clips = Clip.objects.filter(channel__in=own).order_by("id").values_list("id", flat=True)
        asked.answer(key=house.speaker(name), answers={clip: number % 2 == 0 for number, clip in enumerate(clips)})
    assert Clip.objects.exclude(heard_by_people=None).count() > 30


def _compare_with_known() -> None:
    """Answers that are known, what was said against one, and what is estimated of reviewers."""
    for judgement in Judgement.objects.filter(clip__supervision__isnull=False, account__email="alice@example.com")[:4]:
        known.add(clip=judgement.clip_id, by="controller")
        whose = {"clip": judgement.clip_id, "account": judgement.account_id}
        programme = judgement.clip.programme_id
        known.note_verdict(judgement=judgement.id, text=OWN_WORDS, value=None, programme=programme, **whose)
        known.dispute(judgement=judgement.id, account=judgement.account_id, words=OWN_WORDS)
    assert Verdict.objects.filter(disputed_at__isnull=False).count() > 1
    assert reliability.estimate_all() > 0


def _waiting(world: World) -> list[str]:
    """A third of the recordings is never prepared: originals, hypotheses and jobs are in the dump as well."""
    return sorted(world.who)[::3]


def _upload(world: World, name: str, number: int) -> None:
    sound = SimpleUploadedFile(f"{NAMES[2]}{name}.wav", world.sound(), "audio/wav")
    answer = Client().post(
        "/api/v1/recordings",
        {"audio": sound, "metadata": json.dumps(world.line(name, number))},
        **world.house.product(**{"Idempotency-Key": f"{NAMES[1]}{name}-{number}"}),
    )
    assert answer.status_code == 201, answer.content
    world.who[answer.json()["recording"]] = {name}


def _call(world: World, one: str, other: str) -> None:
    """Two people on two channels: one recording that is of both."""
    parties = [{key: world.line(name, 0)[key] for key in ("speaker_key", "consent")} for name in (one, other)]
    line = {name: value for name, value in world.line(one, 9).items() if name not in ("speaker_key", "consent")}
    hertz = (301.0, 302.0)
    checked = intake.check(
        programme=world.house.programme,
        product=PRODUCT,
        incoming=incoming.parse({**line, "channels": parties, "external_id": f"{NAMES[0]}{one}-{other}"}),
        sound=many_channels_wav(*hertz),
    )
    (outcome,) = intake.store(programme=world.house.programme, checked=[checked])
    assert isinstance(outcome, intake.Outcome), outcome
    world.sounds += [to_pcm16(tone(1.0, one)).astype("<i2").tobytes() for one in hertz]
    world.who[outcome.recording] = {one, other}


def _make_clips(world: World, recordings: list[str]) -> None:
    candidates = tuple(capture.NewCandidate(f"{CANDIDATE} {word}", "en", "asr-1") for word in ("one", "two"))
    for channel in Channel.objects.select_related("recording").filter(recording__in=recordings):
        pcm = to_pcm16(tone(1.0, 500.0 + len(world.sounds))).astype("<i2").tobytes()
        world.sounds.append(pcm)
        new = capture.NewClip(start=0, end=RATE, pcm16=pcm, peaks=[7, 41, 99], candidates=candidates, worth=1.0)
        clips = capture.add_clips(channel=channel, clips=[new])
        settle.enqueue(clips=clips, wanted=2)
    for recording in Recording.objects.filter(id__in=recordings):
        capture.settle_recording(
            recording=recording, state=RecordingState.PREPARED, reasons=[], report={"v": 1}, cpu_ms=1
        )
    capture.shred_originals(channels=list(Channel.objects.filter(recording__in=recordings)))


def stolen(world: World) -> dict[str, bytes]:
    """The dump, the objects and the public log: everything but the key file."""
    log = {f"log/{path}": fetch_log(path) for path in ("checkpoint", f"tile/entries/000.p/{whole_log().size}")}
    return {**dump(), **{f"objects/{name}": content for name, content in object_files().items()}, **log}
