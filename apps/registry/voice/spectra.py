"""Short-time spectra and mel filters, as the encoders were trained on them. Pure numpy."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

FRAMES_AT_ONCE = 1024
# Slaney's mel scale (Auditory Toolbox, 1998): linear to 1 kHz, logarithmic above.
LINEAR_HZ = 200.0 / 3
BREAK_HZ = 1000.0
LOG_STEP = np.log(6.4) / 27


def frame_count(samples: int, hop: int) -> int:
    """How many centred frames `samples` samples have."""
    return 1 + samples // hop


def power_frames(samples: Floats, size: int, hop: int, *, fft: int = 0) -> Iterator[Floats]:
    """Power spectra of centred, Hann-windowed frames, a block of rows at a time.

    Each block has shape (frames, fft // 2 + 1); `fft` defaults to `size`. Zeros stand before and
    after the samples.
    """
    window = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size)).astype(np.float32)
    padded = np.pad(samples, (size // 2, size // 2))
    frames = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop]
    for start in range(0, len(frames), FRAMES_AT_ONCE):
        block = frames[start : start + FRAMES_AT_ONCE] * window
        spectrum = np.fft.rfft(block, fft or size, axis=1)
        yield (spectrum.real**2 + spectrum.imag**2).astype(np.float32)


def mel_filters(rate: int, fft: int, bins: int, low_hz: float = 0.0) -> Floats:
    """Triangles of equal area on Slaney's scale up to half the rate, (bins, fft // 2 + 1)."""
    edges = _hertz(np.linspace(_mel(low_hz), _mel(rate / 2), bins + 2))
    places = np.linspace(0, rate / 2, fft // 2 + 1)
    return (_triangles(edges, places) * (2.0 / (edges[2:] - edges[:-2]))[:, None]).astype(
        np.float32
    )


def kaldi_filters(rate: int, fft: int, bins: int, low_hz: float = 20.0) -> Floats:
    """Triangles of height 1, even on the scale 1127 ln(1 + f / 700), as Kaldi's fbank has them."""
    mels = np.linspace(1127 * np.log1p(low_hz / 700), 1127 * np.log1p(rate / 2 / 700), bins + 2)
    places = 1127 * np.log1p(np.linspace(0, rate / 2, fft // 2 + 1) / 700)
    return _triangles(mels, places).astype(np.float32)


def _triangles(
    edges: npt.NDArray[np.float64], places: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    rising = (places - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - places) / (edges[2:] - edges[1:-1])[:, None]
    return np.maximum(0.0, np.minimum(rising, falling))


def _mel(hertz: float) -> float:
    if hertz < BREAK_HZ:
        return hertz / LINEAR_HZ
    return float(BREAK_HZ / LINEAR_HZ + np.log(hertz / BREAK_HZ) / LOG_STEP)


def _hertz(mels: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    bend = BREAK_HZ / LINEAR_HZ
    return np.where(
        mels < bend, mels * LINEAR_HZ, BREAK_HZ * np.exp(LOG_STEP * (np.maximum(mels, bend) - bend))
    )
