"""What happens to a recording after intake: clips are added, it is set aside, or it is forgotten."""

import json
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import F

from fairhearing import ids, statements
from fairhearing.capture import fingerprints, pauses
from fairhearing.capture.models import (
    Candidate,
    Channel,
    Clip,
    ClipState,
    Hypothesis,
    Recording,
    RecordingState,
)
from fairhearing.programmes.models import Programme
from fairhearing.vault import keys, shredder, writer

_DOOMED = "SELECT id, recording_id, handle, key_id, original_key_id FROM capture_channel WHERE id = ANY(%s)"
# Recordings of which no channel is left.
_LEFT_ALONE = """
SELECT r.id, r.programme_id, r.content_digest FROM capture_recording r
WHERE r.id = ANY(%s) AND NOT EXISTS (SELECT 1 FROM capture_channel h WHERE h.recording_id = r.id)
"""
_PAUSE = """
UPDATE capture_channel h SET paused = TRUE, pause_sealed = given.sealed
FROM unnest(%s::text[], %s::bytea[]) AS given (id, sealed) WHERE h.id = given.id
"""


@dataclass(frozen=True)
class NewCandidate:
    """A de-identified candidate text."""

    text: str
    language: str
    engine: str


@dataclass(frozen=True)
class NewClip:
    """A de-identified clip: samples at 16 kHz from ``start`` to ``end`` of the original.

    ``words``: where each word begins and ends, in milliseconds of the clip.
    """

    start: int
    end: int
    pcm16: bytes
    peaks: list[int]
    candidates: tuple[NewCandidate, ...]
    worth: float
    words: tuple[tuple[int, int], ...] = ()


def add_clips(*, channel: Channel, clips: Sequence[NewClip]) -> list[Clip]:
    """Encrypt clips and their texts under the channel's key. Call within the transaction that ends preparing."""
    secret = keys.unwrap(channel.key_id)
    made = []
    for new in clips:
        clip = Clip(
            id=ids.new("clip"),
            programme_id=channel.recording.programme_id,
            channel=channel,
            start=new.start,
            end=new.end,
            object_name=writer.put(key_id=channel.key_id, kind="clip", content=new.pcm16),
            state=ClipState.READY,
            worth=new.worth,
        )
        clip.peaks_sealed = writer.seal_text(secret, f"peaks|{clip.id}", json.dumps(new.peaks))
        if new.words:
            clip.words_sealed = writer.seal_text(secret, f"words|{clip.id}", json.dumps(new.words))
        clip.fingerprint_sealed = fingerprints.seal(secret, clip.id, new.pcm16)
        clip.save(force_insert=True)
        Candidate.objects.bulk_create(
            Candidate(
                clip=clip,
                number=number,
                engine=candidate.engine,
                language=candidate.language,
                sealed=writer.seal_text(secret, f"candidate|{clip.id}|{number}", candidate.text),
            )
            for number, candidate in enumerate(new.candidates, start=1)
        )
        made.append(clip)
    return made


def settle_recording(
    *, recording: Recording, state: RecordingState, reasons: list[str], report: dict[str, object], cpu_ms: int
) -> None:
    """Write down how preparing ended."""
    recording.state = state
    recording.reasons = reasons
    recording.report = report
    recording.cpu_ms = cpu_ms
    recording.save(update_fields=["state", "reasons", "report", "cpu_ms"])


@transaction.atomic
def shred_originals(*, channels: Sequence[Channel]) -> None:
    """Destroy originals with what came with them. Their clips stay, under keys of their own."""
    Hypothesis.objects.filter(channel__in=channels).delete()
    shredder.shred([channel.original_key_id for channel in channels if channel.original_key_id])
    Channel.objects.filter(id__in=[channel.id for channel in channels]).update(original_key_id="", original_object="")


