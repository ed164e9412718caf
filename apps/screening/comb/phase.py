"""Which frequencies keep their phase: a decoder's lines do, to the sample, and music does not.

A line made by repeating constants with a sample-exact period turns in every frame by the same known
angle. Played notes, however steady, start anew at any phase and waver. So each bin of short frames
is followed over ten seconds, every frame weighed by how quiet its surroundings are, and a Fourier
transform along time says at which frequency, to a tenth of a hertz, it keeps turning evenly: the
phase-locking value of physiology, lock-in detection of radio. It finds lines that lie far below the
music, because they add up and the music does not.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.fft import fft, fftshift, rfft
from scipy.ndimage import uniform_filter1d

from apps.screening.comb.maps import Surface
from apps.screening.comb.spectra import HIGHEST_HZ, LISTENED_S, SILENT_DB, STRETCH_S, Samples, hann

FRAME = 8_192  # samples, at every rate; a line must have 4 bins for itself
FEWEST_FRAMES = 8
AROUND = 8  # bins on each side that say how loud the surroundings are
SMALLEST = 1e-8  # amplitude; far below 24 bits
NEIGHBOURS = 401  # places of a map that one is compared with
LOUDEST = 4.0  # times the power of the neighbours; more is not counted
MOST = 3.5  # standard scores; a single line counts for no more

Power = npt.NDArray[np.float16]  # shape (places,), natural logarithm; noise has a mean of 1


@dataclass(frozen=True)
class Stretch:
    """Ten seconds of a recording: `power` of place i is at (`first` + i) * `step_hz` Hz."""

    start_s: float
    end_s: float
    power: Power
    first: int
    step_hz: float


def stretches(pcm: Samples, rate: int) -> tuple[Stretch, ...]:
    """The stretches of samples of shape (frames, channels), in order; none of a very short one."""
    return tuple(_stretch(pcm, rate, start, frames) for start, frames in _plan(len(pcm), rate))


def _plan(length: int, rate: int) -> Iterator[tuple[int, int]]:
    """Where each stretch starts, in samples, and how many frames it has; all have as many."""
    whole = round(STRETCH_S * rate / FRAME)
    count = max(1, round(length / (whole * FRAME)))
    frames = length // (count * FRAME)
    if frames < FEWEST_FRAMES:
        return
    apart = frames * FRAME
    most = int(LISTENED_S / STRETCH_S)
    if count > most:
        count, frames = most, whole
        apart = (length - whole * FRAME) // (most - 1)
    yield from ((i * apart, frames) for i in range(count))


def _stretch(pcm: Samples, rate: int, start: int, frames: int) -> Stretch:
    end = start + frames * FRAME
    mono = pcm[start:end].mean(axis=1).reshape(frames, FRAME)
    bins = min(FRAME // 2, int(HIGHEST_HZ * FRAME / rate))
    spectrum = rfft(mono * hann(FRAME), axis=1, workers=1)[:, :bins]
    turning = _weighed(spectrum)
    power = np.abs(fft(turning, axis=0, workers=1)) ** 2
    power /= (np.abs(turning) ** 2).sum(axis=0) + 1e-12
    placed = fftshift(power, axes=0).T.ravel()  # bin after bin, each from half a bin below it
    logarithm: Power = np.log(placed + 1e-4).astype(np.float16)
    return Stretch(start / rate, end / rate, logarithm, -(frames // 2), rate / (frames * FRAME))


def _weighed(spectrum: npt.NDArray[np.complex64]) -> npt.NDArray[np.complex64]:
    """Each value over the geometric mean of its surroundings; silent frames are nought."""
    size = np.abs(spectrum)
    around = uniform_filter1d(np.log(size + SMALLEST), 2 * AROUND + 1, axis=1, mode="nearest")
    weighed: npt.NDArray[np.complex64] = spectrum / np.exp(around)
    weighed[size.max(axis=1) <= 10 ** (SILENT_DB / 20)] = 0
    return weighed


def locked_surface(found: tuple[Stretch, ...]) -> Surface:
    """How much more evenly each frequency turns than its neighbours do, in standard scores.

    The mean over stretches of equal length; of none, an empty map. Powers, not their logarithms:
    noise has an exponential distribution, of which the mean power tells a weak line best, and the
    mean logarithm needs 1.6 times the lines for that (R. A. Fisher's information, 1925). It matters
    for short sounds; where many stretches are averaged, both are the same.
    """
    if not found:
        return Surface(np.zeros(0, dtype=np.float32), 0, 1.0)
    power = np.zeros(len(found[0].power), dtype=np.float32)
    for stretch in found:
        power += np.exp(stretch.power.astype(np.float32))
    power /= uniform_filter1d(power, NEIGHBOURS) + np.float32(1e-6)
    scores = np.minimum(power, np.float32(LOUDEST))
    scores -= scores.mean()
    scores /= max(float(scores.std()), 1e-6)
    return Surface(np.minimum(scores, np.float32(MOST)), found[0].first, found[0].step_hz)
