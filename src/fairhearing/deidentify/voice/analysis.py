"""From sound to phones and their motion: the part of the method that hears."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fairhearing.deidentify.voice import front_end, normalise, senones
from fairhearing.deidentify.voice.posteriors import Loop
from fairhearing.deidentify.words import Samples

PIECE = 3000  # frames heard at once: thirty seconds
MARGIN = 100  # frames beyond a piece's ends that are heard with it
SILENT_POWER = 32768.0**2 * 10 ** (-75 / 10) * front_end.WINDOW * front_end.FFT / 4  # −75 dB of full scale

Frames = NDArray[np.float32]


@dataclass(frozen=True)
class Heard:
    """Normalised cepstra of a whole recording (n, 13), which frames are digital silence, and the warp.

    ``loud`` are some frames that are likely speech.
    """

    cepstra: Frames
    silent: NDArray[np.bool_]
    warp: float
    loud: NDArray[np.intp]


def listen(samples: Samples, average: normalise.Average) -> Heard:
    """Return the cepstra of a recording without its channel and with a vocal tract of average length."""
    n = front_end.count(samples)
    cepstra = np.empty((n, front_end.COEFFICIENTS), np.float32)
    silent = np.empty(n, dtype=bool)
    spectra = _spectra(samples, n)
    for start, stop, powers in spectra():
        cepstra[start:stop] = front_end.cepstra(powers)
        silent[start:stop] = powers.sum(axis=1) < SILENT_POWER
    audible = np.flatnonzero(~silent)
    if not audible.size:
        return Heard(np.zeros_like(cepstra), silent, 1.0, audible)
    frames = audible[normalise.loud(cepstra[audible])]
    loud = [powers[frames[(frames >= start) & (frames < stop)] - start] for start, stop, powers in spectra()]
    mean = cepstra[frames].mean(axis=0) - cepstra[audible].mean(axis=0)
    warp = normalise.best_warp(np.concatenate(loud), mean, average)
    for start, stop, powers in spectra():
        cepstra[start:stop] = front_end.cepstra(powers, warp)
    cepstra -= cepstra[audible].mean(axis=0)
    cepstra -= average.distance(cepstra[frames])[0]
    cepstra[silent] = 0.0
    return Heard(cepstra, silent, warp, frames)


def _spectra(samples: Samples, n: int) -> Callable[[], Iterable[tuple[int, int, Frames]]]:
    """Return what gives (start, stop, power spectra) block by block; a short recording is transformed only once."""

    def each() -> Iterator[tuple[int, int, Frames]]:
        for start, stop in blocks(n):
            yield start, stop, front_end.power(samples, start, stop)

    kept = list(each()) if n <= front_end.BLOCK else None
    return each if kept is None else lambda: kept


def blocks(n: int) -> Iterator[tuple[int, int]]:
    """Yield the (start, stop) frames of the blocks that a recording of ``n`` frames is analysed in."""
    for start in range(0, n, front_end.BLOCK):
        yield start, min(n, start + front_end.BLOCK)


def posteriors(heard: Heard, loop: Loop, first: int, stop: int) -> Frames:
    """Return the posteriors of the states of frames ``first`` … ``stop``, shape (stop − first, 126)."""
    streams = (heard.cepstra, *front_end.motion(heard.cepstra))
    here = slice(first, stop)
    scores = senones.load().scores((streams[0][here], streams[1][here], streams[2][here]))
    return loop.posteriors(scores, heard.silent[here])
