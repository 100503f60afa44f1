"""Human ears. The heart of the house: read it whole.

The steps, which the code below performs under the same numbers:

(1) facts: one snapshot; the rows and the pause lock that could change the answer are held until the end
(2) decide: pure policy; every ground is named
(3) log: the entry, allowed or refused, is committed and on the disk before anything else happens
(4) permit: made here, for this object and this record
(5) release: the key of the sealed copy (a reviewer), or the sound itself (the speaker's own ears)

A crash after (3) leaves an entry without bytes. There is no path on which (5) comes without (3).
"""

from dataclasses import dataclass

from django.db import transaction

from fairhearing.gate import facts, keys, wav
from fairhearing.gate.denied import PlayDenied, rules_of
from fairhearing.ledger.appender import append_durably
from fairhearing.ledger.entries import Kind, NewEntry
from fairhearing.policy import Decision, Deny, PlayFacts, decide
from fairhearing.review import assign
from fairhearing.vault import reader
from fairhearing.vault.permits import Permit


@dataclass(frozen=True, slots=True)
class Released:
    """A listen, and what was released for it: a key of 32 bytes, or a WAV."""

    listen: str
    content: bytes

    def __repr__(self) -> str:
        return f"Released({self.listen}, …)"


@transaction.atomic
def for_reviewer(*, assignment: str, account: str) -> Released:
    """Let a reviewer hear the clip that they were handed sealed: release its key. Each replay asks again.

    Raises:
        PlayDenied: with every ground. The refusal is in the log.
        LedgerUnavailable: the entry could not be written; nothing is released.
    """
    known, scene = facts.of_assignment(assignment, account, hearing=True)  # (1)
    decision = decide(known)  # (2)
    entry = _entry(scene, account=account, role="reviewer", decision=decision)
    appended = append_durably(entry)  # (3)
    if isinstance(decision, Deny):
        raise PlayDenied(decision.reasons)
    assign.note_play(assignment=assignment, counted=scene.counted, distressing=scene.distressing)
    permit = Permit(scene.object_name, appended.record, "human_review")  # (4)
    return Released(permit.record, keys.sealed_copy(assignment, scene.nonce))  # (5)


@transaction.atomic
def for_speaker(*, clip: str, handle: bytes | None) -> Released:
    """Let speakers hear what is theirs; ``handle`` was computed from their key, or is None when none fitted.

    Raises:
        PlayDenied: it is not theirs, or there is no such clip: the same answer.
    """
    released = _own_ears(*facts.of_own_clip(clip, handle))  # (1)
    return Released(released.listen, wav.of_pcm16(released.content))


@transaction.atomic
def original_for_speaker(*, channel: str, handle: bytes | None) -> Released:
    """Let speakers hear their own channel as it came, while it is kept: a WAV.

    Raises:
        PlayDenied: it is not theirs, is not there any more, or was played too often within the hour.
    """
    return _own_ears(*facts.of_own_original(channel, handle))  # (1)


def _own_ears(known: PlayFacts, scene: facts.Scene) -> Released:
    decision = decide(known)  # (2)
    appended = append_durably(_entry(scene, account=None, role="speaker", decision=decision))  # (3)
    if isinstance(decision, Deny):
        raise PlayDenied(decision.reasons)
    permit = Permit(scene.object_name, appended.record, "own_ears")  # (4)
    return Released(permit.record, reader.open(permit))  # (5)


def _entry(scene: facts.Scene, *, account: str | None, role: str, decision: Decision) -> NewEntry:
    refused = isinstance(decision, Deny)
    return NewEntry(
        kind=Kind.REFUSED if refused else Kind.PLAYED,
        recording=scene.recording,
        clip=scene.clip,
        account=account,
        vendor=scene.vendor,
        country=scene.country,
        role=role,
        purpose="own_ears" if role == "speaker" else "human_review",
        duration_ms=scene.duration_ms,
        reasons=tuple(reason.value for reason in decision.reasons) if isinstance(decision, Deny) else (),
        detail=rules_of(decision),
        served_sha256=None if refused else scene.served_sha256 or None,
    )
