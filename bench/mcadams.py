"""VoicePrivacy's baseline B2, the anchor that other voices are measured beside: McAdams' coefficient.

The poles of each frame's linear prediction turn: angle φ becomes φ^α, α drawn from 0.5 … 0.9 for each recording;
pitch, rhythm and residual stay. Source: J. Patino, N. Tomashenko, M. Todisco, A. Nautsch and N. Evans, Speaker
anonymisation using the McAdams coefficient, Interspeech 2021. Written for whole arrays of frames, with the
autocorrelation method where the original has Burg's.
"""

import hashlib

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FRAME, SHIFT, ORDER = 320, 160, 20
LOWEST, HIGHEST = 0.5, 0.9
FLOOR = 1e-8  # added to the autocorrelation at lag 0, beside a millionth of it


def mcadams(samples: NDArray[np.float32], recording: bytes) -> NDArray[np.float32]:
    """Return ``samples`` (n,), mono at 16 kHz, with another timbre; the coefficient is drawn from ``recording``."""
    seed = int.from_bytes(hashlib.sha256(recording).digest()[:8], "big")
    alpha = np.random.default_rng(seed).uniform(LOWEST, HIGHEST)
    count = samples.size // SHIFT + 2
    padded = np.pad(samples.astype(np.float64), (SHIFT, count * SHIFT + FRAME - samples.size - SHIFT))
    window = np.sqrt(np.hanning(FRAME + 1)[:-1])
    frames = np.lib.stride_tricks.sliding_window_view(padded, FRAME)[::SHIFT][:count] * window
    before = prediction(frames)
    after = _turned(before, alpha)
    made = _resonated(_residual(frames, before), after) * window
    out = np.zeros((count + 1, SHIFT))
    out[:-1] += made[:, :SHIFT]
    out[1:] += made[:, SHIFT:]
    found = out.ravel()[SHIFT : SHIFT + samples.size]
    peak = np.abs(found).max(initial=0.0)
    loudest = np.abs(samples).max(initial=0.0)
    treated: NDArray[np.float32] = (found * (loudest / peak if peak else 1.0)).astype(np.float32)
    return treated


def prediction(frames: Floats) -> Floats:
    """Return the prediction error filters (frames, 21), first term 1, by Levinson and Durbin's recursion."""
    spectra = np.abs(np.fft.rfft(frames, 2 * FRAME, axis=1)) ** 2
    lags = np.fft.irfft(spectra, axis=1)[:, : ORDER + 1]
    lags[:, 0] = lags[:, 0] * (1 + 1e-6) + FLOOR
    filters = np.zeros((len(frames), ORDER + 1))
    filters[:, 0] = 1.0
    error = lags[:, 0].copy()
    for order in range(1, ORDER + 1):
        reflection = -np.einsum("fi,fi->f", filters[:, :order], lags[:, order:0:-1]) / error
        filters[:, 1 : order + 1] += reflection[:, None] * filters[:, order - 1 :: -1][:, :order]
        error *= 1 - reflection**2
    return filters


def _turned(filters: Floats, alpha: float) -> Floats:
    """Return the filters (frames, 21) whose complex poles stand at φ^α instead of φ."""
    companion = np.zeros((len(filters), ORDER, ORDER))
    companion[:, np.arange(1, ORDER), np.arange(ORDER - 1)] = 1.0
    companion[:, 0] = -filters[:, 1:]
    poles = np.linalg.eigvals(companion)
    angle = np.angle(poles)
    complex_ones = np.abs(poles.imag) > 1e-9
    turned = np.sign(angle) * np.clip(np.abs(angle) ** alpha, 0, np.pi)
    poles = np.where(complex_ones, np.abs(poles) * np.exp(1j * turned), poles)
    found = np.zeros((len(filters), ORDER + 1), dtype=np.complex128)
    found[:, 0] = 1.0
    for place in range(ORDER):
        found[:, 1:] -= poles[:, place, None] * found[:, :-1]
    real: Floats = found.real
    return real


def _residual(frames: Floats, filters: Floats) -> Floats:
    """Return what prediction leaves of each frame (frames, 320), zeros before it."""
    padded = np.pad(frames, ((0, 0), (ORDER, 0)))
    seen = np.lib.stride_tricks.sliding_window_view(padded, ORDER + 1, axis=1)
    residual: Floats = np.einsum("fti,fi->ft", seen, filters[:, ::-1])
    return residual


def _resonated(residual: Floats, filters: Floats) -> Floats:
    """Return each residual (frames, 320) through the all-pole filter of its frame, at rest before it."""
    made = np.zeros((residual.shape[1] + ORDER, len(residual)))  # time first: each step reads one block
    feedback = np.ascontiguousarray(filters[:, :0:-1].T)
    for at in range(residual.shape[1]):
        made[at + ORDER] = residual[:, at] - np.einsum("if,if->f", feedback, made[at : at + ORDER])
    out: Floats = made[ORDER:].T
    return out
