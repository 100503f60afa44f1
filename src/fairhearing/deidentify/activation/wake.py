"""Whether a wake phrase is said at the start: forced onto the sound, and compared with anything else.

The phrase is anchored: it must begin within a few phones of the first speech (or of the next stretch of
speech, where the first is somebody else). The score is the mean log-likelihood ratio a frame of the phrase
against common words and against free phones, in the decoder's own unit (thousandths of a nat).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fairhearing.deidentify.activation import constrained
from fairhearing.deidentify.activation.sounds import check_phrase, pronunciations
from fairhearing.deidentify.evidence import FRAME, Segment
from fairhearing.deidentify.words import RATE, Samples

PRESENT = -1.9  # the score from which a phrase is taken as said; see docs
UNSURE = 0.3  # this much below is unsure still, and not discarded
BABBLE_ADDS = 1.0  # many voices at once fit many phrases: what is asked of the phrase then rises
WORDS_SHARE = 0.7  # of the ratio to common words; the rest is that to free phones
BEFORE = RATE  # silence before the speech also steadies the normalisation
ROOM = RATE * 50 // 100
A_PHONE = RATE * 16 // 100  # the longest time a sound of the phrase is given
ANCHORS = 2
LATEST_ANCHOR = RATE * 3 // 2
SLACK = " ".join(f"[ {constrained.LOOP} ]" for _ in range(2))
LONGEST_GAP = 60  # frames of silence within the phrase
NOT_SAID = -20.0


@dataclass(frozen=True)
class WakeScore:
    """``score`` of the phrase, and where it is then said, in samples from the start of the recording."""

    score: float
    start: int
    end: int


def listen(samples: Samples, speech: Sequence[tuple[int, int]], phrase: str) -> WakeScore:
    """Return the best score of ``phrase`` at the start of ``samples``, mono float32 of shape (n,) at 16 kHz.

    ``speech`` are its regions of speech. Raises ``BadPhrase`` for a phrase that cannot be listened for.
    """
    words = check_phrase(phrase)
    phones = sum(min(len(one.split()) for one in variants) for variants in pronunciations(words))
    best = WakeScore(NOT_SAID, 0, 0)
    first = speech[0][0] if speech else 0
    for begin, _ in [region for region in speech if region[0] - first <= LATEST_ANCHOR][:ANCHORS]:
        start = max(0, begin - BEFORE)
        scored = _score(samples[start : begin + ROOM + A_PHONE * phones], words, phones)
        if scored.score > best.score:
            best = WakeScore(scored.score, start + scored.start, start + scored.end)
        if best.score >= PRESENT:
            break
    return best


def _score(samples: Samples, words: tuple[str, ...], phones: int) -> WakeScore:
    tail = f"( {constrained.LOOP} )*"
    heard = constrained.hear_grammar(samples, f"{SLACK} ( {' '.join(words)} ) {tail}", words)
    wake = _phrase(heard, words)
    if not wake:
        return WakeScore(NOT_SAID, 0, 0)
    start, end = wake[0].start, wake[-1].end
    spoken = sum(one.end - one.start for one in wake)
    if end - start - spoken > LONGEST_GAP:
        return WakeScore(NOT_SAID, start * FRAME, end * FRAME)
    common, loop = constrained.hear_anything(samples)
    score = WORDS_SHARE * _ratio(wake, common) + (1 - WORDS_SHARE) * _ratio(wake, loop)
    return WakeScore(round(score, 3), start * FRAME, end * FRAME)


def _ratio(wake: Sequence[Segment], other: Sequence[Segment]) -> float:
    """Return by how much a frame of the phrase fits better than what else was heard there."""
    end = wake[-1].end + 1
    own, others = constrained.frame_scores(wake, end), constrained.frame_scores(other, end)
    said = np.isfinite(own)
    return float(np.mean(own[said] - np.nan_to_num(others[said], nan=float(own[said].min()))))


def _phrase(heard: Sequence[Segment], words: tuple[str, ...]) -> list[Segment]:
    spoken = [one for one in heard if one.word.split("(", maxsplit=1)[0] in words]
    return spoken if len(spoken) == len(words) else []
