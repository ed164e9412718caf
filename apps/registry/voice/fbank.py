"""Logarithmic mel energies as Kaldi makes them, which most published encoders expect."""

import numpy as np

from apps.registry.voice.spectra import Floats, kaldi_filters

FRAME_S = 0.025
HOP_S = 0.010
PREEMPHASIS = 0.97
LEAST = float(np.finfo(np.float32).eps)


def _shapes(size: int) -> dict[str, Floats]:
    turn = 2 * np.pi * np.arange(size) / (size - 1)
    return {
        "hamming": (0.54 - 0.46 * np.cos(turn)).astype(np.float32),
        "hann": (0.5 - 0.5 * np.cos(turn)).astype(np.float32),
        "povey": ((0.5 - 0.5 * np.cos(turn)) ** 0.85).astype(np.float32),
    }


WINDOWS = tuple(_shapes(3))


def fbank(samples: Floats, rate: int, bins: int, window: str) -> Floats:
    """Shape (frames, bins): whole frames of 25 ms every 10 ms, without their mean, with
    pre-emphasis 0.97, no dither. The samples last one frame at least."""
    size, hop = round(rate * FRAME_S), round(rate * HOP_S)
    fft = 1 << (size - 1).bit_length()
    frames = np.lib.stride_tricks.sliding_window_view(samples, size)[::hop]
    frames = frames - frames.mean(axis=1, keepdims=True)
    before = np.concatenate([frames[:, :1], frames[:, :-1]], axis=1)
    spectrum = np.fft.rfft((frames - PREEMPHASIS * before) * _shapes(size)[window], fft, axis=1)
    power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
    energies: Floats = np.log(np.maximum(power @ kaldi_filters(rate, fft, bins).T, LEAST))
    return energies
