"""What is kept of a call's channel is its own party's: the other is silenced, and what machines wrote of them goes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from fairhearing.capture.incoming import FieldInvalid, IncomingHypothesis

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WRITTEN: Final = 0.3  # seconds of speech that was silenced where the other was found: a text may hold it
COVERED: Final = 0.25  # of a word's time

_Spans = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Silenced:
    """Of one channel: the seconds that were silenced, and how many texts went or lost words."""

    seconds: float
    texts: int


@dataclass(frozen=True)
class Parted:
    """A call with each channel its own party's: float32 of shape (2, n), texts, and what was done to each channel."""

    samples: "NDArray[np.float32]"
    hypotheses: tuple[IncomingHypothesis, ...]
    silenced: tuple[Silenced, ...]


def part(
    samples: "NDArray[np.float32]", rate: int, hypotheses: Sequence[IncomingHypothesis], agreed: Sequence[bool]
) -> Parted:
    """Silence either party on the other's channel, shape (2, n) at ``rate`` Hz; ``agreed`` who agreed to be heard.

    Raises:
        FieldInvalid: the two cannot be told apart.
    """
    from fairhearing.deidentify import crosstalk  # late, as the decoder is

    try:
        apart = crosstalk.separate(samples, rate, agreed)
    except crosstalk.NotApart as error:
        expected = "each party's own voice; a mono recording of several people is refused"
        raise FieldInvalid("channels", str(error), expected) from None
    kept: list[IncomingHypothesis] = []
    texts = [0] * len(apart.silenced)
    for hypothesis in hypotheses:
        number = hypothesis.channel
        written = apart.crosstalk[number] is not None and apart.speech_s[number] > WRITTEN
        left = _without(hypothesis, apart.silenced[number], written=written)
        texts[number] += left != hypothesis
        if left is not None:
            kept.append(left)
    seconds = (sum(end - start for start, end in spans) for spans in apart.silenced)
    return Parted(apart.samples, tuple(kept), tuple(map(Silenced, seconds, texts)))


def _without(hypothesis: IncomingHypothesis, spans: _Spans, *, written: bool) -> IncomingHypothesis | None:
    """The text without the words of silenced spans; none, where nothing is left or nobody knows whose they are."""
    if hypothesis.words is None:
        return None if written else hypothesis
    words = tuple(word for word in hypothesis.words if not _covered(word[1], word[2], spans))
    if len(words) == len(hypothesis.words):
        return hypothesis
    return replace(hypothesis, text=" ".join(word for word, _, _ in words), words=words) if words else None


def _covered(start: float, end: float, spans: _Spans) -> bool:
    middle = (start + end) / 2
    shared = sum(max(0.0, min(end, last) - max(start, first)) for first, last in spans)
    return shared > COVERED * (end - start) or any(first <= middle < last for first, last in spans)
