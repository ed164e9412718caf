"""Hits vote for diagonals: where the reference stands when the query begins, on the axis of all.

Nearly all of what a search costs is here. Each hit is counted in a table by its diagonal, two
frames to a cell. Cells that are far apart share a counter, so a crowded counter only says which
hits are worth sorting. The steps are apart so that none waits for memory: to gather, to count and
to choose take 2 ns each for a hit.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

from apps.fingerprints.engine.segment import Places
from apps.fingerprints.landmarks.fetching import prefetch

LEAST = 5  # hits in a cell of two frames and its better neighbour
MOST_COUNTERS, LEAST_COUNTERS = 1 << 22, 1 << 16
COUNTERS_PER_HIT = 3  # fewer let more strangers through, more take longer to empty
BEFORE = 1 << 17  # frames added to diagonals, so that none is below zero
AHEAD, LINE = 12, 16  # lists that are asked for early; postings in a line of the processor's memory

Numbers = npt.NDArray[np.uint32]
Counters = npt.NDArray[np.uint8]
Lists = tuple[Places, Places, Numbers]


@dataclass
class Room:
    """Memory that every warp of a query uses again."""

    counters: Counters
    diagonals: Numbers
    chosen: Numbers

    @classmethod
    def empty(cls) -> "Room":
        """Takes 4 MB, and 8 bytes for each hit."""
        nothing = np.empty(0, np.uint32)
        return cls(np.empty(MOST_COUNTERS, np.uint8), nothing, nothing)

    def for_hits(self, hits: int) -> "Room":
        """As much of it as so many hits need."""
        if len(self.chosen) < hits + 1:
            self.diagonals, self.chosen = (np.empty(hits + 1, np.uint32) for _ in range(2))
        wanted = 1 << (COUNTERS_PER_HIT * hits).bit_length()
        size = min(max(wanted, LEAST_COUNTERS), MOST_COUNTERS)
        return Room(self.counters[:size], self.diagonals[:hits], self.chosen[: hits + 1])


def vote(postings: Numbers, lists: Lists, room: Room) -> tuple[Places, Places]:
    """Diagonals and places of the hits that share a crowded counter.

    `lists`: where the postings of each landmark begin, how many they are, and its frame in the
    query. All hits of a diagonal that has LEAST of them within a frame are among them, whatever
    else shares its counters.
    """
    firsts, counts, begins = lists
    _gather(postings, firsts, counts, begins, room.diagonals)
    _count(room.diagonals, room.counters)
    chosen = room.chosen[: _choose(room.diagonals, room.counters, room.chosen)]
    begun = begins[np.searchsorted(np.cumsum(counts), chosen, "right")]
    places = (room.diagonals[chosen] + begun - np.uint32(BEFORE)).astype(np.int64)
    return places - begun, places


@njit(cache=True)
def _gather(
    postings: Numbers, firsts: Places, counts: Places, begins: Numbers, diagonals: Numbers
) -> None:  # pragma: no cover - compiled
    at = 0
    for row in range(len(firsts)):
        if row + AHEAD < len(firsts):
            first = firsts[row + AHEAD]
            for place in range(first, first + counts[row + AHEAD], LINE):
                prefetch(postings, place)
        shift, first = np.uint32(BEFORE - begins[row]), firsts[row]
        for place in range(counts[row]):
            diagonals[at + place] = postings[first + place] + shift
        at += counts[row]


@njit(cache=True)
def _count(diagonals: Numbers, counters: Counters) -> None:  # pragma: no cover - compiled
    counters[:] = 0
    mask = np.uint32(len(counters) - 1)
    for at in range(len(diagonals)):
        cell = (diagonals[at] >> np.uint32(1)) & mask
        count = counters[cell]
        counters[cell] = count + np.uint8(count < 255)


@njit(cache=True)
def _choose(
    diagonals: Numbers, counters: Counters, chosen: Numbers
) -> int:  # pragma: no cover - compiled
    """Puts the hits whose counter is crowded in front of `chosen`, and tells how many they are."""
    one, mask = np.uint32(1), np.uint32(len(counters) - 1)
    kept = 0
    for at in range(len(diagonals)):
        cell = (diagonals[at] >> one) & mask
        beside = max(counters[(cell - one) & mask], counters[(cell + one) & mask])
        chosen[kept] = at
        if int(counters[cell]) + int(beside) >= LEAST:
            kept += 1
    return kept
