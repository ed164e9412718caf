"""The search again, for sound played faster or slower: all lines moved by one unknown factor.

Short frames are searched over all scales in steps that a line of theirs is wide; long ones only
near what stood out, in steps that are fine enough for them; phases only near what is left.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from apps.screening.comb.maps import Surface
from apps.screening.comb.search import FEW, FEWEST, Comb, Span, Views, measure, orders_in

REACH = 0.0605  # scales from 1 - REACH to 1 + REACH
COARSE, FINE, FINEST = 1.5e-4, 2e-5, 2e-6
AROUND_ONE = 4e-4  # not a change of speed: clocks differ less, and the plain search looked there
WORTH_A_LOOK = 3.0  # z in short frames
MOST = 40  # places looked at closely

SEMITONES = (-2, -1, 1, 2)  # by which a pitch is moved and the tempo kept

Scales = npt.NDArray[np.floating]


def search_scaled(views: Views, spacings: Sequence[float]) -> list[Comb]:
    """The best combs at other speeds within 6 %, the highest score first; perhaps none."""
    found: list[tuple[float, float, float]] = []  # z, spacing, scale
    scales = _scales()
    for spacing in spacings:
        z = _plain_z(views.short, views.band, spacing, scales)
        tops = np.flatnonzero((z > WORTH_A_LOOK) & (z >= np.roll(z, 1)) & (z >= np.roll(z, -1)))
        found += [(float(z[i]), spacing, float(scales[i])) for i in tops]
    found.sort(reverse=True)
    combs = [measure(views, f0, _refined(views, f0, scale)) for _, f0, scale in found[:MOST]]
    return sorted((c for c in combs if c is not None), key=lambda comb: -comb.score)


def search_shifted(views: Views, spacings: Sequence[float]) -> list[Comb]:
    """The best combs moved by one or two semitones with the tempo kept, the highest score first."""
    moved = [
        replace(comb, shifted=True)
        for semitones in SEMITONES
        for f0 in spacings
        if (comb := measure(views, f0, 2 ** (semitones / 12))) and comb.lines >= FEW
    ]
    return sorted(moved, key=lambda comb: -comb.score)


def _scales() -> Scales:
    count = int(REACH / COARSE)
    scales = 1 + COARSE * np.arange(-count, count + 1)
    kept: Scales = scales[np.abs(scales - 1) > AROUND_ONE]
    return kept


def _plain_z(surface: Surface, band: Span, spacing: float, scales: Scales) -> Scales:
    """z of one spacing at many scales, unguarded; the orders are those that stay in the band."""
    lowest, highest = float(scales.min()), float(scales.max())
    orders = orders_in((band[0] / lowest, band[1] / highest), spacing)
    if len(orders) < FEWEST:
        return np.zeros(len(scales))
    hertz = np.outer(scales * (spacing / surface.step_hz), orders)
    places = np.rint(hertz).astype(np.int32) - surface.first
    np.minimum(places, len(surface.values) - 1, out=places)
    z: Scales = surface.values[places].mean(axis=1, dtype=np.float64) * np.sqrt(len(orders))
    return z


def _refined(views: Views, spacing: float, scale: float) -> float:
    """The scale near `scale` at which long frames, and then phases, show the spacing best."""
    scale = _best(views.long, views.band, spacing, _around(scale, COARSE, FINE))
    return _best(views.locked, views.locked_band, spacing, _around(scale, 2 * FINE, FINEST))


def _around(scale: float, reach: float, step: float) -> Scales:
    count = int(reach / step) + 1
    return scale + step * np.arange(-count, count + 1)


def _best(surface: Surface, band: Span, spacing: float, scales: Scales) -> float:
    return float(scales[int(np.argmax(_plain_z(surface, band, spacing, scales)))])
