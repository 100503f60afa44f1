"""Another voice: its promises by the public door, and the method's parts on sounds whose answer is known."""

import json
import tempfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pocketsphinx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from fairhearing.audio.encode import from_pcm16, to_pcm16
from fairhearing.deidentify.voice import LEVELS, Voiced, envelope, front_end, model, pitch, posteriors, revoice, senones
from fairhearing.deidentify.voice.analysis import listen
from fairhearing.deidentify.words import RATE
from tests.deidentify import speech

Samples = NDArray[np.float32]
SECRET = b"0123456789abcdef"


def changed(samples: Samples, level: str = "strong", recording: bytes = b"r1", secret: bytes = SECRET) -> Voiced:
    return revoice(samples, level=level, secret=secret, recording=recording)


def buzz(seconds: float, hertz: float = 120.0, formants: tuple[float, ...] = (700, 1200, 2500)) -> Samples:
    """A synthetic vowel: harmonics weighed by resonances."""
    t = np.arange(int(seconds * RATE)) / RATE
    tones = np.arange(hertz, 5000, hertz)
    weights = (1 / (1 + ((tones[:, None] - np.array(formants)) / 120.0) ** 2)).sum(axis=1) + 0.01
    return np.asarray(0.05 * (weights[:, None] * np.cos(2 * np.pi * tones[:, None] * t)).sum(axis=0), dtype=np.float32)


