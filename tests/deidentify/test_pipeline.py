import json
from collections.abc import Sequence

import numpy as np
import pytest

from fairhearing.deidentify import (
    RATE,
    GivenText,
    Options,
    Reason,
    Result,
    VoiceKey,
    Word,
    activation,
    activity,
    biased,
    clips,
    cut,
    declared,
    deidentify,
    hearing,
    sensitive,
    split_text,
    spoken,
    texts,
    voice,
)
from fairhearing.deidentify.biased import Heard

from . import speech

KEY = b"k" * 32
SECRET_TEXT = "hello my number is five five five oh one four two and i am waiting for an answer thank you"


def sound(seconds: float) -> np.ndarray:
    return np.random.default_rng(3).normal(0, 0.05, int(seconds * RATE)).astype(np.float32)


def timed(text: str, *, start: int = 4000, step: int = 5000) -> tuple[Word, ...]:
    return tuple(Word(word, start + at * step, start + at * step + 4500) for at, word in enumerate(text.split()))


def transcription(text: str, *, words: bool = True, language: str = "en") -> GivenText:
    return GivenText(text, "transcription", language, "engine 1", timed(text) if words else None)


@pytest.fixture(autouse=True)
def everything_is_speech(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(activity, "regions", lambda samples: [(0, samples.size)])


def run(*given: GivenText, language: str = "en", options: Options | None = None, seconds: float = 7) -> Result:
    return deidentify(sound(seconds), language=language, given=given, options=options)


class Silent:
    name = "silent"
    version = "0"

    def words(self, samples: np.ndarray) -> list[Word]:
        raise RuntimeError("heard: five five five oh one four two")


class Fixed:
    name = "fixed"
    version = "0"

    def __init__(self, words: Sequence[Word]) -> None:
        self.heard = list(words)

    def words(self, samples: np.ndarray) -> list[Word]:
        return self.heard


@pytest.fixture(autouse=True)
def deaf(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is spelled in noise; what the sound passes hear has tests of its own."""
    monkeypatch.setattr(biased, "hear", lambda *given, **more: Heard([], []))


def test_audio_and_text_are_cut_at_the_same_places() -> None:
    result = run(transcription(SECRET_TEXT))
    assert result.verdict == "clear"
    assert [one.type for one in result.findings] == ["PHONE"]
    assert result.texts[0].text == "hello my number is [PHONE] and i am waiting for an answer thank you"
    words = timed(SECRET_TEXT)
    span = result.findings[0]
    assert span.start <= words[4].start
    assert span.end >= words[10].end
    assert np.abs(result.samples[span.start : span.end]).max() < 0.01
    assert np.array_equal(result.samples[span.end + 200 :], sound(7)[span.end + 200 :])
    assert result.samples.size == 7 * RATE
    assert [word.text for word in result.words][4] == "[PHONE]"


def test_every_hypothesis_is_searched() -> None:
    wrong = SECRET_TEXT.replace("five five five oh one four two", "i've hives fife over one for two")
    result = run(transcription(wrong), transcription(SECRET_TEXT))
    assert any(one.type == "PHONE" for one in result.findings)
    assert result.texts[0].text.startswith("hello my number is [PHONE] and")
    assert "[PHONE]" in result.texts[1].text


def test_an_untimed_candidate_is_cut_where_a_timed_one_is_heard() -> None:
    result = run(transcription(SECRET_TEXT), transcription(SECRET_TEXT.replace("hello", "oh hello"), words=False))
    assert "five" not in result.texts[1].text
    assert "[PHONE]" in result.texts[1].text


def test_a_name_that_nothing_places_in_time_is_quarantined() -> None:
    candidate = transcription("please put me through to mister abernathy", words=False)
    result = run(candidate, options=Options(recogniser=Fixed(timed("completely different words here"))))
    assert (result.verdict, result.reasons) == ("quarantine", [Reason.UNLOCATED])
    assert result.samples.size == 0
    assert result.texts == []
    assert result.clips == []


def test_a_number_that_the_sound_pass_has_cut_needs_no_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(biased, "hear", lambda *given, **more: Heard([(16_000, 48_000)], []))
    candidate = transcription("my pin is four seven one one", words=False)
    result = run(candidate, options=Options(recogniser=Fixed(timed("nothing alike at all")), recogniser_error=9.0))
    assert result.verdict == "clear"
    assert result.findings[0].type == "CODE"
    assert "four" not in result.texts[0].text


def test_a_translation_is_cut_too() -> None:
    spanish = GivenText("hola mi número es cinco cinco cinco cero uno cuatro dos y espero", "translation", "es")
    result = run(transcription(SECRET_TEXT), spanish)
    assert result.texts[1].text == "hola mi número es [PHONE] y espero"


def test_a_translation_in_which_the_number_is_not_found_is_quarantined() -> None:
    result = run(transcription(SECRET_TEXT), GivenText("hola espero una respuesta", "translation", "es"))
    assert result.reasons == [Reason.TRANSLATION]


def test_a_translation_into_an_unread_language_is_quarantined_where_something_was_cut() -> None:
    finnish = GivenText("hei", "translation", "fi")
    assert run(transcription(SECRET_TEXT), finnish).reasons == [Reason.TRANSLATION]
    assert run(transcription("what is the weather like today"), finnish).verdict == "clear"


def test_a_translation_that_names_more_than_was_heard_is_quarantined() -> None:
    spanish = GivenText("me llamo eulalia montcada", "translation", "es")
    assert run(transcription("what is the weather like today"), spanish).reasons == [Reason.UNLOCATED]


def test_spanish_calls_are_served_by_the_products_words() -> None:
    result = run(transcription("hola mi clave es ocho cero tres seis gracias por todo", language="es"), language="es")
    assert result.verdict == "clear"
    assert result.texts[0].text == "hola mi clave es [SECRET] gracias por todo"


def test_a_language_without_recogniser_or_words_is_quarantined() -> None:
    result = run(transcription("hola", words=False, language="es"), language="es")
    assert result.reasons == [Reason.NO_RECOGNISER]


def test_a_language_without_a_finder_is_quarantined() -> None:
    assert run(transcription("hei", language="fi"), language="fi").reasons == [Reason.NO_FINDER]


def test_silence_is_discarded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(activity, "regions", lambda samples: [])
    result = run()
    assert (result.verdict, result.reasons) == ("discard", [Reason.NO_SPEECH])


def test_a_recording_of_nothing_but_a_number_is_discarded() -> None:
    text = "five five five oh one four two"
    result = deidentify(sound(2.4), language="en", given=[transcription(text)])
    assert (result.verdict, result.reasons) == ("discard", [Reason.NOTHING_LEFT])


def test_free_speech_of_a_recogniser_without_a_stated_error_is_quarantined() -> None:
    heard = Fixed(timed("what a day"))
    assert run(options=Options(recogniser=heard)).reasons == [Reason.FREE_SPEECH]
    assert run(options=Options(recogniser=heard, recogniser_error=9.0)).verdict == "clear"
    served = run(options=Options(recogniser=heard, free_speech="serve"))
    assert served.verdict == "clear"
    assert served.report["options"]["free_speech"] == "serve", "whoever lowered it stands in the report"


def test_what_the_embedded_recogniser_hears_is_free_speech(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        hearing.PocketSphinxRecogniser, "words", lambda self, samples, speech: list(timed("what a day"))
    )
    assert run().reasons == [Reason.FREE_SPEECH]


@pytest.mark.parametrize(("unexplained", "verdict"), [([], "clear"), ([(0, RATE)], "quarantine")])
def test_speech_that_the_declared_commands_explain_is_served(
    monkeypatch: pytest.MonkeyPatch, unexplained: list[tuple[int, int]], verdict: str
) -> None:
    monkeypatch.setattr(declared, "uncovered", lambda samples, speech, cuts, grammar: unexplained)
    options = Options(recogniser=Fixed(timed("turn on the lights")), commands=("turn on|off the lights",))
    assert run(options=options).verdict == verdict


@pytest.mark.parametrize(
    ("module", "name", "reason"),
    [
        (activity, "regions", Reason.FAILED_ACTIVITY),
        (activation, "judge", Reason.FAILED_ACTIVATION),
        (spoken, "find_words", Reason.FAILED_FIND),
        (biased, "hear", Reason.FAILED_SPELL),
        (cut, "cut_audio", Reason.FAILED_CUT),
        (texts, "redact", Reason.FAILED_REDACT),
        (sensitive, "assess", Reason.FAILED_SENSITIVE),
        (clips, "split", Reason.FAILED_SPLIT),
        (voice, "revoice", Reason.FAILED_VOICE),
    ],
)
def test_a_stage_that_fails_quarantines_and_says_nothing(
    monkeypatch: pytest.MonkeyPatch, module: object, name: str, reason: Reason
) -> None:
    def fail(*arguments: object, **more: object) -> None:
        raise RuntimeError(SECRET_TEXT)

    monkeypatch.setattr(module, name, fail)
    options = Options(voice="strong", trigger="call")
    result = deidentify(
        sound(7), language="en", given=[transcription(SECRET_TEXT)], options=options, voice_key=VoiceKey(KEY, b"1")
    )
    assert (result.verdict, result.reasons) == ("quarantine", [reason])
    assert result.samples.size == 0
    assert "five" not in json.dumps(result.report)


@speech.needed
def test_another_voice_is_put_over_all_but_the_cuts() -> None:
    samples = speech.samples(speech.chosen("librispeech", 1)[0])
    given = GivenText("", "transcription", "en", words=timed(SECRET_TEXT, step=samples.size // 22))
    plain = deidentify(samples, language="en", given=[given])
    changed = deidentify(
        samples, language="en", given=[given], options=Options(voice="strong"), voice_key=VoiceKey(KEY, b"1")
    )
    assert changed.samples.shape == plain.samples.shape
    span = changed.findings[0]
    assert np.array_equal(changed.samples[span.start : span.end], plain.samples[span.start : span.end])
    left = plain.samples[: span.start], changed.samples[: span.start]
    assert abs(np.corrcoef(*left)[0, 1]) < 0.2, "the source's own wave is gone"
    assert KEY.hex() not in json.dumps(changed.report)
    assert repr(VoiceKey(KEY, b"1")) == "VoiceKey()"


def test_a_voice_without_a_key_or_a_short_one_is_refused_before_anything_is_heard() -> None:
    for key in (None, VoiceKey(b"short", b"1")):
        with pytest.raises(ValueError, match="voice clear needs a voice key"):
            deidentify(sound(1), language="en", options=Options(voice="clear"), voice_key=key)


def test_noise_and_a_language_without_phones_keep_their_voice_and_are_quarantined() -> None:
    changing = Options(voice="clear")
    noise = deidentify(
        sound(7), language="en", given=[transcription("hello")], options=changing, voice_key=VoiceKey(KEY, b"1")
    )
    assert noise.reasons == [Reason.VOICE_UNSURE]
    spanish = transcription("hola que tal el tiempo", language="es")
    foreign = deidentify(sound(7), language="es", given=[spanish], options=changing, voice_key=VoiceKey(KEY, b"1"))
    assert foreign.reasons == [Reason.NO_VOICE]


def test_a_converter_of_the_users_own_is_used_and_its_length_is_checked() -> None:
    class Converter:
        name = "theirs"
        version = "7"

        def __init__(self, extra: int) -> None:
            self.extra = extra

        def convert(self, samples: np.ndarray, *, key: bytes) -> np.ndarray:
            assert len(key) == 32
            return np.zeros(samples.size + self.extra, np.float32)

    def converted(extra: int) -> Result:
        options = Options(voice="strong", converter=Converter(extra))
        given = [transcription("hola que tal el tiempo", language="es")]
        return deidentify(sound(7), language="es", given=given, options=options, voice_key=VoiceKey(KEY, b"1"))

    assert converted(0).report["transforms"][-1]["parameters"] == {"converter": "theirs"}
    assert converted(1).reasons == [Reason.FAILED_VOICE]


@pytest.mark.parametrize(("meant", "verdict"), [(False, "discard"), (None, "clear"), (True, "clear")])
def test_what_was_surely_not_meant_is_discarded_and_voices_behind_are_cut(
    monkeypatch: pytest.MonkeyPatch, meant: bool | None, verdict: str
) -> None:
    answer = activation.Activation(meant, 0.0, (), ((90_000, 100_000),), 0.6, 0.0, {"name": "activation"})
    monkeypatch.setattr(activation, "judge", lambda samples, speech, **more: answer)
    result = run(transcription("what is the weather like today"), options=Options(trigger="wake_word"))
    assert result.verdict == verdict
    assert result.report["activation"]["meant"] is meant
    if verdict == "clear":
        assert [one.type for one in result.findings] == ["OTHER_VOICE"]
    else:
        assert result.reasons == [Reason.NOT_MEANT]


def test_sensitive_talk_is_graded_and_not_dropped() -> None:
    graded = run(transcription("my doctor says the chemotherapy for my cancer starts on monday"))
    assert graded.verdict == "clear"
    assert graded.report["sensitive"]["grade"] >= 1
    assert "medical" in graded.report["sensitive"]["categories"]
    assert run(transcription("what is the weather like today")).report["sensitive"]["grade"] == 0


def test_a_recogniser_that_fails_quarantines() -> None:
    assert run(options=Options(recogniser=Silent())).reasons == [Reason.FAILED_RECOGNISE]


@pytest.mark.parametrize("bad", [np.zeros((2, 9), np.float32), np.zeros(9), np.full(9, np.nan, np.float32)])
def test_samples_of_another_kind_are_quarantined(bad: np.ndarray) -> None:
    assert deidentify(bad, language="en").reasons == [Reason.FAILED_INPUT]


def test_words_beyond_the_recording_are_quarantined() -> None:
    given = GivenText("hello", "transcription", "en", words=(Word("hello", 10**7, 10**7 + 5),))
    assert run(given).reasons == [Reason.FAILED_INPUT]


def test_the_report_is_json_without_personal_text() -> None:
    report = run(transcription(SECRET_TEXT)).report
    written = json.dumps(report)
    assert "five" not in written
    assert [one["name"] for one in report["transforms"]] == [
        "activity",
        "words_given",
        "find",
        "spell",
        "cut",
        "redact",
        "sensitive",
        "split",
    ]
    assert all({"name", "version", "parameters"} == set(one) for one in report["transforms"])
    assert report["findings"] == {"PHONE": 1}
    shown = run(transcription(SECRET_TEXT), options=Options(show_text=True)).report
    assert shown["texts_found"] == ["five five five oh one four two"]


def test_long_recordings_become_clips_with_their_own_text() -> None:
    text = " ".join(["the rain in the north will stop this evening and the roads are dry"] * 5)
    result = run(transcription(text), seconds=24)
    assert len(result.clips) == 2
    parts = split_text(result.texts, result.words, result.clips, result.samples.size)
    assert " ".join(part[0] for part in parts) == text
