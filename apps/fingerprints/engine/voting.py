"""Where in the catalogue a query may lie: items that agree in their keys vote for a diagonal.

A diagonal is a place in a print minus a place in the query. Of all keys of the query, those that
few places have are looked up first, until the budget of hits is spent: what it costs hardly grows
with the catalogue, and what is dropped says least. Nothing here depends on how prints are spread
over segments, nor on what was removed from them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from apps.fingerprints.engine.lookup import flipped, keys_of, speaking
from apps.fingerprints.engine.parts import Part
from apps.fingerprints.engine.segment import CHUNK, GAP, Places, Segment
from apps.fingerprints.keys import Items, usable

BUDGET = {20: 120_000, 22: 350_000, 24: 800_000}  # hits for a chunk of a query, by bits of a key
OVERLAP = 64  # items that a chunk shares with the one before
MIN_VOTES = 3
CANDIDATES = 30  # diagonals of a chunk that are compared item by item
_NO_START = np.zeros(1, dtype=np.int64)


@dataclass(frozen=True)
class Candidate:
    """A diagonal to look at. `offset`: item of the print minus item of the query.

    `near`: first item of the query's chunk that voted most for it.
    """

    number: int
    offset: int
    votes: int
    near: int
    part: int  # which segment
    ordinal: int  # which print of it


def find_candidates(phases: Sequence[Items], parts: Sequence[Part]) -> list[Candidate]:
    """The diagonals with most votes, strongest first.

    `phases`: prints of the same query, each begun a little later, within one item.
    """
    found: dict[tuple[int, int], Candidate] = {}
    for keys, places, start, exact in _chunks(phases, parts[0].segment.key_bits if parts else 0):
        kept = _affordable(keys, exact, parts)
        for candidate in _strongest(keys[kept], places[kept], start, parts):
            pair = candidate.number, candidate.offset
            if pair not in found or found[pair].votes < candidate.votes:
                found[pair] = candidate
    return sorted(found.values(), key=lambda one: (-one.votes, one.number, one.offset))


def _chunks(phases: Sequence[Items], bits: int) -> Iterator[tuple[Items, Places, int, int]]:
    """Keys and places within each chunk of the query, each pair once; where the chunk begins; how
    many of the keys stand as they are, which come first. The others have one bit wrong.
    """
    masks = [usable(items) & speaking(items, _NO_START) if len(items) else None for items in phases]
    longest = max((len(items) for items in phases), default=0)
    for start in range(0, longest if bits else 0, CHUNK - OVERLAP):
        pairs = []
        for items, mask in zip(phases, masks, strict=True):
            if mask is not None:
                at = np.flatnonzero(mask[start : start + CHUNK])
                pairs.append(_paired(keys_of(items[start + at], bits), at))
        exact = _once(np.concatenate(pairs)) if pairs else np.empty(0, np.uint64)
        if len(exact):
            keys, places = _parted(exact)
            wrong = flipped(keys, bits)
            near = _once(_paired(wrong.ravel(), np.tile(places, len(wrong))))
            known = np.searchsorted(exact, near)
            near = near[exact[np.minimum(known, len(exact) - 1)] != near]
            yield *_parted(np.concatenate([exact, near])), start, len(exact)


def _once(pairs: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Each pair once, in order. Sorting is quicker here than the hashing of `np.unique`."""
    pairs.sort()
    first = np.ones(len(pairs), dtype=bool)
    first[1:] = pairs[1:] != pairs[:-1]
    return pairs[first]


def _affordable(keys: Items, exact: int, parts: Sequence[Part]) -> Places:
    """Which keys are looked up: of those as they are, then of the others, the rarest first."""
    counts = sum((part.count_live(keys) for part in parts), np.zeros(len(keys), dtype=np.int64))
    budget = BUDGET[parts[0].segment.key_bits]
    first = _rarest(counts[:exact], budget)
    left = budget - int(counts[first].sum())
    return np.concatenate([first, exact + _rarest(counts[exact:], left)])


