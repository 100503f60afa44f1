"""Cutting: the same places out of the sound and out of every text.

Nothing of the original is left between a cut's two edges; the fades lie outside it. Sound keeps its length to
the sample. The noise is deterministic, so the same recording cut twice gives the same bytes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from fairhearing.deidentify.words import RATE, Samples, Word, check_samples, joined

FADE = RATE * 8 // 1000
NOISE_RMS = 10 ** (-62 / 20)  # of full scale: heard as "something was here", far below speech
MARGIN = RATE * 8 // 100
REACH = RATE * 25 // 100


@dataclass(frozen=True)
class Finding:
    """Personal data of ``type`` in the sound, ``start`` to ``end`` in samples at 16 kHz, end exclusive."""

    type: str
    start: int
    end: int


def cut_audio(samples: Samples, spans: Iterable[tuple[int, int]]) -> Samples:
    """Return a copy of ``samples``, mono float32 of shape (n,), with low shaped noise in place of ``spans``.

    ``spans`` are (start, end) samples, end exclusive, and may overlap or reach beyond the ends. Raised-cosine
    fades of 8 ms lie before and after each. Raises ``ValueError`` for samples of another kind.
    """
    check_samples(samples)
    gain = np.ones(samples.size, dtype=np.float32)
    fall = (0.5 + 0.5 * np.cos(np.pi * np.arange(1, FADE + 1) / (FADE + 1))).astype(np.float32)
    inside = [(max(0, start), min(samples.size, end)) for start, end in spans]
    for start, end in joined(inside, gap=2 * FADE):
        gain[start:end] = 0
        before, after = min(FADE, start), min(FADE, samples.size - end)
        if before:
            gain[start - before : start] *= fall[-before:]
        gain[end : end + after] *= fall[::-1][:after]
    return np.asarray(samples * gain + _noise(samples.size) * (1 - gain), dtype=np.float32)


def _noise(size: int) -> Samples:
    """Return noise that falls off above a kilohertz or two, like a quiet room."""
    white = np.random.default_rng(20191001).standard_normal(size + 15).astype(np.float32)
    window = np.hanning(18)[1:-1].astype(np.float32)
    window *= np.float32(NOISE_RMS / np.sqrt(np.sum(window**2)))
    return np.convolve(white, window, mode="valid").astype(np.float32)


def widen(
    span: tuple[int, int], words: Sequence[Word], speech: Sequence[tuple[int, int]], size: int
) -> tuple[int, int]:
    """Return ``span`` widened to the edges of words that it touches, by 80 ms, and to a near end of speech.

    ``words`` and ``speech`` are in samples at 16 kHz; the result stays within 0 … ``size``.
    """
    start, end = span
    touched = [word for word in words if word.start < end and span[0] < word.end]
    start = min([start, *(word.start for word in touched)]) - MARGIN
    end = max([end, *(word.end for word in touched)]) + MARGIN
    for begin, stop in speech:
        if begin < start <= begin + REACH and not _word_between(words, begin, start):
            start = begin
        if stop - REACH <= end < stop and not _word_between(words, end, stop):
            end = stop
    return max(0, start), min(size, end)


def _word_between(words: Sequence[Word], start: int, end: int) -> bool:
    return any(start <= (word.start + word.end) // 2 < end for word in words)


def cut_text(text: str, spans: Iterable[tuple[int, int, str]]) -> str:
    """Return ``text`` with each (start, end, type) in characters as ``[TYPE]``; overlaps are merged."""
    merged: list[tuple[int, int, str]] = []
    for start, end, kind in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]), merged[-1][2])
        else:
            merged.append((start, end, kind))
    for start, end, kind in reversed(merged):
        text = f"{text[:start]}[{kind}]{text[end:]}"
    return text


def merged_findings(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings in order, overlapping ones merged under the type of the longest."""
    result: list[Finding] = []
    for one in sorted(findings, key=lambda f: (f.start, f.end)):
        if result and one.start < result[-1].end:
            last = result[-1]
            named = [f for f in (last, one) if f.type != "CODE"] or [last, one]
            kind = max(named, key=lambda f: f.end - f.start).type
            result[-1] = Finding(kind, last.start, max(last.end, one.end))
        else:
            result.append(one)
    return result
