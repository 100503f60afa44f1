"""Checkpoints: what a log says of its tree, signed (C2SP tlog-checkpoint)."""

from collections.abc import Sequence
from dataclasses import dataclass

from fairhearing.tlog import keys, note
from fairhearing.tlog.encoding import HASH_BYTES, MAX_SIZE, decode_decimal, decode_hash, encode_base64
from fairhearing.tlog.tree import EMPTY_ROOT


class CheckpointInvalid(Exception):
    """A text is no checkpoint, or is another log's."""


class EmptyRootWrong(CheckpointInvalid):
    """A checkpoint of size 0 has another root than the empty tree's."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The log's origin, its number of entries, its root hash (32 bytes), and lines of extension.

    Raises:
        CheckpointInvalid: values that no checkpoint can have.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.size <= MAX_SIZE:
            raise CheckpointInvalid(f"the checkpoint's size is {self.size}, expected 0 to {MAX_SIZE}")
        if len(self.root) != HASH_BYTES:
            raise CheckpointInvalid(f"the checkpoint's root has {len(self.root)} bytes, expected {HASH_BYTES}")
        if self.size == 0 and self.root != EMPTY_ROOT:
            raise EmptyRootWrong(f"the empty tree has root {self.root.hex()}, expected {EMPTY_ROOT.hex()}")
        for line in (self.origin, *self.extensions):
            if not line or any(sign < " " for sign in line):
                raise CheckpointInvalid(f"{line[:80]!r} cannot be a line: it is empty or has a control character")

    def encode(self) -> str:
        """The note's text: origin, size, root in base64 and extensions, each on a line of its own."""
        lines = [self.origin, str(self.size), encode_base64(self.root), *self.extensions]
        return "".join(f"{line}\n" for line in lines)

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """Read a note's text.

        Raises:
            CheckpointInvalid: any spelling but the one that ``encode`` gives.
        """
        lines = text.split("\n")
        if len(lines) < 4 or lines.pop():
            raise CheckpointInvalid(f"the checkpoint has {len(lines)} lines, expected three or more, all ended")
        try:
            size = decode_decimal(lines[1], "the checkpoint's size")
            root = decode_hash(lines[2], "the checkpoint's root")
        except ValueError as problem:
            raise CheckpointInvalid(str(problem)) from None
        return cls(lines[0], size, root, tuple(lines[3:]))


def sign(checkpoint: Checkpoint, signer: keys.Signer) -> str:
    """The checkpoint as a signed note. Whoever calls this has made sure that it goes on from the last one.

    Raises:
        CheckpointInvalid: the signer's name is not the origin.
    """
    if signer.name != checkpoint.origin:
        raise CheckpointInvalid(f"the signer is {signer.name}, expected the origin {checkpoint.origin}")
    return keys.sign(checkpoint.encode(), signer)


def verify(data: str | bytes, verifier: keys.Verifier) -> Checkpoint:
    """Read a checkpoint that the log's own key has signed, whose origin is the key's name.

    Raises:
        NoteInvalid: it is no note, or the key has not signed it.
        CheckpointInvalid: what is signed is no checkpoint, or is another log's.
    """
    checkpoint = Checkpoint.parse(note.verify(data, [verifier]).text)
    if verifier.key_type is not keys.KeyType.ED25519:
        raise CheckpointInvalid(f"the key {verifier.name} is a witness's, expected the log's own")
    if checkpoint.origin != verifier.name:
        raise CheckpointInvalid(f"the checkpoint is of {checkpoint.origin!r}, expected {verifier.name!r}")
    return checkpoint


def cosigners(data: str | bytes, known: Sequence[keys.Verifier]) -> list[keys.Verifier]:
    """The known witnesses' keys that cosigned, in the order of ``known``.

    Raises:
        NoteInvalid: it is no note, or a known witness's cosignature is wrong.
    """
    witnesses_keys = [key for key in known if key.key_type in keys.COSIGNATURE_TYPES]
    try:
        signatures = note.verify(data, witnesses_keys).signatures
    except note.SignatureMissing:
        return []
    made = {(signature.name, signature.key_id) for signature in signatures}
    return [key for key in witnesses_keys if (key.name, key.key_id) in made]


def witnesses(data: str | bytes, known: Sequence[keys.Verifier]) -> list[str]:
    """The names of the known witnesses that cosigned, each once, in the order of ``known``.

    Raises:
        NoteInvalid: it is no note, or a known witness's cosignature is wrong.
    """
    return list(dict.fromkeys(key.name for key in cosigners(data, known)))
