"""Reads the published weights without the library that wrote them, and without running anything.

The file is a sequence of pickles (magic number, version, system, contents, keys) and then the raw
numbers, key after key. Only the three names that such a file needs are known to the reader.
"""

import io
import pickle
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, BinaryIO

import numpy as np

from apps.registry.voice.encoder import ModelDamaged
from apps.registry.voice.spectra import Floats

MAGIC = 0x1950A86A20F9469CFC6C
WRONG = "This is not the file of weights that was expected, so nothing was taken from it."


class _Storage:
    """Stands for numbers that follow further down in the file."""

    def __init__(self, key: str, count: int) -> None:
        self.key, self.count = key, count


class _Tensor:
    """A view of a storage: where it begins, its shape and strides (in numbers)."""

    def __init__(
        self, storage: _Storage, offset: int, shape: tuple[int, ...], strides: tuple[int, ...],
        *rest: object,
    ) -> None:  # fmt: skip
        self.storage, self.offset, self.shape, self.strides = storage, offset, shape, strides

    def read(self, numbers: Floats) -> Floats:
        """The values, checked to lie inside the storage."""
        sizes = zip(self.shape, self.strides, strict=True)
        last = self.offset + sum((size - 1) * stride for size, stride in sizes)
        if min((*self.shape, *self.strides, 1)) < 0 or not 0 <= self.offset <= last < len(numbers):
            raise ModelDamaged(WRONG)
        inside = numbers[self.offset :]
        steps = [stride * numbers.itemsize for stride in self.strides]
        return np.lib.stride_tricks.as_strided(inside, self.shape, steps, writeable=False).copy()


class _Reader(pickle.Unpickler):
    """Knows dictionaries, tensors of 32-bit numbers and nothing else; calls nothing it was sent."""

    KNOWN: dict[tuple[str, str], Callable[..., Any]] = {
        ("collections", "OrderedDict"): OrderedDict,
        ("torch._utils", "_rebuild_tensor_v2"): _Tensor,
        ("torch", "FloatStorage"): _Storage,
    }

    def find_class(self, module: str, name: str) -> Any:
        """One of KNOWN; raises ModelDamaged for every other name."""
        try:
            return self.KNOWN[module, name]
        except KeyError:
            raise ModelDamaged(WRONG) from None

    def persistent_load(self, saved: Any) -> _Storage:
        """A storage, from ("storage", its type, its key, where it lay, its length, view)."""
        kind, of, key, _, count, view = saved
        if kind != "storage" or of is not _Storage or view is not None:
            raise ModelDamaged(WRONG)
        return _Storage(str(key), int(count))


def read_published(data: bytes) -> dict[str, Floats]:
    """The tensors under "model_state", by name; raises ModelDamaged for anything unexpected."""
    try:
        return _read(io.BytesIO(data))
    except ModelDamaged:
        raise
    except Exception as error:  # whatever a hostile pickle makes the reader stumble over
        raise ModelDamaged(WRONG) from error


def _read(file: BinaryIO) -> dict[str, Floats]:
    magic, _version, _system, contents, keys = (_Reader(file).load() for _ in range(5))
    if magic != MAGIC:
        raise ModelDamaged(WRONG)
    numbers = {key: _numbers(file) for key in keys}
    state = contents["model_state"]
    return {name: tensor.read(numbers[tensor.storage.key]) for name, tensor in state.items()}


def _numbers(file: BinaryIO) -> Floats:
    count = int.from_bytes(file.read(8), "little", signed=True)
    raw = file.read(4 * max(0, count))
    if count < 0 or len(raw) != 4 * count:
        raise ModelDamaged(WRONG)
    return np.frombuffer(raw, dtype="<f4")
