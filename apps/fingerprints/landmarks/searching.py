"""Where a query's landmarks lie among those of the references, for one warp of its peaks."""

from dataclasses import dataclass

import numpy as np

from apps.fingerprints.engine.parts import Part
from apps.fingerprints.engine.segment import Places
from apps.fingerprints.landmarks.hashing import Codes, pair_up
from apps.fingerprints.landmarks.marks import MarkIndex
from apps.fingerprints.landmarks.peaks import FRAMES_S, Peaks
from apps.fingerprints.landmarks.voting import LEAST, Lists, Room, vote
from apps.fingerprints.landmarks.warps import Warp

MOST_HITS = 3_900_000


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


@dataclass(frozen=True)
class Effort:
    """How far a warp is followed. `fan`: pairs for each peak. `hits_s`: hits looked at for each
    second of the query, `least_hits` at least: the codes that most references have are dropped
    until the others fit. `top`: leads.
    """

    fan: int
    hits_s: float
    top: int
    least_hits: int = 150_000


def find_leads(
    index: MarkIndex, peaks: Peaks, warp: Warp, effort: Effort, room: Room
) -> list[Lead]:
    """The strongest diagonals under one warp. `room`: memory that the next warp uses again."""
    times = (peaks.times * np.float32(warp.time)).astype(np.float32)
    bins = (peaks.bins / np.float32(warp.pitch)).astype(np.float32)
    codes, begins = pair_up(times, bins, effort.fan)
    counts = index.count(codes)
    wanted = max(effort.hits_s * peaks.frames / FRAMES_S, effort.least_hits)
    most = int(min(wanted, MOST_HITS))
    kept = np.flatnonzero((counts > 0) & (counts <= _longest(counts, most)))
    if not len(kept):
        return []
    asked = codes[kept], np.round(begins[kept]).astype(np.uint32)
    found: list[Lead] = []
    for at, part in enumerate(index.parts):
        rows = _of_part(part, asked, effort.top, room)
        found += [Lead(number, offset, warp, votes, at, o) for number, offset, votes, o in rows]
    found.sort(key=lambda one: (-one.votes, one.number, one.offset))
    return found[: effort.top]


def _longest(counts: Places, most: int) -> int:
    """The longest list that is looked up: all as long and shorter ones fit into `most` hits."""
    ordered = np.sort(counts[counts > 0])
    if not len(ordered):
        return 0
    within = int(np.searchsorted(np.cumsum(ordered), most, "right"))
    return int(ordered[-1]) if within == len(ordered) else int(ordered[within]) - 1


def _of_part(
    part: Part, asked: tuple[Codes, Codes], top: int, room: Room
) -> list[tuple[int, float, int, int]]:
    """Number, offset, votes and ordinal of the best of each neighbourhood, in one reference."""
    segment = part.segment
    firsts, counts = segment.ranges(asked[0])
    lists: Lists = firsts, counts, asked[1]
    diagonals, places = vote(segment.postings, lists, room.for_hits(int(counts.sum())))
    ordinals = np.searchsorted(segment.spread_starts, places, "right") - 1
    offsets = diagonals - segment.spread_starts[ordinals]
    ordinals, offsets, votes = _crowded(ordinals, offsets)
    seen = part.seen(ordinals)
    ordinals, offsets, votes = ordinals[seen], offsets[seen], votes[seen]
    numbers = segment.numbers[ordinals]
    order = np.lexsort((offsets, numbers, -votes))
    rows: list[tuple[int, float, int, int]] = []
    taken: set[tuple[int, int]] = set()
    for one in order:
        number, offset = int(numbers[one]), int(offsets[one])
        if any((number, offset + aside) in taken for aside in (-2, -1, 0, 1, 2)):
            continue
        if len(rows) == top:
            break
        taken.add((number, offset))
        rows.append((number, float(offset), int(votes[one]), int(ordinals[one])))
    return rows


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
