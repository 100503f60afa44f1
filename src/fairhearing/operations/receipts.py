"""What a speaker is given for a request: it opens the one entry that the request left in the log.

The entry commits to a root over all recordings concerned, not to a list of them: root = SHA-256 over the sorted
leaves, leaf = SHA-256(HMAC-SHA256(request salt, recording id)). Answers to clips commit in the same way, to
``CLIP=yes`` and ``CLIP=no``. Who knows the salt and their recordings can check it;
the log itself links nothing.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fairhearing.ledger import log as ledger
from fairhearing.ledger.entries import Kind, NewEntry


@dataclass(frozen=True)
class Receipt:
    """One request, answered."""

    kind: Kind
    record: str
    index: int
    recordings: int
    salt: str
    root: str

    def text(self) -> str:
        """As given to the speaker: one line of JSON."""
        return json.dumps({**self.__dict__, "kind": self.kind.value}, separators=(",", ":"))


def root(salt: bytes, recordings: Sequence[str]) -> str:
    """The root over recordings (or other names), as hex."""
    leaves = sorted(hashlib.sha256(hmac.digest(salt, name.encode(), "sha256")).digest() for name in recordings)
    return hashlib.sha256(b"".join(leaves)).hexdigest()


def append(kind: Kind, recordings: Sequence[str]) -> Receipt:
    """Write the one entry of a request, within its transaction, and make its receipt. Takes the log's lock: last."""
    return _append(kind, recordings, {"recordings": len(recordings)}, len(recordings))


def append_answers(answers: Mapping[str, bool], recordings: int) -> Receipt:
    """The same for what a speaker said of clips (by id), of so many recordings: whether people may hear them."""
    said = [f"{clip}={'yes' if agreed else 'no'}" for clip, agreed in answers.items()]
    agreed = sum(answers.values())
    return _append(Kind.ANSWERED, said, {"given": agreed, "refused": len(answers) - agreed}, recordings)


def _append(kind: Kind, names: Sequence[str], numbers: dict[str, str | int], recordings: int) -> Receipt:
    salt = secrets.token_bytes(32)
    top = root(salt, names)
    appended = ledger.append(NewEntry(kind=kind, detail={"root": top, **numbers}))
    return Receipt(kind, appended.record, appended.index, recordings, salt.hex(), top)
