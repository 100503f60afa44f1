"""Publishing: the checkpoint with its witnesses, the log as files, the receipt of one entry.

A checkpoint is published after it was compared with the rows and remembered outside the database. Witnesses are
asked for the newest one; with or without them it is then the one that everybody is shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from fairhearing.ledger import signing, soundness, tiles, witnesses
from fairhearing.ledger.models import LogState, Published, Record, Witness
from fairhearing.ledger.rows import Prepared, RowHashReader
from fairhearing.tlog import Checkpoint, Receipt, Trust, TrustMalformed
from fairhearing.tlog import note as notes
from fairhearing.tlog.note import Signature
from fairhearing.tlog.proofs import consistency_proof, inclusion_proof
from fairhearing.tlog.tiles import Tile, new_bundles, new_tiles
from fairhearing.tlog.trust import Party


@dataclass(frozen=True)
class Publication:
    """What was published: the size, who cosigned it, and why others did not."""

    size: int
    cosigned: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    quorum: bool = True


def publish() -> Publication | None:
    """One round: compare, remember, ask the witnesses, publish. None while the log is empty.

    A crash in between loses cosignatures, which are asked for again; what is remembered was committed before.

    Raises:
        soundness.LogStopped: the log contradicts what it signed; from now on it appends nothing.
        tlog.TrustMalformed: the witnesses' policy file is none.
    """
    # 1. The log still holds all that it signed, else it stops.
    state = _sound_state()
    size = state.frontier.size
    if not size:
        return None
    # 2. Nothing smaller will ever be gone on from.
    soundness.remember(state.note)
    # 3. The witnesses see it grow; those who signed this very checkpoint already are not asked again.
    trust = _trusted()
    if trust is None:
        return Publication(size)
    held = _signatures_held(state.note, trust)
    missing = [one for one in trust.witnesses.values() if one.url and (one.key.name, one.key.key_id) not in _ids(held)]
    answers = _ask(missing, state.note, size)
    signatures = [*held, *(signature for answer in answers.values() for signature in answer.signatures)]
    # 4. Everybody sees it, with the cosignatures that came.
    if any(answer.signatures for answer in answers.values()) or not _is_published(size):
        _store(state.note, size, signatures)
    signed = [one.key for one in trust.witnesses.values() if (one.key.name, one.key.key_id) in _ids(signatures)]
    problems = tuple(f"{name}: {answer.problem}" for name, answer in answers.items() if answer.problem)
    return Publication(size, tuple(sorted({key.name for key in signed})), problems, trust.is_met(signed))


def reconsider() -> int:
    """Compare everything anew and, if it agrees now, let a stopped log go on; gives its size.

    Raises:
        soundness.LogStopped: it does not agree.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        state = soundness.read(cursor, although_stopped=True)
        soundness.compare(cursor, state)
        LogState.objects.filter(id=1).update(stopped="")
    return state.frontier.size


def _sound_state() -> soundness.State:
    """The state as one statement sees it; the rows below its size never change, so the rest may be read after it."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            state = soundness.read(cursor)
            soundness.compare(cursor, state)
            return state
    except soundness.LogStopped as stopped:
        LogState.objects.filter(id=1, stopped="").update(stopped=stopped.reason)
        raise


def _trusted() -> Trust | None:
    trust, ours = witnesses.configured(), signing.signer().verifier()
    if trust is not None and trust.logs and ours.public not in {log.key.public for log in trust.logs}:
        raise TrustMalformed(f"FAIRHEARING_WITNESSES: the policy is of other logs than {ours.name}")
    return trust


def _signatures_held(note: str, trust: Trust) -> list[Signature]:
    """The log's own signature, and the cosignatures that this very checkpoint has already."""
    newest = notes.Note.parse(note)
    published = Published.objects.filter(id=1).first()
    if published is None or notes.Note.parse(published.note).text != newest.text:
        return list(newest.signatures)
    keys = [signing.signer().verifier(), *(one.key for one in trust.witnesses.values())]
    return list(notes.verify(published.note, keys).signatures)


def _ask(parties: Sequence[Party], note: str, size: int) -> dict[str, witnesses.Answer]:
    if not parties:
        return {}
    known = dict(Witness.objects.values_list("key", "size"))
    with connection.cursor() as cursor:
        answers = witnesses.ask(
            parties,
            note=note,
            size=size,
            known={one.name: known.get(_row_key(one), 0) for one in parties},
            prove=lambda old: consistency_proof(old, size, RowHashReader(cursor)),
        )
    for party in parties:
        answer = answers[party.name]
        changed: dict[str, object] = {"problem": answer.problem}
        if answer.signatures:
            changed |= {"size": size, "signed_at": timezone.now()}
        elif answer.size is not None:
            changed["size"] = answer.size
        Witness.objects.update_or_create(key=_row_key(party), defaults=changed)
    return answers


def _row_key(party: Party) -> str:
    return f"{party.key.name}+{party.key.key_id.hex()}"


def _store(note: str, size: int, signatures: Sequence[Signature]) -> None:
    built = notes.build(notes.Note.parse(note).text, list(dict.fromkeys(signatures)))
    row = {"note": built, "size": size, "published_at": timezone.now()}
    Published.objects.update_or_create(id=1, defaults=row)


def _is_published(size: int) -> bool:
    return Published.objects.filter(id=1, size=size).exists()


def _ids(signatures: Sequence[Signature]) -> set[tuple[str, bytes]]:
    return {(signature.name, signature.key_id) for signature in signatures}


def write(folder: Path) -> int:
    """Write every tile and bundle, then the checkpoint; gives the size. The checkpoint comes last, as in any log.

    It is remembered first: what anybody may have seen is never gone back behind.
    """
    with transaction.atomic():
        note = tiles.checkpoint()
        size = size_of(note)
        remembered = soundness.recall()
        if remembered is None or remembered.size < size:
            soundness.remember(note)
        wanted: Sequence[Tile] = [*new_tiles(0, size), *new_bundles(0, size)]
        for tile in wanted:
            path = folder / tile.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content(tile))
    (folder / "checkpoint").write_text(note)
    return size


def receipt(entry: str) -> Receipt:
    """The receipt of an entry, named by its index or its record, against the checkpoint that is published.

    An entry that the published checkpoint does not hold yet is proved against the newest one.

    Raises:
        LookupError: there is no such entry.
    """
    index = int(entry) if entry.isdecimal() and len(entry) < 19 else None
    if index is None:
        index = Record.objects.filter(id=entry).values_list("index", flat=True).first()
    note = tiles.checkpoint()
    if index is not None and size_of(note) <= index:
        note = tiles.newest()
    size = size_of(note)
    if index is None or index >= size:
        raise LookupError(f"listen or entry {entry}: there is none of this name")
    return Receipt(index, tuple(inclusion_proof(index, size, RowHashReader(Prepared()))), note)


def prove(entry: str, out: Path) -> int:
    """Write the receipt of an entry (index or record) to a file; gives the entry's index.

    Raises:
        LookupError: there is no such entry.
    """
    made = receipt(entry)
    out.write_text(made.encode())
    return made.index


def size_of(note: str) -> int:
    """The size that a signed checkpoint says."""
    return Checkpoint.parse(notes.Note.parse(note).text).size


def content(tile: Tile) -> bytes:
    """The bytes of a tile or of a bundle.

    Raises:
        tiles.TileMissing: beyond the log's size.
    """
    if tile.level < 0:
        return tiles.entries(tile.index, tile.width)
    return tiles.hashes(tile.level, tile.index, tile.width)
