"""The search for the spacing whose multiples stand out in three views of the sound at once.

z = mean of a map over the multiples, times the square root of their number: the normal score of
"these places are like any others". Music raises many places but hardly the same ones in every view:
short frames need the line in the quiet passages, long frames need it narrow and lasting, and the
third view needs its phase to turn evenly.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from apps.screening.comb.maps import Map, Surface

FEWEST = 8  # lines
FEW = 20  # below, a long z grows less, as ranks saturate
LONG_PER_SHORT, LONG_PER_SHORT_FEW, LONG_PER_SHORT_SHIFTED = 2.0, 1.5, 1.3
LOCKED_PER_SHORT = 2.0
# Renderers work in shorter blocks than a closer spacing would need. At 25 Hz are trackers, whose
# ticks are 20 ms at 125 beats a minute.
LONGEST_BLOCK_HZ = 24.0
STRIDE_PER_SHORT = 2.7
FEW_COUNT_LESS = 0.8  # few lines agree by chance more often than the normal law says
# Left out in turn: a tone that falls on every 22nd multiple is not a comb.
LEFT_OUT = (3, 7, 9, 11, 13)
EXACTLY = 1e-9  # relative: the same speed

Places = npt.NDArray[np.int64]
Span = tuple[float, float]


@dataclass(frozen=True)
class Views:
    """The three maps of one sound, the band (Hz) of the first two, and that of the third.

    Lines that keep their phase are found deeper down, where the music is louder.
    """

    short: Surface
    long: Surface
    locked: Surface
    band: Span
    locked_band: Span


@dataclass(frozen=True)
class Comb:
    """A spacing and how clearly it is there: `short`, `long`, `locked` are guarded z, `score` all.

    `scale` is how many times as fast it is played; `shifted` says that only the pitch was moved,
    which smears lines and turns their phase, so that only two views are left. `odd` is the lesser
    of `long` and `locked` at odd multiples alone, measured for the closest spacings only.
    """

    spacing_hz: float
    lines: int
    short: float
    long: float
    locked: float = 0.0
    scale: float = 1.0
    shifted: bool = False
    odd: float = 0.0

    @property
    def score(self) -> float:
        """The least of the three, on the short one's scale; or what a long stride alone says.

        Renderers that work in blocks leave lines too, but not in quiet passages: that is what the
        short view is for, which few passages of a short clip tell badly. Blocks have usual lengths
        at usual rates; so at another speed it is enough that the quiet passages do not speak
        against the lines. And no block is as long as the longest strides: lines at the odd
        multiples of such a spacing, where no shorter block has any, need no quiet passages.
        """
        return max(self.of_views, self.of_stride)

    @property
    def of_stride(self) -> float:
        """What the odd multiples of a close spacing say."""
        return 0.0 if self.shifted else self.odd / STRIDE_PER_SHORT

    @property
    def of_views(self) -> float:
        """The least of the views that count."""
        if self.shifted:
            return min(self.short, self.long / LONG_PER_SHORT_SHIFTED)
        few = self.lines < FEW
        seen = self.long / (LONG_PER_SHORT_FEW if few else LONG_PER_SHORT)
        if not (self.moved and self.short > 0):
            seen = min(self.short, seen)
        return min(FEW_COUNT_LESS * seen if few else seen, self.locked / LOCKED_PER_SHORT)

    @property
    def moved(self) -> bool:
        """Whether the lines lie elsewhere than where they were made."""
        return abs(self.scale - 1) > EXACTLY

    @property
    def actual_hz(self) -> float:
        """The distance of the lines in this recording."""
        return self.spacing_hz * self.scale


NOTHING = Comb(0.0, 0, 0.0, 0.0)


def search(views: Views, spacings: Sequence[float]) -> list[Comb]:
    """All spacings with enough lines in the band, the highest score first."""
    combs = [comb for f0 in spacings if (comb := measure(views, f0)) is not None]
    return sorted(combs, key=lambda comb: -comb.score)


def measure(views: Views, spacing: float, scale: float = 1.0) -> Comb | None:
    """One spacing, as made and played back `scale` times as fast; None with too few lines."""
    actual = spacing * scale
    orders = orders_in(views.band, actual)
    if len(orders) < FEWEST:
        return None
    locked_orders = orders_in(views.locked_band, actual)
    odd = 0.0
    if spacing < LONGEST_BLOCK_HZ:
        odd = min(
            z_of(views.long, orders[orders % 2 == 1], actual),
            z_of(views.locked, locked_orders[locked_orders % 2 == 1], actual),
        )
    return Comb(
        spacing,
        len(orders),
        z_of(views.short, orders, actual),
        z_of(views.long, orders, actual),
        z_of(views.locked, locked_orders, actual),
        scale,
        odd=odd,
    )


def z_of(surface: Surface, orders: Places, spacing: float) -> float:
    """The guarded z of the multiples `orders` of `spacing` (Hz) that lie on the map; 0 of none."""
    places = places_of(surface, orders * spacing)
    there = places < len(surface.values)
    return guarded_z(surface.values[places[there]], orders[there]) if there.any() else 0.0


def orders_in(band: tuple[float, float], spacing: float) -> Places:
    """Which multiples of `spacing` lie in `band`."""
    return np.arange(int(np.ceil(band[0] / spacing)), int(band[1] / spacing) + 1)


def places_of(surface: Surface, hertz: npt.NDArray[np.floating]) -> Places:
    """The places of `surface` nearest to frequencies that lie in it."""
    places: Places = np.rint(hertz / surface.step_hz).astype(np.int64) - surface.first
    return places


def guarded_z(values: Map, orders: Places) -> float:
    """z of the lines, the least over leaving out every 3rd, 7th ... multiple."""
    step = int(orders[1] - orders[0]) if len(orders) > 1 else 1
    kept = _kept(int(orders[0]), len(orders), step)
    counts = kept.sum(axis=1)
    means = (kept @ values.astype(np.float64)) / np.maximum(counts, 1)
    return float((means * np.sqrt(counts)).min())


@cache
def _kept(first: int, count: int, step: int) -> npt.NDArray[np.float64]:
    """Shape (1 + left out, lines): 1 where a line counts."""
    orders = np.arange(first, first + count * step, step)
    rows = [np.ones(count)] + [(orders % every != 0).astype(float) for every in LEFT_OUT]
    return np.stack(rows)
