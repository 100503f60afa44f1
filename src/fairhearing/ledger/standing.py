"""How an entry stands in the log, checked on the spot: its proof against the checkpoint that everybody is shown.

What is checked here is checked by the log's own server. It finds what was changed in the database; whoever does not
trust the server checks from elsewhere, with the same proof and their own memory of a checkpoint.
"""

from dataclasses import dataclass

from fairhearing.ledger import publish, signing, witnesses
from fairhearing.tlog import CheckpointInvalid, NoteInvalid, ProofInvalid, TrustMalformed, leaf_hash
from fairhearing.tlog import checkpoint as checkpoints
from fairhearing.tlog import note as notes
from fairhearing.tlog import receipt as receipts
from fairhearing.tlog.proofs import ProofUnavailable


@dataclass(frozen=True)
class Cosigned:
    """The witnesses whose cosignatures on a checkpoint were verified, and names of signatures that nobody here can.

    ``quorum`` says whether the policy file is satisfied; None when the log has no such file.
    """

    names: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()
    quorum: bool | None = None
    problem: str = ""


@dataclass(frozen=True)
class Standing:
    """An entry's leaf hash (hex), and the checkpoint that it was proved in: ``problem`` is empty when it was.

    ``hashes`` is the length of the proof; ``root`` is in base64.
    """

    leaf: str
    size: int = 0
    root: str = ""
    hashes: int = 0
    problem: str = ""
    cosigned: Cosigned = Cosigned()


def of(index: int, body: bytes) -> Standing:
    """Make an entry's proof and verify it, and the checkpoint's signatures. What fails is told, not raised."""
    leaf = leaf_hash(body).hex()
    try:
        receipt = publish.receipt(str(index))
    except (LookupError, ProofUnavailable, NoteInvalid, CheckpointInvalid) as missing:
        return Standing(leaf, problem=str(missing))
    _, size, root = receipt.checkpoint_note.split("\n")[:3]
    try:
        receipts.verify(receipt, body, signing.signer().verifier())
        problem = ""
    except (NoteInvalid, CheckpointInvalid, ProofInvalid) as wrong:
        problem = str(wrong)
    return Standing(leaf, int(size), root, len(receipt.proof), problem, cosigned(receipt.checkpoint_note))


def cosigned(note: str) -> Cosigned:
    """Who cosigned a checkpoint, by the keys of the policy file that ``FAIRHEARING_WITNESSES`` names."""
    ours = signing.signer().verifier()
    try:
        others = [
            one for one in notes.Note.parse(note).signatures if (one.name, one.key_id) != (ours.name, ours.key_id)
        ]
        trust = witnesses.configured()
        if trust is None:
            return Cosigned(unverified=_names(others))
        keys = checkpoints.cosigners(note, [party.key for party in trust.witnesses.values()])
    except (NoteInvalid, TrustMalformed) as wrong:
        return Cosigned(problem=str(wrong))
    known = {(key.name, key.key_id) for key in keys}
    unknown = _names([one for one in others if (one.name, one.key_id) not in known])
    return Cosigned(tuple(dict.fromkeys(key.name for key in keys)), unknown, trust.is_met(keys))


def _names(signatures: list[notes.Signature]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.name for one in signatures))
