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
from apps.screening.comb.phase import Stretch, locked_surface, stretches
from apps.screening.comb.search import Span, Views
from apps.screening.comb.spectra import Samples, Spectrogram, Spectrum, spectrograms

LOW_HZ, HIGH_HZ = 4_000.0, 18_000.0
NARROW_TOP_HZ = 6_500.0  # below, the band starts 3 kHz below the top
NARROW_HZ, LEAST_LOW_HZ = 3_000.0, 1_000.0
EDGE_HZ = 150.0  # kept away from where the sound ends
SMOOTH = 51  # bins
ABOVE_FLOOR_DB = 6.0
LEAST_DB, ALWAYS_DB = -140.0, -125.0  # below: rounding noise of 16 bits; above: sound
FEWEST_SHORT, FEWEST_LONG, FEWEST_BINS = 20, 4, 200
MARGIN_HZ = 60.0  # of the maps around the band
LOCKED_LOW_HZ = 3_000.0


@dataclass(frozen=True)
class Frames:
    """One sound cut up in three ways: short frames, long frames, stretches."""

    short: Spectrogram
    long: Spectrogram
    stretches: tuple[Stretch, ...]

    def between(self, start_s: float, end_s: float) -> "Frames":
        """What lies between two moments; a stretch counts when its middle does."""
        inside = (s for s in self.stretches if start_s <= (s.start_s + s.end_s) / 2 <= end_s)
        return Frames(
            self.short.between(start_s, end_s), self.long.between(start_s, end_s), tuple(inside)
        )


def cut_up(pcm: Samples, rate: int) -> Frames:
    """The frames of samples of shape (frames, channels) at `rate` Hz."""
    short, long = spectrograms(pcm, rate)
    return Frames(short, long, stretches(pcm, rate))


@dataclass(frozen=True)
class Heard:
    """A recording, or a stretch of it, ready to be searched.

    `mean` is the mean level of the quietest half of the short frames in dB, bin i at (`first` + i)
    * `step_hz` Hz; `steady` what lasts in the long ones.
    """

    views: Views
    mean: Spectrum
    steady: Spectrum
    first: int
    step_hz: float
    long_first: int
    long_step_hz: float

    @property
    def band(self) -> Span:
        """Where lines are looked for, in Hz."""
        return self.views.band


def top_hz(short: Spectrogram) -> float:
    """Where the sound ends: the highest frequency that is clearly above the noise floor."""
    middle = np.median(short.levels[:: max(1, len(short.levels) // 200)], axis=0) / 100
    smooth = median_filter(middle, size=SMOOTH, mode="nearest")
    limit = min(max(float(smooth.min()) + ABOVE_FLOOR_DB, LEAST_DB), ALWAYS_DB)
    above = np.flatnonzero(smooth > limit)
    return float((short.first + above[-1]) * short.step_hz) if len(above) else 0.0


def band_of(top: float) -> Span:
    """The band to search, in Hz, for sound that ends at `top` Hz."""
    low = LOW_HZ if top > NARROW_TOP_HZ else max(LEAST_LOW_HZ, top - NARROW_HZ)
    return low, min(HIGH_HZ, top - EDGE_HZ)


def enough(frames: Frames, band: Span) -> bool:
    """Whether there are frames and bins enough to say anything."""
    short, long = frames.short, frames.long
    bins = (band[1] - band[0]) / short.step_hz
    heard = len(short.levels) >= FEWEST_SHORT and len(long.levels) >= FEWEST_LONG
    return heard and bins >= FEWEST_BINS and bool(frames.stretches)


def hear(frames: Frames, band: Span) -> Heard:
    """The maps of a sound in a band (Hz)."""
    short, long = frames.short, frames.long
    quarter, half = quiet_spectra(short)
    steady, mean = steady_spectra(long)
    views = Views(
        _mapped((quarter, half), short, band, SHORT_MEDIAN, SHORT_REACH),
        _mapped((steady, mean), long, band, LONG_MEDIAN, LONG_REACH),
        locked_surface(frames.stretches),
        band,
        (min(band[0], LOCKED_LOW_HZ), band[1]),
    )
    return Heard(views, half, steady, short.first, short.step_hz, long.first, long.step_hz)


def _mapped(
    spectra: tuple[Spectrum, ...],
    grid: Spectrogram,
    band: Span,
    width: int,
    reach: int,
) -> Surface:
    low = max(0, grid.place(band[0] - MARGIN_HZ))
    high = min(grid.levels.shape[1], grid.place(band[1] + MARGIN_HZ) + 1)
    cut = tuple(spectrum[low:high] for spectrum in spectra)
    return surface(cut, grid.first + low, grid.step_hz, width, reach)
