"""Exposure buckets: coarse groups of speakers, so that no reviewer hears one voice over and over.

Which bucket a speaker falls into comes from their key while a request has it, and goes by programme and language: many
speakers share one (docs/policy.md). It is kept for each channel, sealed (``capture.sealing``).
"""

from typing import Final

from fairhearing.capture import sealing

UNKNOWN: Final = 0xFFFF  # one bucket for all channels that have none: they came in before there were any
_FACT: Final = "bucket"


def seal(*, channel: str, digest: bytes, buckets: int) -> bytes:
    """A channel's bucket, sealed. ``digest``: of speaker, programme and language, under the key file."""
    bucket = int.from_bytes(digest, "big") % max(1, buckets)
    return sealing.seal(_FACT, channel=channel, content=bucket.to_bytes(2, "big"))


def open_sealed(*, channel: str, sealed: bytes | None) -> int:
    """The number that was sealed; ``UNKNOWN`` for none, and for what was not sealed for this channel."""
    content = sealing.open_sealed(_FACT, channel=channel, sealed=sealed)
    return UNKNOWN if content is None else int.from_bytes(content, "big")
