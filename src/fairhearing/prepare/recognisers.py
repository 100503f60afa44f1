"""Recognisers of the installation's own: which language has which model, from ``FAIRHEARING_RECOGNISERS``.

``en=vosk:/models/en@9.1,es=faster-whisper:/models/small@12`` names for each language the kind, the folder of the
model and its word error rate in percent, as you measured it. Without the rate, its words are not relied upon.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

from fairhearing.deidentify import Recogniser
from fairhearing.deidentify import recognisers as adapters


class RecognisersInvalid(ValueError):
    """FAIRHEARING_RECOGNISERS cannot be read."""


@dataclass(frozen=True)
class Named:
    """A model that an installation names: ``kind``, ``folder``, and its word error rate in percent or None."""

    kind: str
    folder: Path
    error: float | None


@dataclass(frozen=True)
class Own:
    """A recogniser that is loaded, with its word error rate in percent, where stated."""

    recogniser: Recogniser
    error: float | None


def parse(text: str) -> dict[str, Named]:
    """Return what is named for each language.

    Raises:
        RecognisersInvalid: a part is not ``language=kind:folder[@error]``; the message shows it.
    """
    found = {}
    for part in filter(None, (one.strip() for one in text.split(","))):
        language, _, model = part.partition("=")
        kind, _, rest = model.partition(":")
        folder, at, error = rest.rpartition("@")
        if not at:
            folder, error = rest, ""
        if not language or kind not in adapters.KINDS or not folder:
            kinds = "|".join(adapters.KINDS)
            raise RecognisersInvalid(f"FAIRHEARING_RECOGNISERS: {part}: expected language={kinds}:folder@error")
        found[language] = Named(kind, Path(folder), _percent(part, error) if error else None)
    return found


def _percent(part: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 100:
        raise RecognisersInvalid(f"FAIRHEARING_RECOGNISERS: {part}: {text} is no percentage")
    return value


@cache
def find(language: str) -> Own | None:
    """Return the installation's recogniser for a language, loaded once a process; None where it names none.

    Raises:
        RecognisersInvalid: the setting cannot be read.
        fairhearing.deidentify.recognisers.RecogniserUnavailable: its package or model is missing.
    """
    named = parse(settings.RECOGNISERS).get(language)
    if named is None:
        return None
    return Own(adapters.load(named.kind, named.folder, language=language), named.error)
