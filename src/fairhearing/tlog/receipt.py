"""The file that shows, without any network, that an entry is in a log (C2SP tlog-proof)."""

from dataclasses import dataclass

from fairhearing.tlog import checkpoint as checkpoints
from fairhearing.tlog.checkpoint import Checkpoint
from fairhearing.tlog.encoding import (
    HASH_BYTES,
    MAX_SIZE,
    decode_base64,
    decode_decimal,
    decode_hash,
    decode_text,
    encode_base64,
)
from fairhearing.tlog.keys import Verifier
from fairhearing.tlog.proofs import verify_inclusion
from fairhearing.tlog.tree import leaf_hash

HEADER = "c2sp.org/tlog-proof@v1"
MAX_PROOF_HASHES = 63


class ReceiptMalformed(Exception):
    """The text is no receipt."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The entry's index, its inclusion proof (32 bytes a hash, leaf first), the checkpoint as it was signed.

    ``extra`` is not covered by any signature: nobody may believe it. ``None``: no such line.

    Raises:
        ReceiptMalformed: values that no receipt can have.
    """

    index: int
    proof: tuple[bytes, ...]
    checkpoint_note: str
    extra: bytes | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.index <= MAX_SIZE:
            raise ReceiptMalformed(f"the receipt's index is {self.index}, expected 0 to {MAX_SIZE}")
        if len(self.proof) > MAX_PROOF_HASHES:
            raise ReceiptMalformed(f"the proof has {len(self.proof)} hashes, expected at most {MAX_PROOF_HASHES}")
        for value in self.proof:
            if len(value) != HASH_BYTES:
                raise ReceiptMalformed(f"a hash of the proof has {len(value)} bytes, expected {HASH_BYTES}")

    def encode(self) -> str:
        """The file's text (``.tlog-proof``)."""
        extra = [] if self.extra is None else [f"extra {encode_base64(self.extra)}"]
        lines = [HEADER, *extra, f"index {self.index}", *map(encode_base64, self.proof), ""]
        return "".join(f"{line}\n" for line in lines) + self.checkpoint_note

    @classmethod
    def parse(cls, data: str | bytes) -> "Receipt":
        """Read a file's text. Nothing is checked but its form; the checkpoint is kept verbatim.

        Raises:
            ReceiptMalformed: any spelling but the one that ``encode`` gives.
        """
        try:
            return cls._parse(decode_text(data, "the receipt"))
        except ValueError as problem:
            raise ReceiptMalformed(str(problem)) from None

    @classmethod
    def _parse(cls, text: str) -> "Receipt":
        head, blank, checkpoint_note = text.partition("\n\n")
        lines = head.split("\n")
        if not blank or lines.pop(0) != HEADER:
            raise ValueError(f"the receipt begins {text[:40]!r}, expected {HEADER!r}, a proof, a blank line")
        extra = None
        if lines and lines[0].startswith("extra "):
            extra = decode_base64(lines.pop(0).removeprefix("extra "), "the receipt's extra data")
        if not lines or not lines[0].startswith("index "):
            raise ValueError("the receipt has no index line after its first lines")
        index = decode_decimal(lines.pop(0).removeprefix("index "), "the receipt's index")
        proof = tuple(decode_hash(line, f"hash {at} of the proof") for at, line in enumerate(lines))
        return cls(index, proof, checkpoint_note, extra)


def verify(receipt: Receipt, entry: bytes, verifier: Verifier) -> Checkpoint:
    """Check that the log's key vouches for a tree that holds this entry at the receipt's index.

    Raises:
        NoteInvalid, CheckpointInvalid: the checkpoint is not the log's.
        ProofInvalid: the entry is not in that tree at that index.
    """
    checkpoint = checkpoints.verify(receipt.checkpoint_note, verifier)
    verify_inclusion(
        index=receipt.index,
        size=checkpoint.size,
        leaf=leaf_hash(entry),
        proof=receipt.proof,
        root=checkpoint.root,
    )
    return checkpoint
