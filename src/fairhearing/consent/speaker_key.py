"""The speaker's key and what is derived from it (DESIGN: rights that survive; docs/formats/speaker-key.md)."""

import hmac
from collections.abc import Callable, Generator, Iterable

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
LOOK_BEYOND = 64  # numbers searched past the end that was found, so that a gap hides nothing
_LARGEST = 1 << 40


class SpeakerKeyInvalid(ValueError):
    """A speaker key is 64 hex digits. What came is never part of the message."""


class SpeakerKey:
    """32 bytes that stand for a speaker towards one product. Compare, derive; nothing prints it."""

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise SpeakerKeyInvalid(f"a speaker key has {KEY_BYTES} bytes, got {len(key)}")
        self._key = key

    @classmethod
    def from_hex(cls, text: str) -> "SpeakerKey":
        """Read 64 hex digits.

        Raises:
            SpeakerKeyInvalid: anything else; the message holds the length alone.
        """
        try:
            key = bytes.fromhex(text)
        except (ValueError, TypeError):
            key = b""
        if len(key) != KEY_BYTES or len(text) != 2 * KEY_BYTES:
            length = len(text) if isinstance(text, str) else 0
            raise SpeakerKeyInvalid(f"speaker_key: expected 64 hex digits, got {length} characters") from None
        return cls(key)

    def __repr__(self) -> str:
        return "SpeakerKey(…)"

    def __reduce__(self) -> str:
        raise TypeError("a speaker key is not pickled")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SpeakerKey) and hmac.compare_digest(self._key, other._key)

    def __hash__(self) -> int:
        return hash(self._key)

    def recording_handle(self, number: int) -> bytes:
        """handle_n = HMAC-SHA256(key, "recording" ‖ n as 8 bytes, big-endian)."""
        return hmac.digest(self._key, b"recording" + number.to_bytes(8, "big"), "sha256")

    def consent_handle(self, purpose: str) -> bytes:
        """HMAC-SHA256(key, "consent" ‖ purpose in ASCII)."""
        return hmac.digest(self._key, b"consent" + purpose.encode("ascii"), "sha256")

    def pause_handle(self) -> bytes:
        """HMAC-SHA256(key, "pause")."""
        return hmac.digest(self._key, b"pause", "sha256")

    def former_handle(self) -> bytes:
        """HMAC-SHA256(key, "former"): where the content marks of earlier keys are found."""
        return hmac.digest(self._key, b"former", "sha256")

    def content_mark(self) -> bytes:
        """HMAC-SHA256(key, "content"): the speaker's part in the digest by which a recording is known again."""
        return hmac.digest(self._key, b"content", "sha256")

    def subject_of(self, notice: str) -> str:
        """The name of a speaker in their consent record under one notice: HMAC-SHA256(key, "subject" ‖ notice), as hex.

        Nobody without the key links it to anything; who has the key can show that the record is theirs.
        """
        return hmac.digest(self._key, b"subject" + notice.encode(), "sha256").hex()

    def sealed_form(self) -> bytes:
        """The raw bytes, for the encrypted cookie and the sealed link alone."""
        return self._key


def derive(*, product_secret: bytes, product: str, user: str) -> SpeakerKey:
    """What a product does on its side: HKDF-SHA256 (RFC 5869), info = product ‖ 0 ‖ user id in UTF-8."""
    info = product.encode() + b"\0" + user.encode()
    hkdf = HKDF(SHA256(), KEY_BYTES, salt=b"fairhearing/speaker/v1", info=info)
    return SpeakerKey(hkdf.derive(product_secret))


def find_count(key: SpeakerKey, exists: Callable[[list[bytes]], set[bytes]]) -> int:
    """How many handles of a speaker are in use: the first free number.

    ``exists`` gives those of the handles that are known. Galloping, then halving: about 2·log2(N) look-ups; then
    64 numbers beyond, again and again while one of them is known.
    """
    return find_counts([key], exists)[key]


def find_counts(keys: Iterable[SpeakerKey], exists: Callable[[list[bytes]], set[bytes]]) -> dict[SpeakerKey, int]:
    """The same for several speakers at once: what all of them ask in a step is one look-up."""
    searches = {key: _search(key) for key in keys}
    asked = {key: next(search) for key, search in searches.items()}
    counts: dict[SpeakerKey, int] = {}
    while asked:
        known = exists([handle for wanted in asked.values() for handle in wanted])
        for key, wanted in list(asked.items()):
            try:
                asked[key] = searches[key].send(known.intersection(wanted))
            except StopIteration as ended:
                counts[key] = ended.value
                del asked[key]
    return counts


_Search = Generator[list[bytes], set[bytes], int]


def _search(key: SpeakerKey) -> _Search:
    """Yields the handles that it asks about, is sent those that are known, returns the first free number."""
    count = 0
    while True:
        count = yield from _first_free(key, count)
        beyond = {key.recording_handle(count + step): count + step for step in range(1, LOOK_BEYOND + 1)}
        found = yield list(beyond)
        if not found:
            return count
        count = max(beyond[handle] for handle in found) + 1


def _first_free(key: SpeakerKey, start: int) -> _Search:
    if not (yield [key.recording_handle(start)]):
        return start
    low, step = start, 1
    while (yield [key.recording_handle(start + step)]):
        low, step = start + step, step * 2
        if step > _LARGEST:
            raise OverflowError("a speaker with more than 2^40 recordings: the look-up of handles is broken")
    high = start + step
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if (yield [key.recording_handle(middle)]) else (low, middle)
    return high


def handles(key: SpeakerKey, count: int) -> Iterable[bytes]:
    """All handles below ``count``."""
    return (key.recording_handle(number) for number in range(count))
