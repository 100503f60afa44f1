"""Speech from envelope, voicing and pitch alone: pulses and noise through a minimum-phase filter.

Nothing of the source's waveform comes in. Mixed excitation after WORLD (Morise, Yokomori and Ozawa 2016), with
an aperiodicity that depends on the frequency alone.
"""

import numpy as np
from numpy.typing import NDArray

from fairhearing.audio import spectra
from fairhearing.deidentify.voice import envelope
from fairhearing.deidentify.voice.front_end import HOP
from fairhearing.deidentify.words import RATE, Samples

FFT = 512
FRAME = 2 * HOP
TAPS = 16
BLOCK = 2000  # frames synthesised at once

Frames = NDArray[np.float32]


def synthesise(cepstra: Frames, voicing: Frames, hertz: Frames, noise: np.random.Generator, size: int) -> Samples:
    """Return ``size`` samples of speech with the envelope ``cepstra`` (n, 28), one frame each 10 ms.

    ``voicing`` (n,) is 0 … 1 and ``hertz`` (n,) the fundamental frequency, above 0 throughout; ``noise`` draws
    the unvoiced part.
    """
    n = len(cepstra)
    pulses = _pulse_times(hertz)
    out = np.zeros(n * HOP + FFT + HOP, np.float32)  # sample 0 of the recording lies at HOP
    tail = np.zeros(HOP, np.float32)  # the noise that two blocks share
    matrix = envelope.minimum_phase(FFT)
    window = np.hanning(FRAME + 1)[:-1].astype(np.float32)
    aperiodic = (0.02 + 0.75 / (1 + np.exp(-(np.fft.rfftfreq(FFT, 1 / RATE) - 4500) / 700))).astype(np.float32)
    for start in range(0, n, BLOCK):
        stop = min(n, start + BLOCK)
        fresh = noise.standard_normal((stop - start) * HOP, dtype=np.float32)
        hiss = np.concatenate((tail if start else noise.standard_normal(HOP, dtype=np.float32), fresh))
        tail = fresh[-HOP:]
        train = _pulse_train(pulses, hertz, start, stop)
        v = voicing[start:stop, None]
        sound = _spectra(train, window) * np.sqrt(v * (1 - aperiodic))
        sound += _spectra(hiss, window) * np.sqrt(1 - v + v * aperiodic)
        sound *= np.exp(cepstra[start:stop] @ matrix)
        _add_frames(out, spectra.irfft(sound, FFT), start)
    return out[HOP : HOP + size]


def _spectra(signal: Samples, window: Samples) -> NDArray[np.complex64]:
    frames = np.lib.stride_tricks.sliding_window_view(signal, FRAME)[::HOP]
    return spectra.rfft(frames * window, FFT)


def _add_frames(out: Samples, frames: Frames, start: int) -> None:
    """Add frames of 512 samples each 160 apart to ``out``, from frame ``start`` on."""
    n = len(frames)
    padded = np.pad(frames, ((0, 0), (0, -FFT % HOP)))
    for part in range(padded.shape[1] // HOP):
        begin = (start + part) * HOP
        end = min(out.size, begin + n * HOP)
        out[begin:end] += padded[:, part * HOP : (part + 1) * HOP].reshape(-1)[: end - begin]


def _pulse_times(hertz: Frames) -> NDArray[np.float64]:
    """Return when the pulses fall, in samples from the first frame's instant, with ascending times."""
    phase = np.concatenate(([0.0], np.cumsum(hertz.astype(np.float64)) * HOP / RATE))
    return np.interp(np.arange(1, int(phase[-1]) + 1), phase, np.arange(phase.size) * HOP)


def _pulse_train(times: NDArray[np.float64], hertz: Frames, start: int, stop: int) -> Samples:
    """Return the samples from one hop before frame ``start`` to frame ``stop``: band-limited pulses of unit power."""
    origin, size = (start - 1) * HOP, (stop - start + 1) * HOP
    first, last = np.searchsorted(times, (origin - TAPS, origin + size + TAPS))
    here = times[first:last]
    height = np.sqrt(RATE / hertz[np.minimum((here // HOP).astype(np.intp), len(hertz) - 1)])
    whole = np.floor(here).astype(np.intp)
    taps = np.arange(1 - TAPS // 2, TAPS // 2 + 1)
    away = taps - (here - whole)[:, None]
    shape = np.sinc(away) * (0.5 + 0.5 * np.cos(2 * np.pi * away / (TAPS + 1)))
    train = np.zeros(size + 4 * TAPS, np.float32)
    np.add.at(train, whole[:, None] + taps - origin + 2 * TAPS, shape * height[:, None])
    return train[2 * TAPS : 2 * TAPS + size]
