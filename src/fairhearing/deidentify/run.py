"""One recording on its way: what the steps hand on, and how each of them may fail."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from fairhearing.deidentify.activation import Activation
from fairhearing.deidentify.align import Token
from fairhearing.deidentify.cut import Finding
from fairhearing.deidentify.options import Options, VoiceKey
from fairhearing.deidentify.result import Reason, Refused
from fairhearing.deidentify.sensitive import Sensitivity
from fairhearing.deidentify.texts import GivenText
from fairhearing.deidentify.words import Samples, Word


@dataclass
class Run:
    """What came, what was decided about it, and what the steps have found so far (samples at 16 kHz)."""

    samples: Samples
    language: str
    given: Sequence[GivenText]
    options: Options
    voice_key: VoiceKey | None
    speech: list[tuple[int, int]] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    words_given: bool = False  # by the product, with times
    words_stated: bool = False  # given, or of a text that fits the sound, or of a recogniser of stated error
    unsure_s: float = 0.0
    tokens: dict[int, list[Token]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    activation: Activation | None = None
    sensitivity: Sensitivity | None = None
    transforms: list[dict[str, Any]] = field(default_factory=list)

    @property
    def base_language(self) -> str:
        """Return the language without region or script: ``en`` of ``en-GB``."""
        return base_language(self.language)

    @property
    def cuts(self) -> list[tuple[int, int]]:
        """Return where something was found, as (start, end) samples."""
        return [(one.start, one.end) for one in self.findings]

    def note(self, name: str, made_by: str, **parameters: Any) -> None:
        """Write a transform into the report."""
        self.transforms.append({"name": name, "version": made_by, "parameters": parameters})


def base_language(language: str) -> str:
    """Return a language tag's first part, in lower case."""
    return language.lower().replace("_", "-").split("-", maxsplit=1)[0]


@contextmanager
def stage(failed: Reason) -> Iterator[None]:
    """Whatever is raised within ends in quarantine for the reason ``failed``; its message goes no further."""
    try:
        yield
    except Refused:
        raise
    except Exception:  # its message may quote the speaker
        raise Refused("quarantine", failed) from None
