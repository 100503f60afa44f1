"""What de-identification answers, and why it refuses: a closed set of reasons, no personal text."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from fairhearing.deidentify.clips import ClipSpan
from fairhearing.deidentify.cut import Finding
from fairhearing.deidentify.texts import RedactedText
from fairhearing.deidentify.words import Samples, Word

Verdict = Literal["clear", "quarantine", "discard"]


class Reason(StrEnum):
    """Why a recording is not clear."""

    NO_SPEECH = "no_speech"
    NOTHING_LEFT = "nothing_left"
    NO_RECOGNISER = "no_recogniser_for_language"
    NO_FINDER = "no_finder_for_language"
    UNLOCATED = "unlocated_personal_data"
    TRANSLATION = "translation_not_redacted"
    FREE_SPEECH = "free_speech"
    NOT_MEANT = "not_meant"
    NO_VOICE = "no_voice_for_language"
    VOICE_UNSURE = "voice_unsure"
    FAILED_INPUT = "stage_failed:input"
    FAILED_ACTIVITY = "stage_failed:activity"
    FAILED_RECOGNISE = "stage_failed:recognise"
    FAILED_ACTIVATION = "stage_failed:activation"
    FAILED_DECLARED = "stage_failed:declared"
    FAILED_VOICE = "stage_failed:voice"
    FAILED_SENSITIVE = "stage_failed:sensitive"
    FAILED_SPELL = "stage_failed:spell"
    FAILED_FIND = "stage_failed:find"
    FAILED_CUT = "stage_failed:cut"
    FAILED_REDACT = "stage_failed:redact"
    FAILED_SPLIT = "stage_failed:split"


class Refused(Exception):
    """The recording is not clear: ``verdict`` and ``reasons``. Carries no text of the recording."""

    def __init__(self, verdict: Verdict, *reasons: Reason) -> None:
        super().__init__(", ".join(reasons))
        self.verdict: Verdict = verdict
        self.reasons = list(reasons)


@dataclass(frozen=True)
class Result:
    """The recording without what identifies: mono float32 ``samples`` at 16 kHz, as long as what came.

    ``words`` and ``texts`` are redacted, ``texts`` in the order given; ``findings`` are what was cut. Unless
    the verdict is ``clear``, samples, words, texts and clips are empty: nothing can be served by mistake.
    ``report`` is fit for JSON and names every transform with its parameters and version.
    """

    samples: Samples
    words: list[Word]
    texts: list[RedactedText]
    findings: list[Finding]
    clips: list[ClipSpan]
    verdict: Verdict
    reasons: list[Reason]
    report: dict[str, Any]
