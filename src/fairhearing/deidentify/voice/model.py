"""The voice model: what ``scripts/train_voice.py`` learned, from ``deidentify/data/voice.npz``."""

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import IO

import numpy as np
from numpy.typing import NDArray

from fairhearing.deidentify.voice import envelope, front_end
from fairhearing.deidentify.voice.normalise import Average
from fairhearing.deidentify.voice.senones import PHONES, STATES

FILE = "voice.npz"
VERSION = 1

Frames = NDArray[np.float32]


@dataclass(frozen=True)
class VoiceModel:
    """The arrays of the model file, float32.

    ``average``: normalised cepstra of speech. ``next_phone`` (42, 42): rows sum to one. ``voicing`` (126,): share
    of voiced frames of a state. ``movement`` (39,): its usual size. ``map`` (d, 28): from descriptions
    to envelopes. ``eigenvoices`` (k, 42, 28) and ``offsets`` (m, 28): how people differ, each direction scaled to
    its deviation. ``trained_on``: the speakers, as their corpus and code.
    """

    average: Average
    next_phone: Frames
    voicing: Frames
    movement: Frames
    map: Frames
    eigenvoices: Frames
    offsets: Frames
    trained_on: tuple[str, ...]


def read(file: IO[bytes]) -> VoiceModel:
    """Return the model in ``file``; raises ``ValueError`` where version or shape are not what is expected."""
    with np.load(file, allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    version = int(arrays.pop("version", np.array(0)))
    if version != VERSION:
        raise ValueError(f"{FILE} is of version {version}, expected {VERSION}")
    trained_on = tuple(arrays.pop("trained_on").tolist())
    found = {name: array.astype(np.float32) for name, array in arrays.items()}
    _check(found)
    average = Average(*(found.pop(f"average_{part}") for part in ("weights", "means", "variances")))
    return VoiceModel(average=average, trained_on=trained_on, **found)


def _check(arrays: dict[str, Frames]) -> None:
    phones, order, width = len(PHONES), envelope.ORDER, front_end.COEFFICIENTS
    expected: dict[str, tuple[int | None, ...]] = {
        "average_weights": (None,),
        "average_means": (None, width),
        "average_variances": (None, width),
        "next_phone": (phones, phones),
        "voicing": (STATES,),
        "movement": (3 * width,),
        "map": (None, order),
        "eigenvoices": (None, phones, order),
        "offsets": (None, order),
    }
    if arrays.keys() != expected.keys():
        raise ValueError(f"{FILE} holds {sorted(arrays)}, expected {sorted(expected)}")
    for name, shape in expected.items():
        got = arrays[name].shape
        if len(got) != len(shape) or any(want not in (None, size) for want, size in zip(shape, got, strict=True)):
            raise ValueError(f"{FILE}: {name} has shape {got}, expected {shape}")
        if not np.isfinite(arrays[name]).all():
            raise ValueError(f"{FILE}: {name} holds NaN or infinity")


@cache
def load() -> VoiceModel:
    """Return the model that the package carries."""
    with (resources.files("fairhearing.deidentify") / "data" / FILE).open("rb") as file:
        return read(file)
