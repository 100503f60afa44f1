"""Machines: opening an original so that it can be de-identified, or a clip so that more is cut out of it.

The same five steps as a play.
"""

from django.db import transaction

from fairhearing.gate import facts
from fairhearing.gate.denied import ProcessDenied, rules_of
from fairhearing.ledger.appender import append_durably
from fairhearing.ledger.entries import Kind, NewEntry
from fairhearing.policy import Deny, ProcessFacts, decide
from fairhearing.vault import reader
from fairhearing.vault.permits import Permit


@transaction.atomic
def process(*, channel: str, purpose: str) -> bytes:
    """The WAV of one channel's original, for a machine.

    Raises:
        ProcessDenied: nobody agreed, it was withdrawn, or it is not there.
    """
    return _opened(*facts.of_original(channel), purpose)


@transaction.atomic
def process_again(*, clip: str, purpose: str) -> bytes:
    """The little-endian 16-bit samples of a clip at 16 kHz, for a machine.

    Raises:
        ProcessDenied: nobody agreed, it was withdrawn, or it is not there.
    """
    return _opened(*facts.of_clip_again(clip), purpose)


def _opened(known: ProcessFacts, scene: facts.Scene, purpose: str) -> bytes:
    decision = decide(known)
    refused = isinstance(decision, Deny)
    appended = append_durably(
        NewEntry(
            kind=Kind.REFUSED if refused else Kind.PROCESSED,
            recording=scene.recording,
            clip=scene.clip,
            role="machine",
            purpose=purpose,
            duration_ms=scene.duration_ms,
            reasons=tuple(decision.reasons) if isinstance(decision, Deny) else (),
            detail=rules_of(decision),
        )
    )
    if isinstance(decision, Deny):
        raise ProcessDenied(decision.reasons)
    return reader.open(Permit(scene.object_name, appended.record, purpose))
