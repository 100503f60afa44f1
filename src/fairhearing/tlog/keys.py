"""Keys of logs and of their witnesses: C2SP signed-note type 0x01, and 0x04 and 0x06 for cosignatures."""

from dataclasses import dataclass, field
from enum import IntEnum
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from fairhearing.tlog.cosignatures import TIME_BYTES, cosigned_time, text_message, tree_message
from fairhearing.tlog.encoding import decode_base64, encode_base64
from fairhearing.tlog.note import KEY_ID_BYTES, Signature, build, check_text, is_key_name

SEED_BYTES = 32


class KeyMalformed(Exception):
    """The text or the bytes are no key of a kind that is understood here."""


class KeyType(IntEnum):
    """What a key signs: a note's text as it is; the text after the time of a witness's cosignature; or, with a
    key that quantum computers do not break (ML-DSA-44, FIPS 204), the tree that the text is about.
    """

    ED25519 = 0x01
    COSIGNATURE = 0x04
    ML_DSA_COSIGNATURE = 0x06


PUBLIC_BYTES = {KeyType.ED25519: 32, KeyType.COSIGNATURE: 32, KeyType.ML_DSA_COSIGNATURE: 1312}
COSIGNATURE_TYPES = frozenset({KeyType.COSIGNATURE, KeyType.ML_DSA_COSIGNATURE})


def key_id(name: str, key_type: KeyType, public: bytes) -> bytes:
    """SHA-256(name ‖ 0x0A ‖ type ‖ public key), its first 4 bytes."""
    return sha256(name.encode() + b"\n" + bytes([key_type]) + public).digest()[:KEY_ID_BYTES]


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key (32 bytes, or 1,312 of ML-DSA-44) with its name.

    Raises:
        KeyMalformed: the name or the key cannot be one.
    """

    name: str
    public: bytes
    key_type: KeyType = KeyType.ED25519
    key_id: bytes = field(init=False)

    def __post_init__(self) -> None:
        _check_name(self.name)
        wanted = PUBLIC_BYTES[self.key_type]
        if len(self.public) != wanted:
            raise KeyMalformed(f"the key {self.name} has {len(self.public)} bytes, expected {wanted}")
        object.__setattr__(self, "key_id", key_id(self.name, self.key_type, self.public))

    @property
    def vkey(self) -> str:
        """``name+hex(id)+base64(type ‖ public key)``, as it is published."""
        return f"{self.name}+{self.key_id.hex()}+{encode_base64(bytes([self.key_type]) + self.public)}"

    @classmethod
    def parse(cls, vkey: str) -> "Verifier":
        """Read a published key.

        Raises:
            KeyMalformed: another form, a type that is not understood, or an id that is not the key's.
        """
        parts = vkey.split("+", 2)
        if len(parts) != 3:
            raise KeyMalformed(f"the key {vkey[:80]!r} has another form than name+id+base64")
        try:
            data = decode_base64(parts[2], "the key's last part")
            verifier = cls(parts[0], data[1:], KeyType(data[0] if data else 0))
        except ValueError as problem:
            raise KeyMalformed(f"the key {vkey[:80]!r} is not understood: {problem}") from None
        if verifier.key_id.hex() != parts[1]:
            raise KeyMalformed(f"the key {vkey[:80]!r} has the id {verifier.key_id.hex()}, not {parts[1]}")
        return verifier

    def accepts(self, text: str, value: bytes) -> bool:
        """Whether this key made the signature ``value`` for a note's text; a cosignature begins with its time."""
        try:
            if self.key_type is KeyType.ED25519:
                Ed25519PublicKey.from_public_bytes(self.public).verify(value, text.encode())
            elif self.key_type is KeyType.COSIGNATURE:
                message = text_message(text, cosigned_time(value))
                Ed25519PublicKey.from_public_bytes(self.public).verify(value[TIME_BYTES:], message)
            else:
                message = tree_message(self.name, text, cosigned_time(value))
                MLDSA44PublicKey.from_public_bytes(self.public).verify(value[TIME_BYTES:], message)
        except (InvalidSignature, ValueError):
            return False
        return True


class Signer:
    """A private key with its name. Its repr shows the name alone, and it is not pickled."""

    __slots__ = ("_private", "name")

    def __init__(self, name: str, seed: bytes) -> None:
        _check_name(name)
        _check_seed(name, seed)
        self.name = name
        self._private = Ed25519PrivateKey.from_private_bytes(seed)

    def __repr__(self) -> str:
        return f"Signer({self.name!r}, …)"

    def __reduce__(self) -> str:
        raise TypeError("a signer is not pickled")

    def verifier(self, key_type: KeyType = KeyType.ED25519) -> Verifier:
        """The public key, for the log's own signatures or for cosignatures."""
        return Verifier(self.name, self._private.public_key().public_bytes_raw(), key_type)

    def signature(self, text: str) -> Signature:
        """Sign a note's text."""
        return Signature(self.name, self.verifier().key_id, self._private.sign(text.encode()))

    def cosignature(self, text: str, time: int) -> Signature:
        """Sign a checkpoint's text as a witness, at seconds since 1970 (C2SP tlog-cosignature, Ed25519)."""
        value = time.to_bytes(TIME_BYTES, "big") + self._private.sign(text_message(text, time))
        return Signature(self.name, self.verifier(KeyType.COSIGNATURE).key_id, value)


class TreeCosigner:
    """A witness's private ML-DSA-44 key with its name. Its repr shows the name alone, and it is not pickled."""

    __slots__ = ("_private", "name")

    def __init__(self, name: str, seed: bytes) -> None:
        _check_name(name)
        _check_seed(name, seed)
        self.name = name
        self._private = MLDSA44PrivateKey.from_seed_bytes(seed)

    def __repr__(self) -> str:
        return f"TreeCosigner({self.name!r}, …)"

    def __reduce__(self) -> str:
        raise TypeError("a cosigner is not pickled")

    def verifier(self) -> Verifier:
        """The public key."""
        return Verifier(self.name, self._private.public_key().public_bytes_raw(), KeyType.ML_DSA_COSIGNATURE)

    def cosignature(self, text: str, time: int) -> Signature:
        """Sign the tree of a checkpoint's text, at seconds since 1970 (C2SP tlog-cosignature, ML-DSA-44).

        Raises:
            ValueError: the text is no checkpoint's.
        """
        value = time.to_bytes(TIME_BYTES, "big") + self._private.sign(tree_message(self.name, text, time))
        return Signature(self.name, self.verifier().key_id, value)


def sign(text: str, signer: Signer) -> str:
    """A note of this text (which ends in a newline), signed.

    Raises:
        NoteMalformed: the text cannot be a note's.
    """
    check_text(text)
    return build(text, [signer.signature(text)])


def _check_seed(name: str, seed: bytes) -> None:
    if len(seed) != SEED_BYTES:
        raise KeyMalformed(f"the seed of {name} has {len(seed)} bytes, expected {SEED_BYTES}")


def _check_name(name: str) -> None:
    if not is_key_name(name):
        raise KeyMalformed(f"{name[:80]!r} cannot name a key: it is empty, or has a space, plus or control")
    try:
        name.encode()
    except UnicodeEncodeError:
        raise KeyMalformed(f"{name[:80]!r} cannot name a key: it is not UTF-8") from None
