"""Samples to bytes: 16-bit PCM, WAV with the plain 44-byte header, FLAC. Never any metadata."""

import io
import struct

import numpy as np
import soundfile
from numpy.typing import NDArray


def to_pcm16(samples: NDArray[np.float32]) -> NDArray[np.int16]:
    """Return float samples of any shape in −1 … 1 as 16-bit integers, rounded and clipped.

    Raises ``ValueError`` where a sample is NaN or infinite.
    """
    if not np.isfinite(samples).all():
        raise ValueError("samples hold NaN or infinity, expected numbers within ±1")
    rounded: NDArray[np.int16] = np.clip(np.rint(samples * np.float32(32768)), -32768, 32767).astype(np.int16)
    return rounded


def from_pcm16(pcm16: NDArray[np.int16]) -> NDArray[np.float32]:
    """Return 16-bit integers of any shape as float32 in −1 … 1; the exact inverse of :func:`to_pcm16`."""
    if pcm16.dtype != np.int16:
        raise ValueError(f"samples are {pcm16.dtype}, expected int16")
    return pcm16.astype(np.float32) / np.float32(32768)


def wav_bytes(pcm16: NDArray[np.int16], rate: int) -> bytes:
    """Return mono 16-bit samples of shape (n,) at ``rate`` Hz as WAV: a 44-byte header, then samples.

    Raises ``ValueError`` for another shape or type. Source: Microsoft RIFF/WAVE, format 1.
    """
    if pcm16.ndim != 1 or pcm16.dtype != np.int16:
        raise ValueError(f"samples have shape {pcm16.shape} and type {pcm16.dtype}, expected (n,) of int16")
    body = pcm16.astype("<i2").tobytes()
    header = struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF",
        36 + len(body),
        b"WAVE",
        b"fmt ",
        16,
        1,
        1,
        rate,
        rate * 2,
        2,
        16,
        b"data",
        len(body),
    )
    return header + body


def flac_bytes(samples: NDArray[np.float32], rate: int) -> bytes:
    """Return float samples of shape (n,) or (channels, n) at ``rate`` Hz as a 16-bit FLAC file.

    Lossless for what :func:`to_pcm16` makes of the samples. Raises ``ValueError`` for NaN or infinity.
    """
    pcm16 = to_pcm16(samples)
    buffer = io.BytesIO()
    soundfile.write(buffer, pcm16.T, rate, format="FLAC", subtype="PCM_16")
    return buffer.getvalue()
