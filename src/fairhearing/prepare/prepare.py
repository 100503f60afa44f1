"""Preparing one recording. The slow part runs outside any transaction; one transaction then writes all or nothing."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction

from fairhearing.audio import encode, resample
from fairhearing.audio.decode import decode
from fairhearing.audio.peaks import peaks
from fairhearing.capture import actions as capture
from fairhearing.capture import queries
from fairhearing.capture.models import Channel, Clip, Recording, RecordingState
from fairhearing.deidentify import GivenText, Options, RedactedText, Result, VoiceKey, Word, deidentify, split_text
from fairhearing.deidentify.clips import ClipSpan
from fairhearing.deidentify.texts import Kind
from fairhearing.gate.denied import ProcessDenied
from fairhearing.gate.process import process
from fairhearing.measure.listening import score
from fairhearing.prepare import recognisers
from fairhearing.programmes.models import Asks, Programme, Task
from fairhearing.review import settle
from fairhearing.webhooks import actions as webhooks
from fairhearing.webhooks.actions import EventType

log = structlog.get_logger()
RATE = 16000
CANDIDATES_MOST = 9  # as many as there are keys 1 to 9
STATE_OF = {
    "clear": RecordingState.PREPARED,
    "quarantine": RecordingState.QUARANTINED,
    "discard": RecordingState.DISCARDED,
}
FAILED = {"verdict": "quarantine", "reasons": ["stage_failed:prepare"]}


@dataclass(frozen=True)
class _Prepared:
    """One channel, de-identified; ``clips`` is empty unless the verdict is clear."""

    channel: Channel
    report: dict[str, object]
    clips: Sequence[capture.NewClip]


def prepare(*, recording: str) -> None:
    """De-identify a recording and put its clips into the queue. Does nothing when that was done before.

    What fails ends in quarantine with its reason; only the database's own failures are raised, and tried again.
    """
    found = Recording.objects.select_related("programme").filter(id=recording, state=RecordingState.RECEIVED).first()
    if found is None:
        return
    begun = time.thread_time()
    channels = Channel.objects.filter(recording=found, human_review=True, withdrawn=False).order_by("number")
    prepared = [_prepare_channel(found, channel) for channel in channels]
    cpu_ms = round(1000 * (time.thread_time() - begun))
    _write(found, [one for one in prepared if one is not None], cpu_ms)


def _prepare_channel(recording: Recording, channel: Channel) -> _Prepared | None:
    """None when its speaker took it back meanwhile."""
    try:
        wav = process(channel=channel.id, purpose="prepare")
    except ProcessDenied:
        return None
    hypotheses = queries.list_hypotheses(channel)
    try:
        decoded = decode(wav)
        samples = resample.to_16k(decoded.samples[0], decoded.sampling_rate)
        given = [_given(channel, hypothesis) for hypothesis in hypotheses]
        result = deidentify(
            samples,
            language=channel.language,
            given=given,
            options=_options(recording, channel),
            voice_key=VoiceKey(settings.SECRETS.derive("deidentify/voice"), channel.id.encode()),
        )
        clips = _clips(recording.programme, channel, result) if result.verdict == "clear" else []
    except Exception as error:
        log.warning("preparing failed", channel=channel.id, kind=type(error).__name__)
        return _Prepared(channel, dict(FAILED), [])
    return _Prepared(channel, _kept(result.report), clips)


def _kept(report: dict[str, Any]) -> dict[str, object]:
    """The report without what was talked about: of sensitive content the grade alone is kept, not its kind."""
    graded = report.get("sensitive")
    return {**report, "sensitive": {"grade": graded["grade"]}} if graded else dict(report)


def _options(recording: Recording, channel: Channel) -> Options:
    """What the programme decided, and the recogniser that the installation has for the language."""
    programme = recording.programme
    own = recognisers.find(_base(channel.language))
    return Options(
        voice=programme.voice,  # type: ignore[arg-type]  # the same words, kept by a choice field
        free_speech=programme.free_speech,  # type: ignore[arg-type]
        commands=tuple(programme.commands.splitlines()),
        trigger=recording.trigger,  # type: ignore[arg-type]
        wake_words=tuple(programme.wake_words.splitlines()),
        recogniser=own.recogniser if own else None,
        recogniser_error=own.error if own else None,
    )


def _given(channel: Channel, hypothesis: queries.GivenHypothesis) -> GivenText:
    words = hypothesis.words
    timed = tuple(Word(word, round(start * RATE), round(end * RATE)) for word, start, end in words) if words else None
    return GivenText(
        text=hypothesis.text,
        kind="transcription" if _base(hypothesis.language) == _base(channel.language) else "translation",
        language=_base(hypothesis.language),
        engine=hypothesis.engine,
        words=timed,
    )


def _base(language: str) -> str:
    return language.split("-", maxsplit=1)[0]


def _clips(programme: Programme, channel: Channel, result: Result) -> list[capture.NewClip]:
    kind: Kind = "translation" if programme.task == Task.TRANSLATION else "transcription"
    texts = [text for text in result.texts if text.kind == kind]
    if not texts and kind == "transcription":
        # The product sent no text: what the embedded recogniser heard is the candidate.
        heard = " ".join(word.text for word in result.words)
        texts = [RedactedText(heard, kind, _base(channel.language), "pocketsphinx", tuple(result.words))]
    parts = split_text(texts, result.words, result.clips, len(result.samples))
    made = []
    for span, candidates in zip(result.clips, parts, strict=True):
        samples = result.samples[span.start : span.end]
        made.append(
            capture.NewClip(
                start=span.start,
                end=span.end,
                pcm16=encode.to_pcm16(samples).astype("<i2").tobytes(),
                peaks=peaks(samples, RATE),
                candidates=_distinct(texts, candidates),
                # Of all candidates, alike ones too: where machines agree, a person's ears tell little.
                worth=score(candidates, (span.end - span.start) / RATE),
                words=_words(result.words, span),
            )
        )
    return made


def _words(words: Sequence[Word], span: ClipSpan) -> tuple[tuple[int, int], ...]:
    """Where words that lie wholly within the clip begin and end, in milliseconds from its start."""
    inside = [word for word in words if span.start <= word.start < word.end <= span.end]
    return tuple(((word.start - span.start) // 16, (word.end - span.start) // 16) for word in inside)


def _distinct(texts: Sequence[RedactedText], parts: Sequence[str]) -> tuple[capture.NewCandidate, ...]:
    """Candidates that differ, in the order that the product sent them."""
    found: dict[str, capture.NewCandidate] = {}
    for text, part in zip(texts, parts, strict=True):
        said = part.strip()
        if said and said not in found:
            found[said] = capture.NewCandidate(said, text.language, text.engine)
    return tuple(found.values())[:CANDIDATES_MOST]


@transaction.atomic
def _write(recording: Recording, prepared: list[_Prepared], cpu_ms: int) -> None:
    # Channels first, as everybody locks them: a withdrawal meanwhile is seen; one that comes waits and finds the clips.
    channels = Channel.objects.select_for_update(of=("self",)).filter(recording_id=recording.id).order_by("id")
    live = {channel.id for channel in channels if not channel.withdrawn}
    locked = Recording.objects.select_for_update().filter(id=recording.id, state=RecordingState.RECEIVED).first()
    if locked is None:  # another worker was faster, or it was erased
        return
    clips: list[Clip] = []
    for one in prepared:
        if one.channel.id in live:
            one.channel.recording = locked
            clips += capture.add_clips(channel=one.channel, clips=one.clips)
    settle.enqueue(clips=clips, wanted=recording.programme.judgements_first)
    if clips and recording.programme.asks == Asks.EVERY_CLIP:
        webhooks.emit(event=EventType.ASKED, recordings=lambda: {recording.product: [recording.id]})
    verdicts = [str(one.report["verdict"]) for one in prepared]
    state = next((STATE_OF[verdict] for verdict in STATE_OF if verdict in verdicts), RecordingState.UNHEARD)
    capture.settle_recording(
        recording=locked,
        state=state,
        reasons=sorted({reason for one in prepared for reason in _reasons(one)}),
        report={str(one.channel.number): one.report for one in prepared},
        cpu_ms=cpu_ms,
    )
    if state == RecordingState.DISCARDED or (
        state == RecordingState.PREPARED and not locked.programme.keep_original_days
    ):
        capture.shred_originals(channels=list(Channel.objects.filter(recording=locked)))


def _reasons(one: _Prepared) -> list[str]:
    reasons = one.report.get("reasons", [])
    return [str(reason) for reason in reasons] if isinstance(reasons, list) else []
