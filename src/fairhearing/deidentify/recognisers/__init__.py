"""Recognisers with the user's own weights: faster-whisper, sherpa-onnx, vosk. Nothing is fetched.

Each is an extra of the package (``pip install 'fairhearing[vosk]'``) and takes a folder that is there already. What is
missing is said when it is loaded, not when the first recording fails. :func:`load` is the one door; it returns a
:class:`~fairhearing.deidentify.words.Recogniser`.
"""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from fairhearing.deidentify.recognisers.unavailable import RecogniserUnavailable
from fairhearing.deidentify.words import Recogniser

__all__ = ["KINDS", "RecogniserUnavailable", "load"]

KINDS = ("faster-whisper", "sherpa-onnx", "vosk")


def load(kind: str, folder: Path, *, language: str) -> Recogniser:
    """Return the recogniser of ``kind`` (one of ``KINDS``) with the model in ``folder``, for ``language`` ("en").

    Raises:
        RecogniserUnavailable: no such kind, the package is not installed, or a file of the model is missing; the
            message names it and says what to do.
    """
    if kind not in KINDS:
        raise RecogniserUnavailable(f"recogniser {kind}: expected one of {', '.join(KINDS)}")
    module = import_module(f"{__name__}.{kind.replace('-', '_')}_adapter")
    make: Callable[[Path, str], Recogniser] = module.load
    return make(folder, language)
