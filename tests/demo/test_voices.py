import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from fairhearing.demo.voices import Line, SpeechFailed, Voices, VoicesMissing, speak

ENGLISH = Line("Call Robin Teacup at the end of the street, in the house. It is late.", "en-us+edward")
SPANISH = Line("¿Dónde está el señor Núñez? Vive en la calle — número catorce.", "es+m3")


def loudness(samples: np.ndarray) -> float:
    return float(np.sqrt(np.mean(samples.astype(np.float64) ** 2)))


@pytest.mark.parametrize("line", [ENGLISH, SPANISH], ids=["en", "es"])
def test_speech_is_sound_of_a_plausible_length(voices: Voices, line: Line) -> None:
    spoken = voices.speak(line)
    seconds = len(spoken.samples) / spoken.sampling_rate
    assert spoken.samples.dtype == np.float32
    assert 0.2 < seconds / len(spoken.words) < 0.6
    assert 0.02 < loudness(spoken.samples) < 0.5
    assert np.abs(spoken.samples).max() < 1.0


@pytest.mark.parametrize("line", [ENGLISH, SPANISH], ids=["en", "es"])
def test_every_word_of_the_text_has_its_time(voices: Voices, line: Line) -> None:
    spoken = voices.speak(line)
    bare = [token.strip(".,?¿—") for token in line.text.split()]
    assert [word.word for word in spoken.words] == [token for token in bare if token]
    at = 0.0
    for word in spoken.words:
        assert at <= word.start_s < word.end_s
        at = word.end_s
    assert at <= len(spoken.samples) / spoken.sampling_rate


def test_words_are_loud_and_the_pauses_between_them_are_not(voices: Voices) -> None:
    spoken = voices.speak(ENGLISH)
    within = np.zeros(len(spoken.samples), dtype=bool)
    for word in spoken.words:
        start, end = (round(edge * spoken.sampling_rate) for edge in (word.start_s, word.end_s))
        assert loudness(spoken.samples[start:end]) > 0.01, word
        within[start:end] = True
    assert loudness(spoken.samples[~within]) < 0.1 * loudness(spoken.samples[within])


def test_a_line_sounds_the_same_whatever_was_said_before() -> None:
    first, _, again = speak([ENGLISH, SPANISH, ENGLISH])
    other_process = next(iter(speak([ENGLISH])))
    assert np.array_equal(first.samples, again.samples)
    assert np.array_equal(first.samples, other_process.samples)
    assert first.words == again.words == other_process.words


def test_text_without_words_is_silent_or_short(voices: Voices) -> None:
    assert voices.speak(Line("…", "en-us")).words == []
    assert voices.speak(Line("", "en-us")).words == []


def test_an_unknown_voice_is_named_and_the_next_line_still_speaks(voices: Voices) -> None:
    with pytest.raises(SpeechFailed, match="no voice 'zz-nobody'"):
        voices.speak(Line("Hello.", "zz-nobody"))
    assert len(voices.speak(Line("Hello.", "en-us")).words) == 1


def test_closed_voices_say_so() -> None:
    with Voices() as closed:
        pass
    closed.close()
    with pytest.raises(SpeechFailed, match="closed"):
        closed.speak(ENGLISH)


def test_the_library_is_in_the_other_process_alone(voices: Voices) -> None:
    voices.speak(ENGLISH)
    assert not [name for name in sys.modules if "espeak" in name]
    maps = Path("/proc/self/maps")
    if not maps.exists():
        pytest.skip("this system does not list what a process has loaded")
    assert "espeak" not in maps.read_text()
    assert voices.version.startswith("1.")


def test_without_the_extra_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "espeakng_loader", None)
    with pytest.raises(VoicesMissing, match="install the demo extra"):
        Voices()


def test_the_process_reports_what_it_cannot_load() -> None:
    program = (
        "import sys; sys.modules['espeakng_loader'] = None\n"
        "from fairhearing.demo import espeak_process; sys.exit(espeak_process.main())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout.startswith('{"error": ')
