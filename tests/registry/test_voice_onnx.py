"""Other encoders: a folder with a model, its settings and its calibration."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from apps.registry.voice.backend import ModelDamaged, ModelMissing, load_backend
from apps.registry.voice.enrolment import embed_stem, mean_vector
from apps.registry.voice.fbank import fbank
from tests.voices import RATE, person, speech

FBANK = """
name = "small"
rate = 16000
features = "fbank"
bins = 40
window_s = 2.0
hop_s = 1.0
dimensions = 8
mean_norm = false
"""
RAW = """
name = "plain"
rate = 8000
features = "raw"
window_s = 1.0
hop_s = 0.5
dimensions = 2
"""


def build(folder: Path, settings: str, nodes: list, weights: dict, dimensions: object) -> Path:
    """A folder with a small model in it."""
    given = helper.make_tensor_value_info("sound", TensorProto.FLOAT, dimensions)
    taken = helper.make_tensor_value_info("voice", TensorProto.FLOAT, None)
    kept = [numpy_helper.from_array(value, name) for name, value in weights.items()]
    graph = helper.make_graph(nodes, "small", [given], [taken], kept)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    folder.mkdir(exist_ok=True)
    onnx.save(model, folder / "model.onnx")
    (folder / "settings.toml").write_text(settings)
    return folder


def averaging(folder: Path, settings: str = FBANK) -> Path:
    """Averages the frames of an fbank and mixes its bins."""
    matrix = np.random.default_rng(1).normal(size=(40, 8)).astype(np.float32)
    nodes = [
        helper.make_node("ReduceMean", ["sound"], ["mean"], axes=[1], keepdims=0),
        helper.make_node("MatMul", ["mean", "matrix"], ["voice"]),
    ]
    return build(folder, settings, nodes, {"matrix": matrix}, ["n", "t", 40])


def extremes(folder: Path, settings: str = RAW) -> Path:
    """The highest and the lowest sample."""
    nodes = [
        helper.make_node("ReduceMax", ["sound"], ["top"], axes=[1], keepdims=1),
        helper.make_node("ReduceMin", ["sound"], ["low"], axes=[1], keepdims=1),
        helper.make_node("Concat", ["top", "low"], ["voice"], axis=1),
    ]
    return build(folder, settings, nodes, {}, ["n", "t"])


def test_an_fbank_encoder_tells_voices_apart(tmp_path: Path) -> None:
    backend = load_backend(f"onnx:{averaging(tmp_path)}", tmp_path)
    assert backend.id.startswith("small-")
    assert len(backend.id) == len("small-") + 12
    assert (backend.rate, backend.dimensions) == (16_000, 8)
    assert backend.calibration == str(tmp_path / "calibration.toml")
    first, second = (embed_stem(speech(person(1), 8, take), RATE, backend) for take in (1, 2))
    assert first.length_s == 2
    assert np.allclose(np.linalg.norm(first.vectors, axis=1), 1, atol=1e-5)
    assert float(mean_vector(first) @ mean_vector(second)) > 0.9


def test_a_raw_encoder_is_given_the_samples_at_its_rate(tmp_path: Path) -> None:
    backend = load_backend(f"onnx:{extremes(tmp_path)}", tmp_path)
    found = embed_stem(speech(person(2), 5, 1), RATE, backend)
    assert found.vectors.shape[1] == 2
    assert (found.vectors[:, 0] > 0).all()
    assert (found.vectors[:, 1] < 0).all()
    assert np.allclose(np.diff(found.starts_s) % 0.5, 0)


def test_silence_has_no_segments(tmp_path: Path) -> None:
    backend = load_backend(f"onnx:{extremes(tmp_path)}", tmp_path)
    assert backend.embed(np.zeros(8000, np.float32)).vectors.shape == (0, 2)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (("fbank", "spectrum"), ModelDamaged),
        (("rate = 16000", "rate = 0"), ModelDamaged),
        (("rate = 16000", "rate = "), ModelDamaged),
        (("bins = 40", "colour = 1"), ModelDamaged),
        (("hop_s = 1.0\n", ""), ModelDamaged),
    ],
)
def test_wrong_settings_are_named(change: tuple[str, str], error: type, tmp_path: Path) -> None:
    folder = averaging(tmp_path, FBANK.replace(*change))
    with pytest.raises(error, match=r"settings\.toml|cannot be used"):
        load_backend(f"onnx:{folder}", tmp_path)


def test_a_missing_or_broken_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=r"must hold model\.onnx and settings\.toml"):
        load_backend(f"onnx:{tmp_path / 'nowhere'}", tmp_path)
    (averaging(tmp_path) / "model.onnx").write_bytes(b"no model")
    with pytest.raises(ModelDamaged, match="cannot be used"):
        load_backend(f"onnx:{tmp_path}", tmp_path)


def test_a_model_that_gives_other_numbers_than_it_says_is_refused(tmp_path: Path) -> None:
    folder = averaging(tmp_path, FBANK.replace("dimensions = 8", "dimensions = 9"))
    backend = load_backend(f"onnx:{folder}", tmp_path)
    with pytest.raises(ModelDamaged, match="does not give 9 numbers"):
        embed_stem(speech(person(1), 5), RATE, backend)


def test_the_id_changes_with_the_weights(tmp_path: Path) -> None:
    one = load_backend(f"onnx:{averaging(tmp_path / 'a')}", tmp_path)
    two = load_backend(f"onnx:{extremes(tmp_path / 'b')}", tmp_path)
    assert one.id.split("-")[1] != two.id.split("-")[1]


def test_a_tone_stands_in_its_bin_of_the_fbank() -> None:
    t = np.arange(RATE) / RATE
    low, high = (
        fbank((1000 * np.sin(2 * np.pi * hertz * t)).astype(np.float32), RATE, 40, "hamming")
        for hertz in (300, 3000)
    )
    assert low.shape == (98, 40)
    assert low.mean(axis=0).argmax() < high.mean(axis=0).argmax()
    places = 1127 * np.log1p(np.array([300, 3000]) / 700)
    edges = np.linspace(1127 * np.log1p(20 / 700), 1127 * np.log1p(8000 / 700), 42)[1:-1]
    expected = [int(np.abs(edges - place).argmin()) for place in places]
    assert abs(low.mean(axis=0).argmax() - expected[0]) <= 1
    assert abs(high.mean(axis=0).argmax() - expected[1]) <= 1
