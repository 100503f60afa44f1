"""Which band a recording came through: whether anything is left of speech above the telephone's."""

from collections.abc import Sequence

import numpy as np

from fairhearing.deidentify.words import RATE, Samples

WINDOW = 1024
ABOVE_HZ = (4000, 7000)
VOICE_HZ = (300, 3400)
NARROW_BELOW = 10 ** (-40 / 10)  # of the voice band's power
LONGEST = 60 * RATE  # of speech looked at


def is_narrow(samples: Samples, speech: Sequence[tuple[int, int]]) -> bool:
    """Return whether ``samples`` (mono, shape (n,), 16 kHz) came through a telephone, by its regions of speech.

    Wide-band speech has fricatives between 4 and 7 kHz, 10 to 35 dB below its voice band; what was sampled at
    8 kHz has nothing there. Without speech the answer is no.
    """
    spoken = [samples[start:end] for start, end in speech]
    sound = np.concatenate(spoken)[:LONGEST] if spoken else np.zeros(0, np.float32)
    count = sound.size // WINDOW
    if not count:
        return False
    frames = sound[: count * WINDOW].reshape(count, WINDOW) * np.hanning(WINDOW).astype(np.float32)
    power = np.square(np.abs(np.fft.rfft(frames))).sum(axis=0)
    hertz = np.fft.rfftfreq(WINDOW, 1 / RATE)
    voice = power[(hertz >= VOICE_HZ[0]) & (hertz < VOICE_HZ[1])].sum()
    above = power[(hertz >= ABOVE_HZ[0]) & (hertz < ABOVE_HZ[1])].sum()
    return bool(above < NARROW_BELOW * voice)
