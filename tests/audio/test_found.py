"""Sound found somewhere: every kind of file, cut off or whole, and clear refusals of what holds none."""

import io

import av
import numpy as np
import pytest

from fairhearing.audio import found
from fairhearing.audio.decode import AudioRefused
from fairhearing.audio.encode import to_pcm16, wav_bytes

KINDS = [
    ("wav", "pcm_s16le", 8000), ("ogg", "libopus", 48000), ("mp3", "libmp3lame", 44100), ("adts", "aac", 44100),
    ("mp4", "aac", 48000), ("aiff", "pcm_s16be", 22050), ("au", "pcm_mulaw", 8000), ("caf", "pcm_s16le", 48000),
]  # fmt: skip
CUT_OFF = [kind for kind in KINDS if kind[0] != "mp4"]  # whose index lies at its end


def chirp(rate: int, seconds: float = 2.0) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    time = np.arange(int(rate * seconds)) / rate
    return (0.3 * np.sin(2 * np.pi * (200 * time + 100 * time**2))).astype(np.float32)


def encoded(container: str, codec: str, rate: int) -> bytes:
    """Two seconds of a chirp in a file of this kind."""
    file = io.BytesIO()
    with av.open(file, "w", format=container) as out:
        stream = out.add_stream(codec, rate=rate)
        assert isinstance(stream, av.AudioStream)
        stream.codec_context.layout = "mono"
        into = av.AudioResampler(format=stream.codec_context.format, layout="mono", rate=rate)
        frame = av.AudioFrame.from_ndarray(chirp(48000)[None], format="fltp", layout="mono")
        frame.sample_rate = 48000
        for piece in [*into.resample(frame), *into.resample(None)]:
            out.mux(stream.encode(piece))
        out.mux(stream.encode(None))
    return file.getvalue()


@pytest.mark.parametrize(("container", "codec", "rate"), KINDS)
def test_whatever_it_is_wrapped_in_the_sound_comes_out_at_16_khz(container: str, codec: str, rate: int) -> None:
    (samples,) = found.channels_of(encoded(container, codec, rate))
    assert samples.size == pytest.approx(2 * 16000, abs=1600)
    wanted = np.abs(np.fft.rfft(chirp(16000)))[:1200]
    got = np.abs(np.fft.rfft(samples, 32000))[:1200]
    assert np.corrcoef(wanted, got)[0, 1] > 0.9


@pytest.mark.parametrize(("container", "codec", "rate"), CUT_OFF)
def test_what_is_cut_off_is_read_up_to_there(container: str, codec: str, rate: int) -> None:
    data = encoded(container, codec, rate)
    (samples,) = found.channels_of(data[: int(len(data) * 0.7)])
    assert 0.6 * 16000 < samples.size < 1.8 * 16000


def test_each_channel_is_given() -> None:
    left, right = to_pcm16(chirp(16000)), to_pcm16(chirp(16000)[::-1])
    mono = wav_bytes(np.stack([left, right], axis=1).reshape(-1), 16000)
    stereo = mono[:22] + (2).to_bytes(2, "little") + mono[24:28] + (64000).to_bytes(4, "little")
    stereo += (4).to_bytes(2, "little") + mono[34:]
    one, other = found.channels_of(stereo)
    assert np.array_equal(to_pcm16(one), left)
    assert np.array_equal(to_pcm16(other), right)


@pytest.mark.parametrize(
    "data", [b"", b"\0" * 5000, b"#EXTM3U\nhttp://127.0.0.1/a.ts\n", b"ffconcat version 1.0\nfile 'a'"]
)
def test_what_holds_no_sound_or_points_elsewhere_is_refused(data: bytes) -> None:
    with pytest.raises(AudioRefused):
        found.channels_of(data)


def test_what_is_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(found, "MOST_S", 1.0)
    with pytest.raises(AudioRefused, match="cut it"):
        found.channels_of(wav_bytes(to_pcm16(chirp(16000)), 16000))
