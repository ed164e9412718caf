"""Where a query's landmarks lie among those of the references, for one warp of its peaks."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

from apps.fingerprints.landmarks.hashing import pair_up
from apps.fingerprints.landmarks.marks import MarkIndex, Places
from apps.fingerprints.landmarks.peaks import FRAMES_S, Peaks
from apps.fingerprints.landmarks.warps import Warp

COUNTERS = 1 << 22
LEAST = 5  # hits in a cell of two frames and its better neighbour
TOP_UNCHANGED, TOP_CHANGED = 30, 14
LEAST_HITS, MOST_HITS = 150_000, 3_900_000


@dataclass(frozen=True)
class Lead:
    """A place to verify. `offset`: frame of the reference minus warped frame of the query."""

    ordinal: int
    offset: float
    warp: Warp
    votes: int


def find_leads(index: MarkIndex, peaks: Peaks, warp: Warp, fan: int, hits_s: float) -> list[Lead]:
    """The strongest diagonals under one warp.

    `fan`: pairs for each peak. `hits_s`: hits looked at for each second of the query: the codes
    that most references have are dropped until the others fit.
    """
    times = (peaks.times * np.float32(warp.time)).astype(np.float32)
    bins = (peaks.bins / np.float32(warp.pitch)).astype(np.float32)
    codes, begins = pair_up(times, bins, fan)
    counts = (index.table[codes + np.uint32(1)] - index.table[codes]).astype(np.int64)
    most = int(min(max(hits_s * peaks.frames / FRAMES_S, LEAST_HITS), MOST_HITS))
    kept = np.flatnonzero((counts > 0) & (counts <= _longest(counts, most)))
    if not len(kept):
        return []
    total = int(counts[kept].sum())
    diagonals, places = _vote(
        index.table, index.postings, codes[kept], np.round(begins[kept]).astype(np.int64), total
    )
    return _strongest(index, diagonals, places, warp)


def _longest(counts: Places, most: int) -> int:
    """The longest list that is looked up: all as long and shorter ones fit into `most` hits."""
    ordered = np.sort(counts[counts > 0])
    if not len(ordered):
        return 0
    within = int(np.searchsorted(np.cumsum(ordered), most, "right"))
    return int(ordered[-1]) if within == len(ordered) else int(ordered[within]) - 1


@njit(cache=True)
def _vote(
    table: npt.NDArray[np.uint32],
    postings: npt.NDArray[np.uint32],
    codes: npt.NDArray[np.uint32],
    begins: Places,
    total: int,
) -> tuple[Places, Places]:  # pragma: no cover - compiled
    """Diagonals and places of the hits in crowded cells.

    Counters are shared by diagonals that are far apart, which lets some hits through that do not
    belong; they are sorted out with the few that are left.
    """
    counters = np.zeros(COUNTERS, np.uint8)
    mask = COUNTERS - 1
    diagonals = np.empty(total, np.int64)
    at = 0
    for one in range(len(codes)):
        for place in range(table[codes[one]], table[codes[one] + 1]):
            diagonal = np.int64(postings[place]) - begins[one] + (np.int64(1) << 31)
            diagonals[at] = diagonal
            cell = (diagonal >> 1) & mask
            if counters[cell] < 255:
                counters[cell] += 1
            at += 1
    kept = 0
    places = np.empty(total // 4 + 16, np.int64)
    found = np.empty(total // 4 + 16, np.int64)
    at = 0
    for one in range(len(codes)):
        for place in range(table[codes[one]], table[codes[one] + 1]):
            cell = (diagonals[at] >> 1) & mask
            beside = max(counters[(cell - 1) & mask], counters[(cell + 1) & mask])
            if np.int64(counters[cell]) + beside >= LEAST and kept < len(found):
                found[kept], places[kept] = diagonals[at], postings[place]
                kept += 1
            at += 1
    return found[:kept] - (np.int64(1) << 31), places[:kept]


def _strongest(index: MarkIndex, diagonals: Places, places: Places, warp: Warp) -> list[Lead]:
    """The best of each neighbourhood, by hits within a frame; each in one reference."""
    ordinals = np.searchsorted(index.starts, places, "right") - 1
    order = np.lexsort((diagonals, ordinals))
    diagonals, ordinals = diagonals[order], ordinals[order]
    line = diagonals + (ordinals << 34)  # references apart
    votes = np.searchsorted(line, line + 1, "right") - np.searchsorted(line, line - 1, "left")
    best = np.argsort(-votes, kind="stable")
    leads: list[Lead] = []
    taken: set[tuple[int, int]] = set()
    for at in best[: 40 * TOP_UNCHANGED]:
        ordinal, diagonal = int(ordinals[at]), int(diagonals[at])
        if any((ordinal, diagonal + aside) in taken for aside in (-2, -1, 0, 1, 2)):
            continue
        if votes[at] < LEAST or len(leads) == (TOP_UNCHANGED if warp.is_none else TOP_CHANGED):
            break
        taken.add((ordinal, diagonal))
        offset = float(diagonal - index.starts[ordinal])
        leads.append(Lead(ordinal, offset, warp, int(votes[at])))
    return leads
