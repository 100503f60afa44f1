"""Ed25519 keys of logs and of their witnesses (C2SP signed-note types 0x01 and, for cosignatures, 0x04)."""

from dataclasses import dataclass, field
from enum import IntEnum
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from fairhearing.tlog.encoding import decode_base64, encode_base64
from fairhearing.tlog.note import KEY_ID_BYTES, Signature, build, check_text, is_key_name

PUBLIC_BYTES = 32
_TIME_BYTES = 8


class KeyMalformed(Exception):
    """The text or the bytes are no key of a kind that is understood here."""


class KeyType(IntEnum):
    """What a key signs: a note's text as it is, or the text after the time of a witness's cosignature."""

    ED25519 = 0x01
    COSIGNATURE = 0x04


def key_id(name: str, key_type: KeyType, public: bytes) -> bytes:
    """SHA-256(name ‖ 0x0A ‖ type ‖ public key), its first 4 bytes."""
    return sha256(name.encode() + b"\n" + bytes([key_type]) + public).digest()[:KEY_ID_BYTES]


def cosigned_time(value: bytes) -> int:
    """The time of a cosignature, seconds since 1970 (C2SP tlog-cosignature). True if the signature is."""
    return int.from_bytes(value[:_TIME_BYTES], "big")


def _cosigned(text: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key (32 bytes) with its name.

    Raises:
        KeyMalformed: the name or the key cannot be one.
    """

    name: str
    public: bytes
    key_type: KeyType = KeyType.ED25519
    key_id: bytes = field(init=False)

    def __post_init__(self) -> None:
        _check_name(self.name)
        if len(self.public) != PUBLIC_BYTES:
            raise KeyMalformed(f"the key {self.name} has {len(self.public)} bytes, expected {PUBLIC_BYTES}")
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
        """Whether this key made the signature ``value`` (64 bytes, or 72 with its time) for a note's text."""
        message = text.encode()
        if self.key_type is KeyType.COSIGNATURE:
            message, value = _cosigned(text, cosigned_time(value)), value[_TIME_BYTES:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(value, message)
        except (InvalidSignature, ValueError):
            return False
        return True


class Signer:
    """A private key with its name. Its repr shows the name alone, and it is not pickled."""

    __slots__ = ("_private", "name")

    def __init__(self, name: str, seed: bytes) -> None:
        _check_name(name)
        if len(seed) != PUBLIC_BYTES:
            raise KeyMalformed(f"the seed of {name} has {len(seed)} bytes, expected {PUBLIC_BYTES}")
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
        """Sign a checkpoint's text as a witness, at seconds since 1970 (C2SP tlog-cosignature v1)."""
        value = time.to_bytes(_TIME_BYTES, "big") + self._private.sign(_cosigned(text, time))
        return Signature(self.name, self.verifier(KeyType.COSIGNATURE).key_id, value)


def sign(text: str, signer: Signer) -> str:
    """A note of this text (which ends in a newline), signed.

    Raises:
        NoteMalformed: the text cannot be a note's.
    """
    check_text(text)
    return build(text, [signer.signature(text)])


def _check_name(name: str) -> None:
    if not is_key_name(name):
        raise KeyMalformed(f"{name[:80]!r} cannot name a key: it is empty, or has a space, plus or control")
    try:
        name.encode()
    except UnicodeEncodeError:
        raise KeyMalformed(f"{name[:80]!r} cannot name a key: it is not UTF-8") from None
