"""A neural converter in ONNX with the user's own weights, behind the same door as the embedded method.

Nothing is downloaded and no weights are shipped. The graph takes ``samples`` (1, n) float32 at 16 kHz and, where it
has such an input, ``seed`` (1, k) float32 drawn from the recording's key; its first output is the converted sound,
as many samples as went in.
"""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np

from fairhearing.deidentify.voice.pseudo_speaker import generator
from fairhearing.deidentify.words import Samples

INPUT, SEED = "samples", "seed"


class OnnxConverter:
    """A :class:`~fairhearing.deidentify.voice.VoiceConverter` over the graph in ``path``.

    Its version is the first digits of the file's SHA-256. Raises ``FileNotFoundError`` naming the file,
    ``ModuleNotFoundError`` naming the package, or ``ValueError`` for a graph with other inputs.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise FileNotFoundError(f"no voice converter at {path}: expected an ONNX file with your own weights")
        try:
            import onnxruntime
        except ModuleNotFoundError as missing:
            raise ModuleNotFoundError("voice converters in ONNX need the package onnxruntime") from missing
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session: Any = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        shapes = {one.name: one.shape for one in self._session.get_inputs()}
        if INPUT not in shapes or not shapes.keys() <= {INPUT, SEED}:
            raise ValueError(f"{path.name} takes {sorted(shapes)}, expected {INPUT!r} and at most {SEED!r} beside it")
        self._seed_size = int(shapes[SEED][-1]) if SEED in shapes else 0
        self.name = f"voice/onnx/{path.stem}"
        self.version = hashlib.sha256(path.read_bytes()).hexdigest()[:16]

    def convert(self, samples: Samples, *, key: bytes) -> Samples:
        """Return ``samples`` (n,) converted; raises ``ValueError`` where the graph gives another length or NaN."""
        if not samples.size:
            return samples.copy()
        given = {INPUT: samples[None]}
        if self._seed_size:
            given[SEED] = generator(key, "onnx").standard_normal((1, self._seed_size), dtype=np.float32)
        found = np.asarray(self._session.run(None, given)[0], dtype=np.float32).reshape(-1)
        if found.size != samples.size:
            raise ValueError(f"{self.name} gave {found.size} samples for {samples.size}, expected as many")
        if not np.isfinite(found).all():
            raise ValueError(f"{self.name} gave NaN or infinity")
        return found
