"""What a score is worth: how much the same two recordings agree where they are not the same.

A score takes each peak for a draw of its own. Notes of one scale, played by one instrument at one
tempo, come and go together, so strangers that share these agree by more than such chance. But then
they agree, or differ, as widely wherever one is laid on the other. So the run is moved along the
query, and the reference along the run, and the sums that come of it tell how much wider they
scatter than sums of independent peaks. A score is divided by the square root of that factor.

Only sums above the usual one count, and no more than nine in ten of them: music made of loops does
agree with itself elsewhere, in a few places.
"""

import numpy as np
import numpy.typing as npt
from numba import njit

from apps.fingerprints.landmarks.peaks import HIGHEST, Floats
from apps.fingerprints.landmarks.scoring import Grids, Heard, Score, chance, gain
from apps.fingerprints.landmarks.warps import Warp

Doubles = npt.NDArray[np.float64]

PLACES = 128  # that the run is moved to in the query, and as many in the reference
MOST_PEAKS = 400  # of the run that are moved: those around its middle
LEAST_PLACES = 30  # fewer say nothing
NEAR = 5.0  # frames; what is no farther away is the match itself
GOLDEN = 0.6180339887  # multiples of it lie evenly without keeping time with anything
SHARE, DEVIATIONS = (
    0.9,
    1.2816,
)  # of a normal distribution: how far above the middle nine tenths end


def worth(
    heard: Heard, peaks: tuple[Floats, Floats], warp: Warp, offset: float, told: Score
) -> float:
    """What is left of `told.s`, in nats. `peaks`: times and bins of the reference."""
    times = peaks[0]
    first, end = np.searchsorted(times, [told.first, np.nextafter(told.last, np.inf)])
    middle = (first + end) // 2
    first, last = max(first, middle - MOST_PEAKS // 2), min(end, middle + MOST_PEAKS // 2) - 1
    run = float(times[first]), float(times[last])
    moves = _moves(len(heard.mask), float(times[-1]), run)
    fit = warp.time, warp.pitch, offset
    here = _sums(heard.grid, peaks, fit, run, np.zeros((1, 2)))[0]
    wider = [_scatter(_sums(heard.grid, peaks, fit, run, one)) for one in moves]
    factor = max(wider) / max(float(np.sqrt(here[2])), 1e-6)
    return told.s / float(np.sqrt(max(1.0, factor)))


def _moves(frames: int, length: float, run: tuple[float, float]) -> tuple[Doubles, Doubles]:
    """By how many frames of the query, and by how many of the reference."""
    evenly = np.arange(1, PLACES + 1) * GOLDEN % 1.0
    along, beside = np.zeros((PLACES, 2)), np.zeros((PLACES, 2))
    along[:, 0] = np.floor(NEAR + evenly * max(0.0, frames - 2 * NEAR))
    beside[:, 1] = evenly * max(0.0, length - (run[1] - run[0])) - run[0]
    return along, beside[abs(beside[:, 1]) >= NEAR]


def _scatter(sums: Doubles) -> float:
    """The standard deviation that the upper half of the sums tells."""
    if not len(sums):
        return 0.0
    sums = sums[sums[:, 1] >= 0.5 * np.median(sums[:, 1])]
    if len(sums) < LEAST_PLACES:
        return 0.0
    middle, high = np.quantile(sums[:, 0], [0.5, SHARE])
    return float(high - middle) / DEVIATIONS


@njit(cache=True)
def _sums(
    grid: Grids,
    peaks: tuple[Floats, Floats],
    fit: tuple[float, float, float],
    run: tuple[float, float],
    moves: Doubles,
) -> Doubles:  # pragma: no cover - compiled
    """For each move what the peaks add up to, how many they are, and the variance of independent
    ones. The query is taken for a ring.
    """
    (times, bins), (faster, higher, offset) = peaks, fit
    frames = len(grid[0])
    low, high = (run[0] - offset) / faster - 1, (run[1] - offset) / faster + 1
    told = np.zeros((len(moves), 3))
    for row in range(len(moves)):
        along, beside = moves[row]
        at = int(np.searchsorted(times, run[0] + beside))
        while at < len(times) and times[at] <= run[1] + beside:
            t = round((times[at] - offset - beside) / faster)
            b = round(bins[at] * higher)
            at += 1
            if t < low or t > high or b < 0 or b >= HIGHEST + 2:
                continue
            t = int(t + along) % frames
            e = chance(grid, t, b)
            hit, miss = gain(e, True), gain(e, False)
            told[row, 0] += hit if grid[0][t, b] else miss
            told[row, 1] += 1
            told[row, 2] += e * (1 - e) * (hit - miss) ** 2
    return told