def _rarest(counts: Places, budget: int) -> Places:
    """Those with hits, up to the largest count for which all of them fit into the budget."""
    ordered = np.sort(counts[counts > 0])
    within = int(np.searchsorted(np.cumsum(ordered), budget, "right"))
    if within == len(ordered):
        return np.flatnonzero(counts > 0)
    return np.flatnonzero((counts > 0) & (counts < ordered[within]))


def _strongest(keys: Items, places: Places, start: int, parts: Sequence[Part]) -> list[Candidate]:
    """The diagonals of one chunk with most votes, over all segments."""
    found = [
        one for number, part in enumerate(parts) for one in _of_part(keys, places, part, number)
    ]
    found.sort(key=lambda one: (-one.votes, one.number, one.offset))
    return [replace(one, offset=one.offset - start, near=start) for one in found[:CANDIDATES]]


def _of_part(keys: Items, places: Places, part: Part, number: int) -> list[Candidate]:
    segment = part.segment
    diagonals, votes = _vote(segment, keys, places)
    ordinals = np.searchsorted(segment.spread_starts, diagonals - GAP + CHUNK - 1, "right") - 1
    seen = part.seen(ordinals)
    diagonals, votes, ordinals = diagonals[seen], votes[seen], ordinals[seen]
    if len(votes) > CANDIDATES:  # all that are as strong as the last that gets in
        enough = votes >= np.partition(votes, -CANDIDATES)[-CANDIDATES]
        diagonals, votes, ordinals = diagonals[enough], votes[enough], ordinals[enough]
    offsets = diagonals - GAP - segment.spread_starts[ordinals]
    numbers = segment.numbers[ordinals]
    rows = zip(numbers, offsets, votes, ordinals, strict=True)
    return [Candidate(int(n), int(o), int(v), 0, number, int(at)) for n, o, v, at in rows]


def _vote(segment: Segment, keys: Items, places: Places) -> tuple[Places, Places]:
    """Diagonals on and beside which at least MIN_VOTES hits lie, and how many.

    Of neighbours that both could be it, the one with more hits of its own stands for both.
    """
    hits = _crowded(_hits(segment, keys, places))
    values, own = np.unique(hits, return_counts=True)
    diagonals: Places = values.astype(np.int64)
    before, after = np.zeros_like(own), np.zeros_like(own)
    beside = np.flatnonzero(np.diff(diagonals) == 1)
    before[beside + 1], after[beside] = own[beside], own[beside + 1]
    votes = own + before + after
    best = (votes >= MIN_VOTES) & (own > before) & (own >= after)
    return diagonals[best], votes[best]


def _hits(segment: Segment, keys: Items, places: Places) -> Items:
    """The diagonals of all hits, in order."""
    first, counts = segment.ranges(keys)
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    begin = np.repeat((first - (ends - counts)).astype(np.int32), counts)
    begin += np.arange(total, dtype=np.int32)
    hits: Items = segment.postings[begin]
    hits += np.repeat((GAP - places).astype(np.uint32), counts)
    hits.sort()
    return hits


def _crowded(hits: Items) -> Items:
    """Those with enough others on or beside their diagonal: one in hundreds."""
    more = MIN_VOTES - 1
    if len(hits) <= more:
        return hits[:0]
    begins = np.flatnonzero(hits[more:] - hits[:-more] <= 2)
    chosen = np.zeros(len(hits), dtype=bool)
    for step in range(MIN_VOTES):
        chosen[begins + step] = True
    return hits[chosen]


def _paired(keys: Items, places: Places) -> npt.NDArray[np.uint64]:
    return (keys.astype(np.uint64) << np.uint64(32)) | places.astype(np.uint64)


def _parted(pairs: npt.NDArray[np.uint64]) -> tuple[Items, Places]:
    keys = (pairs >> np.uint64(32)).astype(np.uint32)
    return keys, (pairs & np.uint64(0xFFFF_FFFF)).astype(np.int64)
