"""The search again, for sound played faster or slower: all lines moved by one unknown factor.

There are two ways in. Short frames are searched over all scales in steps that a line of theirs is
wide: they show spacings of few lines. Long ones are searched in finer steps for spacings of many
lines, which may be too weak for short frames and are plain in long ones. What stood out is looked
at closely: in long frames in steps that are fine enough, and then in the phases.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from apps.screening.comb.maps import Surface
from apps.screening.comb.search import FEW, FEWEST, Comb, Span, Views, measure, orders_in
from apps.screening.comb.veto import FEWEST_MOVED

REACH = 0.0605  # scales from 1 - REACH to 1 + REACH
COARSE, COARSE_LONG, FINE, FINEST = 1.5e-4, 4e-5, 2e-5, 2e-6
AROUND_ONE = 4e-4  # not a change of speed: clocks differ less, and the plain search looked there
WORTH_A_LOOK, WORTH_A_LOOK_LONG = 3.0, 3.5  # z in short and in long frames
MOST, MOST_LONG = 40, 20  # places looked at closely
BATCH = 256  # scales at once

SEMITONES = (-2, -1, 1, 2)  # by which a pitch is moved and the tempo kept

Scales = npt.NDArray[np.floating]


@dataclass(frozen=True)
class Way:
    """A way in: a map, the step of the scales, the z worth a look, and how many lines at least.

    `most` places that stand out are looked at closely.
    """

    surface: Surface
    step: float
    least: float
    fewest: int
    most: int


def search_scaled(views: Views, spacings: Sequence[float]) -> list[Comb]:
    """The best combs at other speeds within 6 %, the highest score first; perhaps none."""
    ways = (
        Way(views.short, COARSE, WORTH_A_LOOK, FEWEST, MOST),
        Way(views.long, COARSE_LONG, WORTH_A_LOOK_LONG, FEWEST_MOVED, MOST_LONG),
    )
    combs = [
        measure(views, f0, _refined(views, f0, scale))
        for way in ways
        for f0, scale in _tops(way, views.band, spacings)
    ]
    return sorted((c for c in combs if c is not None), key=lambda comb: -comb.score)


def _tops(way: Way, band: Span, spacings: Sequence[float]) -> list[tuple[float, float]]:
    """Spacings and scales at which z has a top that is worth a look, the highest first."""
    found: list[tuple[float, float, float]] = []
    scales = _scales(way.step)
    for spacing in spacings:
        z = _plain_z(way.surface, band, spacing, scales, way.fewest)
        tops = np.flatnonzero((z > way.least) & (z >= np.roll(z, 1)) & (z >= np.roll(z, -1)))
        found += [(float(z[i]), spacing, float(scales[i])) for i in tops]
    return [(spacing, scale) for _, spacing, scale in sorted(found, reverse=True)[: way.most]]


def search_shifted(views: Views, spacings: Sequence[float]) -> list[Comb]:
    """The best combs moved by one or two semitones with the tempo kept, the highest score first."""
    moved = [
        replace(comb, shifted=True)
        for semitones in SEMITONES
        for f0 in spacings
        if (comb := measure(views, f0, 2 ** (semitones / 12))) and comb.lines >= FEW
    ]
    return sorted(moved, key=lambda comb: -comb.score)


def _scales(step: float) -> Scales:
    count = int(REACH / step)
    scales = 1 + step * np.arange(-count, count + 1)
    kept: Scales = scales[np.abs(scales - 1) > AROUND_ONE]
    return kept


def _plain_z(
    surface: Surface, band: Span, spacing: float, scales: Scales, fewest: int = FEWEST
) -> Scales:
    """z of one spacing at many scales, unguarded; the orders are those that stay in the band."""
    lowest, highest = float(scales.min()), float(scales.max())
    orders = orders_in((band[0] / lowest, band[1] / highest), spacing)
    if len(orders) < fewest:
        return np.zeros(len(scales))
    means = [_means(surface, np.outer(some, orders * spacing)) for some in _batches(scales)]
    z: Scales = np.concatenate(means) * np.sqrt(len(orders))
    return z


def _batches(scales: Scales) -> list[Scales]:
    return [scales[at : at + BATCH] for at in range(0, len(scales), BATCH)]


def _means(surface: Surface, hertz: Scales) -> Scales:
    """The mean of the map over each row of frequencies."""
    places = np.rint(hertz / surface.step_hz).astype(np.int32) - surface.first
    np.minimum(places, len(surface.values) - 1, out=places)
    means: Scales = surface.values[places].mean(axis=1, dtype=np.float64)
    return means


def _refined(views: Views, spacing: float, scale: float) -> float:
    """The scale near `scale` at which long frames, and then phases, show the spacing best."""
    scale = _best(views.long, views.band, spacing, _around(scale, COARSE, FINE))
    return _best(views.locked, views.locked_band, spacing, _around(scale, 2 * FINE, FINEST))


def _around(scale: float, reach: float, step: float) -> Scales:
    count = int(reach / step) + 1
    return scale + step * np.arange(-count, count + 1)


def _best(surface: Surface, band: Span, spacing: float, scales: Scales) -> float:
    return float(scales[int(np.argmax(_plain_z(surface, band, spacing, scales)))])
