"""Judging a lead: how much likelier the reference's peaks are where the query has them.

Each stored peak of the reference is looked for in the query. That it is there by chance has a
probability e, taken from the query itself: how often that bin has a peak around that time, times
how many that frame has. If the reference is in the query, it is there with q = e + 0.35 (1 - e). A
hit adds ln(q / e), a miss ln((1 - q) / (1 - e)); the best run of peaks is the score S, in nats, and
the shared part. Where a tone stands, e is near 1 and a hit is worth nothing.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

from apps.fingerprints.landmarks.peaks import FRAMES_S, HIGHEST, Floats, Peaks
from apps.fingerprints.landmarks.warps import Warp

Grid = npt.NDArray[np.uint8]
Grids = tuple[Grid, Floats, Floats]

SURVIVES = 0.35  # share of a reference's peaks that are left under other sound
LEAST_E, MOST_E = 0.02, 0.95
BLOCK = int(6 * FRAMES_S)  # frames; three of them are a neighbourhood


@dataclass(frozen=True)
class Heard:
    """A query's peaks as a grid of frames and bins, and what is usual in it."""

    mask: Grid
    usual: Floats  # by block and bin
    density: Floats  # by frame, 1 on the mean

    @property
    def grid(self) -> "Grids":
        """As compiled code takes it."""
        return self.mask, self.usual, self.density


@dataclass(frozen=True)
class Score:
    """`s`: nats. `cells`: distinct frequencies, two bins wide, that were hit in the run. `first`,
    `last`: times of the run in the reference, in frames. `hits` of `looked` peaks.
    """

    s: float
    cells: int
    first: float
    last: float
    hits: int
    looked: int


def heard_of(peaks: Peaks) -> Heard:
    """The grid of a query, with its lesser peaks. Takes 1.3 MB for a minute."""
    mask = np.zeros((peaks.frames + 2, HIGHEST + 12), dtype=np.uint8)
    times = np.round(np.concatenate([peaks.times, peaks.lesser[0]])).astype(np.int64)
    bins = np.round(np.concatenate([peaks.bins, peaks.lesser[1]])).astype(np.int64)
    for dt in (-1, 0, 1):
        for df in (-1, 0, 1):
            mask[np.clip(times + dt, 0, len(mask) - 1), bins + df] = 1
    blocks = max(1, -(-len(mask) // BLOCK))
    shares = np.zeros((blocks, mask.shape[1]), dtype=np.float32)
    sizes = np.zeros(blocks, dtype=np.float32)
    for block in range(blocks):
        part = mask[block * BLOCK : (block + 1) * BLOCK]
        shares[block], sizes[block] = part.sum(axis=0), len(part)
    usual = np.empty_like(shares)
    for block in range(blocks):
        near = slice(max(0, block - 1), block + 2)
        usual[block] = shares[near].sum(axis=0) / max(float(sizes[near].sum()), 1.0)
    rows = mask.sum(axis=1).astype(np.float32)
    return Heard(mask, usual, rows / max(float(rows.mean()), 1e-6))


def score(heard: Heard, times: Floats, bins: Floats, warp: Warp, offset: float) -> Score:
    """How well a reference's peaks fit the query under a warp, at an offset in frames."""
    told = _score(heard.grid, times, bins, (warp.time, warp.pitch, offset))
    s, first, last, cells, hits = told
    if last < first:
        return Score(0.0, 0, 0.0, 0.0, 0, 0)
    return Score(s, cells, float(times[first]), float(times[last]), hits, last - first + 1)


@njit(cache=True)
def chance(grid: Grids, t: int, b: int) -> float:  # pragma: no cover - compiled
    """The probability that the query has a peak there whatever the reference is."""
    e: float = grid[1][t // BLOCK, b] * grid[2][t]
    return min(max(e, LEAST_E), MOST_E)


@njit(cache=True)
def gain(e: float, is_hit: bool) -> float:  # pragma: no cover - compiled
    """What a peak of the reference adds to S."""
    q = e + (1 - e) * SURVIVES
    return math.log(q / e) if is_hit else math.log((1 - q) / (1 - e))


@njit(cache=True)
def _score(
    grid: Grids,
    times: Floats,
    bins: Floats,
    fit: tuple[float, float, float],
) -> tuple[float, int, int, int, int]:  # pragma: no cover - compiled
    mask = grid[0]
    faster, higher, offset = fit
    begin = int(np.searchsorted(times, offset - 1.0))
    end = int(np.searchsorted(times, offset + len(mask) * faster + 1.0))
    best, best_first, best_last = 0.0, begin, begin - 1
    running, run_first = 0.0, begin
    for at in range(begin, end):
        t = round((times[at] - offset) / faster)
        b = round(bins[at] * higher)
        if t < 0 or t >= len(mask) or b < 0 or b >= HIGHEST + 2:
            continue
        running += gain(chance(grid, t, b), mask[t, b] > 0)
        if running <= 0:
            running, run_first = 0.0, at + 1
        elif running > best:
            best, best_first, best_last = running, run_first, at
    cells = np.zeros(HIGHEST, np.uint8)
    hits = 0
    for at in range(best_first, best_last + 1):
        t = round((times[at] - offset) / faster)
        b = round(bins[at] * higher)
        if t >= 0 and t < len(mask) and b >= 0 and b < HIGHEST + 2 and mask[t, b]:
            cells[b // 2] = 1
            hits += 1
    return best, best_first, best_last, int(cells.sum()), hits
