"""What is taken off the features before they are scored: the channel, and the length of the vocal tract.

A mixture of Gaussians over the cepstra of many people of average length stands for "speech of nobody". The warp
under which a recording fits it best evens out the tract's length (vocal tract length normalisation, Wegmann,
McAllaster, Orloff and Peskin 1996); the mean distance from the Gaussians that its frames belong to, and not its
plain mean, is taken for the channel, so that it does not depend on what was said.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fairhearing.deidentify.voice import front_end

WARPS = tuple(round(1.0 + 0.02 * k, 2) for k in range(-6, 7))
MOST = 200  # frames that the warp is judged by: two seconds of speech
PRIOR = 30.0  # frames that a recording's own plain mean weighs
ROUNDS = 2
FLATTEN = 0.5  # of the log likelihoods: frames are no independent witnesses

Frames = NDArray[np.float32]


@dataclass(frozen=True)
class Average:
    """A mixture of k diagonal Gaussians over cepstra: ``weights`` (k,), ``means`` and ``variances`` (k, 13)."""

    weights: Frames
    means: Frames
    variances: Frames

    def log_likelihoods(self, frames: Frames) -> Frames:
        """Return the log of weight times density of each Gaussian, shape (n, k)."""
        precision = 1 / self.variances
        constant = np.log(self.weights) - 0.5 * (np.log(2 * np.pi * self.variances) + self.means**2 * precision).sum(
            axis=1
        )
        return np.asarray((frames**2) @ (-0.5 * precision.T) + frames @ (self.means * precision).T + constant)

    def distance(self, frames: Frames, rounds: int = ROUNDS) -> tuple[Frames, float]:
        """Return the channel's offset (13,) of ``frames`` (n, 13), and how well they fit without it, a frame."""
        offset = np.zeros(frames.shape[1], np.float32)
        fit = 0.0
        for _ in range(rounds):
            logs = self.log_likelihoods(frames - offset)
            top = logs.max(axis=1, keepdims=True)
            shares = np.exp(FLATTEN * (logs - top))
            shares /= shares.sum(axis=1, keepdims=True)
            fit = float((np.log(np.exp(logs - top).sum(axis=1)) + top[:, 0]).mean())
            away = (frames - shares @ self.means).sum(axis=0)
            offset = np.asarray(away / (len(frames) + PRIOR), dtype=np.float32)
        return offset, fit


def loud(cepstra: Frames) -> NDArray[np.intp]:
    """Return the frames that are likely speech by their level, at most ``MOST``, spread evenly."""
    level = cepstra[:, 0]
    low, high = np.quantile(level, (0.1, 0.95))
    found = np.flatnonzero(level >= low + 0.4 * (high - low))
    return found[np.linspace(0, found.size - 1, min(found.size, MOST)).astype(np.intp)]


def best_warp(powers: Frames, mean: Frames, average: Average) -> float:
    """Return the warp of the filters under which the power spectra (n, 257) of speech fit the average voice best.

    ``mean`` (13,) is the recording's plain mean without a warp, which each warp keeps as its starting point.
    """
    fits = []
    for warp in WARPS:
        cepstra = front_end.cepstra(powers, warp)
        fits.append(average.distance(cepstra - cepstra.mean(axis=0) + mean, rounds=1)[1])
    return WARPS[int(np.argmax(fits))]