def babble(seconds: float = 2.5, hertz: float = 120.0) -> Samples:
    """Vowels and hisses in turn, with pauses: enough like speech to be heard as some."""
    random = np.random.default_rng(7)
    vowels = [(700, 1200, 2500), (300, 2300, 3000), (500, 1000, 2400), (450, 1700, 2500)]
    parts = []
    for at in range(int(seconds / 0.25)):
        parts.append(buzz(0.17, hertz, vowels[at % 4]))
        parts.append((0.01 * random.standard_normal(int(0.08 * RATE))).astype(np.float32))
    pause = (0.0005 * random.standard_normal(RATE // 2)).astype(np.float32)
    return np.concatenate((pause, *parts, pause))


def level_db(samples: Samples) -> float:
    return float(10 * np.log10(np.mean(samples.astype(np.float64) ** 2) + 1e-12))


@pytest.mark.parametrize("level", LEVELS)
def test_is_as_long_and_the_same_for_the_same_key(level: str) -> None:
    sound = babble()
    one, again = changed(sound, level), changed(sound, level)
    assert one.samples.dtype == np.float32
    assert one.samples.shape == sound.shape
    assert np.isfinite(one.samples).all()
    assert np.array_equal(one.samples, again.samples)


@pytest.mark.parametrize("level", ["clear", "strong"])
def test_another_recording_or_secret_is_another_voice(level: str) -> None:
    sound = babble()
    voices = [
        changed(sound, level).samples,
        changed(sound, level, recording=b"r2").samples,
        changed(sound, level, secret=b"another secret of the vendor").samples,
    ]
    for at in range(3):
        assert not np.allclose(voices[at], voices[at - 1], atol=1e-3)


def test_off_changes_nothing() -> None:
    sound = babble()
    found = changed(sound, "off")
    assert np.array_equal(found.samples, sound)
    assert found.samples is not sound
    assert not found.unsure


@given(size=st.integers(0, 4000), height=st.sampled_from([0.0, 0.01, 1.0]), level=st.sampled_from(LEVELS[1:]))
@settings(max_examples=25, deadline=None)
def test_any_length_comes_back(size: int, height: float, level: str) -> None:
    sound = (height * np.sin(np.arange(size) * 0.3)).astype(np.float32)
    found = changed(sound, level)
    assert found.samples.shape == (size,)
    assert np.isfinite(found.samples).all()
    assert found.unsure  # a quarter of a second is no speech


@pytest.mark.parametrize("level", ["clear", "strong"])
def test_silence_stays_quiet_and_is_unsure(level: str) -> None:
    found = changed(np.zeros(3 * RATE, np.float32), level)
    assert found.unsure
    assert found.speech_s < 0.3
    assert level_db(found.samples) < -45


@pytest.mark.parametrize("level", ["clear", "strong"])
def test_noise_is_unsure(level: str) -> None:
    noise = np.random.default_rng(1).standard_normal(4 * RATE).astype(np.float32)
    assert changed(0.05 * noise, level).unsure
    assert changed(np.clip(2 * noise, -1, 1), level).unsure


def test_music_is_unsure() -> None:
    t = np.arange(4 * RATE) / RATE
    notes = np.choose((2 * t).astype(int) % 3, [220.0, 277.0, 330.0])
    music = sum(0.02 / k * np.sin(2 * np.pi * notes * t * k) for k in range(1, 6))
    assert changed(np.asarray(music, dtype=np.float32)).unsure


def test_clipping_offset_and_loudness_are_survived() -> None:
    sound = babble()
    for rough in (np.clip(8 * sound, -1, 1), sound + np.float32(0.4), 0.01 * sound):
        found = changed(rough.astype(np.float32))
        assert np.isfinite(found.samples).all()
        assert np.abs(found.samples).max() <= 1.0


@pytest.mark.parametrize("level", ["clear", "strong"])
def test_loud_and_quiet_stay_where_they_were(level: str) -> None:
    sound = babble()
    found = changed(sound, level).samples
    loudness = [
        np.log(np.convolve(x.astype(np.float64) ** 2, np.ones(400) / 400, "same")[::160] + 1e-7) for x in (sound, found)
    ]
    assert np.corrcoef(loudness[0], loudness[1])[0, 1] > 0.5


def test_report_names_the_transform_and_holds_no_key() -> None:
    recording = b"a recording's own name"
    found = changed(babble(), recording=recording)
    assert found.transform["name"]
    assert found.transform["version"]
    assert found.transform["parameters"]["level"] == "strong"
    text = json.dumps(found.transform)
    for secret in (SECRET, recording):
        assert secret.decode() not in text
        assert secret.hex() not in text


@pytest.mark.parametrize(
    ("level", "secret"), [("stronger", SECRET), ("strong", b""), ("strong", b"fifteen bytes.."), ("off", b"short")]
)
def test_wrong_levels_and_short_secrets_are_refused(level: str, secret: bytes) -> None:
    with pytest.raises(ValueError, match="expected") as refused:
        revoice(np.zeros(100, np.float32), level=level, secret=secret, recording=b"r")
    assert secret.decode() == "" or repr(secret) not in str(refused.value)


@pytest.mark.parametrize("samples", [np.zeros((2, 5), np.float32), np.zeros(5), np.array([np.nan], np.float32)])
def test_other_samples_are_refused(samples: Samples) -> None:
    with pytest.raises(ValueError, match="samples"):
        changed(samples)


def test_a_long_recording_is_one_voice_without_seams() -> None:
    """Longer than one piece: the pieces' seams differ no more from their neighbours than any other place."""
    sound = np.tile(babble(10.0), 4)
    found = changed(sound).samples
    assert found.shape == sound.shape
    spectra = np.log(front_end.power(found, 0, front_end.count(found)) + 1.0)
    jumps = np.abs(np.diff(spectra, axis=0)).mean(axis=1)
    for seam in range(3000, len(jumps), 3000):
        assert jumps[seam - 2 : seam + 2].max() <= np.quantile(jumps, 0.999)


@speech.needed
@pytest.mark.parametrize("level", ["clear", "strong"])
def test_real_speech_is_heard_surely(level: str) -> None:
    for key in (*speech.chosen("an4", 3), *speech.chosen("librispeech", 2)):
        found = changed(speech.samples(key), level)
        assert found.speech_s > 0.3
        assert not found.unsure or found.speech_s < 0.5


def test_front_end_is_that_of_pocketsphinx(tmp_path: Path) -> None:
    """But for its noise tracker, which the model's own parameters switch on."""
    sound = babble(1.0)
    for part in Path(pocketsphinx.get_model_path("en-us/en-us")).iterdir():
        (tmp_path / part.name).symlink_to(part)
    parameters = (tmp_path / "feat.params").read_text().replace("remove_noise yes", "remove_noise no")
    (tmp_path / "feat.params").unlink()
    (tmp_path / "feat.params").write_text(parameters)
    with tempfile.TemporaryDirectory() as folder:
        decoder = pocketsphinx.Decoder(hmm=str(tmp_path), mfclogdir=folder, cmn="none", lm=None, loglevel="FATAL")
        decoder.add_allphone_file("loop", pocketsphinx.get_model_path("en-us/en-us-phone.lm.bin"))
        decoder.activate_search("loop")
        decoder.start_utt()
        decoder.process_raw(to_pcm16(np.pad(sound, (front_end.WINDOW // 2 - 1, 0))).tobytes(), full_utt=True)
        decoder.end_utt()
        theirs = np.frombuffer(next(Path(folder).iterdir()).read_bytes()[4:], ">f4").reshape(-1, 13)
    ours = front_end.cepstra(front_end.power(from_pcm16(to_pcm16(sound)), 0, len(theirs)))
    assert np.abs(ours[1:-2] - theirs[1:-2]).max() < 0.001


def test_posteriors_are_shares_and_follow_the_scores() -> None:
    random = np.random.default_rng(3)
    scores = random.standard_normal((200, senones.STATES)).astype(np.float32)
    vowel = senones.PHONES.index("AA")
    scores[100:120, 3 * vowel : 3 * vowel + 3] += 40
    silent = np.zeros(200, dtype=bool)
    silent[:50] = True
    found = posteriors.Loop(model.load().next_phone).posteriors(scores, silent)
    assert found.shape == scores.shape
    assert np.allclose(found.sum(axis=1), 1, atol=1e-4)
    assert posteriors.phones(found)[105:115, vowel].min() > 0.9
    assert posteriors.speech(found)[:48].max() < 0.01


def test_senones_score_as_the_gaussians_do() -> None:
    """The fast exponential against the plain formula, for one state of one frame."""
    random = np.random.default_rng(5)
    streams = tuple(random.standard_normal((3, 13)).astype(np.float32) for _ in range(3))
    loaded = senones.load()
    plain = np.zeros((3, senones.STATES))
    for stream, gaussians, weights in zip(streams, loaded.gaussians, loaded.weights, strict=True):
        terms = np.concatenate((stream**2, stream, np.ones((3, 1))), axis=1).astype(np.float64)
        logs = (terms @ gaussians / senones.OCTAVE).reshape(3, len(senones.PHONES), -1)
        plain += np.log(np.einsum("npk,pkj->npj", np.exp(logs), weights)).reshape(3, -1)
    assert np.abs(loaded.scores((streams[0], streams[1], streams[2])) - plain).max() < 0.2


@pytest.mark.parametrize("hertz", [90.0, 140.0, 230.0])
def test_pitch_of_a_vowel(hertz: float) -> None:
    sound = np.pad(buzz(0.6, hertz), 4800)
    found = pitch.track(sound, 0, front_end.count(sound))
    assert np.abs(found[40:80] / hertz - 1).max() < 0.02
    assert (found[:25] == 0).all()


def test_envelope_shows_resonances_and_not_the_pitch() -> None:
    low, high = (
        envelope.cepstra(buzz(0.5, hertz), 20, 30, np.full(10, hertz, np.float32)).mean(axis=0) for hertz in (110, 150)
    )
    assert np.abs(low - high)[1:14].mean() < 0.35 * np.abs(low)[1:14].mean()


def test_a_stretched_vowel_is_warped_back() -> None:
    """A shorter tract moves all formants up; the filters move after them."""
    long, short = babble(hertz=110.0), babble(hertz=200.0)
    faster = np.interp(np.arange(0, short.size, 1.15), np.arange(short.size), short).astype(np.float32)
    average = model.load().average
    assert listen(faster, average).warp > listen(long, average).warp


def test_the_model_names_its_speakers_and_is_checked() -> None:
    loaded = model.load()
    assert len(loaded.trained_on) > 50
    assert all("/" in name for name in loaded.trained_on)
    broken = BytesIO()
    np.savez(broken, version=np.array(model.VERSION), trained_on=np.array(["a/b"]), map=np.zeros((3, 3)))
    broken.seek(0)
    with pytest.raises(ValueError, match="expected"):
        model.read(broken)
    other = BytesIO()
    np.savez(other, version=np.array(0))
    other.seek(0)
    with pytest.raises(ValueError, match="version 0"):
        model.read(other)
