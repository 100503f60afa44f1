import io
import wave

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from fairhearing.audio import encode, peaks, resample
from fairhearing.audio.decode import decode

from . import sounds


@given(st.lists(st.integers(-32768, 32767), max_size=50))
def test_pcm_survives_floats_exactly(values: list[int]) -> None:
    pcm = np.array(values, dtype=np.int16)
    assert np.array_equal(encode.to_pcm16(encode.from_pcm16(pcm)), pcm)


def test_samples_beyond_full_scale_are_clipped() -> None:
    assert encode.to_pcm16(np.array([2.0, -2.0], dtype=np.float32)).tolist() == [32767, -32768]


def test_what_is_no_number_is_not_encoded() -> None:
    with pytest.raises(ValueError, match="NaN"):
        encode.to_pcm16(np.array([np.nan], dtype=np.float32))


def test_wav_is_44_bytes_of_header_and_the_samples() -> None:
    pcm = np.arange(-50, 50, dtype=np.int16)
    data = encode.wav_bytes(pcm, 16_000)
    assert len(data) == 44 + 200
    with wave.open(io.BytesIO(data)) as read:
        assert (read.getframerate(), read.getnchannels(), read.getsampwidth()) == (16_000, 1, 2)
        assert read.readframes(100) == pcm.tobytes()
    assert np.array_equal(encode.to_pcm16(decode(data).samples)[0], pcm)


@pytest.mark.parametrize("shape", [(2, 10), (10, 2)])
def test_wav_takes_mono_alone(shape: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="shape"):
        encode.wav_bytes(np.zeros(shape, dtype=np.int16), 16_000)


@pytest.mark.parametrize("channels", [1, 2])
def test_flac_is_lossless_at_16_bits(channels: int) -> None:
    samples = sounds.tone(0.1, 16_000, channels)
    audio = decode(encode.flac_bytes(samples, 16_000))
    assert np.array_equal(encode.to_pcm16(audio.samples), encode.to_pcm16(samples))


def test_flac_carries_no_tags() -> None:
    data = encode.flac_bytes(sounds.tone(0.1, 16_000)[0], 16_000)
    with soundfile.SoundFile(io.BytesIO(data)) as file:
        assert not any(file.copy_metadata().values())
    assert b"ENCODER" not in data.upper()


def test_resampling_keeps_shape_pitch_and_length() -> None:
    changed = resample.to_16k(sounds.tone(1.0, 44_100, 2), 44_100)
    assert changed.shape[0] == 2
    assert abs(changed.shape[1] - 16_000) <= 1
    assert np.argmax(np.abs(np.fft.rfft(changed[0][:16_000]))) == pytest.approx(440, abs=1)


def test_resampling_to_the_same_rate_copies() -> None:
    samples = sounds.tone(0.1, 16_000)[0]
    changed = resample.to_16k(samples, 16_000)
    assert np.array_equal(samples, changed)
    assert changed is not samples


def test_resampling_refuses_nonsense() -> None:
    with pytest.raises(ValueError, match="positive"):
        resample.to_16k(sounds.tone(0.1)[0], 0)


def test_peaks_show_where_the_sound_is() -> None:
    samples = np.zeros(16_000, dtype=np.float32)
    samples[8000] = -0.5
    drawn = peaks.peaks(samples, 16_000)
    assert len(drawn) == 50
    assert drawn[25] == 50
    assert sum(drawn) == 50


def test_peaks_of_nothing_are_none() -> None:
    assert peaks.peaks(np.zeros(0, dtype=np.float32), 16_000) == []
