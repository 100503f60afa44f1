"""What a reviewer heard and the machine had missed: the clip goes at once, and comes back without it."""

import io
import wave
from typing import Any

import numpy as np
from procrastinate.contrib.django.models import ProcrastinateJob

from fairhearing.capture.models import Clip, ClipState
from fairhearing.ledger.entries import Kind
from fairhearing.ledger.models import Record
from fairhearing.prepare.recut import recut
from fairhearing.review.models import MissedData, QueueItem
from fairhearing.speakers import actions as speakers
from tests.house import House, tone
from tests.review.posting import heard, play, post

RATE = 16000


def _flag(house: House, name: str, **more: Any) -> str:
    work = heard(house, name)
    answer = post(house, name, "judgements", assignment=work["assignment"], flag="personal_data", **more)
    assert answer.status_code == 201, answer.content
    return str(work["clip"])


def _run_jobs() -> list[str | None]:
    """What the worker would do."""
    done = []
    for job in ProcrastinateJob.objects.filter(task_name="fairhearing.recut"):
        done.append(recut(**job.args))
    return done


def _sound(house: House, speaker: str, clip: str) -> np.ndarray[Any, np.dtype[np.float32]]:
    wav = house.speaker_client(speaker).get(f"/speaker/clips/{clip}/audio").content
    with wave.open(io.BytesIO(wav)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype(np.float32) / 32768


def test_the_clip_comes_back_without_what_was_heard(house: House) -> None:
    clip = house.clip("robin", samples=tone(4.0)).id
    assert _flag(house, "alice", span_s=[1.0, 2.0], kinds=["name", "number", "name"]) == clip
    assert Clip.objects.get(id=clip).state == ClipState.QUARANTINED
    assert not QueueItem.objects.exists(), "nobody is given it meanwhile"
    assert dict(MissedData.objects.values_list("kind", "count")) == {"name": 1, "number": 1}
    (made,) = _run_jobs()
    assert made is not None
    before, after = _sound(house, "robin", clip), _sound(house, "robin", made)
    assert before.size == after.size
    assert np.abs(after[RATE : 2 * RATE]).max() < 0.01 < np.abs(before[RATE : 2 * RATE]).max()
    assert np.array_equal(after[: RATE // 2], before[: RATE // 2])
    assert np.array_equal(after[3 * RATE :], before[3 * RATE :])
    entry = Record.objects.get(kind=Kind.PROCESSED, purpose="recut")
    assert (entry.clip, entry.role) == (clip, "machine")


def test_others_are_asked_about_it_and_who_heard_the_first_is_not(house: House) -> None:
    house.clip("robin", samples=tone(4.0))
    _flag(house, "alice", span_s=[1.0, 2.0])
    (made,) = _run_jobs()
    assert post(house, "alice", "next", programme=house.programme.slug).status_code == 204
    work = house.next("bob")
    assert (work["clip"], work["hypotheses"]) == (made, [])
    play(house, "bob", work["assignment"])
    taken = post(house, "bob", "judgements", assignment=work["assignment"], text="turn the light on")
    assert taken.status_code == 201


def test_nothing_is_made_twice_or_of_too_little_or_against_the_speaker(house: House) -> None:
    first = house.clip("robin", samples=tone(4.0)).id
    _flag(house, "alice", span_s=[2.0, 1.0])
    assert recut(clip=first, start_ms=1000, end_ms=2000) is not None
    assert recut(clip=first, start_ms=1000, end_ms=2000) is None
    QueueItem.objects.all().delete()
    short = house.clip("wren", samples=tone(2.0)).id
    _flag(house, "alice", span_s=[0.0, 1.5])
    assert recut(clip=short, start_ms=0, end_ms=1500) is None
    taken_back = house.clip("heron", samples=tone(4.0)).id
    _flag(house, "alice", span_s=[0.0, 1.0])
    speakers.withdraw(key=house.speaker("heron"))
    assert recut(clip=taken_back, start_ms=0, end_ms=1000) is None
    assert recut(clip="clip_of_nobody", start_ms=0, end_ms=1000) is None
    assert Clip.objects.count() == 4


def test_without_a_span_it_stays_away_and_other_kinds_are_refused(house: House) -> None:
    house.clip("robin")
    work = heard(house, "alice")
    answer = post(house, "alice", "judgements", assignment=work["assignment"], flag="personal_data", kinds=["shoe"])
    assert answer.status_code == 422
    answer = post(house, "alice", "judgements", assignment=work["assignment"], flag="personal_data")
    assert answer.status_code == 201
    assert not ProcrastinateJob.objects.filter(task_name="fairhearing.recut").exists()
    assert dict(MissedData.objects.values_list("kind", "count")) == {"other": 1}
    again = post(house, "alice", "plays", assignment=work["assignment"])
    assert (again.status_code, again.json()["reasons"]) == (403, ["assignment_closed", "not_ready"])
