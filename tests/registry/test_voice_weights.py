"""The weights: fetched, checked, converted without running anything, refused when changed."""

import io
import os
import pickle
import struct
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from apps.registry.voice.backend import ModelDamaged, ModelMissing, load_backend
from apps.registry.voice.published import MAGIC, read_published
from apps.registry.voice.weights import keep_ge2e, load_ge2e


class Storage:
    """Pickled as a reference to numbers further down."""


class Calls:
    """Pickled as a call of `function`."""

    def __init__(self, function: Callable[..., object], *given: object) -> None:
        self.function, self.given = function, given

    def __reduce__(self):
        return self.function, self.given


class Writer(pickle.Pickler):
    kept = ("storage", Storage, "0", "cpu", 6, None)

    def persistent_id(self, thing):
        return self.kept if isinstance(thing, Storage) else None


def tensor(offset: int, shape: tuple[int, ...], strides: tuple[int, ...]) -> Calls:
    return Calls(rebuild, Storage(), offset, shape, strides, False, OrderedDict())


def rebuild(*given: object) -> None:
    """Stands for the function that rebuilds tensors; its name is replaced in the file."""


def published(state: object, *, kept: tuple = Writer.kept, numbers: int = 6) -> bytes:
    """A file in the published form, with the names that such files carry."""
    file = io.BytesIO()
    for part in (MAGIC, 1001, {}):
        pickle.dump(part, file, protocol=2)
    writer = Writer(file, protocol=2)
    writer.kept = kept
    writer.dump({"model_state": state})
    pickle.dump(["0"], file, protocol=2)
    file.write(struct.pack("<q", 6) + np.arange(numbers, dtype="<f4").tobytes())
    here = __name__.encode()
    return (
        file.getvalue()
        .replace(b"c" + here + b"\nrebuild\n", b"ctorch._utils\n_rebuild_tensor_v2\n")
        .replace(b"c" + here + b"\nStorage\n", b"ctorch\nFloatStorage\n")
    )


def test_tensors_are_read_with_their_offset_and_strides() -> None:
    read = read_published(published({"a": tensor(0, (2, 3), (3, 1)), "b": tensor(1, (2,), (2,))}))
    assert read["a"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert read["b"].tolist() == [1, 3]


@pytest.mark.parametrize(
    "state",
    [
        Calls(os.system, "touch hacked"),
        Calls(eval, "open('hacked', 'w')"),
        Calls(getattr, "", "join"),
        {"a": tensor(0, (7,), (1,))},
        {"a": tensor(-1, (2,), (1,))},
        {"a": tensor(0, (2,), (-1,))},
        {"a": tensor(5, (2, 2), (1, 1))},
        {"a": 3},
        [],
    ],
)
def test_a_hostile_file_is_refused_and_runs_nothing(
    state: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelDamaged):
        read_published(published(state))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "kept",
    [("file", Storage, "0", "cpu", 6, None), ("storage", dict, "0", "cpu", 6, None), ("x",)],
)
def test_numbers_come_from_the_file_itself_only(kept: tuple) -> None:
    with pytest.raises(ModelDamaged):
        read_published(published({"a": tensor(0, (2,), (1,))}, kept=kept))


def test_a_file_cut_short_is_refused() -> None:
    with pytest.raises(ModelDamaged):
        read_published(published({"a": tensor(0, (2,), (1,))}, numbers=5))


@given(st.binary(max_size=300))
def test_whatever_it_is_it_is_refused_by_name(data: bytes) -> None:
    with pytest.raises(ModelDamaged):
        read_published(data)


def test_other_weights_than_the_known_ones_are_not_kept(tmp_path: Path) -> None:
    with pytest.raises(ModelDamaged, match="nothing was kept"):
        keep_ge2e(published({"a": tensor(0, (2,), (1,))}), tmp_path / "models")
    assert not (tmp_path / "models").exists()


def test_a_missing_model_says_which_command_fetches_it(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=r"manage\.py fetch_voice_model"):
        load_backend("ge2e", tmp_path)


@pytest.mark.parametrize("setting", ["none", "onnx:", "torch", ""])
def test_other_settings_name_what_is_allowed_or_that_it_is_off(
    setting: str, tmp_path: Path
) -> None:
    with pytest.raises(ModelMissing, match=r"switched off|allowed: ge2e, onnx:<folder>, none"):
        load_backend(setting, tmp_path)


def test_a_changed_file_is_noticed(models: Path, tmp_path: Path) -> None:
    for path in models.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    data = bytearray((tmp_path / "ge2e.npz").read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "ge2e.npz").write_bytes(data)
    with pytest.raises(ModelDamaged, match="has changed"):
        load_ge2e(tmp_path)


def test_a_second_fetch_does_nothing(
    models: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SOUNDCHECK_DATA", str(models.parent))
    before = (models / "ge2e.npz").stat().st_mtime_ns
    call_command("fetch_voice_model")
    assert "there already" in capsys.readouterr().out
    assert (models / "ge2e.npz").stat().st_mtime_ns == before


def test_without_a_network_set_up_goes_on_with_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SOUNDCHECK_DATA", str(tmp_path))
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/")
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    monkeypatch.setenv("PIP_RETRIES", "0")
    call_command("fetch_voice_model", if_possible=True)
    said = capsys.readouterr()
    assert "could not be fetched" in said.err
    assert "cannot be compared until" in said.err
    assert not (tmp_path / "models").exists()
    with pytest.raises(CommandError, match="could not be fetched"):
        call_command("fetch_voice_model")
