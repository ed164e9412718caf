"""The default encoder: GE2E (Wan et al. 2018, arXiv 1710.10467), run in numpy.

Three LSTM layers of 256, a linear layer with ReLU, length 1. The weights are those of Resemblyzer
0.1.4 (Apache-2.0), fetched by `manage.py fetch_voice_model`; see `weights.py`. Trained on speech.
"""

from collections.abc import Mapping

import numpy as np

from apps.registry.voice.contract import Segments
from apps.registry.voice.encoder import Samples, Vectors
from apps.registry.voice.spectra import Floats, mel_filters, power_frames
from apps.registry.voice.windows import as_segments, find_windows, levelled

RATE = 16_000
FFT = 400
HOP = 160
MELS = 40
WINDOW = 160  # frames of 10 ms
STEP = 80
LAYERS = 3
HIDDEN = 256
BATCH = 64
LENGTH_S = WINDOW * HOP / RATE


class Ge2e:
    """The encoder with its weights: name to array, as in the published file."""

    rate = RATE
    dimensions = HIDDEN
    calibration = "ge2e"

    def __init__(self, weights: Mapping[str, Floats], digest: str) -> None:
        self.id = f"ge2e-{digest[:12]}"
        self._layers = [_Layer(weights, number) for number in range(LAYERS)]
        self._out = np.ascontiguousarray(weights["linear.weight"].T)
        self._bias = weights["linear.bias"]
        self._filters = mel_filters(RATE, FFT, MELS).T

    def embed(self, samples: Samples) -> Segments:
        """Stretches of 1.6 s, every 0.8 s, where somebody is heard."""
        starts, shares, activity = find_windows(
            samples, RATE, length_s=LENGTH_S, hop_s=STEP * HOP / RATE
        )
        if not starts:
            return as_segments(np.empty((0, HIDDEN), np.float32), [], [], LENGTH_S)
        mels = self._mels(levelled(samples, RATE, activity))
        first = [round(start * RATE / HOP) for start in starts]
        batches = [
            self.encode(np.stack([mels[i : i + WINDOW] for i in first[at : at + BATCH]]))
            for at in range(0, len(first), BATCH)
        ]
        return as_segments(np.concatenate(batches), starts, shares, LENGTH_S)

    def encode(self, mels: Floats) -> Vectors:
        """Mel power spectra, shape (windows, 160, 40), to vectors of shape (windows, 256)."""
        sequence = np.ascontiguousarray(mels.transpose(1, 0, 2))
        for layer in self._layers:
            sequence = layer.run(sequence)
        raw: Vectors = np.maximum(sequence[-1] @ self._out + self._bias, 0)
        return raw

    def _mels(self, samples: Samples) -> Floats:
        mels = np.concatenate([p @ self._filters for p in power_frames(samples, FFT, HOP)])
        return np.pad(mels, ((0, WINDOW), (0, 0)))  # the last stretch may reach beyond the end


class _Layer:
    def __init__(self, weights: Mapping[str, Floats], number: int) -> None:
        self._inward = np.ascontiguousarray(weights[f"lstm.weight_ih_l{number}"].T)
        self._onward = np.ascontiguousarray(weights[f"lstm.weight_hh_l{number}"].T)
        self._bias = weights[f"lstm.bias_ih_l{number}"] + weights[f"lstm.bias_hh_l{number}"]

    def run(self, sequence: Floats) -> Floats:
        """All hidden states, shape (steps, windows, HIDDEN), of inputs (steps, windows, any)."""
        steps, windows, _ = sequence.shape
        out = np.empty((steps, windows, HIDDEN), dtype=np.float32)
        hidden = np.zeros((windows, HIDDEN), dtype=np.float32)
        cell = np.zeros((windows, HIDDEN), dtype=np.float32)
        for step in range(steps):
            gates = sequence[step] @ self._inward
            gates += hidden @ self._onward
            gates += self._bias
            gate_in, keep = _sigmoid(gates[:, :HIDDEN]), _sigmoid(gates[:, HIDDEN : 2 * HIDDEN])
            fresh, gate_out = (
                np.tanh(gates[:, 2 * HIDDEN : 3 * HIDDEN]),
                _sigmoid(gates[:, -HIDDEN:]),
            )
            cell = keep * cell + gate_in * fresh
            hidden = gate_out * np.tanh(cell)
            out[step] = hidden
        return out


def _sigmoid(values: Floats) -> Floats:
    out: Floats = 0.5 * np.tanh(0.5 * values) + 0.5
    return out
