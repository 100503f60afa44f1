"""What was found is taken away: out of the sound, out of every text, and the voice with it."""

from fairhearing.deidentify import cut, declared, spoken, texts, voice
from fairhearing.deidentify.cut import Finding
from fairhearing.deidentify.finding import SAID_AS_SYMBOLS
from fairhearing.deidentify.pocketsphinx_recogniser import LANGUAGES
from fairhearing.deidentify.result import Reason, Refused
from fairhearing.deidentify.run import Run, base_language, stage
from fairhearing.deidentify.texts import GivenText, RedactedText
from fairhearing.deidentify.voice.pseudo_speaker import recording_key
from fairhearing.deidentify.words import RATE, Samples, Word


def cut_sound(run: Run) -> Samples:
    """Return the sound with every finding, widened to the edges of words and speech, cut out of it."""
    with stage(Reason.FAILED_CUT):
        widened = []
        for one in run.findings:
            start, end = cut.widen((one.start, one.end), run.words, run.speech, run.samples.size)
            widened.append(Finding(one.type, start, end))
        run.findings = cut.merged_findings(widened)
        run.note("cut", "1", noise_rms=cut.NOISE_RMS, fade_s=cut.FADE / RATE, margin_s=cut.MARGIN / RATE)
        return cut.cut_audio(run.samples, run.cuts)


def redact_texts(run: Run) -> tuple[list[RedactedText], list[Word]]:
    """Return the given texts and the timed words without what was found in them or cut from the sound."""
    with stage(Reason.FAILED_REDACT):
        redacted = [
            texts.redact(one, run.tokens[at], run.findings) if one.kind == "transcription" else _translation(run, one)
            for at, one in enumerate(run.given)
        ]
        run.note("redact", "1", texts=len(redacted))
        return redacted, texts.redact_words(run.words, run.findings)


def _translation(run: Run, one: GivenText) -> RedactedText:
    """Redact a translation by its own words; refuse it where it names less than the speaker said, or more."""
    heard = [finding.type for finding in run.findings]
    if base_language(one.language) not in spoken.languages():
        if heard:
            raise Refused("quarantine", Reason.TRANSLATION)
        return RedactedText(one.text, one.kind, one.language, one.engine)
    redacted, seen = texts.redact_translation(one)
    for kind in seen:
        if kind not in heard and not (kind in SAID_AS_SYMBOLS and "CODE" in heard):
            raise Refused("quarantine", Reason.UNLOCATED)
    if any(kind not in seen and kind not in ("CODE", "OTHER_VOICE") for kind in heard):
        raise Refused("quarantine", Reason.TRANSLATION)
    return redacted


def refuse_free_speech(run: Run, left: list[Word]) -> None:
    """Refuse uncut speech that no word times of known error cover, unless the declared commands explain it."""
    if run.options.free_speech == "serve" or run.words_stated:
        return
    if run.options.commands and run.base_language in LANGUAGES:
        with stage(Reason.FAILED_DECLARED):
            grammar = declared.DeclaredGrammar(run.options.commands)
            unexplained = bool(declared.uncovered(run.samples, run.speech, run.cuts, grammar))
        run.note("declared", "1", phrases=len(run.options.commands), unexplained=unexplained)
    else:
        unexplained = any(word.text[0] != "[" for word in left)
    if unexplained:
        raise Refused("quarantine", Reason.FREE_SPEECH)


def exchange_voice(run: Run, sound: Samples) -> Samples:
    """Return ``sound``, which is cut already, in another voice and cut again; refuse what cannot be exchanged."""
    level, key, converter = run.options.voice, run.voice_key, run.options.converter
    if level == "off" or key is None:
        return sound
    if converter is not None:
        with stage(Reason.FAILED_VOICE):
            changed = converter.convert(sound, key=recording_key(key.secret, key.recording))
            if changed.shape != sound.shape:
                raise ValueError(f"the converter gave {changed.shape}, expected {sound.shape}")
        run.note("voice", converter.version, converter=converter.name)
    elif run.base_language not in LANGUAGES:
        raise Refused("quarantine", Reason.NO_VOICE)
    else:
        with stage(Reason.FAILED_VOICE):
            voiced = voice.revoice(sound, level=level, secret=key.secret, recording=key.recording)
        run.transforms.append(voiced.transform)
        if voiced.unsure:
            raise Refused("quarantine", Reason.VOICE_UNSURE)
        changed = voiced.samples
    with stage(Reason.FAILED_CUT):
        return cut.cut_audio(changed, run.cuts)
