"""Until when speakers let nobody listen: a day, which few share, so it is kept sealed (``capture.sealing``)."""

from datetime import date
from typing import Final

from fairhearing.capture import sealing

_FACT: Final = "pause"
_NO_END: Final = 0


def seal(*, channel: str, until: date | None) -> bytes:
    """The day from which on people may listen again; None: when the speaker says so. 32 bytes."""
    number = _NO_END if until is None else until.toordinal()
    return sealing.seal(_FACT, channel=channel, content=number.to_bytes(4, "big"))


def is_over(*, channel: str, sealed: bytes | None, today: date) -> bool:
    """Whether a pause has ended by itself. What cannot be opened goes on."""
    content = sealing.open_sealed(_FACT, channel=channel, sealed=sealed)
    return content is not None and _NO_END < int.from_bytes(content, "big") <= today.toordinal()
