"""Music that makes such lines by itself: its lines are strong where music is strong.

A tone whose period is a whole number of samples, a loop repeated to the sample and a train of
clicks leave the same pattern as a decoder. But they are sound that is meant to be heard: their
lines stand as high in the low register as above, or higher, and far out of their surroundings. A
decoder's lines are a by-product: weak everywhere, and covered by the music below 3 kHz. And what a
sequencer repeats to the sample has lines at all multiples of its beat: between the lines of the
spacing found there are more, evenly spaced, as strong. Between a decoder's lines there is nothing.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from apps.screening.comb.listen import Heard
from apps.screening.comb.maps import LONG_MEDIAN, SHORT_MEDIAN, Surface, residual
from apps.screening.comb.search import FEW, Comb, Views, orders_in, places_of
from apps.screening.comb.spectra import Spectrum

LOW_HZ = (250.0, 3_000.0)
CLIP_DB = (-1.0, 8.0)
LOW_DB, LOW_DB_FEW = 6.5, 4.9  # mean over the lines, each clipped; with few lines
LOW_DB_MOVED, FEWEST_MOVED, NOTE_CENTS = 4.0, 30, 1.0  # at another speed
STEADY_DB = 22.0  # mean over the lines of what is always there
PEAK_DB = 30.0  # one line in ten, in the band
RATHER_FEW, BOTH_DB = 30, (4.0, 12.0)  # rather few lines, strong below and in the band
BEAT_HZ = (0.35, 20.0)  # of what repeats; closer lines run together, wider ones are searched
MOST_PARTS = 120
BETWEEN, BETWEEN_Z = 0.75, 6.0  # lines between, as a share of the lines; and how clear they are
BETWEEN_STRIDE, ALONE = 0.5, 2.2  # where a long stride is all that speaks: the views say less


@dataclass(frozen=True)
class Strength:
    """How far the lines stand out (dB): in the low register, what lasts there, in the band.

    `between` is how strong the lines of a beat of `beat_hz` between them are, as a share of theirs.
    """

    low_db: float
    steady_db: float
    peak_db: float
    between: float
    beat_hz: float

    @property
    def repeats(self) -> bool:
        """Whether the lines belong to something that repeats to the sample at a beat."""
        return self.between >= BETWEEN

    def musical(self, comb: Comb) -> bool:
        """Whether these lines are likely the music's own.

        At another speed any spacing is possible, so more is asked: a register below that is nearly
        free of the lines, many of them, and no note of the usual tuning. Where a long stride is all
        that speaks, lines of a beat between are believed sooner.
        """
        low = LOW_DB_FEW if comb.lines < FEW else LOW_DB
        if comb.moved:
            low = LOW_DB_MOVED
            if comb.lines < FEWEST_MOVED or _is_note(comb.actual_hz):
                return True
        alone = comb.of_stride > comb.of_views and comb.of_views < ALONE
        if alone and self.between >= BETWEEN_STRIDE:
            return True
        few = comb.lines < RATHER_FEW and self.low_db >= BOTH_DB[0] and self.peak_db >= BOTH_DB[1]
        loud = few or self.low_db >= low or self.steady_db >= STEADY_DB or self.peak_db >= PEAK_DB
        return loud or self.repeats


def _is_note(hertz: float) -> bool:
    """Whether it is within a cent of a note of equal temperament, A at 440 Hz."""
    semitones = 12 * float(np.log2(hertz / 440))
    return abs(semitones - round(semitones)) < NOTE_CENTS / 100


def strength(heard: Heard, comb: Comb) -> Strength:
    """How strong the lines of `comb` are."""
    spacing = comb.actual_hz
    short, long = (heard.first, heard.step_hz), (heard.long_first, heard.long_step_hz)
    low = _on_lines(residual(heard.mean, SHORT_MEDIAN), short, LOW_HZ, spacing)
    lasting = residual(heard.steady, LONG_MEDIAN)
    steady = _on_lines(lasting, long, LOW_HZ, spacing)
    high = _on_lines(lasting, long, heard.band, spacing)
    return Strength(
        float(np.clip(low, *CLIP_DB).mean()) if len(low) else 0.0,
        float(steady.mean()) if len(steady) else 0.0,
        float(np.percentile(high, 90)) if len(high) else 0.0,
        *_beat(heard.views, spacing),
    )


def _beat(views: Views, spacing: float) -> tuple[float, float]:
    """The strongest comb between the lines: its share of their mean, and its beat in Hz.

    Looked for where phases are kept: a loop repeated to the sample keeps them at every multiple of
    its rate of repetition.
    """
    locked, band = views.locked, views.locked_band
    orders = orders_in((band[0], band[1] - spacing), spacing)
    if len(orders) == 0:
        return 0.0, 0.0
    lines = max(_mean_at(locked, orders * spacing)[0], 1e-6)
    share, beat = 0.0, 0.0
    for parts in _parts(spacing):
        between = (orders[:, None] + np.arange(1, parts) / parts).ravel() * spacing
        mean, count = _mean_at(locked, between)
        if mean * np.sqrt(count) > BETWEEN_Z and mean / lines > share:
            share, beat = mean / lines, spacing / parts
    return share, beat


def _parts(spacing: float) -> range:
    """Into how many parts a beat can divide a spacing (Hz)."""
    fewest = max(2, int(np.ceil(spacing / BEAT_HZ[1])))
    return range(fewest, min(MOST_PARTS, int(spacing / BEAT_HZ[0])) + 1)


def _mean_at(surface: Surface, hertz: npt.NDArray[np.floating]) -> tuple[float, int]:
    places = places_of(surface, hertz)
    values = surface.values[places[places < len(surface.values)]]
    return (float(values.mean()), len(values)) if len(values) else (0.0, 0)


def _on_lines(
    above: Spectrum, grid: tuple[int, float], span: tuple[float, float], spacing: float
) -> Spectrum:
    """The values at the multiples in `span`; `grid` is the first bin and the hertz of a bin."""
    places = np.rint(orders_in(span, spacing) * spacing / grid[1]).astype(np.int64) - grid[0]
    on_lines: Spectrum = above[places[(places >= 0) & (places < len(above))]]
    return on_lines
