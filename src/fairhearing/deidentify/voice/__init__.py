"""Another voice for a recording: the same words at the same instants, said by nobody.

Three levels: ``off``; ``clear``, which costs little intelligibility; ``strong``, which hides more. What the method is,
what it hides and what not stands in ``docs/models/voice.md``. No neural weights, no downloads; a neural converter
with the user's own weights fits behind :class:`VoiceConverter` (:mod:`.onnx_converter`).
"""

from dataclasses import dataclass
from typing import Any, Protocol

from fairhearing.deidentify.voice.pseudo_speaker import recording_key
from fairhearing.deidentify.voice.revoicing import PhoneConverter
from fairhearing.deidentify.words import RATE, Samples, check_samples

LEVELS = ("off", "clear", "strong")
LEAST_SPEECH_S = 0.3
LEAST_SHARE = 0.85  # of the loud frames that must be heard as speech, or noise or music is in the way
MOST_ENTROPY = 1.5  # nats: above it, what was heard as speech is likely something else, or a foreign language

__all__ = ["LEVELS", "PhoneConverter", "VoiceConverter", "Voiced", "revoice"]


class VoiceConverter(Protocol):
    """Turns a voice into another one; ``name`` and ``version`` go into the report."""

    name: str
    version: str

    def convert(self, samples: Samples, *, key: bytes) -> Samples:
        """Return mono float32 ``samples`` (n,) at 16 kHz in another voice, as long; ``key`` is 32 secret bytes."""


@dataclass(frozen=True)
class Voiced:
    """A recording in another voice: ``samples`` float32 (n,), as long as what came and aligned to the sample.

    ``speech_s`` is how much speech was heard, ``entropy`` the mean entropy of the phones' posteriors over it in
    nats. ``unsure`` says that there was too little speech, or what there was is likely noise, music or a foreign
    language: the output is then babble and must not be served. ``transform`` is name, version and parameters,
    without the key. At level ``off`` nothing is heard: both figures are 0 and ``unsure`` is false.
    """

    samples: Samples
    speech_s: float
    entropy: float
    unsure: bool
    transform: dict[str, Any]


def revoice(samples: Samples, *, level: str, secret: bytes, recording: bytes) -> Voiced:
    """Return a recording in the voice of a pseudo-speaker drawn by ``secret`` for this ``recording``.

    ``samples`` is mono float32 of shape (n,) at 16 kHz; ``level`` is one of :data:`LEVELS`; ``recording`` names the
    recording, each its own. The same secret and name give the same voice. Raises ``ValueError`` for another level,
    a secret under 16 bytes, or samples of another shape, type or that are not finite.
    """
    if level not in LEVELS:
        raise ValueError(f"voice level {level!r}, expected one of {', '.join(LEVELS)}")
    check_samples(samples)
    key = recording_key(secret, recording)
    if level == "off":
        transform = {"name": "voice/off", "version": "1", "parameters": {"level": level}}
        return Voiced(samples.copy(), 0.0, 0.0, False, transform)
    converter = PhoneConverter(level)
    sound, report = converter.convert_and_report(samples, key=key)
    return Voiced(
        samples=sound,
        speech_s=min(report.speech_s, samples.size / RATE),
        entropy=report.entropy,
        unsure=report.speech_s < LEAST_SPEECH_S or report.share < LEAST_SHARE or report.entropy > MOST_ENTROPY,
        transform={"name": converter.name, "version": converter.version, "parameters": converter.parameters},
    )
