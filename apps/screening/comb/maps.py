"""How far each place of a spectrum stands out from its neighbourhood, as normal scores.

Ranks, not decibels: a single tone, however loud, counts for no more than being the loudest in its
neighbourhood. Places are half bins: whole bins, and the means of two neighbours, ranked apart.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.ndimage import median_filter
from scipy.special import ndtri

from apps.screening.comb.spectra import Spectrogram, Spectrum

Map = npt.NDArray[np.float32]  # shape (half bins,)

QUIET_HZ = (4_000.0, 12_000.0)  # where it is measured how quiet a frame is
PERCENTILE = 25
SHORT_MEDIAN, LONG_MEDIAN = 41, 81  # bins of the running median
SHORT_REACH, LONG_REACH = 120, 400  # neighbours on each side that a place is ranked among


@dataclass(frozen=True)
class Surface:
    """A map on half bins: place i is at (`first` + i) * `step_hz` Hz."""

    values: Map
    first: int
    step_hz: float

    @property
    def span_hz(self) -> tuple[float, float]:
        """The first and the last frequency."""
        return self.first * self.step_hz, (self.first + len(self.values) - 1) * self.step_hz


def quiet_spectra(short: Spectrogram) -> tuple[Spectrum, Spectrum]:
    """Mean levels (dB) of the quietest quarter and of the quietest half of the frames.

    Music hides a decoder's lines; they stay where it pauses.
    """
    low, high = (max(0, short.place(hertz)) for hertz in QUIET_HZ)
    if high - low < 10 or low >= short.levels.shape[1]:
        low, high = 0, short.levels.shape[1]
    loudness = short.levels[:, low:high].mean(axis=1)
    order = np.argsort(loudness, kind="stable")
    return _mean(short, order[: -(-len(order) // 4)]), _mean(short, order[: -(-len(order) // 2)])


def steady_spectra(long: Spectrogram) -> tuple[Spectrum, Spectrum]:
    """The level (dB) that each bin passes in three quarters of the long frames, and its mean."""
    count = long.levels.shape[0]
    place = (count - 1) * PERCENTILE // 100
    lower = np.empty(long.levels.shape[1], dtype=np.float32)
    for at in range(0, len(lower), 2048):  # in pieces: a copy of all of it would double the memory
        piece = np.ascontiguousarray(long.levels[:, at : at + 2048].T)
        piece.partition(place, axis=1)
        lower[at : at + 2048] = piece[:, place]
    lower /= 100
    return lower, _mean(long, None)


def _mean(spectrogram: Spectrogram, chosen: npt.NDArray[np.int64] | None) -> Spectrum:
    levels = spectrogram.levels if chosen is None else spectrogram.levels[np.sort(chosen)]
    mean: Spectrum = levels.mean(axis=0, dtype=np.float32) / np.float32(100)
    return mean


def residual(spectrum: Spectrum, width: int) -> Spectrum:
    """Decibels above a running median of `width` bins."""
    above: Spectrum = spectrum - median_filter(spectrum, size=width, mode="nearest")
    return above


def surface(
    spectra: tuple[Spectrum, ...], first: int, step_hz: float, width: int, reach: int
) -> Surface:
    """The mean over `spectra` of their rank maps; bin i is at (`first` + i) * `step_hz` Hz."""
    total = np.zeros(2 * len(spectra[0]) - 1, dtype=np.float32)
    for spectrum in spectra:
        above = residual(spectrum, width)
        total[0::2] += _standard(_normal_scores(above, reach))
        total[1::2] += _standard(_normal_scores((above[1:] + above[:-1]) * np.float32(0.5), reach))
    total /= len(spectra)
    return Surface(total, 2 * first, step_hz / 2)


def _standard(scores: Map) -> Map:
    standard: Map = (scores - scores.mean()) / max(float(scores.std()), 1e-6)
    return standard


def _normal_scores(values: Spectrum, reach: int) -> Map:
    """The normal quantile of each value's rank among `reach` neighbours on either side."""
    below = np.zeros(len(values), dtype=np.int32)
    for apart in range(1, min(reach, len(values) - 1) + 1):
        higher = values[apart:] > values[:-apart]
        below[apart:] += higher
        below[:-apart] += ~higher
    places = np.arange(len(values))
    among = np.minimum(places, reach) + np.minimum(len(values) - 1 - places, reach) + 1
    scores: Map = ndtri((below + 0.5) / among).astype(np.float32)
    return scores
