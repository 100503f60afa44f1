"""Handing a clip out early, marked and encrypted: so that ``play`` has nothing to send but a key.

No listen and no entry: nobody can hear ciphertext. But it is decided like a play, so that nobody collects what they
could not hear, and the hash of the copy is kept for the entry of the play. The copy bears the mark of its reviewer.
"""

import hashlib
import secrets

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import transaction

from fairhearing.gate import facts, keys, mark, wav
from fairhearing.gate.denied import PlayDenied
from fairhearing.policy import Deny, decide
from fairhearing.review import assign
from fairhearing.vault import reader
from fairhearing.vault.permits import SealPermit

IV_BYTES = 12


@transaction.atomic
def seal(*, assignment: str, account: str) -> bytes:
    """12-byte IV ‖ AES-256-GCM of the clip as a 16-bit mono WAV, bound to the assignment's id.

    Raises:
        PlayDenied: it could not be played either.
        mark.MarkFailed: nothing is handed out.
    """
    known, scene = facts.of_assignment(assignment, account)
    decision = decide(known)
    if isinstance(decision, Deny):
        raise PlayDenied(decision.reasons)
    content = reader.open(SealPermit(scene.object_name, assignment))
    if decision.obligations.marked:
        content = mark.copy_for(content, clip=scene.clip or "", holder=account)
    sound = wav.of_pcm16(content)
    served = hashlib.sha256(sound).hexdigest()
    if scene.served_sha256 != served:
        assign.note_served(assignment=assignment, sha256=served)
    iv = secrets.token_bytes(IV_BYTES)
    return iv + AESGCM(keys.sealed_copy(assignment, scene.nonce)).encrypt(iv, sound, assignment.encode())
