"""The talk between a log and a witness, and what a witness checks before it signs (C2SP tlog-witness).

A request holds the size that the witness signed last, the proof that the tree grew out of that one, and the
checkpoint. Keeping what was signed last, durably and one request at a time, is the caller's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fairhearing.tlog import note
from fairhearing.tlog.checkpoint import Checkpoint, CheckpointInvalid, EmptyRootWrong
from fairhearing.tlog.encoding import HASH_BYTES, MAX_SIZE, decode_decimal, decode_hash, decode_text, encode_base64
from fairhearing.tlog.keys import Verifier
from fairhearing.tlog.proofs import ProofInvalid, verify_consistency
from fairhearing.tlog.tree import EMPTY_ROOT

MAX_PROOF_HASHES = 63
SIZE_TYPE = "text/x.tlog.size"


class RequestMalformed(Exception):
    """The bytes are no request to add a checkpoint."""


class Refused(Exception):
    """A witness does not sign. ``status`` is the HTTP status that says so."""

    status = 400


class OriginUnknown(Refused):
    """The witness does not know this log."""

    status = 404


class NotTheLogs(Refused):
    """No key that the witness trusts for this log has signed the checkpoint."""

    status = 403


class OldSizeDiffers(Refused):
    """The witness signed another size last: ``size``."""

    status = 409

    def __init__(self, size: int, asked: int) -> None:
        super().__init__(f"the last size signed is {size}, the request says {asked}")
        self.size = size


class Inconsistent(Refused):
    """The tree does not grow out of the one that the witness signed last: a split view, or a broken log."""

    status = 422


@dataclass(frozen=True, slots=True)
class Seen:
    """What a witness signed last of a log; nothing yet: size 0. ``root`` is 32 bytes."""

    size: int = 0
    root: bytes = EMPTY_ROOT


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """The body of ``POST …/add-checkpoint``. ``checkpoint_note`` is the signed checkpoint, verbatim.

    Raises:
        RequestMalformed: values that no request can have.
    """

    old_size: int
    proof: tuple[bytes, ...]
    checkpoint_note: str

    def __post_init__(self) -> None:
        if not 0 <= self.old_size <= MAX_SIZE:
            raise RequestMalformed(f"the old size is {self.old_size}, expected 0 to {MAX_SIZE}")
        if len(self.proof) > MAX_PROOF_HASHES:
            raise RequestMalformed(f"the proof has {len(self.proof)} hashes, expected at most {MAX_PROOF_HASHES}")
        for value in self.proof:
            if len(value) != HASH_BYTES:
                raise RequestMalformed(f"a hash of the proof has {len(value)} bytes, expected {HASH_BYTES}")

    def encode(self) -> bytes:
        """The request's bytes."""
        lines = [f"old {self.old_size}", *map(encode_base64, self.proof), ""]
        return ("".join(f"{line}\n" for line in lines) + self.checkpoint_note).encode()

    @classmethod
    def parse(cls, data: bytes) -> "AddCheckpoint":
        """Read a request. Nothing is checked but its form.

        Raises:
            RequestMalformed: any spelling but the one that ``encode`` gives.
        """
        try:
            head, blank, checkpoint_note = decode_text(data, "the request").partition("\n\n")
            lines = head.split("\n")
            if not blank or not lines[0].startswith("old "):
                raise ValueError(f"the request begins {lines[0][:40]!r}, expected old SIZE, a proof, a blank line")
            old_size = decode_decimal(lines[0].removeprefix("old "), "the old size")
            proof = tuple(decode_hash(line, f"hash {at} of the proof") for at, line in enumerate(lines[1:]))
        except ValueError as problem:
            raise RequestMalformed(str(problem)) from None
        return cls(old_size, proof, checkpoint_note)


def origin_of(request: AddCheckpoint) -> str:
    """The log that a request says it is of: whose last size is to be looked up. Nothing is checked yet."""
    return request.checkpoint_note.split("\n", 1)[0]


def check(request: AddCheckpoint, seen: Seen, trusted: Sequence[Verifier]) -> Checkpoint:
    """Whether a witness that has ``seen`` this much of a log may sign the checkpoint; gives it.

    ``trusted`` are the log's keys; none: the log is unknown. Only what the returned checkpoint holds may be signed, and
    only after it was kept as seen.

    Raises:
        Refused: one of its kinds, which says why.
    """
    # 1. The log is known, and one of its keys has signed.
    if not trusted:
        raise OriginUnknown("the log is not known here")
    text = _signed_text(request, trusted)
    # 2. What is signed is a checkpoint of this log.
    checkpoint = _checkpoint(text)
    if all(checkpoint.origin != key.name for key in trusted):
        raise NotTheLogs("the checkpoint's origin is not the name of the key that signed it")
    # 3. It goes on from what was signed last, and from nothing else: no older size, no rollback, no replay.
    if request.old_size > checkpoint.size:
        raise Refused(f"the old size is {request.old_size}, larger than the checkpoint's {checkpoint.size}")
    if request.old_size != seen.size:
        raise OldSizeDiffers(seen.size, request.old_size)
    # 4. The tree grew out of that one.
    _check_growth(request, seen, checkpoint)
    return checkpoint


def _signed_text(request: AddCheckpoint, trusted: Sequence[Verifier]) -> str:
    try:
        return note.verify(request.checkpoint_note, trusted).text
    except note.NoteMalformed as problem:
        raise Refused(f"the checkpoint is no signed note: {problem}") from None
    except note.NoteInvalid as problem:
        raise NotTheLogs(str(problem)) from None


def _checkpoint(text: str) -> Checkpoint:
    try:
        return Checkpoint.parse(text)
    except EmptyRootWrong as problem:
        raise Inconsistent(str(problem)) from None
    except CheckpointInvalid as problem:
        raise Refused(str(problem)) from None


def _check_growth(request: AddCheckpoint, seen: Seen, checkpoint: Checkpoint) -> None:
    """An older size of 0 has no proof (everything begins with nothing), and takes none."""
    if seen.size == 0:
        if request.proof:
            raise Inconsistent(f"a proof of {len(request.proof)} hashes from size 0, expected none")
        return
    try:
        verify_consistency(
            old_size=seen.size,
            size=checkpoint.size,
            old_root=seen.root,
            root=checkpoint.root,
            proof=request.proof,
        )
    except ProofInvalid as problem:
        raise Inconsistent(str(problem)) from None


def parse_cosignatures(data: bytes, checkpoint_note: str, known: Sequence[Verifier]) -> list[note.Signature]:
    """The cosignatures of known keys in a witness's answer, each checked against the checkpoint.

    Raises:
        NoteInvalid: the answer is no signature lines, has none of a known key, or one that is wrong.
    """
    try:
        lines = decode_text(data, "the witness's answer")
    except ValueError as problem:
        raise note.NoteMalformed(str(problem)) from None
    if not lines.endswith("\n"):
        raise note.NoteMalformed("the witness's answer does not end in a newline")
    text = note.Note.parse(checkpoint_note).text
    return list(note.verify(f"{text}\n{lines}", known).signatures)


def by_origin(logs: Sequence[Verifier]) -> Mapping[str, list[Verifier]]:
    """The keys that a witness trusts, by the log's origin, which is the key's name."""
    found: dict[str, list[Verifier]] = {}
    for key in logs:
        found.setdefault(key.name, []).append(key)
    return found
