"""What a bench is given, and how it says what it is doing."""

import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Options:
    """The options that all benches share; each takes what it needs."""

    speech: Path | None = None
    text: Path | None = None
    language: str = "en"
    cases: int = 60
    given: int | None = None  # ``--cases`` where it was given, for benches with a number of their own


def say(words: str) -> None:
    """One line for whoever watches."""
    print(f"bench: {words}", file=sys.stderr, flush=True)