def close_channels(*, channels: Sequence[str]) -> None:
    """Mark channels (by id) as withdrawn. Waits for plays in flight, which hold the rows; none begins afterwards."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE capture_channel SET withdrawn = TRUE WHERE id = ANY(%s)", [list(channels)])


def pause_channels(*, channels: Sequence[str], until: date | None) -> None:
    """Mark channels (by id) as paused by their speaker. Waits for plays in flight; none begins afterwards."""
    sealed = [pauses.seal(channel=channel, until=until) for channel in channels]
    statements.rows(_PAUSE, [list(channels), sealed])


def end_pauses(*, channels: Sequence[str]) -> None:
    """Channels (by id) may be heard again."""
    Channel.objects.filter(id__in=list(channels)).update(paused=False, pause_sealed=None)


def end_improvement(*, channel: str) -> None:
    """Nothing of a channel (by id) is used to improve anything from now on."""
    Channel.objects.filter(id=channel).update(automatic_improvement=False)


@dataclass(frozen=True)
class Forgotten:
    """What an erasure removed: recordings that are wholly gone, and clips."""

    recordings: tuple[str, ...]
    clips: tuple[str, ...]


def hold_channel(clip: str, *, alone: bool = False) -> None:
    """Hold the channel of a clip (shared, or alone) to the transaction's end: no erasure, no withdrawal meanwhile.

    Whoever changes what hangs on a clip takes this lock first, and an erasure takes it alone: they meet here and not
    crosswise further down.
    """
    found = "SELECT 1 FROM capture_channel h JOIN capture_clip c ON c.channel_id = h.id WHERE c.id = %s"
    statements.rows(f"{found} FOR NO KEY UPDATE OF h" if alone else f"{found} FOR SHARE OF h", [clip])


def answer_clips(*, answers: Mapping[str, bool]) -> int:
    """Write down of clips (by id) whether people may hear them; gives of how many recordings they are.

    Waits for plays in flight, which hold the rows. Rows that say so already stay as they are.
    """
    held = "SELECT h.recording_id FROM capture_channel h WHERE EXISTS (SELECT 1 FROM capture_clip c"
    held += " WHERE c.channel_id = h.id AND c.id = ANY(%s)) ORDER BY h.id FOR SHARE OF h"
    recordings = {row[0] for row in statements.rows(held, [list(answers)])}
    for said in (True, False):
        clips = sorted(clip for clip, agreed in answers.items() if agreed is said)
        Clip.objects.filter(id__in=clips).exclude(heard_by_people=said).update(heard_by_people=said)
    return len(recordings)


def lock_channels(channels: Sequence[str]) -> list[str]:
    """Lock channels (by id) for erasure, waiting for plays in flight; gives their clips. Locks in the order of ids."""
    with connection.cursor() as cursor:
        wanted = [list(channels)]
        cursor.execute("SELECT id FROM capture_channel WHERE id = ANY(%s) ORDER BY id FOR UPDATE", wanted)
        # No key: whoever hands a clip out holds its place in the queue and must be able to name the clip meanwhile.
        cursor.execute("SELECT id FROM capture_clip WHERE channel_id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", wanted)
        return [row[0] for row in cursor.fetchall()]


def forget_channels(*, channels: Sequence[str]) -> Forgotten:
    """Delete channels with all that was made of them, shred their keys, and leave tombstones.

    Call within the erasure's transaction, after ``lock_channels`` and after ``review`` has forgotten the clips.
    """
    rows = [_Doomed(*row) for row in statements.rows(_DOOMED, [list(channels)])]
    ids = [row.id for row in rows]
    clips = [row[0] for row in statements.rows("SELECT id FROM capture_clip WHERE channel_id = ANY(%s)", [ids])]
    statements.rows("DELETE FROM capture_candidate WHERE clip_id = ANY(%s)", [clips])
    statements.rows("DELETE FROM capture_clip WHERE id = ANY(%s)", [clips])
    statements.rows("DELETE FROM capture_hypothesis WHERE channel_id = ANY(%s)", [ids])
    statements.rows("DELETE FROM capture_request WHERE channel_id = ANY(%s)", [ids])
    statements.rows("DELETE FROM capture_channel WHERE id = ANY(%s)", [ids])
    shredder.shred(key for row in rows for key in (row.key_id, row.original_key_id) if key)
    gone = statements.rows(_LEFT_ALONE, [list({row.recording_id for row in rows})])
    # Tombstones in a shuffled order: one that follows another tells nothing.
    _leave_tombstones("capture_handletombstone", "handle", [row.handle for row in rows])
    _leave_tombstones("capture_contenttombstone", "digest", [digest for _, _, digest in gone])
    names = [recording for recording, _, _ in gone]
    # A job that waits or failed for good names its recording; one under way finds nothing, and goes at its end.
    statements.rows("DELETE FROM procrastinate_jobs WHERE args->>'recording' = ANY(%s) AND status <> 'doing'", [names])
    statements.rows("DELETE FROM capture_recording WHERE id = ANY(%s)", [names])
    for programme, number in Counter(programme for _, programme, _ in gone).items():
        Programme.objects.filter(id=programme).update(erased=F("erased") + number)
    return Forgotten(tuple(names), tuple(clips))


class _Doomed(NamedTuple):
    """What ``_DOOMED`` gives."""

    id: str
    recording_id: str
    handle: bytes
    key_id: str
    original_key_id: str


def _leave_tombstones(table: str, column: str, values: list[bytes]) -> None:
    random.SystemRandom().shuffle(values)
    insert = f"INSERT INTO {table} ({column}) SELECT unnest(%s::bytea[]) ON CONFLICT DO NOTHING"
    statements.rows(insert, [values])
