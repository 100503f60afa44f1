import io
import resource

import av
import numpy as np
import pytest

from fairhearing.audio.decode import AudioRefused, Limits, decode
from fairhearing.audio.encode import wav_bytes

from . import sounds

SECOND = sounds.tone()


def refusal(data: bytes, limits: Limits | None = None) -> AudioRefused:
    with pytest.raises(AudioRefused) as caught:
        decode(data, limits=limits)
    return caught.value


@pytest.mark.parametrize("name", sounds.FORMATS)
@pytest.mark.parametrize("channels", [1, 2])
def test_each_format_comes_back_as_the_sound_that_went_in(name: str, channels: int) -> None:
    audio = decode(sounds.encoded(name, sounds.tone(channels=channels)))
    assert audio.container == name
    assert audio.sampling_rate == sounds.RATE
    assert audio.samples.dtype == np.float32
    assert audio.samples.shape[0] == channels
    assert audio.duration_s == pytest.approx(1.0, abs=0.06)
    middle = audio.samples[:, 12_000:36_000]
    assert np.sqrt(np.mean(middle**2)) == pytest.approx(0.3 / np.sqrt(2), rel=0.08)  # LAME lowers by 0.4 dB
    spectrum = np.abs(np.fft.rfft(middle[0] * np.hanning(24_000)))
    assert np.argmax(spectrum) * 2 == 440


@pytest.mark.parametrize("name", ["wav", "flac"])
def test_lossless_formats_are_exact(name: str) -> None:
    samples = np.round(SECOND * 32768) / np.float32(32768)
    assert np.abs(decode(sounds.encoded(name, samples)).samples - samples).max() <= 1 / 32768


def test_nothing_is_refused_as_empty() -> None:
    assert refusal(b"").reason_code == "empty"
    assert refusal(sounds.wav(b"")).reason_code in ("empty", "undecodable")


def test_text_and_pictures_are_refused_as_no_audio() -> None:
    for data in (
        b"hello, I am a text",
        b"\x89PNG\r\n\x1a\n" + bytes(100),
        b"<html></html>",
        b"#EXTM3U\nfile:///etc/passwd",
    ):
        refused = refusal(data)
        assert refused.reason_code == "not_audio"
        assert "expected WAV" in refused.message


