"""Bringing the voice forward in a stereo mix. A slot: others may be plugged in."""

import importlib
from collections.abc import Callable, Iterator
from typing import Protocol

import numpy as np
import numpy.typing as npt

from apps.registry.voice.encoder import ModelMissing, Samples

SIZE = 1024
HOP = 256
FRAMES = 512
BAND_HZ = (120.0, 7200.0)
SHARPNESS = 4.0
Spectra = npt.NDArray[np.complex64]


class Separator(Protocol):
    """Takes the voice out of a stereo mix, as well as it can."""

    @property
    def id(self) -> str:
        """Name and version, shown beside the result."""

    def vocals(self, stereo: Samples, rate: int) -> Samples:
        """Mono samples of equal length and rate, from samples of shape (frames, 2)."""


class Nothing:
    """Both channels as they are, mixed down."""

    id = "none"

    def vocals(self, stereo: Samples, rate: int) -> Samples:
        """The mean of the channels."""
        mono: Samples = stereo.mean(axis=1, dtype=np.float32)
        return mono


class Centre:
    """What is alike in both channels, where lead vocals usually stand.

    Mask (1 - |L - R| / (|L| + |R|)) ** 4 between 120 Hz and 7.2 kHz. Bass, kick, snare and all
    that is mono stand there too; reverberation of the voice does not.
    """

    id = "centre-1"

    def vocals(self, stereo: Samples, rate: int) -> Samples:
        """Mono samples; of a mono recording those that it has."""
        window = np.sqrt(0.5 - 0.5 * np.cos(2 * np.pi * np.arange(SIZE) / SIZE)).astype(np.float32)
        out = np.zeros(len(stereo) + 2 * SIZE, dtype=np.float32)
        for first, left, right in _spectra(stereo, window):
            kept = 0.5 * (left + right) * centre_mask(left, right, rate)
            frames = np.fft.irfft(kept, SIZE, axis=1).astype(np.float32) * window
            for number, frame in enumerate(frames):
                at = (first + number) * HOP
                out[at : at + SIZE] += frame
        return out[SIZE : SIZE + len(stereo)] * (2 * HOP / SIZE)


def centre_mask(left: Spectra, right: Spectra, rate: int) -> npt.NDArray[np.float32]:
    """How much of each cell is alike in both channels, 0..1, shape (frames, SIZE // 2 + 1)."""
    apart = np.abs(left - right) / (np.abs(left) + np.abs(right) + 1e-9)
    places = np.arange(left.shape[1]) * rate / SIZE
    inside = (places >= BAND_HZ[0]) & (places <= BAND_HZ[1])
    mask: Samples = (np.maximum(0.0, 1.0 - apart) ** SHARPNESS * inside).astype(np.float32)
    return mask


def _spectra(
    stereo: Samples, window: npt.NDArray[np.float32]
) -> Iterator[tuple[int, Spectra, Spectra]]:
    """Number of the first frame, and the spectra of left and right, a block at a time."""
    padded = np.pad(stereo, ((SIZE, SIZE), (0, 0)))
    views = np.lib.stride_tricks.sliding_window_view(padded, SIZE, axis=0)[::HOP]
    for first in range(0, len(views), FRAMES):
        block = views[first : first + FRAMES] * window
        left, right = np.fft.rfft(block[:, 0], axis=1), np.fft.rfft(block[:, 1], axis=1)
        yield first, left.astype(np.complex64), right.astype(np.complex64)


def load_separator(setting: str) -> Separator:
    """The separator that `setting` names: "centre", "none", or "package.module:factory".

    A factory takes nothing and returns a Separator. Raises ModelMissing where it cannot be had.
    """
    if setting in ("centre", "none"):
        return Centre() if setting == "centre" else Nothing()
    module, _, name = setting.partition(":")
    try:
        factory: Callable[[], Separator] = getattr(importlib.import_module(module), name)
        return factory()
    except Exception as error:  # it is somebody else's code, and runs when a worker starts
        raise ModelMissing(
            f"VOICE_SEPARATOR is {setting}, which cannot be used ({error}); "
            "allowed: centre, none, package.module:factory."
        ) from error
