"""One recording's way: speech → words → personal data → cut → voice → clips, or a refusal.

Each step is a stage; one that raises ends in quarantine under its name, and its error, which may quote what was
said, goes no further. The steps are in ``hearing`` (and the words of ``hear``), ``finding`` and ``removal``.
"""

from collections.abc import Sequence

import numpy as np

from fairhearing.deidentify import activity, clips, finding, hearing, removal, sensitive
from fairhearing.deidentify.clips import ClipSpan
from fairhearing.deidentify.options import Options, VoiceKey
from fairhearing.deidentify.report import report
from fairhearing.deidentify.result import Reason, Refused, Result
from fairhearing.deidentify.run import Run, stage
from fairhearing.deidentify.texts import GivenText
from fairhearing.deidentify.words import RATE, Samples

LEAST_LEFT = RATE * 25 // 100


def deidentify(
    samples_16k: Samples,
    *,
    language: str,
    given: Sequence[GivenText] = (),
    options: Options | None = None,
    voice_key: VoiceKey | None = None,
) -> Result:
    """Return the recording without what its speaker said about who they are, in clips, or a refusal.

    ``samples_16k`` is one speaker's channel, mono float32 of shape (n,) at 16 kHz; ``given`` are the product's
    candidates, all of which are searched. Never raises for what a recording or a text holds: a stage that fails
    puts it into quarantine. Raises ``ValueError`` where the voice is to be changed and there is no ``voice_key``,
    or its secret is shorter than 16 bytes, and for phrases that cannot be listened for.
    """
    options = options or Options()
    options.check(voice_key)
    run = Run(samples_16k, language, given, options, voice_key)
    try:
        # 1. Who speaks when, and what is said. 2. Was it meant for the device?
        hearing.hear(run)
        hearing.check_meant(run)
        # 3. What of it identifies, by text, then by sound. 4. Refuse what a text names and nothing places.
        with stage(Reason.FAILED_FIND):
            unlocated = finding.find(run)
        hearing.spell(run)
        finding.refuse_unlocated(run, unlocated)
        # 5. Widen, then cut sound and texts at the same places. 6. Refuse what cannot be promised.
        sound = removal.cut_sound(run)
        redacted, words = removal.redact_texts(run)
        _grade(run)
        removal.refuse_free_speech(run, words)
        # 7. What is left, in parts. 8. Another voice.
        with stage(Reason.FAILED_SPLIT):
            parts = _split(run)
        sound = removal.exchange_voice(run, sound)
    except Refused as refusal:
        evidence = report(run, refusal.verdict, refusal.reasons, [])
        nothing = np.zeros(0, dtype=np.float32)
        return Result(nothing, [], [], run.findings, [], refusal.verdict, refusal.reasons, evidence)
    return Result(sound, words, redacted, run.findings, parts, "clear", [], report(run, "clear", [], parts))


def _grade(run: Run) -> None:
    """Note how sensitive what was said is: the highest grade of all texts and the words. Nothing is dropped for it."""
    with stage(Reason.FAILED_SENSITIVE):
        graded = [sensitive.assess(run.words, run.language)]
        graded += [sensitive.assess(one.text, one.language) for one in run.given]
        run.sensitivity = max(graded, key=lambda one: (one.grade, one.score, one.known))
    run.note("sensitive", "1", texts=len(graded))


def _split(run: Run) -> list[ClipSpan]:
    speech = [*run.speech, *((w.start, w.end) for w in run.words)] if run.words_given else run.speech
    parts = []
    for clip in clips.split(run.samples, speech, run.words, longest=run.options.longest_clip):
        spoken_here = sum(max(0, min(end, clip.end) - max(start, clip.start)) for start, end in run.speech)
        left = spoken_here - sum(
            activity.overlap(run.speech, max(start, clip.start), min(end, clip.end)) for start, end in run.cuts
        )
        if left >= LEAST_LEFT or (run.words_given and left >= 0 and not run.findings):
            parts.append(clip)
    if not parts:
        raise Refused("discard", Reason.NOTHING_LEFT)
    run.note("split", "1", longest_s=run.options.longest_clip / RATE, room_s=clips.ROOM / RATE)
    return parts
