"""Leaks: opening a clip so that a leaked file can be compared with it, and a reviewer's copy of a canary for a drill.

The same five steps as a play, for each clip. Neither asks for consent to listening: a trace is for the speaker, and
nobody listens; a canary has no speaker.
"""

from collections.abc import Sequence

from django.db import transaction

from fairhearing.gate import facts, mark
from fairhearing.gate.denied import TraceDenied
from fairhearing.ledger.appender import append_durably
from fairhearing.ledger.entries import Kind, NewEntry
from fairhearing.policy import Decision, Deny, decide
from fairhearing.vault import reader
from fairhearing.vault.permits import Permit


@transaction.atomic
def compare(*, clip: str, trace: str, people: Sequence[str]) -> bytes:
    """A clip's little-endian 16-bit samples at 16 kHz, unmarked, for the machine that compares a leak with it.

    ``people``: the accounts that asked for the trace and approved it.

    Raises:
        TraceDenied: too few investigators stand behind it, or the clip is gone.
    """
    known, scene = facts.of_trace(clip, people)
    return _opened(scene, decide(known), Kind.PROCESSED, purpose="trace", about=trace)


@transaction.atomic
def drill(*, clip: str, account: str) -> bytes:
    """The copy of a canary that a reviewer would hear: the same samples, marked, to be leaked in a drill.

    Raises:
        TraceDenied: a speaker stands behind the clip, or it is gone.
    """
    known, scene = facts.of_drill(clip)
    plain = _opened(scene, decide(known), Kind.EXPORTED, purpose="drill", about=account)
    return mark.copy_for(plain, clip=clip, holder=account)


def _opened(scene: facts.Scene, decision: Decision, kind: Kind, *, purpose: str, about: str) -> bytes:
    refused = isinstance(decision, Deny)
    appended = append_durably(
        NewEntry(
            kind=Kind.REFUSED if refused else kind,
            recording=scene.recording,
            clip=scene.clip,
            role="machine",
            purpose=purpose,
            duration_ms=scene.duration_ms,
            reasons=tuple(decision.reasons) if isinstance(decision, Deny) else (),
            detail={purpose: about},
        )
    )
    if isinstance(decision, Deny):
        raise TraceDenied(decision.reasons)
    return reader.open(Permit(scene.object_name, appended.record, purpose))
