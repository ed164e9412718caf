"""From samples to maps: what the search looks at."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import median_filter

from apps.screening.comb.maps import (
    LONG_MEDIAN,
    LONG_REACH,
    SHORT_MEDIAN,
    SHORT_REACH,
    Surface,
    quiet_spectra,
    steady_spectra,
    surface,
)
from apps.screening.comb.spectra import Spectrogram, Spectrum

LOW_HZ, HIGH_HZ = 4_000.0, 18_000.0
NARROW_TOP_HZ = 6_500.0  # below, the band starts 3 kHz below the top
NARROW_HZ, LEAST_LOW_HZ = 3_000.0, 1_000.0
EDGE_HZ = 150.0  # kept away from where the sound ends
SMOOTH = 51  # bins
ABOVE_FLOOR_DB = 6.0
LEAST_DB, ALWAYS_DB = -140.0, -125.0  # below: rounding noise of 16 bits; above: sound
FEWEST_SHORT, FEWEST_LONG, FEWEST_BINS = 20, 4, 200
MARGIN_HZ = 60.0  # of the maps around the band


@dataclass(frozen=True)
class Heard:
    """A recording, or a stretch of it, ready to be searched.

    `band` is in Hz. `quiet` is the mean level of the quietest half of the short frames in dB,
    bin i at (`first` + i) * `step_hz` Hz.
    """

    short: Surface
    long: Surface
    band: tuple[float, float]
    mean: Spectrum
    steady: Spectrum
    first: int
    step_hz: float
    long_first: int
    long_step_hz: float


def top_hz(short: Spectrogram) -> float:
    """Where the sound ends: the highest frequency that is clearly above the noise floor."""
    middle = np.median(short.levels[:: max(1, len(short.levels) // 200)], axis=0) / 100
    smooth = median_filter(middle, size=SMOOTH, mode="nearest")
    limit = min(max(float(smooth.min()) + ABOVE_FLOOR_DB, LEAST_DB), ALWAYS_DB)
    above = np.flatnonzero(smooth > limit)
    return float((short.first + above[-1]) * short.step_hz) if len(above) else 0.0


def band_of(top: float) -> tuple[float, float]:
    """The band to search, in Hz, for sound that ends at `top` Hz."""
    low = LOW_HZ if top > NARROW_TOP_HZ else max(LEAST_LOW_HZ, top - NARROW_HZ)
    return low, min(HIGH_HZ, top - EDGE_HZ)


def enough(short: Spectrogram, long: Spectrogram, band: tuple[float, float]) -> bool:
    """Whether there are frames and bins enough to say anything."""
    bins = (band[1] - band[0]) / short.step_hz
    frames = len(short.levels) >= FEWEST_SHORT and len(long.levels) >= FEWEST_LONG
    return frames and bins >= FEWEST_BINS


def hear(short: Spectrogram, long: Spectrogram, band: tuple[float, float]) -> Heard:
    """The maps of two spectrograms of the same sound in a band (Hz)."""
    quarter, half = quiet_spectra(short)
    steady, mean = steady_spectra(long)
    return Heard(
        _mapped((quarter, half), short, band, SHORT_MEDIAN, SHORT_REACH),
        _mapped((steady, mean), long, band, LONG_MEDIAN, LONG_REACH),
        band,
        half,
        steady,
        short.first,
        short.step_hz,
        long.first,
        long.step_hz,
    )


def _mapped(
    spectra: tuple[Spectrum, ...],
    grid: Spectrogram,
    band: tuple[float, float],
    width: int,
    reach: int,
) -> Surface:
    low = max(0, grid.place(band[0] - MARGIN_HZ))
    high = min(grid.levels.shape[1], grid.place(band[1] + MARGIN_HZ) + 1)
    cut = tuple(spectrum[low:high] for spectrum in spectra)
    return surface(cut, grid.first + low, grid.step_hz, width, reach)
