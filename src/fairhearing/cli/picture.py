"""Before and after, as a picture: two spectrograms a channel, the cuts marked with their types."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from fairhearing.deidentify import Finding

RATE = 16_000
WINDOW, HOP = 400, 160  # 25 ms every 10 ms
FLOOR_DB = -80.0
MOST_COLUMNS = 4000  # a longer recording is drawn in coarser steps
COLOUR = "#d1495b"

Channel = tuple[NDArray[np.float32], NDArray[np.float32], "Sequence[Finding]"]


class MatplotlibMissing(Exception):
    """Pictures need matplotlib, which is an extra."""


def draw(path: Path, channels: Sequence[Channel]) -> None:
    """Write a PNG. Each channel is (before, after, findings), samples at 16 kHz; ``after`` is empty when set aside.

    Raises:
        MatplotlibMissing: it is not installed.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        raise MatplotlibMissing("--plot needs matplotlib: pip install 'fairhearing[plot]'") from None
    longest = max(before.size for before, _, _ in channels) / RATE
    figure = Figure(figsize=(min(40.0, max(8.0, 1.2 * longest)), 4.4 * len(channels)), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(2 * len(channels), 1, sharex=True, squeeze=False)[:, 0]
    for number, (before, after, findings) in enumerate(channels):
        name = f"channel {number}: " if len(channels) > 1 else ""
        _panel(axes[2 * number], before, f"{name}before", findings, labelled=True)
        _panel(axes[2 * number + 1], after, f"{name}after" if after.size else f"{name}set aside: nothing", findings)
    axes[-1].set_xlabel("seconds")
    figure.savefig(path, dpi=110)


def _panel(
    axes: Any, samples: NDArray[np.float32], title: str, findings: "Sequence[Finding]", *, labelled: bool = False
) -> None:
    axes.set_title(title, loc="left", fontsize=9)
    axes.set_ylabel("kHz")
    axes.set_ylim(0, RATE / 2000)
    if samples.size:
        shown = spectrogram(samples)
        extent = (0.0, samples.size / RATE, 0.0, RATE / 2000)
        axes.imshow(shown, origin="lower", aspect="auto", extent=extent, cmap="magma", vmin=FLOOR_DB, vmax=0)
    for one in findings:
        axes.axvspan(one.start / RATE, one.end / RATE, facecolor="none", edgecolor=COLOUR, linewidth=1.2)
        if labelled:
            at = (one.start + one.end) / 2 / RATE
            axes.text(at, 7.6, one.type, color="white", backgroundcolor=COLOUR, fontsize=7, ha="center", va="top")


def spectrogram(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return levels in dB below the loudest, of shape (201, frames), from mono float32 of shape (n,) at 16 kHz."""
    hop = max(HOP, -(-samples.size // MOST_COLUMNS))
    padded = np.pad(samples, (0, WINDOW))
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::hop]
    power = np.abs(np.fft.rfft(frames * np.hanning(WINDOW).astype(np.float32), axis=1)) ** 2
    loudest = max(float(power.max()), 1e-12)
    return np.asarray(10 * np.log10(np.maximum(power / loudest, 10 ** (FLOOR_DB / 10))).T, dtype=np.float32)
