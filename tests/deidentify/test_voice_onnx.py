"""The adapter for a neural converter, over graphs of one node made here."""

from pathlib import Path

import numpy as np
import pytest

from fairhearing.deidentify.voice.onnx_converter import OnnxConverter

KEY = bytes(32)


def graph(path: Path, node: str, inputs: dict[str, list[int | str]], **attributes: object) -> Path:
    onnx = pytest.importorskip("onnx")
    pytest.importorskip("onnxruntime")
    kind = onnx.TensorProto.FLOAT
    made = onnx.helper.make_graph(
        [onnx.helper.make_node(node, list(inputs), ["converted"], **attributes)],
        "converter",
        [onnx.helper.make_tensor_value_info(name, kind, shape) for name, shape in inputs.items()],
        [onnx.helper.make_tensor_value_info("converted", kind, None)],
    )
    whole = onnx.helper.make_model(made, opset_imports=[onnx.helper.make_opsetid("", 13)], ir_version=8)
    path.write_bytes(whole.SerializeToString())
    return path


def test_converts_with_the_users_weights(tmp_path: Path) -> None:
    converter = OnnxConverter(graph(tmp_path / "negate.onnx", "Neg", {"samples": [1, "n"]}))
    sound = np.linspace(-0.5, 0.5, 1000, dtype=np.float32)
    assert np.array_equal(converter.convert(sound, key=KEY), -sound)
    assert converter.convert(sound[:0], key=KEY).size == 0
    assert converter.name == "voice/onnx/negate"
    assert len(converter.version) == 16


def test_the_seed_comes_from_the_key(tmp_path: Path) -> None:
    converter = OnnxConverter(graph(tmp_path / "shift.onnx", "Add", {"samples": [1, "n"], "seed": [1, 1]}))
    sound = np.zeros(100, np.float32)
    one, again, other = (converter.convert(sound, key=key) for key in (KEY, KEY, b"1" * 32))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_a_missing_file_and_other_graphs_are_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"mine\.onnx"):
        OnnxConverter(tmp_path / "mine.onnx")
    with pytest.raises(ValueError, match="expected 'samples'"):
        OnnxConverter(graph(tmp_path / "other.onnx", "Neg", {"speech": [1, "n"]}))


def test_another_length_is_refused(tmp_path: Path) -> None:
    converter = OnnxConverter(graph(tmp_path / "twice.onnx", "Concat", {"samples": [1, "n"]}, axis=1))
    assert converter.convert(np.ones(10, np.float32), key=KEY).size == 10
    halved = OnnxConverter(graph(tmp_path / "mean.onnx", "ReduceMean", {"samples": [1, "n"]}))
    with pytest.raises(ValueError, match="expected as many"):
        halved.convert(np.ones(10, np.float32), key=KEY)
