"""Handing a clip out early, encrypted: so that ``play`` has nothing to send but a key.

No listen and no entry: nobody can hear ciphertext. But it is decided like a play, so that nobody collects what they
could not hear, and the hash of the copy is kept for the entry of the play.
"""

import hashlib
import secrets

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import transaction

from fairhearing.gate import facts, keys, wav
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
    """
    known, scene = facts.of_assignment(assignment, account)
    decision = decide(known)
    if isinstance(decision, Deny):
        raise PlayDenied(decision.reasons)
    sound = wav.of_pcm16(reader.open(SealPermit(scene.object_name, assignment)))
    if not scene.served_sha256:
        assign.note_served(assignment=assignment, sha256=hashlib.sha256(sound).hexdigest())
    iv = secrets.token_bytes(IV_BYTES)
    return iv + AESGCM(keys.sealed_copy(assignment, scene.nonce)).encrypt(iv, sound, assignment.encode())
