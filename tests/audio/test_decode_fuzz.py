"""Whatever the bytes are, only AudioRefused leaves decode, and soon."""

import time
from functools import cache

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairhearing.audio import containers
from fairhearing.audio.decode import Audio, AudioRefused, Limits, decode

from . import sounds

LIMITS = Limits(max_seconds=5, max_bytes=1_000_000)
MAGICS = [
    b"RIFF\x00\x00\x00\x00WAVE",
    b"fLaC",
    b"OggS",
    b"\x1a\x45\xdf\xa3",
    b"\xff\xfb\x90",
    b"ID3",
    b"\0\0\0\x18ftypM4A ",
]
slow_first_call = settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


@cache
def original(name: str) -> bytes:
    return sounds.encoded(name, sounds.tone(0.25))


def outcome(data: bytes) -> Audio | None:
    began = time.process_time()
    try:
        return decode(data, limits=LIMITS)
    except AudioRefused:
        return None
    finally:
        assert time.process_time() - began < 1


@slow_first_call
@given(st.sampled_from(MAGICS), st.binary(max_size=3000))
def test_random_bytes_behind_a_signature_are_decoded_or_refused(magic: bytes, rest: bytes) -> None:
    outcome(magic + rest)


@slow_first_call
@given(
    st.sampled_from(sorted(sounds.FORMATS)),
    st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=8)),
        min_size=1,
        max_size=12,
    ),
    st.floats(0.05, 1),
)
def test_mutated_files_are_decoded_or_refused(name: str, edits: list[tuple[float, bytes]], kept: float) -> None:
    data = bytearray(original(name))
    for place, patch in edits:
        at = int(place * place * len(data))  # headers, more often than sound
        data[at : at + len(patch)] = patch
    audio = outcome(bytes(data[: max(1, int(kept * len(data)))]))
    if audio is not None:
        assert 1 <= audio.samples.shape[0] <= LIMITS.max_channels
        assert audio.duration_s <= LIMITS.max_seconds


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_break_the_recognition_of_containers(data: bytes) -> None:
    for container in containers.ALL:
        containers.declared_frames(container, data)
        containers.ends_properly(container, data)
    containers.mp3_declared_frames(data)
    containers.recognise(data)
    containers.wav_parts(data)
