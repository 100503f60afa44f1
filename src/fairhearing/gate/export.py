"""Leaving: opening a clip for a release, or what is a speaker's own for them to keep. The same five steps as a play."""

from dataclasses import dataclass

from django.db import transaction

from fairhearing.gate import facts, mark, wav
from fairhearing.gate.denied import ExportDenied, rules_of
from fairhearing.ledger.appender import append_durably
from fairhearing.ledger.entries import Kind, NewEntry
from fairhearing.policy import Deny, PlayFacts, decide
from fairhearing.vault import reader
from fairhearing.vault.permits import Permit


@dataclass(frozen=True, slots=True)
class Exported:
    """A clip's 16-bit PCM at 16 kHz, and the ledger's record of its leaving."""

    record: str
    pcm16: bytes


@transaction.atomic
def export(*, clip: str, release: str, recipient: str = "") -> Exported:
    """The de-identified sound of a clip for a release. One that names its recipient bears the release's mark.

    Raises:
        ExportDenied: its speaker does not allow it (any more), it is paused, or it is gone.
        mark.MarkFailed: it is not handed out.
    """
    known, scene = facts.of_release(clip)
    decision = decide(known)
    refused = isinstance(decision, Deny)
    appended = append_durably(
        NewEntry(
            kind=Kind.REFUSED if refused else Kind.EXPORTED,
            recording=scene.recording,
            clip=scene.clip,
            role="product",
            purpose="release",
            duration_ms=scene.duration_ms,
            reasons=tuple(decision.reasons) if isinstance(decision, Deny) else (),
            detail={"release": release, **({"recipient": recipient} if recipient else {}), **rules_of(decision)},
        )
    )
    if isinstance(decision, Deny):
        raise ExportDenied(decision.reasons)
    content = reader.open(Permit(scene.object_name, appended.record, "release"))
    marked = mark.copy_for(content, clip=clip, holder=release) if recipient else content
    return Exported(appended.record, marked)


@transaction.atomic
def clip_for_speaker(*, clip: str, handle: bytes | None) -> bytes:
    """The WAV of what reviewers hear, unmarked, for its speaker to keep (GDPR Art. 15, 20).

    ``handle`` was computed from their key, or is None when none fitted.

    Raises:
        ExportDenied: it is not theirs, or was taken too often within the hour.
    """
    return wav.of_pcm16(_taken(*facts.of_own_clip(clip, handle, leaving=True)))


@transaction.atomic
def original_for_speaker(*, channel: str, handle: bytes | None) -> bytes:
    """The WAV of their own channel as it came, where it is still kept, for its speaker to keep.

    Raises:
        ExportDenied: it is not theirs, is not there any more, or was taken too often within the hour.
    """
    return _taken(*facts.of_own_original(channel, handle, leaving=True))


def _taken(known: PlayFacts, scene: facts.Scene) -> bytes:
    decision = decide(known)
    refused = isinstance(decision, Deny)
    appended = append_durably(
        NewEntry(
            kind=Kind.REFUSED if refused else Kind.EXPORTED,
            recording=scene.recording,
            clip=scene.clip,
            role="speaker",
            purpose="access",
            duration_ms=scene.duration_ms,
            reasons=tuple(decision.reasons) if isinstance(decision, Deny) else (),
            detail=rules_of(decision),
        )
    )
    if isinstance(decision, Deny):
        raise ExportDenied(decision.reasons)
    return reader.open(Permit(scene.object_name, appended.record, "access"))
