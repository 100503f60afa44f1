"""What is said when a recogniser cannot be loaded, and the checks that all adapters share."""

from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from types import ModuleType


class RecogniserUnavailable(Exception):
    """The recogniser's package or a file of its model is missing."""


def package(module: str, distribution: str) -> tuple[ModuleType, str]:
    """Return an optional package's module and version; the error says how to install it."""
    try:
        return import_module(module), version(distribution)
    except ImportError:
        raise RecogniserUnavailable(
            f"recogniser {distribution}: its package is not installed; pip install 'fairhearing[{distribution}]'"
        ) from None


def files(kind: str, folder: Path, *patterns: str) -> list[Path]:
    """Return the one file (or folder) that matches each pattern below ``folder``; int8 weights are preferred."""
    found = []
    if not folder.is_dir():
        raise RecogniserUnavailable(f"recogniser {kind}: {folder} is no folder; put the model's files there yourself")
    for pattern in patterns:
        matches = sorted(folder.glob(pattern), key=lambda path: (".int8." not in path.name, path.name))
        if not matches:
            raise RecogniserUnavailable(f"recogniser {kind}: {folder} holds no {pattern}; is it a model of this kind?")
        found.append(matches[0])
    return found
