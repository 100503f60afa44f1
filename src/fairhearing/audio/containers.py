"""What a file says about itself, read from its first and last bytes and believed by nobody.

The container is told by its signature, not by a name or a probe, so that one demuxer is opened, the one that
we chose. The declared length, where a format has one, is compared with what was decoded.
Sources: RFC 9639 (FLAC), RFC 3533 (Ogg), RFC 8794 (EBML), ISO/IEC 14496-12 (MP4), Microsoft RIFF.
"""

import struct
from dataclasses import dataclass

PCM_CODECS = frozenset(
    {
        "pcm_u8",
        "pcm_s16le",
        "pcm_s24le",
        "pcm_s32le",
        "pcm_f32le",
        "pcm_f64le",
        "pcm_alaw",
        "pcm_mulaw",
    }
)


@dataclass(frozen=True)
class Container:
    """A container that we read: our name for it, FFmpeg's demuxer, and the codecs allowed inside."""

    name: str
    demuxer: str
    codecs: frozenset[str]


WAV = Container("wav", "wav", PCM_CODECS)
FLAC = Container("flac", "flac", frozenset({"flac"}))
MP3 = Container("mp3", "mp3", frozenset({"mp3", "mp3float"}))
OGG = Container("ogg", "ogg", frozenset({"opus", "libopus", "vorbis", "flac"}))
WEBM = Container("webm", "matroska", frozenset({"opus", "libopus", "vorbis"}))
M4A = Container("m4a", "mp4", frozenset({"aac", "alac"}))

ALL = (WAV, FLAC, MP3, OGG, WEBM, M4A)
EXPECTED = "WAV, FLAC, MP3, Ogg, WebM or M4A"


def recognise(data: bytes) -> Container | None:
    """Return the container that the first bytes announce, or ``None`` for anything that we do not read."""
    head = bytes(data[:12])
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return WAV
    if head[4:8] == b"ftyp":
        return M4A
    for signature, container in (
        (b"fLaC", FLAC),
        (b"OggS", OGG),
        (b"\x1a\x45\xdf\xa3", WEBM),
        (b"ID3", MP3),
    ):
        if head.startswith(signature):
            return container
    if len(head) >= 2 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2:  # MPEG frame sync, layer III
        return MP3
    return None


@dataclass(frozen=True)
class WavParts:
    """The two chunks of a WAV file that matter: the format's bytes and where the sound lies.

    ``size`` is what the header states; ``missing`` how many of those bytes did not come.
    """

    form: bytes
    start: int
    size: int
    missing: int


def wav_parts(data: bytes) -> WavParts | None:
    """Return the format and the place of the sound in a WAV file, or ``None`` where its chunks make no sense.

    A chunk that overruns the file is refused here: a demuxer would make room for what it states.
    """
    form = b""
    position = 12
    while position + 8 <= len(data):
        kind, size = struct.unpack_from("<4sI", data, position)
        position += 8
        if kind == b"data":
            if size >= 0xFFFFFFFE:  # written to a pipe: the length was not known
                size = len(data) - position
            missing = max(0, position + size - len(data))
            return WavParts(form, position, size, missing) if form else None
        if position + size > len(data):
            return None
        if kind == b"fmt ":
            if not 16 <= size <= 40:  # WAVEFORMATEXTENSIBLE is the longest
                return None
            form = data[position : position + size]
        position += size + size % 2
    return None


@dataclass(frozen=True)
class WavFormat:
    """What the format chunk of a WAV file says: FFmpeg's name of the raw samples, hertz, channels."""

    demuxer: str
    sampling_rate: int
    channels: int


# By format tag and bits a sample: integers, floats, A-law, µ-law. RIFF's 8-bit integers have no sign.
_WAV_DEMUXERS = {
    (1, 8): "u8",
    (1, 16): "s16le",
    (1, 24): "s24le",
    (1, 32): "s32le",
    (3, 32): "f32le",
    (3, 64): "f64le",
    (6, 8): "alaw",
    (7, 8): "mulaw",
}
_EXTENSIBLE = 0xFFFE


def wav_format(form: bytes) -> WavFormat | None:
    """Return what a format chunk says, or ``None`` for samples of a kind that we do not read.

    The sound is then read as raw samples: a WAV demuxer looks for other codecs inside PCM, and finds some in
    sound that repeats itself.
    """
    tag, channels, rate, _, frame_bytes, bits = struct.unpack_from("<HHIIHH", form)
    if tag == _EXTENSIBLE and len(form) == 40:
        tag = struct.unpack_from("<H", form, 24)[0]
    demuxer = _WAV_DEMUXERS.get((tag, bits))
    if demuxer is None or not rate or frame_bytes != channels * bits // 8:
        return None
    return WavFormat(demuxer, rate, channels)


def declared_frames(container: Container, data: bytes) -> int | None:
    """Return the samples a channel that the header declares in so many words (FLAC), or ``None``."""
    if container is not FLAC or len(data) < 26:
        return None
    total = int.from_bytes(data[18:26], "big") & 0xFFFFFFFFF
    return total or None


def mp3_declared_frames(data: bytes) -> int | None:
    """Return the number of MPEG frames that a Xing or Info header states, or ``None`` where there is none."""
    start = _after_id3(data)
    window = data[start : start + 256]
    for tag in (b"Xing", b"Info"):
        at = window.find(tag)
        if at >= 0 and len(window) >= at + 12 and window[at + 7] & 1:
            return int.from_bytes(window[at + 8 : at + 12], "big")
    return None


def ends_properly(container: Container, data: bytes) -> bool:
    """Return whether the last page of an Ogg file carries the end-of-stream flag (true for the others)."""
    if container is not OGG:
        return True
    last = data.rfind(b"OggS")
    if len(data) < last + 27:
        return False
    table = data[last + 27 : last + 27 + data[last + 26]]
    whole = len(data) >= last + 27 + data[last + 26] + sum(table)
    return whole and bool(data[last + 5] & 4)


def _after_id3(data: bytes) -> int:
    if data[:3] != b"ID3" or len(data) < 10:
        return 0
    size = 0
    for byte in data[6:10]:
        size = size << 7 | byte & 0x7F
    return 10 + size
