"""PocketSphinx's acoustic model in numpy: how likely each state of each phone makes each frame.

Reads the phonetically tied mixtures of the US English model that PocketSphinx ships (BSD licence): for each of
42 phones a codebook of 128 Gaussians in each of three streams (cepstra and their two differences), shared by
the phone's three states with weights of their own.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pocketsphinx
from numpy.typing import NDArray

PHONES = tuple(
    "+NSN+ +SPN+ AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH SIL "  # noqa: SIM905
    "T TH UH UW V W Y Z ZH".split()
)
STATES = 3 * len(PHONES)  # that depend on no context; they come first
ALL_STATES = 5126
SILENT = tuple(PHONES.index(phone) for phone in ("+NSN+", "+SPN+", "SIL"))
STREAMS, GAUSSIANS, WIDTH = 3, 128, 13
BLOCK = 40  # frames scored at once: what fits into a core's cache
TINY = np.float32(1e-35)
ONE = np.float32(127 << 23)  # the bits of 1.0
OCTAVE = np.float32((1 << 23) / np.log(2))
LOG_BASE = 1024 * np.log(1.0001)  # of the weights in ``sendump``

Frames = NDArray[np.float32]


@dataclass(frozen=True)
class Senones:
    """A stream's Gaussians as one matrix (27, 42·128) over [o², o, 1], and weights of shape (42, 128, 3).

    The matrix gives logarithms in units of ln 2 / 2²³.
    """

    gaussians: tuple[Frames, ...]
    weights: tuple[Frames, ...]

    def scores(self, streams: tuple[Frames, Frames, Frames]) -> Frames:
        """Return log likelihoods, shape (n, 126), of frames whose streams have shape (n, 13) each."""
        n = len(streams[0])
        scores = np.empty((n, STATES), dtype=np.float32)
        for start in range(0, n, BLOCK):
            part = slice(start, min(n, start + BLOCK))
            scores[part] = sum(
                self._stream(stream[part], gaussians, weights)
                for stream, gaussians, weights in zip(streams, self.gaussians, self.weights, strict=True)
            )
        return scores

    @staticmethod
    def _stream(frames: Frames, gaussians: Frames, weights: Frames) -> Frames:
        terms = np.concatenate((frames * frames, frames, np.ones((len(frames), 1), np.float32)), axis=1)
        logs = terms @ gaussians  # in units of 2^-23 octaves, as the bits of a float count its logarithm
        top = logs.max(axis=1, keepdims=True)
        with np.errstate(invalid="ignore"):  # what is below all numbers becomes the lowest integer
            bits = np.subtract(logs, top - ONE, out=logs).astype(np.int32)
        densities = np.maximum(bits, 0, out=bits).view(np.float32)  # two to that power, within 6 % (Schraudolph 1999)
        densities = densities.reshape(len(frames), len(PHONES), GAUSSIANS).transpose(1, 0, 2)
        mixed = np.matmul(densities, weights).transpose(1, 0, 2).reshape(len(frames), STATES)
        return np.asarray(np.log(mixed + TINY) + top / OCTAVE, dtype=np.float32)


@cache
def load() -> Senones:
    """Return the model that PocketSphinx ships; raises ``ValueError`` where a file has another shape."""
    folder = Path(pocketsphinx.get_model_path("en-us/en-us"))
    means, variances = (_floats(folder / name) for name in ("means", "variances"))
    variances = np.maximum(variances, 1e-4)
    constant = -0.5 * (np.log(2 * np.pi * variances) + means**2 / variances).sum(axis=-1, keepdims=True)
    terms = np.concatenate((-0.5 / variances, means / variances, constant), axis=-1)  # (phone, stream, Gaussian, 27)
    weights = _weights(folder / "sendump")
    return Senones(
        tuple(
            np.ascontiguousarray(OCTAVE * terms[:, s].reshape(-1, 2 * WIDTH + 1).T, dtype=np.float32)
            for s in range(STREAMS)
        ),
        tuple(weights[s] for s in range(STREAMS)),
    )


def _floats(path: Path) -> NDArray[np.float64]:
    """Return the parameters of a Sphinx-3 file, shape (42, 3, 128, 13)."""
    body = path.read_bytes().partition(b"endhdr\n")[2]
    shape = (len(PHONES), STREAMS, GAUSSIANS, WIDTH)
    order, head = body[:4], np.frombuffer(body[4:32], "<i4").tolist()
    if order != b"\x44\x33\x22\x11" or head != [*shape[:3], *([WIDTH] * STREAMS), int(np.prod(shape))]:
        raise ValueError(f"{path.name} holds {head}, expected the parameters of {shape} Gaussians, little-endian")
    return np.frombuffer(body[32:], "<f4", count=int(np.prod(shape))).reshape(shape).astype(np.float64)


def _weights(path: Path) -> Frames:
    """Return the weights of the states that depend on no context, shape (3, 42, 128, 3)."""
    raw = path.read_bytes()
    size = STREAMS * GAUSSIANS * ALL_STATES
    if np.frombuffer(raw[-size - 8 : -size], "<i4").tolist() != [GAUSSIANS, ALL_STATES]:
        raise ValueError(f"{path.name} is {len(raw)} bytes, expected 3 × {GAUSSIANS} weights of {ALL_STATES} states")
    rows = np.frombuffer(raw[-size:], np.uint8).reshape(STREAMS, GAUSSIANS, ALL_STATES)
    logs = -rows[:, :, :STATES].astype(np.float64) * LOG_BASE
    return np.asarray(np.exp(logs).reshape(STREAMS, GAUSSIANS, len(PHONES), 3).transpose(0, 2, 1, 3), np.float32)
