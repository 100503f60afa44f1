"""Speaker embeddings for the attacker: resemblyzer's GE2E encoder, from its published weights.

Only the weights are taken from the package. Its own front end would pull in librosa, numba, scipy and a voice
activity detector that is compiled on installation; the few lines of it that matter are written here in numpy.
Source: L. Wan, Q. Wang, A. Papir and I. Lopez Moreno, Generalized End-to-End Loss for Speaker Verification, 2018.
"""

import sys
from collections.abc import Iterable
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.speech import RATE

Vectors = NDArray[np.float64]

SIZE = 256
BANDS = 40
WINDOW, HOP = 400, 160
PART = 160  # frames of one look: 1.6 s
STEP = 77  # frames from look to look: 1.3 a second
ENOUGH = 0.75  # of a last look that must be sound
LEVEL = 10 ** (-30 / 20)  # root mean square that the encoder was trained near
BATCH = 96
QUIET = 35.0  # dB under the loud parts (95th percentile) that counts as silence
NEEDED = "torch and resemblyzer: pip install torch==2.13.0, then pip install --no-deps Resemblyzer==0.1.4"


class Encoder:
    """The encoder on one thread. ``encoder()`` gives the one of this process."""

    def __init__(self) -> None:
        check_installed()
        torch: Any = import_module("torch")
        torch.set_num_threads(1)
        state = torch.load(_weights(), map_location="cpu", weights_only=True)["model_state"]
        self._torch = torch
        self._lstm = torch.nn.LSTM(BANDS, SIZE, 3, batch_first=True)
        self._linear = torch.nn.Linear(SIZE, SIZE)
        for name, module in (("lstm.", self._lstm), ("linear.", self._linear)):
            module.load_state_dict({key.removeprefix(name): state[key] for key in state if key.startswith(name)})

    def embed(self, recordings: Iterable[NDArray[np.float32]]) -> Vectors:
        """Return one unit vector a recording, shape (recordings, 256): the mean of its looks of 1.6 s.

        Each recording is mono of shape (n,) at 16 kHz. Silence is left out and the level set before.
        """
        looks, owners, count = [], [], 0
        for samples in recordings:
            found = _looks(_levelled(_spoken(samples)))
            looks.append(found)
            owners += [count] * len(found)
            count += 1
        every, places = np.concatenate(looks), np.array(owners)
        embedded = np.concatenate([self._forward(every[at : at + BATCH]) for at in range(0, len(every), BATCH)])
        sums = np.zeros((count, SIZE))
        np.add.at(sums, places, embedded)
        return _unit(sums)

    def _forward(self, looks: NDArray[np.float32]) -> Vectors:
        torch = self._torch
        with torch.no_grad():
            _, (hidden, _) = self._lstm(torch.from_numpy(looks))
            raw: Vectors = torch.relu(self._linear(hidden[-1])).numpy().astype(np.float64)
        return _unit(raw)


def check_installed() -> None:
    """End the bench with a sentence that says what to install, where something is missing."""
    if find_spec("torch") is None or _weights() is None:
        sys.exit(f"bench: the attacker needs {NEEDED}")


def _weights() -> Path | None:
    spec = find_spec("resemblyzer")
    folders = (spec and spec.submodule_search_locations) or []
    return next((Path(folder) / "pretrained.pt" for folder in folders), None)


@cache
def encoder() -> Encoder:
    """Return the encoder, loaded once; ends the bench with a sentence where it is not installed."""
    return Encoder()


def _unit(vectors: Vectors) -> Vectors:
    unit: Vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return unit


def _spoken(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return ``samples`` without silence longer than about 0.2 s, judged by level in windows of 30 ms."""
    window = RATE * 3 // 100
    count = samples.size // window
    if count < 10:
        return samples
    power = (samples[: count * window].reshape(count, window).astype(np.float64) ** 2).mean(axis=1)
    level = 10 * np.log10(power + 1e-12)
    loud = (level > np.percentile(level, 95) - QUIET).astype(np.float64)
    kept = np.convolve(loud, np.ones(7), "same") > 0
    return samples[: count * window].reshape(count, window)[kept].ravel()


def _levelled(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    power = float(np.sqrt(np.mean(samples.astype(np.float64) ** 2))) or 1.0
    return samples * np.float32(LEVEL / power)


def _looks(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the mel spectra of all looks, shape (looks, 160, 40); the last one is filled with silence."""
    frames = samples.size // HOP + 1
    starts = list(range(0, max(1, frames - PART + STEP + 1), STEP))
    if len(starts) > 1 and (samples.size - starts[-1] * HOP) < ENOUGH * PART * HOP:
        starts.pop()
    padded = np.pad(samples, (0, max(0, (starts[-1] + PART) * HOP - samples.size)))
    spectra = mel_spectra(padded)
    return np.stack([spectra[start : start + PART] for start in starts])


def mel_spectra(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the power in 40 mel bands, shape (n // 160 + 1, 40), of ``samples`` (n,) at 16 kHz.

    Windows of 25 ms (periodic Hann) centred every 10 ms, zeros outside the recording.
    """
    padded = np.pad(samples, WINDOW // 2)
    windows = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP]
    spectra = np.abs(np.fft.rfft(windows * np.hanning(WINDOW + 1)[:-1], axis=1)) ** 2
    found: NDArray[np.float32] = (spectra @ _mel_filters().T).astype(np.float32)
    return found


@cache
def _mel_filters() -> Vectors:
    """Return triangles of equal area, shape (40, 201). Source: M. Slaney, Auditory Toolbox, 1998."""
    corner, slope = 1000.0, np.log(6.4) / 27
    top = corner / (200 / 3) + np.log(RATE / 2 / corner) / slope
    mel = np.linspace(0.0, top, BANDS + 2)
    linear = 200 / 3 * mel
    edges = np.where(linear < corner, linear, corner * np.exp(slope * (mel - corner / (200 / 3))))
    bins = np.linspace(0.0, RATE / 2, WINDOW // 2 + 1)
    low, middle, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    triangles = np.minimum((bins - low) / (middle - low), (high - bins) / (high - middle)).clip(0)
    filters: Vectors = triangles * 2 / (high - low)
    return filters
