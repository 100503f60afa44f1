"""Signed notes: a text and the signatures of named keys below it (C2SP signed-note).

A note is read in whole or refused in whole. Signatures of keys that nobody asked for are passed over.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from fairhearing.tlog.encoding import decode_base64, decode_text, encode_base64

KEY_ID_BYTES = 4
MAX_SIGNATURES = 100
MAX_NOTE_CHARACTERS = 1_000_000
_DASH = "\u2014 "


class NoteInvalid(Exception):
    """A note cannot be believed."""


class NoteMalformed(NoteInvalid):
    """The text is not a signed note."""


class SignatureWrong(NoteInvalid):
    """A signature bears the name and id of a known key, and the key did not make it."""


class SignatureMissing(NoteInvalid):
    """No known key has signed."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One line: the key's name, its id (4 bytes), and what the key made (1 byte or more)."""

    name: str
    key_id: bytes
    value: bytes

    @property
    def line(self) -> str:
        """The line with its newline."""
        return f"{_DASH}{self.name} {encode_base64(self.key_id + self.value)}\n"

    @classmethod
    def parse(cls, line: str) -> "Signature":
        """Read a line that has lost its newline.

        Raises:
            NoteMalformed: it is no signature line.
        """
        parts = line.removeprefix(_DASH).split(" ")
        if not line.startswith(_DASH) or len(parts) != 2:
            raise NoteMalformed(f"the line {line[:80]!r} is no signature, expected an em dash, name, base64")
        name, encoded = parts
        if not is_key_name(name):
            raise NoteMalformed(f"{name[:80]!r} cannot name a key: it is empty, or has a space, plus or control")
        try:
            data = decode_base64(encoded, f"the signature of {name[:80]}")
        except ValueError as problem:
            raise NoteMalformed(str(problem)) from None
        if len(data) <= KEY_ID_BYTES:
            raise NoteMalformed(f"the signature of {name[:80]} has {len(data)} bytes, expected more than 4")
        return cls(name, data[:KEY_ID_BYTES], data[KEY_ID_BYTES:])


class Key(Protocol):
    """What checks the signatures of one key. ``keys.Verifier`` is one; a witness's key is another."""

    @property
    def name(self) -> str:
        """The key's name."""
        ...

    @property
    def key_id(self) -> bytes:
        """The key's id, 4 bytes."""
        ...

    def accepts(self, text: str, value: bytes) -> bool:
        """Whether this key made the signature for a note's text."""
        ...


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends in a newline, and the signatures below it, checked or not."""

    text: str
    signatures: tuple[Signature, ...]

    def encode(self) -> str:
        """The note as it is served."""
        return self.text + "\n" + "".join(signature.line for signature in self.signatures)

    @classmethod
    def parse(cls, data: str | bytes) -> "Note":
        """Read a note without checking any signature.

        Raises:
            NoteMalformed: not UTF-8, control characters, no blank line before the signatures, no signature,
                more than 100 signatures or a million characters.
        """
        try:
            note = decode_text(data, "the note")
        except ValueError as problem:
            raise NoteMalformed(str(problem)) from None
        if len(note) > MAX_NOTE_CHARACTERS:
            raise NoteMalformed(f"the note has {len(note)} characters, expected at most {MAX_NOTE_CHARACTERS}")
        check_text(note)
        before, blank, after = note.rpartition("\n\n")
        if not blank or not after:
            raise NoteMalformed("the note does not end in a blank line and signature lines")
        lines = after[:-1].split("\n")
        if len(lines) > MAX_SIGNATURES:
            raise NoteMalformed(f"the note has {len(lines)} signatures, expected at most {MAX_SIGNATURES}")
        return cls(before + "\n", tuple(Signature.parse(line) for line in lines))


def is_key_name(name: str) -> bool:
    """Whether a key may be called so: not empty, no space of any script, no plus, no control character."""
    return bool(name) and not any(sign == "+" or sign.isspace() or sign < " " for sign in name)


def check_text(text: str) -> None:
    r"""Refuse a text that no note can carry.

    Raises:
        NoteMalformed: it is not UTF-8, has an ASCII control character but ``\n``, or no ``\n`` at its end.
    """
    try:
        decode_text(text, "the note")
    except ValueError as problem:
        raise NoteMalformed(str(problem)) from None
    for at, sign in enumerate(text):
        if sign < " " and sign != "\n":
            raise NoteMalformed(f"character {at} of the note is the control U+{ord(sign):04X}")
    if not text.endswith("\n"):
        raise NoteMalformed(f"the note ends in {text[-20:]!r}, expected a newline")


def build(text: str, signatures: Iterable[Signature]) -> str:
    """Put signatures below a text (which ends in a newline).

    Raises:
        NoteMalformed: the text cannot be a note's, or there is no signature.
    """
    check_text(text)
    note = Note(text, tuple(signatures)).encode()
    Note.parse(note)
    return note


def verify(data: str | bytes, keys: Sequence[Key]) -> Note:
    """Read a note, check it against the known keys, and give back its text and the signatures they made.

    Raises:
        NoteMalformed: it is no signed note.
        SignatureWrong: a known key's signature does not fit the text.
        SignatureMissing: none of the known keys has signed.
    """
    note = Note.parse(data)
    known = {(key.name, key.key_id): key for key in keys}
    trusted = []
    for signature in note.signatures:
        key = known.get((signature.name, signature.key_id))
        if key is None:
            continue
        if not key.accepts(note.text, signature.value):
            raise SignatureWrong(f"the signature of {signature.name}+{signature.key_id.hex()} is not for this text")
        trusted.append(signature)
    if not trusted:
        wanted = ", ".join(f"{name}+{key_id.hex()}" for name, key_id in known) or "no key"
        raise SignatureMissing(f"the note has no signature of {wanted}")
    return Note(note.text, tuple(trusted))
