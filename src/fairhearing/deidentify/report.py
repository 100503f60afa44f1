"""What was done, for whoever must answer for it. No personal text, unless it was asked for."""

from collections import Counter
from typing import Any

from fairhearing.deidentify.clips import ClipSpan
from fairhearing.deidentify.cut import Finding
from fairhearing.deidentify.result import Reason, Verdict
from fairhearing.deidentify.run import Run
from fairhearing.deidentify.words import RATE


def report(run: Run, verdict: Verdict, reasons: list[Reason], parts: list[ClipSpan]) -> dict[str, Any]:
    """Return the evidence: verdict, reasons, seconds, counts by type, options, and every transform as data."""
    chosen = run.options
    found: dict[str, Any] = {
        "verdict": verdict,
        "reasons": [reason.value for reason in reasons],
        "language": run.language,
        "sampling_rate": RATE,
        "duration_s": _seconds(run.samples.size),
        "speech_s": _seconds(sum(end - start for start, end in run.speech)),
        "cut_s": _seconds(sum(one.end - one.start for one in run.findings)),
        "unsure_s": round(run.unsure_s, 3),
        "findings": dict(Counter(one.type for one in run.findings)),
        "clips": len(parts),
        "options": {
            "voice": chosen.voice,
            "free_speech": chosen.free_speech,
            "commands": len(chosen.commands),
            "biased_hearing": chosen.biased_hearing,
            "trigger": chosen.trigger,
            "wake_words": len(chosen.wake_words),
            "recogniser_error": chosen.recogniser_error,
        },
        "transforms": run.transforms,
    }
    if run.activation is not None:
        found["activation"] = {
            "meant": run.activation.meant,
            "score": run.activation.score,
            "reasons": [reason.value for reason in run.activation.reasons],
            "background_s": run.activation.background_s,
            "far_s": run.activation.far_s,
        }
    if run.sensitivity is not None:
        found["sensitive"] = {
            "known": run.sensitivity.known,
            "grade": run.sensitivity.grade,
            "score": run.sensitivity.score,
            "categories": run.sensitivity.categories,
            "reasons": list(run.sensitivity.reasons),
        }
    if chosen.show_text:
        found["texts_found"] = [_said(run, one) for one in run.findings]
    return found


def _said(run: Run, one: Finding) -> str:
    """What was said there, as far as words are known: personal data."""
    return " ".join(word.text for word in run.words if one.start <= (word.start + word.end) // 2 < one.end)


def _seconds(samples: int) -> float:
    return round(samples / RATE, 3)
