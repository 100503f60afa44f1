"""What a programme decides about its recordings, and the key that picks a recording's voice."""

from dataclasses import dataclass, field
from typing import Literal

from fairhearing.deidentify import activation, clips, declared, voice
from fairhearing.deidentify.voice import VoiceConverter
from fairhearing.deidentify.words import Recogniser

LEAST_SECRET = 16  # bytes

VoiceLevel = Literal["off", "clear", "strong"]
Trigger = Literal["", "wake_word", "push_to_talk", "call"]


@dataclass(frozen=True)
class Options:
    """What a programme decides; the strictest is the default, but for the voice.

    ``voice`` is how much of it is taken away. ``free_speech`` says what happens with speech that only a recogniser
    without a stated error heard, and that is neither cut nor within ``commands`` (the declared grammar,
    :mod:`fairhearing.deidentify.declared`): names in it are not found reliably. ``biased_hearing`` says whether the
    sound is searched for numbers and letters beside given word times too (``always``) or only without them;
    ``offset`` shifts its balance, higher cuts more. ``trigger`` and ``wake_words`` are what opened the microphone
    and how the device is called. ``recogniser`` replaces PocketSphinx, ``recogniser_error`` is its word error rate
    in percent as measured on such speech, and ``converter`` replaces the embedded voice. ``show_text`` writes what
    was found into the report.
    """

    voice: VoiceLevel = "off"
    free_speech: Literal["serve", "quarantine"] = "quarantine"
    commands: tuple[str, ...] = ()
    biased_hearing: Literal["without_words", "always"] = "always"
    offset: float = 0.0
    trigger: Trigger = ""
    wake_words: tuple[str, ...] = ()
    longest_clip: int = clips.LONGEST
    recogniser: Recogniser | None = None
    converter: VoiceConverter | None = None
    recogniser_error: float | None = None
    show_text: bool = False

    def check(self, key: "VoiceKey | None") -> None:
        """Raise ``ValueError`` for what no recording could be treated by: a phrase, or a key that is not there."""
        if self.commands:
            declared.DeclaredGrammar(self.commands)
        for phrase in self.wake_words:
            activation.check_phrase(phrase)
        if self.voice not in voice.LEVELS:
            raise ValueError(f"voice {self.voice!r}, expected one of {', '.join(voice.LEVELS)}")
        if self.voice != "off" and (key is None or len(key.secret) < LEAST_SECRET):
            raise ValueError(f"voice {self.voice} needs a voice key whose secret has {LEAST_SECRET} bytes or more")


@dataclass(frozen=True)
class VoiceKey:
    """Picks the voice that a recording is given: HMAC of ``recording`` under ``secret`` (16 bytes or more).

    ``secret`` is one installation's, kept away from what comes out; ``recording`` tells recordings apart.
    """

    secret: bytes = field(repr=False)
    recording: bytes = field(repr=False)
