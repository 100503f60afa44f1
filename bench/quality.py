"""How a marked clip sounds beside the one without the mark: segmental SNR, ESTOI, PESQ, words misheard."""

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

import numpy as np
import soxr
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from bench.domain import DomainRecogniser, word_errors
from bench.options import say
from bench.speech import Utterance
from fairhearing.watermark import embed, keys

Samples = NDArray[np.float32]
Doubles = NDArray[np.float64]

RATE = 16_000
NEEDED = "pesq==0.0.4"
COPIES = 4  # of each recording, of other keys: what a mark costs is a mean over keys
ROUNDS = 10_000  # of the bootstrap


def segmental_snr(clean: Samples, marked: Samples) -> float:
    """Return the mean SNR in dB of 32 ms stretches within −10 … 35 dB; those 45 dB under the loudest left out."""
    size = clean.size // 512 * 512
    host = np.sum(clean[:size].reshape(-1, 512).astype(np.float64) ** 2, axis=1)
    mark = np.sum((marked - clean)[:size].reshape(-1, 512).astype(np.float64) ** 2, axis=1)
    heard = host > host.max() * 10**-4.5
    return float(np.mean(np.clip(10 * np.log10(host[heard] / (mark[heard] + 1e-20)), -10, 35)))


def pesq(clean: Samples, marked: Samples) -> float | None:
    """Return wide-band PESQ (P.862.2), or None where the package is not installed or finds no speech."""
    if find_spec("pesq") is None:
        return None
    import pesq as package  # type: ignore[import-not-found,unused-ignore]

    try:
        return float(package.pesq(RATE, clean, marked, "wb"))
    except package.NoUtterancesError:
        return None


def estoi(clean: Samples, marked: Samples) -> float:
    """Return extended short-time objective intelligibility (Jensen and Taal 2016), at most 1."""
    pair = [soxr.resample(s.astype(np.float64), RATE, 10_000) for s in (clean, marked)]
    window = np.hanning(258)[1:-1]
    cut = [sliding_window_view(s, 256)[::128] * window for s in pair]
    energy = 20 * np.log10(np.linalg.norm(cut[0], axis=1) + 1e-20)
    heard = energy > energy.max() - 40
    spectra = [np.abs(np.fft.rfft(_joined(c[heard]), 512, axis=1)) ** 2 for c in cut]
    bands = _third_octaves()
    envelopes = [np.sqrt(s @ bands.T) for s in spectra]
    if len(envelopes[0]) < 30:
        return float("nan")
    first, second = (_normal(sliding_window_view(e, 30, axis=0)) for e in envelopes)
    return float(np.mean(np.sum(first * second, axis=1)))


def _joined(pieces: Doubles) -> Doubles:
    """Return frames (n, 256) of the overlapped sum of ``pieces``: what is left when silence was taken out."""
    whole = np.zeros((len(pieces) + 1) * 128)
    for at, piece in enumerate(pieces):
        whole[at * 128 : at * 128 + 256] += piece
    return np.asarray(sliding_window_view(whole, 256)[::128] * np.hanning(258)[1:-1])


def _third_octaves() -> Doubles:
    hertz = np.arange(257) * 10_000 / 512
    centres = 150 * 2 ** (np.arange(15) / 3)
    return np.array([(hertz >= c * 2 ** (-1 / 6)) & (hertz < c * 2 ** (1 / 6)) for c in centres], dtype=np.float64)


def _normal(segments: Doubles) -> Doubles:
    """Return (segments, 15, 30) with rows, then columns, of mean 0 and norm 1."""
    rows = segments - segments.mean(axis=2, keepdims=True)
    rows = rows / (np.linalg.norm(rows, axis=2, keepdims=True) + 1e-20)
    columns = rows - rows.mean(axis=1, keepdims=True)
    return np.asarray(columns / (np.linalg.norm(columns, axis=1, keepdims=True) + 1e-20))


def word_cost(spoken: Sequence[Utterance], decoded: int) -> dict[str, Any]:
    """Return how many points of word error rate marks cost a recogniser that knows the domain.

    ``spoken`` are recordings with texts, of which at most about ``decoded`` are heard.
    ``wer_cost`` is the mean over COPIES keys, ``wer_cost_low`` and ``wer_cost_high`` its 95 % interval by a bootstrap
    over speakers, ``wer_cost_keys`` the cost of each key by itself. The two halves of the recordings are heard with
    a model of the other half's texts.
    """
    chosen = [place for place in range(len(spoken)) if place // 2 < decoded // 2]
    known = [DomainRecogniser([one.text for one in spoken[1 - half :: 2]]) for half in (0, 1)]
    errors = np.zeros((len(chosen), 1 + COPIES))
    words = np.array([len(spoken[place].text.split()) for place in chosen])
    for row, place in enumerate(chosen):
        one, ear = spoken[place], known[place % 2]
        samples = one.samples()
        prepared = embed.prepare(samples)
        names = [keys.mark_key(b"the bench's own secret", clip=one.id, reviewer=str(n)) for n in range(COPIES)]
        heard = [samples, *(embed.embed(prepared, key) for key in names)]
        errors[row] = [word_errors(one.text.split(), ear.words(copy)) for copy in heard]
        if row % 50 == 49:
            say(f"{row + 1} of {len(chosen)} recordings heard without the mark and with {COPIES}")
    more = errors[:, 1:].mean(axis=1) - errors[:, 0]
    low, high = _interval([spoken[place].speaker for place in chosen], more, words)
    return {
        "wer_original": round(100 * errors[:, 0].sum() / words.sum(), 2),
        "wer_cost": round(100 * more.sum() / words.sum(), 2),
        "wer_cost_low": low,
        "wer_cost_high": high,
        "wer_cost_keys": [
            round(100 * float(one), 2) for one in (errors[:, 1:] - errors[:, :1]).sum(axis=0) / words.sum()
        ],
        "wer_words": int(words.sum()),
    }


def _interval(speakers: Sequence[str], errors: Doubles, words: NDArray[np.int64]) -> tuple[float, float]:
    """Return the 95 % interval of errors a hundred words, by drawing speakers again."""
    names, place = np.unique(speakers, return_inverse=True)
    totals = [np.bincount(place, weights=values) for values in (errors, words)]
    drawn = np.random.default_rng(3).multinomial(len(names), np.full(len(names), 1 / len(names)), size=ROUNDS)
    low, high = np.percentile(100 * (drawn @ totals[0]) / (drawn @ totals[1]), [2.5, 97.5])
    return round(float(low), 2), round(float(high), 2)