@pytest.mark.parametrize("name", sounds.FORMATS)
def test_half_a_file_is_refused(name: str) -> None:
    data = sounds.encoded(name, SECOND)
    assert refusal(data[: len(data) // 2]).reason_code in ("truncated", "undecodable")


def test_a_wav_that_is_one_sample_short_is_refused_with_the_number() -> None:
    refused = refusal(sounds.wav(bytes(3200), stated=3202))
    assert refused.reason_code == "truncated"
    assert "2 bytes" in refused.message


def test_a_chunk_that_overruns_the_file_is_refused_without_making_room_for_it() -> None:
    for kind in (b"fmt ", b"LIST", b"bext", b"id3 "):
        data = sounds.wav(bytes(3200))
        lying = data[:12] + kind + (2_000_000_000).to_bytes(4, "little") + data[12:]
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        assert refusal(lying).reason_code == "undecodable"
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # KiB


def test_chunks_beside_the_sound_are_passed_over() -> None:
    data = sounds.wav(bytes(range(100)) * 32)
    tagged = data[:12] + b"LIST" + (6).to_bytes(4, "little") + b"INFOxy" + data[12:] + b"junkjunkjunk"
    assert np.array_equal(decode(tagged).samples, decode(data).samples)


@pytest.mark.parametrize("rate", [4000, 384_000])
def test_a_rate_out_of_range_is_refused_and_named(rate: int) -> None:
    refused = refusal(sounds.wav(bytes(8000), rate=rate))
    assert refused.reason_code == "sampling_rate"
    assert str(rate) in refused.message


def test_eight_channels_are_refused() -> None:
    refused = refusal(sounds.wav(bytes(16 * 1000), channels=8))
    assert refused.reason_code == "channels"
    assert "8 channels" in refused.message


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_samples_that_are_no_numbers_are_refused(bad: float) -> None:
    samples = np.zeros(1600, dtype="<f4")
    samples[800] = bad
    assert refusal(sounds.wav(samples.tobytes(), bits=32, tag=3)).reason_code == "not_finite"


def test_doubles_too_large_for_a_float_are_refused() -> None:
    samples = np.full(100, 1e300, dtype="<f8")
    assert refusal(sounds.wav(samples.tobytes(), bits=64, tag=3)).reason_code == "not_finite"


def test_loud_float_samples_are_clipped() -> None:
    samples = np.full(1600, 1.5, dtype="<f4")
    assert decode(sounds.wav(samples.tobytes(), bits=32, tag=3)).samples.max() == 1.0


def test_too_many_bytes_are_refused_unread() -> None:
    assert refusal(bytes(101), Limits(max_bytes=100)).reason_code == "too_large"


@pytest.mark.parametrize("name", sounds.FORMATS)
def test_what_expands_beyond_the_limit_is_stopped_there(name: str) -> None:
    data = sounds.encoded(name, np.zeros((1, 3 * sounds.RATE), dtype=np.float32))
    assert refusal(data, Limits(max_seconds=1)).reason_code == "too_long"


def test_a_header_that_states_less_than_comes_is_refused() -> None:
    data = bytearray(sounds.encoded("flac", sounds.tone(2)))
    data[22:26] = (sounds.RATE // 2).to_bytes(4, "big")
    assert refusal(bytes(data)).reason_code == "length_mismatch"


def test_a_header_that_states_an_age_is_refused_before_decoding() -> None:
    data = bytearray(sounds.encoded("flac", SECOND))
    data[22:26] = b"\xff\xff\xff\xff"
    assert refusal(bytes(data)).reason_code == "too_long"


def test_a_flac_without_a_stated_length_still_stops_at_the_limit() -> None:
    data = bytearray(sounds.encoded("flac", sounds.tone(2)))
    data[21] &= 0xF0
    data[22:26] = bytes(4)
    assert refusal(bytes(data), Limits(max_seconds=1)).reason_code == "too_long"


def test_samples_over_all_channels_are_bounded() -> None:
    assert refusal(sounds.encoded("wav", SECOND), Limits(max_samples=10_000)).reason_code == "too_long"


def test_two_sounds_in_one_file_are_refused() -> None:
    assert refusal(sounds.encoded("webm", SECOND, streams=2)).reason_code == "several_streams"


def test_a_film_is_refused() -> None:
    assert refusal(sounds.with_video()).reason_code == "video_attached"


def test_an_unlisted_codec_is_refused() -> None:
    adpcm = sounds.wav(bytes(4096), bits=4, tag=2)
    assert refusal(adpcm).reason_code in ("codec", "undecodable", "sampling_rate", "empty")


def test_a_refusal_carries_no_content() -> None:
    data = sounds.encoded("flac", SECOND)[:2000] + b"my number is five five five"
    refused = refusal(data)
    assert "five" not in refused.message
    assert refused.__cause__ is None


def test_ffmpeg_is_silent(capfd: pytest.CaptureFixture[str]) -> None:
    for name in sounds.FORMATS:
        data = bytearray(sounds.encoded(name, sounds.tone(0.2)))
        data[len(data) // 3 : len(data) // 2] = bytes(len(data) // 2 - len(data) // 3)
        try:
            decode(bytes(data))
        except AudioRefused:
            continue
    written = capfd.readouterr()
    assert (written.out, written.err) == ("", "")


def test_samples_that_look_like_another_codec_stay_samples() -> None:
    """FFmpeg looks for other codecs inside the PCM of a WAV file; what somebody recorded is what is decoded."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="adts") as file:
        stream = file.add_stream("aac", rate=16_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(sounds.tone(2.0, rate=16_000), format="fltp", layout="mono")
        frame.sample_rate = 16_000
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            file.mux(packet)
    pcm = np.frombuffer(buffer.getvalue()[: len(buffer.getvalue()) // 2 * 2], "<i2")
    audio = decode(wav_bytes(pcm, 16_000))
    assert audio.codec == "pcm_s16le"
    np.testing.assert_array_equal(audio.samples[0], pcm.astype(np.float32) / 32768)
