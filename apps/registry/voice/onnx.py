"""An encoder from a folder: model.onnx, settings.toml and its own calibration.toml.

settings.toml:
    name = "my-encoder"       # shown beside results
    rate = 16000              # Hz
    features = "fbank"        # or "raw": the samples themselves
    bins = 80                 # of the fbank
    window = "hamming"        # or "hann", "povey"
    scale = 32768             # what a sample of 1.0 is multiplied by
    mean_norm = true          # take each bin's mean away
    window_s = 3.0
    hop_s = 1.5
    dimensions = 192
The model takes (batch, samples) or (batch, frames, bins), float32, and gives (batch, dimensions).
It needs the package onnxruntime, which is not among the requirements.
"""

import hashlib
import importlib
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from apps.registry.voice.contract import Segments
from apps.registry.voice.encoder import ModelDamaged, ModelMissing, Samples, Vectors
from apps.registry.voice.fbank import WINDOWS, fbank
from apps.registry.voice.spectra import Floats
from apps.registry.voice.windows import as_segments, find_windows, levelled

BATCH = 16


@dataclass(frozen=True)
class Settings:
    """What settings.toml says; see the module."""

    name: str
    rate: int
    features: str
    window_s: float
    hop_s: float
    dimensions: int
    bins: int = 80
    window: str = "hamming"
    scale: float = 32768.0
    mean_norm: bool = True

    def __post_init__(self) -> None:
        if self.features not in ("raw", "fbank") or self.window not in WINDOWS:
            raise ValueError("features must be raw or fbank, window one of " + ", ".join(WINDOWS))
        if min(self.rate, self.window_s, self.hop_s, self.dimensions, self.bins) <= 0:
            raise ValueError("rate, window_s, hop_s, dimensions and bins must be above 0")


class OnnxEncoder:
    """An encoder that onnxruntime runs, on one thread."""

    def __init__(self, folder: Path, settings: Settings, session: Any, digest: str) -> None:
        self.id = f"{settings.name}-{digest[:12]}"
        self.rate, self.dimensions = settings.rate, settings.dimensions
        self.calibration = str(folder / "calibration.toml")
        self._settings, self._session = settings, session
        self._input = session.get_inputs()[0].name

    def embed(self, samples: Samples) -> Segments:
        """Stretches of window_s every hop_s, where somebody is heard."""
        length, hop = self._settings.window_s, self._settings.hop_s
        starts, shares, activity = find_windows(samples, self.rate, length_s=length, hop_s=hop)
        even = np.pad(levelled(samples, self.rate, activity), (0, self._frames()))
        batches = [self._run(even, starts[at : at + BATCH]) for at in range(0, len(starts), BATCH)]
        empty = np.empty((0, self.dimensions), np.float32)
        return as_segments(np.concatenate([empty, *batches]), starts, shares, length)

    def _frames(self) -> int:
        return round(self._settings.window_s * self.rate)

    def _run(self, samples: Samples, starts: list[float]) -> Vectors:
        first = [round(start * self.rate) for start in starts]
        given = np.stack([self._features(samples[at : at + self._frames()]) for at in first])
        vectors = np.asarray(self._session.run(None, {self._input: given})[0], dtype=np.float32)
        if vectors.shape != (len(starts), self.dimensions) or not np.isfinite(vectors).all():
            raise ModelDamaged(f"{self.id} does not give {self.dimensions} numbers per stretch.")
        return vectors

    def _features(self, stretch: Samples) -> Floats:
        asked = self._settings
        if asked.features == "raw":
            return stretch
        bins = fbank(stretch * asked.scale, asked.rate, asked.bins, asked.window)
        return bins - bins.mean(axis=0) if asked.mean_norm else bins


def load_onnx(folder: Path) -> OnnxEncoder:
    """The encoder in `folder`; raises ModelMissing or ModelDamaged with what to do."""
    try:
        runtime = importlib.import_module("onnxruntime")
    except ImportError:
        raise ModelMissing(
            "The encoder in VOICE_BACKEND needs onnxruntime: `pip install onnxruntime`."
        ) from None
    try:
        model = (folder / "model.onnx").read_bytes()
        said = tomllib.loads((folder / "settings.toml").read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelMissing(f"{folder} must hold model.onnx and settings.toml: {error}.") from None
    except ValueError as error:
        raise ModelDamaged(f"settings.toml in {folder} cannot be read: {error}.") from error
    try:
        return OnnxEncoder(
            folder, Settings(**said), _session(runtime, model), hashlib.sha256(model).hexdigest()
        )
    except Exception as error:  # what the runtime raises has no base of its own
        raise ModelDamaged(f"The encoder in {folder} cannot be used: {error}.") from error


def _session(runtime: Any, model: bytes) -> Any:
    options = runtime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return runtime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
