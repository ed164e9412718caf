"""The spectrum of a recording over time, short and long frames, streamed so that memory is bounded.

Levels are kept as hundredths of a decibel in 16 bits: three minutes at 48 kHz take about 30 MB.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.fft import rfft

Samples = npt.NDArray[np.float32]
Levels = npt.NDArray[np.int16]  # shape (frames, bins), hundredths of a decibel
Spectrum = npt.NDArray[np.float32]  # shape (bins,), decibels

FRAME_S = 0.4  # about; the next power of two in samples
LONG = 4  # a long frame is so many short ones
LISTENED_S = 300.0  # of a longer recording, stretches spread over it
STRETCH_S = 10.0
LOWEST_HZ, HIGHEST_HZ = 150.0, 18_600.0
FLOOR_DB = -150.0
SILENT_DB = -110.0  # a frame whose strongest bin is below has nothing in it
BATCH = 1 << 18  # samples transformed at once


@dataclass(frozen=True)
class Spectrogram:
    """Frames of one length that have sound in them.

    `levels` of shape (frames, bins); bin i is at (`first` + i) * `step_hz` Hz. `starts_s` of shape
    (frames,), seconds; `frame_s` is the length of a frame. `heard` frames of `taken` had sound.
    """

    levels: Levels
    first: int
    step_hz: float
    starts_s: npt.NDArray[np.float64]
    frame_s: float
    taken: int

    def between(self, start_s: float, end_s: float) -> "Spectrogram":
        """The frames that lie wholly between two moments."""
        inside = (self.starts_s >= start_s - 1e-6) & (
            self.starts_s + self.frame_s <= end_s + self.frame_s / 4
        )
        return self.only(inside)

    def only(self, chosen: npt.NDArray[np.bool_]) -> "Spectrogram":
        """The frames for which `chosen`, of shape (frames,), is true."""
        first, last = _ends(chosen)
        levels = self.levels[first:last]
        if last - first != int(chosen.sum()):
            levels = levels[chosen[first:last]]
        return Spectrogram(
            levels, self.first, self.step_hz, self.starts_s[chosen], self.frame_s, self.taken
        )

    def place(self, hertz: float) -> int:
        """The index of the bin nearest to a frequency."""
        return round(hertz / self.step_hz) - self.first


def _ends(chosen: npt.NDArray[np.bool_]) -> tuple[int, int]:
    places = np.flatnonzero(chosen)
    return (int(places[0]), int(places[-1]) + 1) if len(places) else (0, 0)


def short_frame(rate: int) -> int:
    """The length in samples of a short frame at `rate` Hz: 16,384 at 44.1 and 48 kHz."""
    return int(2 ** round(np.log2(FRAME_S * rate)))


def spectrograms(pcm: Samples, rate: int) -> tuple[Spectrogram, Spectrogram]:
    """The short and the long spectrogram of samples of shape (frames, channels) at `rate` Hz."""
    size = short_frame(rate)
    return _spectrogram(pcm, rate, size), _spectrogram(pcm, rate, size * LONG)


def _spectrogram(pcm: Samples, rate: int, size: int) -> Spectrogram:
    starts = _starts(len(pcm), rate, size)
    step = rate / size
    first = int(LOWEST_HZ / step)
    last = min(int(HIGHEST_HZ / step), size // 2)
    levels = np.empty((len(starts), last - first), dtype=np.int16)
    heard = np.zeros(len(starts), dtype=np.bool_)
    done = 0
    for batch in _batches(pcm, starts, size):
        decibels = _levels(batch)
        heard[done : done + len(batch)] = decibels.max(axis=1) > SILENT_DB
        levels[done : done + len(batch)] = np.rint(decibels[:, first:last] * 100)
        done += len(batch)
    kept = levels if heard.all() else levels[heard]
    return Spectrogram(kept, first, step, starts[heard] / rate, size / rate, len(starts))


def _starts(frames: int, rate: int, size: int) -> npt.NDArray[np.int64]:
    """Where frames start, half a frame apart; in stretches if the recording is very long."""
    every = np.arange(0, max(0, frames - size + 1), size // 2)
    stretches = int(LISTENED_S / STRETCH_S)
    if frames <= LISTENED_S * rate:
        return every
    apart = (frames - STRETCH_S * rate) / (stretches - 1)
    inside = np.arange(0, int(STRETCH_S * rate) - size + 1, size // 2)
    starts: npt.NDArray[np.int64] = np.rint(np.arange(stretches) * apart).astype(np.int64)
    return np.add.outer(starts, inside).ravel()


def _batches(pcm: Samples, starts: npt.NDArray[np.int64], size: int) -> Iterator[Samples]:
    """Windowed frames of the mean of the channels, shape (some, size)."""
    window = hann(size)
    count = max(1, BATCH // size)
    for at in range(0, len(starts), count):
        some = starts[at : at + count]
        yield np.stack([pcm[s : s + size].mean(axis=1) for s in some]) * window


def hann(size: int) -> Samples:
    """The periodic Hann window, of sum 1 (J. von Hann; R. Blackman and J. Tukey, 1958)."""
    window = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size)).astype(np.float32)
    window /= window.sum()
    return window


def _levels(batch: Samples) -> npt.NDArray[np.float32]:
    spectrum = rfft(batch, axis=1, workers=1)
    power: npt.NDArray[np.float32] = spectrum.real**2
    power += spectrum.imag**2
    np.maximum(power, 10 ** (FLOOR_DB / 10), out=power)
    np.log10(power, out=power)
    power *= 10
    return power
