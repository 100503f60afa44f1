"""The mark on what people hear: whose copy of which clip it is, said in a way that nobody hears (docs/watermark.md).

A reviewer's copy is the same at each serving: the mark is of reviewer and clip and not of the play, or one person could
average replays until it is gone. A release that names its recipient is marked by the release. What cannot be marked
is not handed out.
"""

from typing import Final

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from fairhearing.audio.encode import from_pcm16, to_pcm16
from fairhearing.watermark import embed, keys

STRONGEST_DB: Final = 20.0  # the mark lies this far under the clip at least: louder, somebody would hear it
WEAKEST_DB: Final = 40.0  # and this far at most: weaker, rounding has eaten it
INAUDIBLE: Final = 16  # of 32,768: a clip that nowhere rises beyond it (−66 dB) says nothing that could leak


class MarkFailed(Exception):
    """The copy could not be marked as it should be, so it is not handed out."""


def key_of(*, clip: str, holder: str) -> bytes:
    """The key of the copy that ``holder`` has of ``clip``: a reviewer's account, or a release with a recipient."""
    return keys.mark_key(settings.SECRETS.derive("gate/mark"), clip=clip, reviewer=holder)


def copy_for(pcm16: bytes, *, clip: str, holder: str) -> bytes:
    """A holder's copy of a clip: little-endian 16-bit samples at 16 kHz, as long as what came.

    Raises:
        MarkFailed: the mark would be too loud or too weak.
    """
    plain = np.frombuffer(pcm16, dtype="<i2").astype(np.int16)
    marked = to_pcm16(embed.embed(embed.prepare(from_pcm16(plain)), key_of(clip=clip, holder=holder)))
    _check(plain, marked, clip)
    return marked.astype("<i2").tobytes()


def _check(plain: NDArray[np.int16], marked: NDArray[np.int16], clip: str) -> None:
    if not plain.size or np.abs(plain.astype(np.int32)).max() <= INAUDIBLE:
        return
    wide = plain.astype(np.float64)
    change = float(np.sum((marked - wide) ** 2)) / float(np.sum(wide**2))
    if not 10 ** (-WEAKEST_DB / 10) <= change <= 10 ** (-STRONGEST_DB / 10):
        raise MarkFailed(f"the mark on {clip} is {change:.2g} of its energy: expected 0.0001 to 0.01")
