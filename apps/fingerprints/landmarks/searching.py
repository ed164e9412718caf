"""Where a query's landmarks lie among those of the references, for one warp of its peaks."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

from apps.fingerprints.engine.parts import Part
from apps.fingerprints.engine.segment import Places
from apps.fingerprints.landmarks.hashing import Codes, pair_up
from apps.fingerprints.landmarks.marks import MarkIndex
from apps.fingerprints.landmarks.peaks import FRAMES_S, Peaks
from apps.fingerprints.landmarks.warps import Warp

COUNTERS = 1 << 22
LEAST = 5  # hits in a cell of two frames and its better neighbour
TOP_UNCHANGED, TOP_CHANGED = 30, 14
LEAST_HITS, MOST_HITS = 150_000, 3_900_000


@dataclass(frozen=True)
class Lead:
    """A place to verify. `offset`: frame of the reference minus warped frame of the query.

    `part`, `ordinal`: where the reference lies in the index.
    """

    number: int
    offset: float
    warp: Warp
    votes: int
    part: int
    ordinal: int


def find_leads(index: MarkIndex, peaks: Peaks, warp: Warp, fan: int, hits_s: float) -> list[Lead]:
    """The strongest diagonals under one warp.

    `fan`: pairs for each peak. `hits_s`: hits looked at for each second of the query: the codes
    that most references have are dropped until the others fit.
    """
    times = (peaks.times * np.float32(warp.time)).astype(np.float32)
    bins = (peaks.bins / np.float32(warp.pitch)).astype(np.float32)
    codes, begins = pair_up(times, bins, fan)
    counts = index.count(codes)
    most = int(min(max(hits_s * peaks.frames / FRAMES_S, LEAST_HITS), MOST_HITS))
    kept = np.flatnonzero((counts > 0) & (counts <= _longest(counts, most)))
    if not len(kept):
        return []
    asked = codes[kept], np.round(begins[kept]).astype(np.int64)
    top = TOP_UNCHANGED if warp.is_none else TOP_CHANGED
    found = [
        lead for at, part in enumerate(index.parts) for lead in _of_part(part, at, asked, warp, top)
    ]
    found.sort(key=lambda one: (-one.votes, one.number, one.offset))
    return found[:top]


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
    belong; they are sorted out with the few that are left. All hits of a diagonal that has LEAST of
    them within a frame get through, whatever else shares its counters.
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
    places = np.empty(total, np.int64)
    found = np.empty(total, np.int64)
    at = 0
    for one in range(len(codes)):
        for place in range(table[codes[one]], table[codes[one] + 1]):
            cell = (diagonals[at] >> 1) & mask
            beside = max(counters[(cell - 1) & mask], counters[(cell + 1) & mask])
            if np.int64(counters[cell]) + beside >= LEAST:
                found[kept], places[kept] = diagonals[at], postings[place]
                kept += 1
            at += 1
    return found[:kept] - (np.int64(1) << 31), places[:kept]


def _of_part(part: Part, at: int, asked: tuple[Codes, Places], warp: Warp, top: int) -> list[Lead]:
    """The best of each neighbourhood, by hits within a frame; each in one reference."""
    segment = part.segment
    total = int(segment.ranges(asked[0])[1].sum())
    diagonals, places = _vote(segment.table, segment.postings, *asked, total)
    ordinals = np.searchsorted(segment.spread_starts, places, "right") - 1
    offsets = diagonals - segment.spread_starts[ordinals]
    ordinals, offsets, votes = _crowded(ordinals, offsets)
    if unseen := part.dead | part.hidden:
        live = ~np.isin(ordinals, np.fromiter(unseen, np.int64, len(unseen)))
        ordinals, offsets, votes = ordinals[live], offsets[live], votes[live]
    numbers = segment.numbers[ordinals]
    leads: list[Lead] = []
    taken: set[tuple[int, int]] = set()
    for one in np.lexsort((offsets, numbers, -votes)):
        number, offset = int(numbers[one]), int(offsets[one])
        if any((number, offset + aside) in taken for aside in (-2, -1, 0, 1, 2)):
            continue
        if len(leads) == top:
            break
        taken.add((number, offset))
        place = at, int(ordinals[one])
        leads.append(Lead(number, float(offset), warp, int(votes[one]), *place))
    return leads


def _crowded(ordinals: Places, offsets: Places) -> tuple[Places, Places, Places]:
    """References and offsets with LEAST hits within a frame, and how many those are."""
    apart, middle = 32, np.int64(1) << 31
    line, own = np.unique((ordinals << apart) + offsets + middle, return_counts=True)
    votes = own.copy()
    beside = np.flatnonzero(np.diff(line) == 1)
    votes[beside] += own[beside + 1]
    votes[beside + 1] += own[beside]
    line, votes = line[votes >= LEAST], votes[votes >= LEAST]
    ordinals = line >> apart
    return ordinals, line - (ordinals << apart) - middle, votes
