"""A transparency log's mathematics and formats, without network, database or files.

Owns the Merkle tree of RFC 6962 and RFC 9162, its proofs, and the C2SP formats around it: tiles and entry
bundles (tlog-tiles), signed notes (signed-note), checkpoints (tlog-checkpoint), cosignatures
(tlog-cosignature), what logs and witnesses say to each other (tlog-witness), whom to believe (tlog-policy) and
receipts (tlog-proof). Promises that every value has one spelling, so that no byte of a log changes unseen;
that a reader of anything that came from outside raises what it declares and nothing else; and that the whole
log can be read again in the memory of a few tiles.
"""

from fairhearing.tlog.audit import AuditResult, LogInvalid, verify_log
from fairhearing.tlog.checkpoint import Checkpoint, CheckpointInvalid
from fairhearing.tlog.keys import KeyMalformed, Signer, Verifier
from fairhearing.tlog.note import NoteInvalid
from fairhearing.tlog.proofs import ProofInvalid
from fairhearing.tlog.receipt import Receipt, ReceiptMalformed
from fairhearing.tlog.tree import EMPTY_ROOT, Frontier, leaf_hash, node_hash
from fairhearing.tlog.trust import Trust, TrustMalformed

__all__ = [
    "EMPTY_ROOT",
    "AuditResult",
    "Checkpoint",
    "CheckpointInvalid",
    "Frontier",
    "KeyMalformed",
    "LogInvalid",
    "NoteInvalid",
    "ProofInvalid",
    "Receipt",
    "ReceiptMalformed",
    "Signer",
    "Trust",
    "TrustMalformed",
    "Verifier",
    "leaf_hash",
    "node_hash",
    "verify_log",
]
