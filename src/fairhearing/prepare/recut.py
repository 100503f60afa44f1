"""Cutting out of a clip what a reviewer heard and the machine had missed.

The flagged clip stays as it is, and nobody hears it again. A new one takes its place, with low noise where the reviewer
said that personal data is, and without candidates: what they say there is not known to be clean.
"""

from typing import Final

import numpy as np
import structlog
from django.db import transaction

from fairhearing.audio import encode
from fairhearing.audio.peaks import peaks
from fairhearing.capture import actions as capture
from fairhearing.capture.models import Channel, Clip, ClipState
from fairhearing.deidentify.cut import MARGIN, cut_audio
from fairhearing.deidentify.words import Samples
from fairhearing.gate.denied import ProcessDenied
from fairhearing.gate.process import process_again
from fairhearing.measure.listening import score
from fairhearing.review import settle

log = structlog.get_logger()
RATE: Final = 16000
LEAST_LEFT: Final = RATE  # samples: of less than a second there is nothing to judge


def recut(*, clip: str, start_ms: int, end_ms: int) -> str | None:
    """Make a clip without the span (milliseconds of the flagged one) and put it into the queue; gives the new one.

    None when there is nothing to do: it was done before, the speaker took the recording back, or too little is left.
    """
    flagged = Clip.objects.select_related("programme").filter(id=clip, state=ClipState.QUARANTINED).first()
    if flagged is None:
        return None
    try:
        pcm16 = process_again(clip=clip, purpose="recut")
    except ProcessDenied:
        return None
    samples = encode.from_pcm16(np.frombuffer(pcm16, dtype="<i2"))
    span = max(0, start_ms * 16 - MARGIN), min(samples.size, end_ms * 16 + MARGIN)
    if samples.size - (span[1] - span[0]) < LEAST_LEFT:
        log.info("a flagged clip stays away: too little is left of it", clip=clip)
        return None
    return _replace(flagged, cut_audio(samples, [span]))


@transaction.atomic
def _replace(flagged: Clip, samples: Samples) -> str | None:
    channel = Channel.objects.select_for_update(of=("self",)).select_related("recording").get(id=flagged.channel_id)
    same = Clip.objects.filter(channel=channel, start=flagged.start, end=flagged.end).exclude(id=flagged.id)
    if channel.withdrawn or same.exists():
        return None
    new = capture.NewClip(
        start=flagged.start,
        end=flagged.end,
        pcm16=encode.to_pcm16(samples).astype("<i2").tobytes(),
        peaks=peaks(samples, RATE),
        candidates=(),
        worth=score((), samples.size / RATE),
    )
    (made,) = capture.add_clips(channel=channel, clips=[new])
    # What their speaker said of the clip holds for what is left of it.
    Clip.objects.filter(id=made.id).update(heard_by_people=flagged.heard_by_people)
    settle.enqueue(clips=[made], wanted=flagged.programme.judgements_first)
    return made.id
